import { describe, expect, test } from "vitest";
import { databaseRole } from "../../provider/resources/database-role.ts";
import type { Props } from "../../provider/resources/definition.ts";
import { objectKey } from "../../provider/resources/object-key.ts";
import type { Owner, Owners } from "../../provider/resources/owner.ts";
import { type Declared, ownersOf, type Recorded } from "../../provider/resources/owners.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { atlasSeed } from "../support/emulator.ts";
import { FEDERATION, IDP, OTHER_IDP, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { wordedAll } from "../support/worded.ts";
import { bench, checkNew, NAME, up } from "./harness.ts";

const role = (roleName: string, projectId = PROJECT): Props => ({
  projectId,
  roleName,
  privileges: [{ resource: { database: "pay", collection: "" }, actions: ["find"] }],
});
const recorded = (name: string, outputs: Props, kind: Recorded["kind"] = "DatabaseRole"): Recorded => ({
  kind,
  name,
  address: name,
  outputs: { __applied: {}, ...outputs },
});
const declared = (name: string, inputs: Props, more: Partial<Declared> = {}): Declared => ({
  kind: "DatabaseRole",
  name,
  addresses: [name],
  inputs,
  ...more,
});
const fates = (owners: readonly Owner[]) => owners.map(({ name, fate, heir }) => [name, fate, heir]);
const owned = role("payments");

describe("the owner of an object", () => {
  const state = [recorded("a", { ...owned, database: "admin" })];

  test.each<[string, Declared[], Owner["fate"], string?]>([
    ["keeps what it declares", [declared("a", owned)], "stays"],
    ["keeps what it declares under an alias", [declared("b", owned, { addresses: ["b", "a"] })], "stays"],
    ["gives up what only another resource declares", [declared("b", owned)], "leaves", "b"],
    ["gives up what nobody declares", [], "leaves"],
    ["gives up what it no longer declares", [declared("a", role("other")), declared("b", owned)], "leaves", "b"],
    [
      "may keep an object while its own inputs are unknown",
      [declared("a", role(UNKNOWN)), declared("b", owned)],
      "unknown",
    ],
    [
      "gives up an object if a known part of its inputs differs",
      [declared("a", role(UNKNOWN, OTHER_PROJECT)), declared("b", owned)],
      "leaves",
      "b",
    ],
    [
      "is found in spite of other names of the same resource",
      [declared("b", role("other"), { addresses: ["b", "a"] }), declared("a", owned)],
      "stays",
    ],
  ])("%s", (_title, program, fate, heir) => {
    for (const order of [program, program.toReversed()])
      expect(fates(ownersOf(state, order))).toEqual([["a", fate, heir]]);
  });

  test("is no resource that the program only reads", () => {
    expect(ownersOf([{ ...state[0]!, outputs: { ...owned, database: "admin", __read: true } }], [])).toEqual([]);
    expect(ownersOf([{ ...state[0]!, outputs: { ...owned, database: "admin" } }], [])).toEqual([]);
  });

  test("passes on its outputs without secrets, and none while it stays", () => {
    const outputs = { ...owned, database: "admin", __applied: { secrets: ["roleName"] } };
    const passed = ownersOf([recorded("a", outputs)], [declared("b", owned)])[0];
    expect(passed).toMatchObject({ object: objectKey("DatabaseRole", `${PROJECT}/payments`) });
    expect(passed?.outputs).not.toHaveProperty("roleName");
    expect(JSON.stringify(passed)).not.toContain("payments");
    expect(ownersOf(state, [declared("a", owned)])[0]?.outputs).not.toHaveProperty("projectId");
  });

  describe("access through an identity provider of a federation", () => {
    const provider = {
      federationSettingsId: FEDERATION,
      idpType: "WORKLOAD",
      issuerUri: "https://idp.example.com",
      audience: "mongodb",
    };
    const principal = { projectId: PROJECT, principal: "app:1" };
    const state = [
      recorded("idp", { ...provider, identityProviderId: IDP }, "IdentityProvider"),
      recorded("user", { ...principal, identityProvider: { identityProviderId: IDP } }, "FederatedUser"),
    ];
    const program = (name: string, inputs: Props): Declared[] => {
      const identityProvider = declared(name, inputs, { kind: "IdentityProvider" });
      return [identityProvider, declared("user", principal, { kind: "FederatedUser", identityProvider })];
    };

    test.each<[string, Declared[], Owner["fate"], Owner["fate"]]>([
      ["stays with its provider", program("idp", provider), "stays", "stays"],
      ["stays while another declaration takes its provider over", program("other", provider), "leaves", "stays"],
      [
        "leaves with a provider that is replaced",
        program("idp", { ...provider, idpType: "WORKFORCE" }),
        "leaves",
        "leaves",
      ],
      ["leaves for a new provider", program("other", { ...provider, audience: "new" }), "leaves", "leaves"],
      [
        "may stay while the program adopts a provider that the state does not hold",
        program("other", { ...provider, audience: "new", adopt: true }),
        "leaves",
        "unknown",
      ],
    ])("%s", (_title, declarations, ofProvider, ofUser) => {
      expect(ownersOf(state, declarations).map(({ fate }) => fate)).toEqual([ofProvider, ofUser]);
    });

    test("has an heir through each of two providers that swap their names, because both keep their ids", () => {
      const jobs = { ...provider, audience: "jobs" };
      const other = { ...jobs, identityProviderId: OTHER_IDP };
      const identityProvider = declared("jobs", provider, { kind: "IdentityProvider" });
      const program = [
        declared("idp", jobs, { kind: "IdentityProvider" }),
        identityProvider,
        declared("renamed", principal, { kind: "FederatedUser", identityProvider }),
      ];
      const owners = ownersOf([...state, recorded("jobs", other, "IdentityProvider")], program);
      expect(fates(owners)).toContainEqual(["user", "leaves", "renamed"]);
    });
  });
});

describe("a new declaration of an existing object", () => {
  async function check(owners: Owners, phase: "check" | "create" = "check") {
    const { run } = await bench({ seed: atlasSeed({ clusters: [] }) });
    await up(databaseRole, run(), owned);
    const process = { ...run(), owners };
    const { inputs, findings } = await checkNew(databaseRole, process, { ...owned, adopt: "overwrite", [NAME]: "b" });
    if (phase === "check") return wordedAll(findings)[0];
    return await databaseRole.create(process, inputs).then(
      () => "",
      (error: unknown) => String(error),
    );
  }
  const owner = (changes: Partial<Owner>): Owners => ({
    of: () => [{ name: "a", fate: "leaves", outputs: {}, ...changes }],
  });
  const what = `role payments in project ${PROJECT}`;

  test("is refused while its owner keeps the object, or may keep it", async () => {
    for (const fate of ["stays", "unknown"] as const) {
      expect(await check(owner({ fate }))).toMatchObject({
        code: "FED234",
        message: expect.stringContaining(`${what} belongs to DatabaseRole "a" of this stack`),
        fix: expect.stringContaining("aliases"),
      });
      expect(await check(owner({ fate }), "create")).toContain("FED234");
    }
  });

  test("is refused where the state cannot be read, because the object may have an owner", async () => {
    const unread = { trouble: "no answer in 60 seconds", of: () => [] };
    expect(await check(unread)).toMatchObject({ code: "FED234", message: expect.stringContaining("no answer") });
  });

  test("is accepted if the owner of the same id is on another control plane", async () => {
    const elsewhere = owner({
      fate: "stays",
      outputs: { __bound: { plane: "ops-manager", baseUrl: "https://other.example.com" } },
    });
    expect(await check(elsewhere)).toBeUndefined();
  });
});
