/**
 * Programs that must compile, and programs that must not. `npm test` compiles this folder: an `@ts-expect-error`
 * without an error is an error. The functions are never called.
 */
import type { Output } from "@pulumi/pulumi";
import {
  connection,
  DatabaseRole,
  FederatedUser,
  fromEnv,
  fromFile,
  IdentityProvider,
  type IdentityProviderReference,
  OidcRole,
  OrgConnection,
  ProjectTls,
  Provider,
  TokenCheck,
} from "mongofed";
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
  new OidcRole("dba", { projectId: id, identityProvider: staff, group: later, roles: ["readWrite@app", later] });
  new OidcRole("foreign group", {
    projectId: id,
    identityProvider: foreign,
    group: "g",
    roles: later.apply((role) => [role]),
  });
  const services = new IdentityProvider("services", { ...common, idpType: "WORKLOAD", authorizationType: "USER" });
  const access = { projectId: id, roles: [{ role: "read", database: "app", collection: "orders" }] };
  new FederatedUser("one", { ...access, identityProvider: services, principal: "p", scopes: [{ name: "cluster0" }] });
  new FederatedUser("two", { ...access, identityProvider: services.reference, principal: later });
  new FederatedUser("three", { ...access, identityProvider: IdentityProvider.get("x", id), principal: later });
  const tls = new ProjectTls("tls", { projectId: later, caFilePath: later, clientCertificateMode: "OPTIONAL" });
  new ProjectTls("more", { projectId: id, caFilePathWindows: tls.caFilePath.apply((path) => path ?? "") });
  new DatabaseRole("reader", {
    projectId: id,
    roleName: "orders-reader",
    privileges: [
      { resource: { database: "app", collection: later }, actions: ["find"] },
      { resource: { cluster: true }, actions: ["listDatabases"] },
    ],
  });
  const username: Output<string> = OidcRole.get("dba", id).username;
  void username;
  const eu = new Provider("eu", { plane: "ops-manager", baseUrl: id, caFile: "ca.pem", credentials: "env:OPS_EU" });
  new OrgConnection("european", { orgId: id, identityProvider: staff }, { provider: eu });
  const name: Output<string> = staff.configurationName;
  const prefix: Output<string> = IdentityProvider.get("other", id).identityProviderId;
  const { uri, options, mongosh } = connection(apps, {
    runsOn: "azure-vm",
    host: later,
    managedIdentityClientId: later,
  });
  connection(foreign, { runsOn: "gke", hosts: [id, later], audience: later, database: undefined });
  const text: Output<string> = uri;
  const commands: Output<string | undefined> = mongosh.apply((shell) => shell?.deviceAuthorization);
  const resource: Output<string | undefined> | undefined = options.authMechanismProperties.TOKEN_RESOURCE;
  void [name, prefix, previewProgram, text, commands, resource];
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
  // @ts-expect-error a control plane that does not exist
  new Provider("n", { plane: "on-premises", credentials: "env:OPS_EU" });
  const access = { projectId: id, roles: ["read@app"] };
  // @ts-expect-error one by one, through a provider that authorizes by group
  new FederatedUser("o", { ...access, identityProvider: apps, principal: "p" });
  const services = new IdentityProvider("services", { ...common, idpType: "WORKLOAD", authorizationType: "USER" });
  // @ts-expect-error by group, through a provider that authorizes one by one
  new OidcRole("p", { ...access, identityProvider: services, group: "g" });
  // @ts-expect-error access to nothing
  new OidcRole("q", { projectId: id, identityProvider: apps, group: "g" });
  // @ts-expect-error a prefix is nobody's to type
  new OidcRole("r", { ...access, identityProvider: apps, username: "5f1e/g" });
  // @ts-expect-error a mode that does not exist
  new ProjectTls("s", { projectId: id, clientCertificateMode: "REQUIRED" });
  // @ts-expect-error settings are those of a project
  new ProjectTls("t", { caFilePath: id });
  // @ts-expect-error modes of older documents are spelled by mongofed
  new ProjectTls("u", { projectId: id, mode: "requireSSL" });
  // @ts-expect-error outputs are not writable
  apps.audience = later;
  // @ts-expect-error places are a closed set
  connection(apps, { runsOn: "heroku", host: id });
  // @ts-expect-error an option that does not exist
  connection(apps, { runsOn: "gke", host: id, password: "x" });
  // @ts-expect-error a callback can be asked for, what the driver can do need not be
  connection(apps, { runsOn: "gke", host: id, authentication: "built-in" });
  // @ts-expect-error neither a provider nor a reference
  connection({ audience: id }, { runsOn: "gke", host: id });
}

export function tokens(staff: IdentityProvider<"GROUP">, corp: Output<IdentityProviderReference>, dba: OidcRole): void {
  new TokenCheck("right", {
    identityProviders: [staff],
    access: [dba],
    tokens: {
      signed: { token: fromFile("a.jwt"), keys: { keys: [] }, at: "now", expect: { accepted: staff, can: [later] } },
      secret: { token: later, keys: fromFile("jwks.json"), expect: { refused: "FED103" } },
      claims: {
        claims: { sub: later, groups: [id] },
        expect: { accepted: corp, roles: [{ role: "read", database: "a" }] },
      },
      file: { claims: fromEnv("CLAIMS"), identityProvider: corp, expect: { refused: true, principal: undefined } },
    },
  });
  // @ts-expect-error claims alone have no signature that keys could check
  new TokenCheck("keys", { tokens: { a: { claims: { sub: "a" }, keys: fromFile("jwks.json"), expect: {} } } });
  // @ts-expect-error it is a token or claims
  new TokenCheck("both", { tokens: { a: { claims: { sub: "a" }, token: id, expect: {} } } });
  // @ts-expect-error nothing is expected
  new TokenCheck("nothing", { tokens: { a: { claims: { sub: "a" } } } });
  // @ts-expect-error not an expectation
  new TokenCheck("typo", { tokens: { a: { claims: { sub: "a" }, expect: { acepted: true } } } });
}
