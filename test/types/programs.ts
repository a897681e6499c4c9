/**
 * What must compile, and what must not. The compiler is the test, run by `npm test` over this folder: an
 * `@ts-expect-error` without an error is an error. The functions are never called.
 */
import type { Output } from "@pulumi/pulumi";
import { IdentityProvider, type IdentityProviderReference, OrgConnection, Provider } from "mongofed";
import { previewProgram } from "mongofed/testing";

declare const id: string;
declare const later: Output<string>;

const common = {
  federationSettingsId: id,
  configurationName: "corp",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  authorizationType: "GROUP",
} as const;

export function right(): void {
  const staff = new IdentityProvider("staff", {
    ...common,
    idpType: "WORKFORCE",
    clientId: later,
    requestedScopes: ["openid", later],
    associatedDomains: later.apply((domain) => [domain]),
    description: undefined,
  });
  const apps = new IdentityProvider("apps", { ...common, idpType: "WORKLOAD", userClaim: "sub" }, { protect: true });
  new OrgConnection("platform", { orgId: later, identityProvider: staff, adopt: "overwrite", allowLockout: true });
  new IdentityProvider("taken over", { ...common, idpType: "WORKLOAD", adopt: true, allowLockout: false });
  new OrgConnection("apps", { orgId: id, identityProvider: apps.reference });
  const foreign: Output<IdentityProviderReference> = later as never;
  new OrgConnection("foreign", { orgId: id, identityProvider: foreign });
  const eu = new Provider("eu", { plane: "atlas", baseUrl: id, caFile: "ca.pem", credentials: "env:OPS_EU" });
  new OrgConnection("european", { orgId: id, identityProvider: staff }, { provider: eu });
  const name: Output<string> = staff.configurationName;
  const prefix: Output<string> = IdentityProvider.get("other", id).identityProviderId;
  void [name, prefix, previewProgram];
}

export function wrong(): void {
  // @ts-expect-error a workforce provider needs a client id
  new IdentityProvider("a", { ...common, idpType: "WORKFORCE" });
  // @ts-expect-error a workload provider has none
  new IdentityProvider("b", { ...common, idpType: "WORKLOAD", clientId: "c" });
  // @ts-expect-error nor scopes
  new IdentityProvider("c", { ...common, idpType: "WORKLOAD", requestedScopes: ["openid"] });
  // @ts-expect-error nor domains
  new IdentityProvider("d", { ...common, idpType: "WORKLOAD", associatedDomains: ["example.com"] });
  // @ts-expect-error there are two types
  new IdentityProvider("e", { ...common, idpType: "PEOPLE", clientId: "c" });
  // @ts-expect-error an input that does not exist
  new IdentityProvider("f", { ...common, idpType: "WORKLOAD", issuer: "x" });
  // @ts-expect-error whether something is adopted is known when the program is written
  new IdentityProvider("adopted", { ...common, idpType: "WORKLOAD", adopt: later });
  // @ts-expect-error there is one word for it
  new OrgConnection("adopted", { orgId: id, identityProvider: later as never, adopt: "replace" });
  // @ts-expect-error an audience is not optional
  new IdentityProvider("g", { ...common, idpType: "WORKLOAD", audience: undefined });
  const apps = new IdentityProvider("apps", { ...common, idpType: "WORKLOAD" });
  // @ts-expect-error a connection takes the provider, not its id
  new OrgConnection("h", { orgId: id, identityProvider: apps.identityProviderId });
  // @ts-expect-error a connection without a provider
  new OrgConnection("i", { orgId: id });
  // @ts-expect-error credentials are named
  new Provider("j", { credentials: "mdb_sa_sk_1" });
  // @ts-expect-error and never given
  new Provider("k", { credentials: "env:OPS_EU", clientSecret: "mdb_sa_sk_1" });
  // @ts-expect-error not even as a secret of Pulumi's: what a provider is given is known before anything runs
  new Provider("l", { credentials: later });
  // @ts-expect-error a provider without credentials could do nothing
  new Provider("m", { baseUrl: id });
  // @ts-expect-error the only plane so far is atlas
  new Provider("n", { plane: "ops-manager", credentials: "env:OPS_EU" });
  // @ts-expect-error outputs are not writable
  apps.audience = later;
}
