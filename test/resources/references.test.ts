import { describe, expect, test } from "vitest";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { identityProviderReferenceSchema } from "../../schema/identity-provider.ts";
import { emulated } from "../control-planes/cloud-manager/harness.ts";
import { atlasSeed } from "../support/emulator.ts";
import { FEDERATION, IDP, ORG, OTHER_FEDERATION, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { bench, checkNew, newRun, preview, projectWorkforce, RELATED, type Run, up } from "./harness.ts";

const live = {
  protocol: "OIDC" as const,
  idpType: "WORKFORCE",
  id: IDP,
  displayName: "corp",
  issuerUri: "https://idp.example.com",
  audience: "corp",
  authorizationType: "GROUP",
};

const base = atlasSeed({ id: PROJECT });
const seed = {
  ...base,
  organizations: [...(base.organizations ?? []), { id: OTHER_ORG, name: "Finance" }],
  federations: [
    {
      id: FEDERATION,
      identityProviders: [live],
      connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [IDP] }],
    },
    {
      id: OTHER_FEDERATION,
      identityProviders: [{ ...live, id: "5f1ed0c0ffee5f1ed0c0ffb9" }],
      connectedOrgs: [{ orgId: OTHER_ORG }],
    },
  ],
};

const reference = {
  federationSettingsId: FEDERATION,
  identityProviderId: IDP,
  configurationName: "corp",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
};
const role = (identityProvider: Props): Props => ({
  projectId: PROJECT,
  identityProvider,
  group: "dba",
  roles: ["read@app"],
});
const connection = (identityProvider: Props): Props => ({ orgId: ORG, identityProvider });

async function messages(definition: Definition, run: Run, program: Props): Promise<string[]> {
  const { findings } = await checkNew(definition, run, program);
  return findings.map(({ code, message }) => `${code} ${String(message)}`);
}

describe("a reference of Atlas", () => {
  test.each([
    [
      "federationSettingsId",
      OTHER_FEDERATION,
      /^FED348 .*names federation \w+, and project \w+ belongs to an organization of federation \w+$/,
    ],
    [
      "idpType",
      "WORKLOAD",
      /^FED348 the reference says .* WORKLOAD, and the identity provider corp \(\w+\) has WORKFORCE$/,
    ],
    [
      "authorizationType",
      "USER",
      /^FED348 the reference says .* USER, and the identity provider corp \(\w+\) has GROUP$/,
    ],
  ])("with another %s is refused, for new and for existing access", async (key, value, text) => {
    const wrong = { ...reference, [key]: value };
    const { run } = await bench({ seed });
    const definition = key === "authorizationType" ? federatedUser : oidcRole;
    const program = (identityProvider: Props) =>
      definition === oidcRole
        ? role(identityProvider)
        : { ...role(identityProvider), group: undefined, principal: "ada" };
    expect(await messages(definition, run(), program(wrong))).toContainEqual(expect.stringMatching(text));
    if (key === "authorizationType") return;
    const state = await up(oidcRole, run(), role(reference));
    await expect(preview(oidcRole, run(), state, role(wrong))).rejects.toThrow("FED348");
  });

  test("is compared for a connection too", async () => {
    const { run, emulator } = await bench({ seed });
    emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: IDP });
    const wrong = { ...reference, idpType: "WORKLOAD" };
    expect(await messages(orgConnection, run(), connection(wrong))).toContainEqual(expect.stringContaining("FED348"));
  });

  test("with another name is a note, once a run, because the name is a label", async () => {
    const { run } = await bench({ seed });
    const process = run();
    const renamed = { ...reference, configurationName: "corp-entra" };
    expect(await messages(oidcRole, process, role(renamed))).toEqual([]);
    expect(await messages(oidcRole, process, { ...role(renamed), group: "sre" })).toEqual([]);
    expect(
      process.told
        .join("\n")
        .match(/the reference calls its identity provider "corp-entra", and Atlas calls it "corp"/g),
    ).toHaveLength(1);
  });

  test("that the credentials cannot compare is noted for the end of the preview, and stops nothing", async () => {
    const { run, fault } = await bench({ seed });
    fault("GET", "/federationSettings", { kind: "status", status: 403 });
    const process = run();
    for (const group of ["dba", "sre"])
      expect(await messages(oidcRole, process, { ...role(reference), group })).toEqual([]);
    expect([...process.memory.notices.uncompared]).toEqual([`identity provider ${IDP} of federation ${FEDERATION}`]);
  });

  test("to an identity provider of the same program is not compared", async () => {
    const { run } = await bench({ seed });
    const program = { ...role({ ...reference, idpType: "WORKLOAD" }), [RELATED]: { makesProvider: true } };
    expect(await messages(oidcRole, run(), program)).toEqual([]);
  });
});

describe("a reference of Cloud Manager", () => {
  const { projectId, configurationName, idpType, authorizationType } = projectWorkforce;
  const own = { projectId, configurationName, idpType, authorizationType };
  const group = (identityProvider: Props) => ({ identityProvider, group: "dba", roles: ["read@app"] });

  async function project() {
    const world = await emulated();
    const run = () => newRun(world.newPlane(), { waitMs: 0 });
    await up(identityProvider, run(), projectWorkforce);
    return { run };
  }

  test("with another type or name is refused, for new and for existing access", async () => {
    const { run } = await project();
    const state = await up(oidcRole, run(), group(own));
    for (const [key, value, code] of [
      ["idpType", "WORKLOAD", "FED348"],
      ["configurationName", "other", "FED343"],
    ] as const) {
      const wrong = group({ ...own, [key]: value });
      expect(await messages(oidcRole, run(), { ...wrong, group: "sre" })).toEqual([expect.stringContaining(code)]);
      if (code === "FED348") await expect(preview(oidcRole, run(), state, wrong)).rejects.toThrow(code);
    }
  });

  test("brings its project along, which is printed once, unless projectId pins it", async () => {
    const { run } = await project();
    const process = run();
    for (const name of ["dba", "sre"]) await messages(oidcRole, process, { ...group(own), group: name });
    expect(process.told).toEqual([
      `note     access through corp is granted in project ${projectId}, which comes with the reference\n           set projectId to pin the project`,
    ]);
    const pinned = run();
    await messages(oidcRole, pinned, { ...group(own), projectId });
    expect(pinned.told).toEqual([]);
  });
});

describe("the name in a reference has the limits of configurationName", () => {
  const errors = (value: object) =>
    identityProviderReferenceSchema.safeParse(value).error?.issues.map(({ path }) => path);

  test("50 characters on Atlas, letters, digits, - and _ on Cloud Manager", () => {
    const { federationSettingsId, identityProviderId, ...rest } = reference;
    const inProject = { ...rest, projectId: PROJECT };
    expect(errors({ ...reference, configurationName: "a b".repeat(16) })).toBeUndefined();
    expect(errors({ ...reference, configurationName: "x".repeat(51) })).toEqual([["configurationName"]]);
    expect(errors({ ...inProject, configurationName: "x".repeat(51) })).toBeUndefined();
    expect(errors({ ...inProject, configurationName: "a/b" })).toEqual([["configurationName"]]);
  });
});
