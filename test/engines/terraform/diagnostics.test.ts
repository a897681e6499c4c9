import { expect, test } from "vitest";
import { pulumiTerms } from "../../../provider/engines/pulumi/terms.ts";
import {
  diagnosticOf,
  diagnosticOfReport,
  diagnosticsOfError,
} from "../../../provider/engines/terraform/diagnostics.ts";
import type { ObjectValue } from "../../../provider/engines/terraform/protocol.ts";
import { resourceOf } from "../../../provider/engines/terraform/resources.ts";
import { formatFinding } from "../../../provider/findings.ts";
import { finding } from "../../../provider/rules/index.ts";
import { neutralTerms } from "../../../provider/terms.ts";
import { aResource, foreign, input, perhapsOurs, phrase, renamed, setInput } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";

const at = (type: string, config: ObjectValue = {}) => ({ fields: resourceOf(`mongofed_${type}`).inputs, config });

test("a finding becomes a diagnostic of its attribute, in Terraform's words", () => {
  const found = finding("FED221", {
    path: "issuerUri",
    message: phrase`${aResource("IdentityProvider")} has ${input("issuerUri")} and ${input("roles", 2)} already`,
    fix: phrase`Set ${setInput("adopt", true)}.${renamed}`,
  });
  expect(diagnosticOf(found, at("identity_provider"))).toMatchObject({
    severity: "error",
    summary: expect.stringMatching(/^FED221 [a-z-]+: a mongofed_identity_provider has issuer_uri and roles already$/),
    detail: expect.stringMatching(/fix {2}Set adopt = true\.\n +If <new> is <old> under another name, write moved/),
    attribute: ["issuer_uri"],
  });
});

test("an error names the command that explains it, and a warning does not", () => {
  const detail = (code: "FED203" | "FED301") => diagnosticOf(finding(code, { message: "" }), at("oidc_role")).detail;
  expect(detail("FED203")).toMatch(/\nmore mongofed explain FED203, or docs\/codes\/FED203\.md in the package$/);
  expect(detail("FED301")).not.toContain("more ");
});

test.each(["preview", "up@program", "pulumi config", "this stack", "an OidcRole", "issuerUri", "allowLockout: true"])(
  "prints a name as it is: %s",
  (name) => {
    const found = finding("FED224", { message: phrase`deleting corp would lock out one principal${foreign}: ${name}` });
    expect(diagnosticOf(found, at("oidc_role")).summary).toMatch(new RegExp(`one principal: ${name}$`));
    const { summary } = diagnosticOfReport({ type: "drift", subject: subjectOf(name), changes: [] }, at("oidc_role"))!;
    expect(summary).toBe(`drift: mongofed_oidc_role "${name}" (group ${name}) was changed outside this configuration`);
    const error = diagnosticsOfError(new Error(`read group ${name}: failed`), at("oidc_role"));
    expect(error).toMatchObject([{ summary: `read group ${name}: failed` }]);
    expect(formatFinding(found, pulumiTerms)).toContain(`that this stack does not manage: ${name}\n`);
    expect(formatFinding(found, neutralTerms)).toContain(`: ${name}\n`);
  },
);

const subjectOf = (name: string): Subject => ({ kind: "OidcRole", name, label: `group ${name}` });

test("the title of a token may hold anything; further down nothing has a line", () => {
  const config = { tokens: { "a.b": {}, a: {} } };
  const path = (...keys: (string | number)[]) =>
    diagnosticOf(finding("FED200", { path: keys, message: "" }), at("token_check", config));
  expect(path("tokens", "a.b", "expect", "can", 0)).toMatchObject({ attribute: ["tokens", "a.b"] });
  expect(path("tokens", "a", "expect")).toMatchObject({ attribute: ["tokens", "a"] });
  expect(path("tokens")).toMatchObject({ attribute: ["tokens"] });
  expect(path()).not.toHaveProperty("attribute");
});

test("says what only Terraform needs to be told", () => {
  const detail = (code: "FED214" | "FED313") => diagnosticOf(finding(code, { message: "" }), at("oidc_role")).detail;
  expect(detail("FED313")).toContain("depends_on");
  expect(detail("FED214")).toContain("create_before_destroy = true");
  const lockout = finding("FED224", {
    message: phrase`deleting corp would lock out 2 principals${foreign}: a, b`,
    why: phrase`Tokens stop working.${perhapsOurs}`,
  });
  const { summary, detail: why } = diagnosticOf(lockout, at("identity_provider"));
  expect(summary).toMatch(/would lock out 2 principals: a, b$/);
  expect(why).toContain("may include principals that this configuration manages");
});

test("a report is a warning whose table keeps its lines; progress is none", () => {
  const subject = { kind: "IdentityProvider" as const, name: undefined, label: "corp" };
  const change = { recorded: "c", recordedKnown: true, wanted: "c", secret: false, outcome: "reverted" } as const;
  const changes = [
    { property: "audience", live: "a", ...change },
    { property: "userClaim", live: "bb", ...change },
  ];
  const place = at("identity_provider");
  expect(diagnosticOfReport({ type: "drift", subject, changes }, place)).toEqual({
    severity: "warning",
    summary: "drift: mongofed_identity_provider of corp was changed outside this configuration",
    detail:
      '  audience    live "a"   recorded "c"  wanted "c"  apply puts it back\n' +
      '  user_claim  live "bb"  recorded "c"  wanted "c"  apply puts it back',
  });
  expect(diagnosticOfReport({ type: "progress", clusters: ["cluster0"], seconds: 15 }, place)).toBeUndefined();
});
