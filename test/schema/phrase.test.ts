import { expect, test } from "vitest";
import { pulumiTerms } from "../../provider/engines/pulumi/terms.ts";
import { terraformTerms } from "../../provider/engines/terraform/terms.ts";
import {
  aResource,
  input,
  phrase,
  preview,
  program,
  renamed,
  resource,
  setConfig,
  setInput,
  up,
  word,
} from "../../schema/phrase.ts";

test("each engine words the terms of a phrase", () => {
  const text = phrase`In the ${preview}, ${aResource("OrgConnection")} needs ${input("roles", 0, "database")}, or ${setInput("adopt", "overwrite")}.${renamed}`;
  expect(word(text, pulumiTerms)).toBe(
    'In the preview, an OrgConnection needs roles[0].database, or adopt: "overwrite". If the program has renamed the resource, declare aliases: [{ name: "<the old name>" }].',
  );
  expect(word(text, terraformTerms)).toBe(
    `In the plan, a mongofed_org_connection needs roles.database, or adopt = "overwrite".
If <new> is <old> under another name, write moved { from = <old>  to = <new> }.
If both are in the state, or <new> is to take it over with adopt, run: terraform state rm '<old>'
Under count, each element keeps its index. Use for_each with keys that stay.`,
  );
});

test("values are printed as they are in every engine", () => {
  const names = ["preview", "up@program", "pulumi config", "this stack", "allowLockout: true", "IdentityProvider"];
  for (const name of names) {
    const text = phrase`group ${name} of ${resource("OidcRole")}`;
    expect(word(text, pulumiTerms)).toBe(`group ${name} of OidcRole`);
    expect(word(text, terraformTerms)).toBe(`group ${name} of mongofed_oidc_role`);
  }
});

test("a phrase is plain data, and equal texts are equal data", () => {
  const inner = phrase`after ${up}`;
  const text = phrase`run ${inner} of ${3} ${program}s`;
  expect(JSON.parse(JSON.stringify(text))).toEqual(text);
  expect(text).toEqual(["run after ", { kind: "up" }, " of 3 ", { kind: "program" }, "s"]);
  expect(phrase`a${"b"}${phrase`c`}`).toBe("abc");
  expect(word(phrase`${setConfig("plane", "atlas")}`, pulumiTerms)).toBe(
    'run "pulumi config set mongofed:plane atlas"',
  );
});
