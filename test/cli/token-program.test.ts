/** `mongofed token --program`: what a program declares, found by running it for that alone. */

import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { tokenConfigSchema } from "../../schema/token-config.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "../support/ids.ts";
import { writeProgram } from "../support/program.ts";
import { AUDIENCE, ISSUER, issue, keySet, NOW_MS } from "../tokens/issuer.ts";
import { mongofed } from "./command-line.ts";

const IDS = `
const federationSettingsId = "${FEDERATION}", projectId = "${PROJECT}", orgId = "${ORG}";`;
const staff = (changes = "") => `
const staff = new IdentityProvider("staff", { federationSettingsId, idpType: "WORKFORCE", configurationName: "corp",
  issuerUri: "${ISSUER}", audience: "${AUDIENCE}", clientId: "client", authorizationType: "GROUP", ${changes} });`;

/** As programs are: with configuration, secrets, other providers, other stacks, and declarations behind promises. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { FederatedUser, IdentityProvider, OidcRole, OrgConnection, TokenCheck } from "mongofed";
${IDS}
const config = new pulumi.Config();
class Eu extends pulumi.ProviderResource { constructor() { super("aws", "eu", { region: "eu-west-1" }); } }
class Bucket extends pulumi.CustomResource {
  constructor(args: object, options: object) { super("aws:s3/bucket:Bucket", "logs", args, options); }
}
const other = new pulumi.StackReference("platform/network/prod");
new Bucket({ name: other.requireOutput("bucket"), note: config.requireSecret("note") }, { provider: new Eu() });
${staff().replace(`"${AUDIENCE}"`, 'config.require("audience")')}
new OrgConnection("platform", { orgId, identityProvider: staff });
const corp = { federationSettingsId, identityProviderId: "${IDP}", configurationName: "theirs",
  idpType: "WORKFORCE", authorizationType: "GROUP" } as const;
new OidcRole("theirs", { projectId, identityProvider: corp, group: "dba", roles: ["read@app"] });
staff.urn.apply(() => new OidcRole("dba", { projectId, identityProvider: staff, group: "dba", roles: ["readWrite@app"] }));
new TokenCheck("fails", { tokens: { a: { claims: { sub: "a", groups: [] }, expect: { accepted: staff, can: ["find app.x"] } } } });
console.log("said by the program");
`;

async function written(text: string, stack = "config:\n  written:audience: mongodb\n") {
  const { folder } = await writeProgram(text);
  await writeFile(join(folder, "Pulumi.prod.yaml"), stack);
  return folder;
}

/** A control plane that nobody may ask. */
async function listener() {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked += 1;
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { env: { MONGODB_ATLAS_BASE_URL: url, MONGODB_ATLAS_ACCESS_TOKEN: "x" }, asked: () => asked };
}

describe("mongofed token", () => {
  test("config writes what a program declares, and check judges by it, with no control plane and no secret at hand", async () => {
    // Nobody has the key of these secrets here.
    const folder = await written(
      program,
      "secretsprovider: awskms://alias/none\nconfig:\n  written:audience: mongodb\n  written:note:\n    secure: AAAA\n",
    );
    const plane = await listener();
    const run = (args: readonly string[], token = "") =>
      mongofed(["token", ...args], { cwd: folder, env: plane.env, stdin: Readable.from([token]) });

    const { exitCode, stdout, stderr } = await run(["config", "--program", "."]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^warning: issuerUri and audience of theirs are not known: [^\n]+\n$/),
    });
    const config = tokenConfigSchema.parse(JSON.parse(stdout));
    expect(config).toMatchObject({
      identityProviders: [
        { name: "corp", issuerUri: ISSUER, audience: "mongodb" },
        { name: "theirs", prefix: IDP, issuerUri: "<issuer of theirs>" },
      ],
      // The second was declared behind a promise.
      groups: [
        { identityProvider: "theirs", group: "dba", roles: ["read@app"] },
        { identityProvider: "corp", group: "dba", roles: ["readWrite@app"] },
      ],
    });

    await mkdir(join(folder, "tokens"));
    await writeFile(join(folder, "tokens", "config.json"), stdout);
    await writeFile(join(folder, "tokens", "jwks.json"), JSON.stringify(keySet));
    const judge = (given: string[]) =>
      run(["explain", ...given, "--keys", "tokens/jwks.json", "--at", new Date(NOW_MS).toISOString()], issue());
    const byProgram = await judge(["--program", ".", "--stack", "prod"]);
    expect(byProgram.stdout).toContain("It logs in through corp as <id of corp>/ada on $external.");
    expect(byProgram.stdout).toMatch(/roles granted +readWrite@app/);
    const byFile = await judge(["--config", "tokens/config.json"]);
    expect({ ...byFile, stderr }).toEqual(byProgram);
    expect(plane.asked()).toBe(0);
  });

  test.each<[string, string, number, RegExp]>([
    ["breaks a rule", `${staff('groupsClaim: ""')}`, 1, /groupsClaim/],
    ["throws", `${staff()} throw new Error("out of order");`, 1, /out of order/],
    [
      "asks what is known online only",
      `${staff()} await pulumi.runtime.invoke("aws:index/getRegion:getRegion", {});`,
      1,
      /provider functions \(here aws:index\/getRegion:getRegion\)/,
    ],
    [
      "has secrets among what is judged",
      staff().replace(`"${AUDIENCE}"`, 'pulumi.secret("canary")'),
      2,
      /not known before it is created, or secret: audience of IdentityProvider "staff"/,
    ],
    ["declares no identity provider", "", 2, /declares no identity provider/],
  ])("says why a program that %s tells nothing, and what to do instead", async (_, text, code, why) => {
    const folder = await written(`import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider } from "mongofed";
${IDS}
${text}`);
    const { exitCode, stdout, stderr } = await mongofed(["token", "config", "--program", folder], {});
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toMatch(why);
    expect(stderr).toContain("--config");
    expect(stderr).not.toContain("canary");
  });

  test.each<[string, string[], RegExp]>([
    ["a folder without a program", ["--program", "nowhere"], /no Pulumi\.yaml in .*nowhere/],
    ["a program and a file", ["--program", ".", "--config", "a.json"], /--program and --config exclude each other/],
    ["a stack of no program", ["--stack", "prod"], /--stack is for --program/],
  ])("%s is a mistake in one line", async (_, args, message) => {
    const { exitCode, stderr } = await mongofed(["token", "check", ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});
