import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { minimumDrivers } from "../provider/connection/versions.ts";
import { catalogue, isCode, type Kind } from "../provider/rules/index.ts";
import { CONFIGURATION_NAME_MAX } from "../schema/identity-provider.ts";
import {
  MINIMUM_CLIENTS,
  MINIMUM_SERVERS,
  MONGOSH_WITH_ID_TOKEN,
  SMALLEST_TIER,
  versionText,
} from "../schema/requirements.ts";
import { shapes } from "../schema/resources.ts";

const repository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string) => readFileSync(repository(path), "utf8");

/** The cells of every table row of a page. */
const rows = (page: string) =>
  page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test.each(["credentials.md", "requirements.md", "statements.md", "tls.md"])(
  "docs/%s names only rules that exist",
  (name) => {
    const codes = read(`docs/${name}`).match(/FED\d{3}/g) ?? [];
    expect(codes.filter((code) => !isCode(code))).toEqual([]);
  },
);

describe("docs/requirements.md", () => {
  const page = read("docs/requirements.md");

  test("lists every driver with its minimum versions", () => {
    const inPods = minimumDrivers("kubernetes");
    const expected = minimumDrivers("elsewhere").map(({ driver, version }, index) => [
      driver,
      version,
      inPods[index]?.later ? `later than ${version}` : inPods[index]?.version,
    ]);
    expect(rows(page.split("## Programs")[1]?.split("## Limits")[0] ?? "").slice(2)).toEqual(expected);
  });

  test("lists the minimum versions of mongosh and Compass", () => {
    const { atlas, project } = MINIMUM_CLIENTS;
    expect(rows(page)).toEqual(
      expect.arrayContaining([
        ["mongosh", atlas.mongosh, project.mongosh],
        ["mongosh with `idTokenAsAccessToken`", MONGOSH_WITH_ID_TOKEN, MONGOSH_WITH_ID_TOKEN],
        ["Compass", atlas.compass, "no minimum published"],
      ]),
    );
  });

  test("names the server versions and tiers that the rules check", () => {
    const recommended = versionText(MINIMUM_SERVERS.recommended);
    expect(page).toContain(`${SMALLEST_TIER} or larger, with MongoDB ${recommended} or later`);
    expect(page).toContain(`Enterprise builds of MongoDB ${versionText(MINIMUM_SERVERS.oidc)} or later`);
    expect(page).toContain(`needs ${versionText(MINIMUM_SERVERS.byUser)}.`);
    expect(page).toContain(`MongoDB ${versionText(MINIMUM_SERVERS.sharedIssuer)} on Cloud Manager`);
    expect(page).toContain(`${CONFIGURATION_NAME_MAX} characters`);
    for (const code of ["FED322", "FED323"] as const) {
      expect(catalogue[code].why).toContain(`(${SMALLEST_TIER} or larger) with MongoDB ${recommended} or newer`);
    }
    expect(catalogue.FED258.why).toContain(versionText(MINIMUM_SERVERS.byUser));
    expect(catalogue.FED259.why).toContain(recommended);
  });

  test("names the Node.js version of the package", () => {
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    expect(page).toContain(`Node.js ${engines.node.replace(">=", "")} or later`);
  });
});

describe("docs/statements.md", () => {
  const statements = rows(read("docs/statements.md")).filter(
    ([first = "", , test]) => test !== undefined && first !== "statement" && !/^-+$/.test(first),
  );

  test("maps every statement to its cover and to a test", () => {
    expect(statements.length).toBeGreaterThan(57);
    for (const cells of statements) {
      expect(cells, cells.join(" | ")).toHaveLength(3);
      for (const cell of cells) expect(cell, cells.join(" | ")).not.toBe("");
    }
  });

  test.each(statements)("%s", (_, cover = "", proof = "") => {
    const [, file = "", title = ""] = /^`(test\/[\w/.-]+\.test\.ts)`: (.+)$/.exec(proof) ?? [];
    expect(existsSync(repository(file)), `${proof} names a file`).toBe(true);
    expect(read(file), `${file} has the title`).toContain(title);
    for (const [, kind = "", input = ""] of cover.matchAll(/`([A-Z]\w+)\.(\w+)`/g)) {
      expect(Object.keys(shapes[kind as Kind].shape), `${kind} has the input`).toContain(input);
    }
  });
});

describe("docs/configuration.md", () => {
  const code = globSync("{provider,schema}/**/*.ts", { cwd: repository(".") })
    .filter((path) => !path.endsWith("environment-variables.ts"))
    .map(read)
    .join("\n");
  const page = read("docs/configuration.md");

  test("lists every variable of mongofed that the code reads, and no other", () => {
    const inCode = new Set(code.match(/MONGOFED_[A-Z_]+/g));
    const listed = new Set(rows(page).flatMap(([name = ""]) => /^`(MONGOFED_[A-Z_]+)`$/.exec(name)?.[1] ?? []));
    expect(listed).toEqual(inCode);
  });

  test("lists every setting that the code reads", () => {
    const inCode = new Set([...code.matchAll(/\bconfig\("(\w+)"\)/g)].map(([, name]) => name));
    const listed = new Set(rows(page).flatMap(([name = ""]) => /^`mongofed:(\w+)`$/.exec(name)?.[1] ?? []));
    // `provider` is the name that mongofed itself gives to an explicit provider, and `credentials` belongs to one.
    for (const name of inCode) if (!["provider", "credentials"].includes(name ?? "")) expect(listed).toContain(name);
  });
});
