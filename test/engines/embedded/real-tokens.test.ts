/** From an identity provider that is real to the verdict of a preview, on tokens that it has just issued. */

import { expect, test } from "vitest";
import { previewProgram } from "../../../provider/engines/embedded/testing/index.ts";
import { fromEnv, IdentityProvider, OidcRole, TokenCheck } from "../../../provider/index.ts";
import { mongofed } from "../../cli/command-line.ts";
import { FEDERATION, PROJECT } from "../../support/ids.ts";
import { type CertifiedIssuer, caFile, certifiedIssuer } from "../../tokens/certified-issuer.ts";

interface Declared {
  readonly audience?: string;
  readonly group?: string;
}

/** A stack that lets the DBAs in, and says so of a token that its pipeline has fetched. */
const program =
  (issuerUri: string, { audience = "mongodb", group = "dba" }: Declared) =>
  (): undefined => {
    const staff = new IdentityProvider("staff", {
      federationSettingsId: FEDERATION,
      idpType: "WORKLOAD",
      configurationName: "corp",
      issuerUri,
      audience,
      authorizationType: "GROUP",
    });
    new OidcRole("dba", {
      projectId: PROJECT,
      identityProvider: staff,
      group,
      roles: ["readWrite@app"],
    });
    new TokenCheck("the pipeline", {
      tokens: {
        "its own": {
          token: fromEnv("PIPELINE_JWT"),
          keys: fromEnv("ISSUER_JWKS"),
          at: "now",
          expect: { accepted: staff, principal: "billing", roles: ["readWrite@app"], can: ["insert app.orders"] },
        },
      },
    });
  };

async function preview(issuer: CertifiedIssuer, declared: Declared = {}) {
  const env = { PIPELINE_JWT: await issuer.issue(), ISSUER_JWKS: await issuer.keys() };
  const { ok, findings, messages } = await previewProgram(program(issuer.url, declared), { env });
  const said = messages.map(({ text }) => text).join("\n");
  expect(said).not.toContain(env.PIPELINE_JWT);
  return { ok, unmet: findings.filter(({ code }) => code === "FED150").map(({ why }) => why.split("\n")[0]), said };
}

test("tokens of a certified OpenID server pass, and fail after a change of audience, group or claim on either side", async () => {
  const issuer = await certifiedIssuer();
  const looked = await mongofed(["idp", "preflight", issuer.url, "--allow-private", "--ca-file", caFile]);
  expect(looked).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('MongoDB 8.0 would load 1 key of this issuer ("real-1")'),
  });
  // Without the flag for tests, an issuer on loopback is not looked at.
  expect((await mongofed(["idp", "preflight", issuer.url, "--ca-file", caFile])).stdout).toContain("FED432");

  const first = await preview(issuer);
  expect(first).toMatchObject({ ok: true, unmet: [] });
  expect(first.said).toContain('tokens   1 of 1 as expected (TokenCheck "the pipeline")');
  expect(first.said).not.toContain("signature not checked");

  const refused = async (declared: Declared, next: Partial<CertifiedIssuer["next"]>) => {
    const before = issuer.next;
    issuer.next = { ...before, ...next };
    const { ok, unmet } = await preview(issuer, declared);
    issuer.next = before;
    return { ok, why: unmet[0] };
  };
  const because = (code: string, text: string) => ({
    ok: false,
    why: expect.stringMatching(new RegExp(`^${code} .*${text}`)),
  });
  // Values of the stack,
  expect(await refused({ audience: "atlas" }, {})).toEqual(because("FED132", '"atlas", in the token it is "mongodb"'));
  expect(await refused({ group: "DBA" }, {})).toEqual(
    because("FED201", '"<id of corp>/dba"; "dba" is declared in other letters'),
  );
  // and what the identity provider issues.
  expect(await refused({}, { claims: { roles: ["dba"] } })).toEqual(because("FED139", '"groups" is missing'));
  expect(await refused({}, { typ: "at+jwt" })).toEqual(because("FED102", '"at\\+jwt"'));
});

test("they are judged against a project of Cloud Manager too: by its names, from the addresses that it allows", async () => {
  const issuer = await certifiedIssuer();
  const projectId = PROJECT;
  const env = { PIPELINE_JWT: await issuer.issue(), ISSUER_JWKS: await issuer.keys() };
  const from = (clientAddress: string | undefined, expected: object) => ({
    token: fromEnv("PIPELINE_JWT"),
    keys: fromEnv("ISSUER_JWKS"),
    at: "now",
    clientAddress,
    expect: expected,
  });
  const preview = await previewProgram(
    (): undefined => {
      const staff = new IdentityProvider("staff", {
        projectId,
        idpType: "WORKLOAD",
        configurationName: "corp",
        issuerUri: issuer.url,
        audience: "mongodb",
        authorizationType: "GROUP",
      });
      new OidcRole("dba", {
        identityProvider: staff,
        group: "dba",
        roles: ["readWrite@app"],
        privileges: [{ resource: { cluster: true }, actions: ["killop"] }],
        authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
      });
      new TokenCheck("the pipeline", {
        tokens: {
          "from the office": from("10.1.2.3", { accepted: staff, can: ["killop cluster", "insert app.orders"] }),
          "from anywhere": from("11.1.2.3", { refused: "FED144" }),
          "from home": from("11.1.2.3", { accepted: staff }),
          "from who knows where": from(undefined, { accepted: staff, cannot: ["shutdown"] }),
        },
      });
    },
    { env, config: { "mongofed:plane": "cloud-manager" } },
  );
  expect(preview.findings).toMatchObject([{ code: "FED150", path: "tokens.from home" }]);
  const said = preview.messages.map(({ text }) => text).join("\n");
  expect(said).toMatch(/ok +from the office +accepted as corp\/billing with readWrite@app$/m);
  expect(said).toMatch(
    /ok +from who knows where +accepted as corp\/billing .*, from the addresses that its roles allow$/m,
  );
});
