/** Text that others wrote, such as names, error messages and tokens, made safe for terminals, logs and CI systems. */

/** Control characters, formatting characters (bidirectional, zero width), line and paragraph separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
/** Commands of GitHub Actions and Azure Pipelines, which both find anywhere in a line. */
const COMMAND = /#(?=#\w*\[)/g;
/** GitHub Actions skips leading white space. */
const COMMAND_AT_START = /^(\s*):(?=:)/;
/** Colors and styles: the only escape sequences that mongofed itself writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one.
const STYLE = /(\u001b\[[\d;]*m)/;

/** One line: every character that a terminal would obey, line breaks among them, becomes visible. */
export function printable(text: string): string {
  return commandless(text.replace(UNSAFE, visible));
}

/** Several lines: the same, except that line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      commandless(line.replace(UNSAFE, (character) => (character === "\t" ? character : visible(character)))),
    )
    .join("\n");
}

/** The text of a whole terminal output, whose own colors stay. */
export function printableOutput(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const pieces = line.split(STYLE).map((piece, index) => (index % 2 === 0 ? printableLines(piece) : piece));
      const bare = pieces.filter((_, index) => index % 2 === 0).join("");
      // A color may stand between the beginning of the line, or the parts of a command.
      return commandless(bare) === bare ? pieces.join("") : commandless(bare);
    })
    .join("\n");
}

/** JSON that holds nothing for a terminal or a CI system to obey. A parser reads the same value. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent)
    .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => character.split("").map(jsonEscape).join(""))
    .replace(COMMAND, "\\u0023");
}

function commandless(line: string): string {
  return line.replace(COMMAND, visible).replace(COMMAND_AT_START, (_, space: string) => `${space}${visible(":")}`);
}

/** `\n` and `\t` as programs write them, everything else by its number: `\u{1b}`. */
function visible(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

function jsonEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
