import { expect, test } from "vitest";
import { HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack, providersIn, writes } from "../../support/stack.ts";

const adopting = (text: string, inputs: string) => text.replace('authorizationType: "GROUP"', `$&, ${inputs}`);
const adoptingConnection = (text: string) => text.replace("identityProvider: staff", "$&, adopt: true");

describeEngines("adoption", (engine) => {
  test("lists what differs and stops, overwrites when it is told to, protects, and lets go when told so", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine);
    const id = emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: HOME.federation,
      fields: {
        protocol: "OIDC",
        idpType: "WORKFORCE",
        displayName: "staff",
        description: "by hand",
        issuerUri: "https://idp.example.com",
        audience: "staff",
        clientId: "mongodb",
        authorizationType: "GROUP",
        groupsClaim: "groups",
        userClaim: "sub",
        requestedScopes: [],
        associatedDomains: [],
      },
    });
    emulator.edit({ edit: "connect", orgId: HOME.org, identityProviderId: id });

    await stack.write(adopting(identityProvider("staff"), "adopt: true"));
    const refused = bad(await stack.run("preview", { env }));
    expect(refused.text).toContain("FED225 adoption-differs");
    expect(refused.text).toMatch(/description +live "by hand" +wanted none/);

    const overwrite = adopting(identityProvider("staff"), 'adopt: "overwrite", description: "people"');
    await stack.write(overwrite, adoptingConnection(orgConnection("staff")));
    const preview = good(await stack.run("preview", { env }));
    expect(preview.text).toMatch(/adopt +IdentityProvider "staff" \(staff\) takes over staff/);
    expect(preview.text).toMatch(/description +live "by hand" +wanted "people" +up changes it/);
    expect(writes(emulator)).toEqual([]);

    const { deployment } = good(await stack.run("up", { env }));
    expect(writes(emulator).map((request) => request.split(" ")[0])).toEqual(["PATCH"]);
    const resources = (deployment.deployment.resources ?? []).filter(({ urn }) => urn.includes("mongofed"));
    const names = (only: boolean) =>
      resources.filter(({ protect }) => protect === only).map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
    expect(names(true).sort()).toEqual(["connect staff", "staff"]);
    emulator.clearRequests();

    // A word that is taken back changes nothing; the option lets go of what it protected.
    const own = adopting(identityProvider("staff", "{ protect: false }"), 'description: "people"');
    await stack.write(own, orgConnection("staff", "{ protect: false }"));
    good(await stack.run("up", { env }));
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("destroy", { env }));
    expect(providersIn(emulator)).toEqual([]);
  });
});
