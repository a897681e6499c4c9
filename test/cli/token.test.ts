import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokenConfigSchema } from "../../schema/token-config.ts";
import { issue, keySet, NOW_MS, otherKey, people } from "../tokens/issuer.ts";
import { mongofed } from "./command-line.ts";

let cwd: string;
const config = {
  identityProviders: [people],
  groups: [{ identityProvider: "corp", group: "dba", roles: ["readWrite@app"] }],
};
const AT = ["--at", new Date(NOW_MS).toISOString()];
const FILES = ["--config", "config.json", "--keys", "jwks.json"];

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "mongofed-token-"));
  await writeFile(join(cwd, "config.json"), JSON.stringify(config));
  await writeFile(join(cwd, "jwks.json"), JSON.stringify(keySet));
  await writeFile(join(cwd, "token.jwt"), `${issue()}\n`);
  await writeFile(join(cwd, "bad.json"), '{"identityProviders":[{"name":"a"}]}');
  await writeFile(join(cwd, "nobody.json"), '{"identityProviders":[],"groups":[{"group":"x","identityProvider":"b"}]}');
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

const run = (args: readonly string[], token = "", env: NodeJS.ProcessEnv = {}) =>
  mongofed(["token", ...args], { cwd, env, stdin: Readable.from([token]) });

test("a good token is accepted, with as whom and with which roles, and ends well", async () => {
  expect(await run(["check", ...FILES, ...AT], issue())).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: `accepted: a server would let this token in

It logs in through corp as corp/ada on $external.
  roles granted         readWrite@app
  with those inherited  readWrite@app

Judged as of 2027-01-15T08:00:00.000Z; signature valid.
`,
  });
});

test("a token that is refused says why and what to do, the first reason first, and what would come of it then", async () => {
  const { exitCode, stdout } = await run(
    ["check", ...FILES, ...AT],
    issue({ iss: `${people.issuerUri}/` }, {}, otherKey),
  );
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^refused: .*\n\nerror FED107 issuer-form-differs: the issuer of corp is "https:\/\/idp\.example\.com", in the token .*\n {2}--> claims\.iss\n {2}why .*\n {2}fix .*\n\nerror FED128 invalid-signature: .*/,
  );
  expect(stdout).toContain("After these fixes, it logs in through corp as corp/ada on $external.");
});

test.each<[string, string[], string, NodeJS.ProcessEnv]>([
  ["stdin", [], issue(), {}],
  ["a file", ["--file", "token.jwt"], "", {}],
  ["an environment variable", ["--env", "TOKEN"], "", { TOKEN: issue() }],
])("the token comes from %s", async (_, args, stdin, env) => {
  expect((await run(["check", ...FILES, ...AT, ...args], stdin, env)).exitCode).toBe(0);
});

test("exits with 1 for an undetermined token, as for a refused one", async () => {
  const { exitCode, stdout } = await run(["check", ...FILES, ...AT], issue({ groups: ["/dba"] }));
  expect({ exitCode, first: stdout.split("\n")[0] }).toEqual({
    exitCode: 1,
    first: "uncertain: no source says what a server does with this token",
  });
});

test("now is the moment unless another is given", async () => {
  expect((await run(["check", ...FILES], issue({ exp: 1_600_000_000 }))).stdout).toContain("FED108");
  expect(
    (await run(["check", ...FILES, "--at", "issuedAt"], issue({ iat: 1_500_000_000, exp: 1_600_000_000 }))).exitCode,
  ).toBe(0);
});

test("claims alone are checked as the token that an issuer would make of them", async () => {
  const { exitCode, stdout } = await run(["check", ...FILES, ...AT], JSON.stringify({ sub: "ada", groups: ["dba"] }));
  expect(stdout).toContain("It logs in through corp as corp/ada");
  expect(stdout).toContain("claims alone have none");
  expect(exitCode).toBe(0);
  expect((await run(["explain", ...FILES, ...AT], '{"sub":"ada","groups":["dba"]}')).stdout).toMatch(
    /^claims\.sub +"ada"/m,
  );
});

