import { expect, test } from "vitest";
import { finding, plainSecrets } from "../../provider/rules/index.ts";

function judged(config: Record<string, string>, secrets: string[] = []) {
  return plainSecrets(
    (name) => config[name],
    (name) => secrets.includes(name),
  ).map((verdict) => finding("FED416", verdict));
}

test("a secret in plain text is an error that names the command, and never the value", () => {
  const found = judged({
    "mongofed:privateKey": "c4n4ry",
    "mongofed:clientSecret": "c4n4ry",
    "mongofed:publicKey": "p",
  });
  expect(found.map(({ code, severity }) => [code, severity])).toEqual(Array(2).fill(["FED416", "error"]));
  expect(JSON.stringify(found)).not.toContain("c4n4ry");
  expect(JSON.stringify(found[0])).toContain("clientSecret");
});

test("an encrypted secret, an empty one and one for this machine are none", () => {
  expect(judged({ "mongofed:privateKey": "c4n4ry" }, ["mongofed:privateKey"])).toEqual([]);
  expect(judged({ "mongofed:privateKey": " " })).toEqual([]);
  expect(judged({ "mongofed:privateKey": "c4n4ry", "mongofed:baseUrl": "http://127.0.0.1:8080" })).toEqual([]);
});
