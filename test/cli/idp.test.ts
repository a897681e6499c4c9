import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Guide } from "../../provider/presets/guides/guide.ts";
import { stepsOf } from "../../provider/presets/guides/guide.ts";
import { guides } from "../../provider/presets/guides/index.ts";
import { consoleParts } from "../../provider/presets/guides/planes.ts";
import { type PresetName, presets } from "../../provider/presets/index.ts";
import { catalogue } from "../../provider/rules/index.ts";
import { neutralTerms } from "../../provider/terms.ts";
import { word } from "../../schema/phrase.ts";
import { REVOKE_JWKS_BUTTON } from "../../schema/plane.ts";
import { MINIMUM_DRIVERS } from "../../schema/requirements.ts";
import { mongofed } from "./command-line.ts";

const names = Object.keys(presets) as PresetName[];

/** As one line, so that no line break stands between the words that are looked for. */
async function guideTo(name: string, ...options: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await mongofed(["idp", "guide", name, ...options]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.replace(/\s+/g, " ");
}

describe("every guide", () => {
  test.each(names)("to %s shows where each option that must be given is found", async (name) => {
    const guide: Guide = guides[name];
    expect(guide.preset).toBe(name);
    const given = guide.parts.flatMap((part) => stepsOf(part).flatMap(({ gives }) => gives ?? []));
    const options = Object.entries(presets[name].options.shape as Record<string, z.ZodType>);
    const required = options.flatMap(([option, schema]) => (z.safeParse(schema, undefined).success ? [] : [option]));
    expect(given).toEqual(expect.arrayContaining(required));
    const text = await guideTo(name);
    for (const option of given) expect(text).toContain(`=> ${option} `);
    for (const [, schema] of options) expect(text).toContain(schema.description);
  });

  test.each(names)("to %s ends in a program that the preset takes as it stands", async (name) => {
    const { program } = JSON.parse((await mongofed(["idp", "guide", name, "--json"])).stdout) as { program: string[] };
    const [, written = ""] = new RegExp(`\\.\\.\\.${name}\\(\\{ (.*) \\}\\)`).exec(program.join("\n")) ?? [];
    const values: Record<string, string> = {
      tenantId: "11111111-2222-4333-8444-555555555555",
      applicationId: "11111111-2222-4333-8444-555555555555",
      environmentId: "11111111-2222-4333-8444-555555555555",
      domain: "example.okta.com",
      issuerUri: "https://idp.example.com",
    };
    const options = Object.fromEntries(written.split(", ").map((option) => [option, values[option] ?? "value"]));
    expect(z.safeParse(presets[name].options, options).error).toBeUndefined();
  });

  test.each(names)("to %s says by which claim, and why it is not the mail address where there is one", async (name) => {
    const text = await guideTo(name);
    expect(text).toMatch(/User claim (oid|uid|sub)\b/);
    if (presets[name].idpType === "WORKFORCE") expect(text).toMatch(/mail address.*can pass to another person/);
  });

  test("for people: redirect address, PKCE and device flow, refresh tokens, lifetime, and the other registration", async () => {
    for (const name of names.filter((each) => presets[each].idpType === "WORKFORCE")) {
      const text = await guideTo(name);
      for (const part of [
        "http://localhost:27097/redirect",
        "authorization code with PKCE",
        "device authorization only for machines without a browser",
        "efresh",
        "lifetime",
        "rograms get",
      ])
        expect(text, name).toContain(part);
    }
  });
});

test("the guide to Entra ID for people covers every step in the portal", async () => {
  const text = await guideTo("entraWorkforce");
  for (const step of [
    "App registrations",
    "New registration",
    "Accounts in this organizational directory only (single tenant)",
    "Public client/native (mobile & desktop), http://localhost:27097/redirect",
    "Add groups claim",
    "Security groups",
    "select Group ID and nothing else",
    "Add optional claim, token type Access",
    "Microsoft Graph permissions",
    "accessTokenAcceptedVersion in the older form) from null to 2",
    '"Application (client) ID"',
    '"OpenID Connect metadata document", without /.well-known/openid-configuration',
    "offline_access",
    "more than 200 groups",
    "Groups assigned to the application",
  ])
    expect(text).toContain(step);
});

test("the guide to Entra ID for programs covers every step in the portal", async () => {
  const text = await guideTo("entraWorkload");
  for (const step of [
    "apart from the one that people log in with",
    "Accounts in this organizational directory only (single tenant)",
    "platform Web",
    "Application ID URI",
    "api://{application id}",
    "requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) from null to 2",
    "select Group ID and nothing else",
    '"Object (principal) ID"',
    '"Application (client) ID"',
  ])
    expect(text).toContain(step);
});

test("every guide for Atlas has the same steps in the Federation Management Console", async () => {
  for (const name of names) {
    const text = await guideTo(name);
    for (const step of [
      "dedicated (M10 or larger) and run MongoDB 7.0.11 or later",
      "Open the Federation Management Console: select your organization in the Organizations menu",
      "click Federation under Identity & Access, then Open Federation Management App",
      "Connect Organizations, Configure Access, Connect Identity Provider",
      "Organization Owner",
      "Project Owner, or Project Database Access Admin",
      "revokeJwksTrigger",
    ])
      expect(text, name).toContain(step);
    expect(text, name).not.toContain("MCLI_");
  }
});

test("every guide lists the complete minimum versions of its clients", async () => {
  for (const name of names) {
    const text = await guideTo(name);
    if (presets[name].idpType === "WORKFORCE") expect(text).toContain("Clients mongosh 2.1.4 or newer, Compass 1.38");
    else for (const driver of Object.keys(MINIMUM_DRIVERS)) expect(text, name).toContain(`${driver} `);
  }
  expect(await guideTo("oidc", "--plane", "cloud-manager")).toContain("mongosh 1.9.1 or newer");
  expect(await guideTo("googleCloud")).toContain("Go 1.17 or newer");
  expect(await guideTo("kubernetes")).toContain("Go later than 1.17 (see its release notes)");
});

test("the guide to any provider covers both grant types, the claims and the limits of known providers", async () => {
  const text = await guideTo("oidc");
  for (const step of [
    "{issuer}/.well-known/openid-configuration",
    "mongofed idp preflight ISSUER --workforce",
    "Authorization Code with PKCE (S256), and Refresh Token",
    "Device Authorization only where you need it",
    "one audience of your own",
    "JWT, signed with RS256",
    "a top-level claim named groups",
    "write groupsClaim after the preset",
    "write userClaim after the preset",
    "offline_access",
    "Only with Keycloak",
    "Full scope allowed off",
    "Only with Auth0",
    "--oidcIdTokenAsAccessToken",
    "Only with ForgeRock",
    "Use Client-Based Access & Refresh Tokens",
    "Only with ADFS",
    "access_token_issuer",
  ])
    expect(text).toContain(step);
  expect(await guideTo("oidcWorkload")).toContain("Client Credentials");
});

describe("the guide for a project of Cloud Manager or Ops Manager", () => {
  const guideFor = async (plane: string) => guideTo("entraWorkforce", "--plane", plane);

  test("tells what stays to be done in the console, beforehand and later", async () => {
    const text = await guideFor("cloud-manager");
    for (const step of [
      "In Cloud Manager, once for the project",
      "MongoDB Enterprise 7.0.11 or later",
      "Deployment, Security, Settings: click Get Started, or Edit",
      "Give the MongoDB Agent a mechanism other than OIDC",
      "set certificateKeyFile of every process: Deployment, Modify, Advanced Options",
      "ProjectTls then turns on TLS, by its inputs mode and caFilePath",
      "click Validate in Deployment, Security, Settings. Only the console can look for the files on the hosts",
      "If Cloud Manager does not manage Monitoring or Backup",
      "Project Owner or Project Automation Admin",
      "MCLI_PUBLIC_API_KEY, MCLI_PRIVATE_API_KEY.",
      "pulumi config set mongofed:plane cloud-manager",
      REVOKE_JWKS_BUTTON,
      "unmanage the deployments first",
    ])
      expect(text).toContain(step);
    // Nothing of what is registered at the identity provider is another.
    expect(text).toContain("Public client/native (mobile & desktop)");
    expect(word(catalogue.FED256.fix, neutralTerms)).toContain(REVOKE_JWKS_BUTTON);
  });

  test("asks for the address of an Ops Manager, which has none by default", async () => {
    const text = await guideFor("ops-manager");
    expect(text).toContain("MCLI_OPS_MANAGER_URL, and MCLI_OPS_MANAGER_CA_CERTIFICATE if");
    expect(text).toContain("pulumi config set mongofed:plane ops-manager");
    expect(text).not.toContain("Cloud Manager");
  });

  test("ends in a program of one project, without any organization", async () => {
    const text = await guideFor("cloud-manager");
    expect(text).toMatch(/new IdentityProvider\("idp", \{ projectId, /);
    expect(text).toMatch(/new OidcRole\("app", \{ identityProvider: idp, /);
    expect(text).not.toMatch(/OrgConnection|federationSettingsId/);
    expect(await guideTo("entraWorkforce")).toMatch(/federationSettingsId,[\s\S]*OrgConnection/);
  });
});

describe("finding a guide", () => {
  test("without a name, all of them are listed", async () => {
    const { exitCode, stdout } = await mongofed(["idp", "guide"]);
    expect(exitCode).toBe(0);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} +\\S`, "m"));
    expect(JSON.parse((await mongofed(["idp", "guide", "--json"])).stdout)).toHaveLength(names.length);
  });

  test("a name may be written as on a command line", async () => {
    const right = await mongofed(["idp", "guide", "entraWorkforce"]);
    for (const name of ["entra-workforce", "ENTRAWORKFORCE", "entra_workforce"])
      expect(await mongofed(["idp", "guide", name])).toEqual(right);
  });

  test("an unknown name is told the nearest, as a mistake of usage", async () => {
    const { exitCode, stdout, stderr } = await mongofed(["idp", "guide", "okat"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(
      /there is no preset "okat"\. Similar presets: okta, .*mongofed idp guide lists all presets\.\n$/,
    );
    expect((await mongofed(["idp", "guide", "microsoft"])).stderr).toMatch(
      /Similar presets: entraWorkforce, entraWorkload,/,
    );
  });

  test("`idp` alone says what there is", async () => {
    const { exitCode, stderr } = await mongofed(["idp"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("guide");
  });
});

describe("how it is printed", () => {
  test("text keeps to the width, programs do not", async () => {
    const { stdout } = await mongofed(["idp", "guide", "okta"], { env: { COLUMNS: "60" } });
    const [text = "", program = ""] = stdout.split("In the program");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
    expect(program).toContain("...okta({ domain, clientId, audience, authorizationServer })");
  });

  test("colors only on a terminal, and never with NO_COLOR", async () => {
    const printed: string[] = [];
    const stdout = { isTTY: true, columns: 100, write: (text: string) => printed.push(text) };
    await mongofed(["idp", "guide", "okta"], { stdout });
    await mongofed(["idp", "guide", "okta"], { stdout, env: { NO_COLOR: "1" } });
    expect(printed[0]).toContain("\u001b[");
    expect(printed[1]).not.toContain("\u001b[");
    expect(printed[1]).toBe((await mongofed(["idp", "guide", "okta"])).stdout);
  });

  test("--json holds all of it", async () => {
    const guide = JSON.parse((await mongofed(["idp", "guide", "okta", "--json"])).stdout);
    const parts = [...guides.okta.parts, ...consoleParts("atlas")].map((part) => ({ ...part, steps: stepsOf(part) }));
    expect(guide).toMatchObject({ title: "Okta, for people", ...guides.okta, parts });
    expect(guide.options).toContainEqual({
      name: "clientId",
      required: true,
      description: presets.okta.options.shape.clientId.description,
    });
  });
});