test("roles are listed per project", async () => {
  const groups = ["p1", "p2"].map((projectId, index) => ({
    ...config.groups[0],
    projectId,
    roles: [index === 0 ? "readWrite@app" : "read@app"],
  }));
  await writeFile(join(cwd, "projects.json"), JSON.stringify({ ...config, groups }));
  const { stdout } = await run(["check", "--config", "projects.json", ...AT], issue());
  expect(stdout).toMatch(/^ {2}in project p1 +readWrite@app\n {2}in project p2 +read@app$/m);
  const [one] = JSON.parse((await run(["check", "--json", "--config", "projects.json", ...AT], issue())).stdout).login
    .projects;
  expect(one).toEqual({ projectId: "p1", roles: ["readWrite@app"] });
});

describe("keys that are no key set", () => {
  const pem = otherKey.publicKey.export({ type: "spki", format: "pem" }).toString();
  test.each([
    ["a public key", pem, "this is not a key set, but a public key as PEM, without a kid"],
    ["a private key", otherKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "a private key as PEM"],
    [
      "a metadata document",
      '{"issuer":"https://idp.example.com","jwks_uri":"https://x"}',
      "the metadata document of an issuer",
    ],
    ["a list", "[]", "it has no list `keys`"],
  ])("are named: %s", async (_, text, message) => {
    await writeFile(join(cwd, "other-keys"), text);
    const { exitCode, stdout } = await run(
      ["check", "--config", "config.json", "--keys", "other-keys", ...AT],
      issue(),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain(message);
    expect(stdout).not.toContain("MII");
  });

  test("are read if they are one key, with a byte order mark", async () => {
    await writeFile(join(cwd, "one.jwk"), `\uFEFF${JSON.stringify(keySet.keys[0])}`);
    const { stdout } = await run(["check", "--config", "config.json", "--keys", "one.jwk", ...AT], issue());
    expect(stdout).toContain("signature valid");
  });
});

test("without a configuration the verdict is undetermined", async () => {
  const { exitCode, stdout } = await run(["check", ...AT], issue());
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^undetermined: without --program or --config /);
  expect(JSON.parse((await run(["check", "--json", ...AT], issue())).stdout).outcome).toBe("unknown");
  expect(stdout).toContain("Note: no configuration was given");
  expect(stdout).toContain("Note: the signature was not checked: no keys were given.");
});

test("the server's version, addresses, user name and project count", async () => {
  const list = issue({ aud: ["mongodb", "other"] });
  expect((await run(["check", ...FILES, ...AT, "--server-version", "7.0.2"], list)).stdout).toMatch(/^uncertain/);
  expect((await run(["check", ...FILES, ...AT, "--user-name", "eve"], issue())).stdout).toContain("FED142");
  expect((await run(["check", ...FILES, ...AT, "--project", "p"], issue())).stdout).toContain("FED201");
  const authenticationRestrictions = [{ clientSource: ["10.0.0.0/8"], serverAddress: ["10.0.0.1"] }];
  await writeFile(
    join(cwd, "restricted.json"),
    JSON.stringify({ ...config, groups: [{ ...config.groups[0], authenticationRestrictions }] }),
  );
  const restricted = ["check", "--config", "restricted.json", ...AT];
  expect((await run(restricted, issue())).stdout).toMatch(/^accepted from the addresses/);
  const from = (client: string) =>
    run([...restricted, "--client-address", client, "--server-address", "10.0.0.1"], issue());
  expect((await from("10.1.1.1")).exitCode).toBe(0);
  expect((await from("11.1.1.1")).stdout).toContain("FED144");
});

