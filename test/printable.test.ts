import { describe, expect, test } from "vitest";
import { printable, printableJson, printableLines, printableOutput } from "../provider/printable.ts";

const hostile = "a\u001b[2Jb\u0085c\u202ed\u2028e\u200bf\ud800g\u007fh\r\ni\tj";

describe("printable", () => {
  test("makes control characters, C1, bidirectional overrides and line breaks visible", () => {
    expect(printable(hostile)).toBe("a\\u{1b}[2Jb\\u{85}c\\u{202e}d\\u{2028}e\\u{200b}f\\u{d800}g\\u{7f}h\\r\\ni\\tj");
  });

  test("keeps letters of every script, quotes and backslashes", () => {
    const text = 'Žluťoučký 数据 "x" \\ é 🙂';
    expect(printable(text)).toBe(text);
  });

  test.each(["::error::x", "  ::set-output name=a::b", "\t::stop-commands::x"])("defuses the command %j", (text) => {
    expect(printable(text)).not.toMatch(/^\s*::/);
    expect(printableLines(`first\n${text}`)).not.toMatch(/^\s*::/m);
    expect(printableOutput(`\u001b[31m${text}\u001b[39m`)).not.toMatch(/(^|m)\s*::/);
  });

  test.each(["##[error]x", "text ##vso[task.setvariable variable=a]b", "###[group]", "##teamcity[x]"])(
    "defuses the command %j anywhere in a line",
    (text) => {
      for (const made of [printable(text), printableLines(text), printableOutput(text), printableJson(text)])
        expect(made).not.toMatch(/##\w*\[/);
    },
  );

  test("keeps addresses and URNs with two colons", () => {
    expect(printable("from ::1 urn:pulumi:dev::shop")).toBe("from ::1 urn:pulumi:dev::shop");
  });
});

test("printableLines keeps line breaks and tabs only", () => {
  expect(printableLines("a\n\tb\r\u001b[31mc")).toBe("a\n\tb\\r\\u{1b}[31mc");
});

test("printableOutput keeps colors and no other escape sequence", () => {
  expect(printableOutput("\u001b[1;31mred\u001b[0m\u001b[2J\u001b]0;title\u0007")).toBe(
    "\u001b[1;31mred\u001b[0m\\u{1b}[2J\\u{1b}]0;title\\u{7}",
  );
  expect(printableOutput("#\u001b[31m#[error]x")).toBe("\\u{23}#[error]x");
});

test("printableJson is JSON of the same value, without a character that a terminal obeys", () => {
  const value = { [hostile]: [hostile, "##[error]x", "\u{e0001}"] };
  const text = printableJson(value);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]|##\[/u);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
});
