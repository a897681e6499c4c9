import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import {
  digestOf,
  fromEnv,
  fromFile,
  textOf,
  UnreadableSource,
} from "../../../provider/engines/pulumi/token-sources.ts";
import { testFolder } from "../../support/program.ts";
import { issue } from "../../tokens/issuer.ts";

const settled = <T>(output: pulumi.Input<T>) =>
  (pulumi.output(output) as unknown as { promise(): Promise<T> }).promise();

test("returns plain values as text at once, and others once they are known", async () => {
  expect(textOf("a.b.c")).toBe("a.b.c");
  expect(textOf({ sub: "ada" })).toBe('{"sub":"ada"}');
  expect(await settled(textOf({ sub: Promise.resolve("ada") }) as pulumi.Input<string>)).toBe('{"sub":"ada"}');
  expect(await settled(textOf(pulumi.output("a.b.c")) as pulumi.Input<string>)).toBe("a.b.c");
});

test("a digest stands for a text, and is no secret where the text is one", async () => {
  const digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
  expect(digestOf("foo")).toBe(digest);
  const secret = digestOf(pulumi.secret("foo")) as pulumi.Output<string>;
  expect(await settled(secret)).toBe(digest);
  expect(await pulumi.isSecret(secret)).toBe(false);
});

test("a token in place of a path or a name is not repeated", async () => {
  const token = issue();
  for (const given of [fromFile(token), fromEnv(token), fromEnv(token.slice(0, 100))]) {
    const problem = textOf(given);
    expect(problem).toBeInstanceOf(UnreadableSource);
    const { why } = problem as UnreadableSource;
    expect(why).toMatch(/cannot be read|is none/);
    expect(why).not.toContain(token.slice(0, 60));
  }
  const folder = await testFolder();
  expect(textOf(fromFile(join(folder, "none")))).toMatchObject({ why: expect.stringContaining("ENOENT") });
  expect(textOf(fromEnv("MONGOFED_NO_SUCH"))).toMatchObject({ why: expect.stringContaining("not set, or empty") });
});