test("explain says what every field means", async () => {
  const { exitCode, stdout } = await run(["explain", ...FILES, ...AT], issue({ groups: ["dba", "b", "c", "d"], x: 1 }));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^header\.alg +"RS256" +how the token is signed$/m);
  expect(stdout).toMatch(/^claims\.exp +2027-01-15T09:00:00.000Z +until when/m);
  expect(stdout).toMatch(/^claims\.groups +"dba", "b", "c" and 1 more +the groups/m);
  expect(stdout).toMatch(/^claims\.sub +"ada" +the user claim of corp/m);
  expect(stdout).toMatch(/^claims\.x +1 +the server does not look at it$/m);
  expect((await run(["explain", ...AT], "opaque")).stdout).toMatch(/^refused: /);
});

describe("--json", () => {
  test("is one document with the verdict, and nothing of the roles' content", async () => {
    const { stdout } = await run(["check", "--json", ...FILES, ...AT], issue());
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "accepted",
      server: [],
      signature: "valid",
      login: {
        user: "corp/ada",
        grants: ["corp/dba"],
        effective: [{ role: "readWrite@app", through: ["corp/dba"], undeclared: false }],
      },
    });
    expect(stdout).not.toContain("planCacheRead");
  });

  test("of explain has the fields too", async () => {
    const { fields } = JSON.parse((await run(["explain", "--json", ...FILES, ...AT], issue())).stdout);
    expect(fields[0]).toEqual({ part: "header", name: "alg", value: '"RS256"', meaning: "how the token is signed" });
  });
});

test("schema describes the file of --config", async () => {
  const schema = JSON.parse((await run(["schema"])).stdout);
  expect(Object.keys(schema.properties)).toEqual(Object.keys(tokenConfigSchema.shape));
  expect(schema.required).toEqual(["identityProviders"]);
});

test("NO_COLOR keeps colors out, --color always brings them", async () => {
  expect((await run(["check", ...FILES, ...AT, "--color", "always"], issue())).stdout).toContain("\u001b[32m");
  expect((await run(["check", ...AT], issue(), { NO_COLOR: "1", FORCE_COLOR: "1" })).stdout).not.toContain("\u001b[");
});

describe("a mistake is one line, and repeats no token", () => {
  const token = issue();
  test.each<[string, string[], RegExp]>([
    ["a token as argument", ["check", token], /not taken from the command line/],
    ["a token in place of a command", [token], /not taken from the command line/],
    ["two tokens", ["check", token, token], /not taken from the command line/],
    ["a token in place of a variable's name", ["check", "--env", token], /and this is none/],
    ["two sources", ["check", "--file", "a", "--env", "B"], /--file and --env exclude each other/],
    ["a file that is not there", ["check", "--file", "nope.jwt"], /nope\.jwt cannot be read: ENOENT/],
    ["a variable that is not there", ["check", "--env", "NOPE"], /NOPE is not set/],
    ["a configuration that is not JSON", ["check", "--config", "token.jwt"], /token\.jwt is not JSON/],
    [
      "a configuration that is not valid",
      ["check", "--config", "bad.json"],
      /identityProviders\.0\.idpType: .*; identityProviders\.0\.issuerUri: /,
    ],
    [
      "a grant through nobody",
      ["check", "--config", "nobody.json"],
      /groups\.0\.identityProvider: no identity provider is called "b"/,
    ],
    ["no moment", ["check", "--at", "soon"], /"soon" is not a time/],
    ["no version", ["check", "--server-version", "eight"], /"eight" is not a MongoDB version/],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await run(args, token);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(token.slice(0, 20));
  });
});

test("neither the token nor its signature is printed, whatever comes of it", async () => {
  for (const token of [
    issue(),
    issue({ exp: 1 }),
    issue({ sub: issue() }),
    `${issue()}.x`,
    issue().replaceAll(".", ""),
  ]) {
    for (const args of [["check"], ["explain"], ["explain", "--color", "always"]]) {
      const { stdout, stderr } = await run([...args, ...FILES, ...AT], token);
      for (const part of [token, ...token.split(".").filter(({ length }) => length > 80)])
        expect(stdout + stderr).not.toContain(part);
    }
  }
});
