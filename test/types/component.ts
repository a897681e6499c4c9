/** A component takes any identity provider: what must compile, as in `programs.ts`. */
import * as pulumi from "@pulumi/pulumi";
import { FederatedUser, IdentityProvider, OidcRole, OrgConnection } from "mongofed";

class Team extends pulumi.ComponentResource {
  readonly identityProvider: IdentityProvider;

  constructor(name: string, identityProvider: IdentityProvider, orgId: string) {
    super("example:index:Team", name);
    this.identityProvider = identityProvider;
    new OrgConnection(name, { orgId, identityProvider }, { parent: this });
    // The type does not say how it authorizes, nor where it belongs: the rules say it in the preview.
    new OidcRole(name, { identityProvider, group: "dba", roles: ["read@app"] }, { parent: this });
    new FederatedUser(name, { projectId: orgId, identityProvider, principal: "ada", roles: ["read@app"] });
  }
}

const id = "5f1ed0c0ffee5f1ed0c0ffe3";
const settings = { federationSettingsId: id, issuerUri: "https://idp.example.com", audience: "mongodb" };
const program = { ...settings, configurationName: "apps", idpType: "WORKLOAD", authorizationType: "USER" } as const;

export function components(): string[] {
  const people = new IdentityProvider("people", {
    ...settings,
    configurationName: "people",
    idpType: "WORKFORCE",
    clientId: "c",
    authorizationType: "GROUP",
  });
  const apps = new IdentityProvider("apps", program);
  const { federationSettingsId: _, ...elsewhere } = program;
  const inProject = new IdentityProvider("project", { ...elsewhere, projectId: id });
  const all: IdentityProvider[] = [people, apps, inProject];
  const byName: Record<string, IdentityProvider> = { people, apps, inProject };
  const byGroup: IdentityProvider<"GROUP"> = people;
  // @ts-expect-error one that authorizes by group
  const byUser: IdentityProvider<"USER"> = people;
  void [byGroup, byUser, all.map((one) => one.configurationName)];
  return Object.values(byName).map((identityProvider) => String(new Team("team", identityProvider, id).urn));
}
