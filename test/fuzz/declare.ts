/** Declares a program: in a run, with the package that the run uses. */

import * as pulumi from "@pulumi/pulumi";
import type * as mongofed from "../../provider/index.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { COMPONENT, type Declaration, type Program } from "./program.ts";

/** Names of the grants' roles, by setting. */
export const GRANTED = [["read@app"], ["readWrite@app"], ["read@app", "readWrite@shop"]] as const;
/** Actions of a user-defined role, by setting. */
export const ACTIONS = [["find"], ["find", "insert"], ["find", "update"]] as const;
export const USER_CLAIMS = ["sub", "oid", "employee"] as const;
export const WINDOWS_PATHS = ["C:\\ca.pem", "C:\\ca-1.pem", "C:\\ca-2.pem"] as const;
export const ORGS = [ORG, OTHER_ORG] as const;
export const ISSUER = "https://idp.example.com";

class Team extends pulumi.ComponentResource {
  constructor(name: string) {
    super(COMPONENT, name);
  }
}

export interface DeclareOptions {
  readonly program: Program;
  /** The control plane of an explicit provider; its credentials are in the environment under `OTHER`. */
  readonly baseUrl: string;
  /** Lets the program fail in an update, once this declaration is done. */
  readonly failsAfter?: number | undefined;
}

export function declare(
  {
    DatabaseRole,
    FederatedUser,
    IdentityProvider,
    OidcRole,
    OrgConnection,
    ProjectTls,
    Provider,
    TokenCheck,
  }: typeof mongofed,
  { program: { plane, declarations }, baseUrl, failsAfter }: DeclareOptions,
): void {
  const teams = new Map<string, Team>();
  const made = new Map<number, pulumi.CustomResource>();
  let other: mongofed.Provider | undefined;

  const team = (name: string) => {
    if (!teams.has(name)) teams.set(name, new Team(name));
    return teams.get(name)!;
  };
  const explicit = () => {
    other ??= new Provider("other", { plane, baseUrl, credentials: "env:OTHER" });
    return other;
  };
  const optionsOf = (one: Declaration): pulumi.CustomResourceOptions => ({
    ...(one.parent === undefined ? {} : { parent: team(one.parent) }),
    ...(one.protect === undefined ? {} : { protect: one.protect }),
    ...(one.retainOnDelete ? { retainOnDelete: true } : {}),
    ...(one.deletedWith === undefined ? {} : { deletedWith: resource(one.deletedWith) }),
    ...(one.aliases === undefined ? {} : { aliases: [...one.aliases] }),
    ...(one.explicit ? { provider: explicit() } : {}),
  });
  function resource(uid: number): pulumi.CustomResource {
    const known = made.get(uid);
    if (known !== undefined) return known;
    const one = declarations.find((candidate) => candidate.uid === uid)!;
    const created = construct(one);
    made.set(uid, created);
    if (failsAfter === uid && !pulumi.runtime.isDryRun()) {
      created.urn.apply(() => {
        throw new Error("something else failed");
      });
    }
    return created;
  }
  function construct(one: Declaration): pulumi.CustomResource {
    const { kind, name, key, setting, adopt, allowLockout } = one;
    const adoption = {
      ...(adopt === undefined ? {} : { adopt }),
      ...(allowLockout && (kind === "IdentityProvider" || kind === "OrgConnection") ? { allowLockout } : {}),
    };
    const identityProvider = one.through === undefined ? (undefined as never) : (resource(one.through) as never);
    const grant = { projectId: PROJECT, identityProvider, roles: [...GRANTED[setting]!], ...adoption };
    const options = optionsOf(one);
    switch (kind) {
      case "IdentityProvider": {
        const common = { issuerUri: ISSUER, audience: one.audience!, userClaim: USER_CLAIMS[setting]!, ...adoption };
        const place = plane === "atlas" ? { federationSettingsId: FEDERATION } : { projectId: PROJECT };
        return new IdentityProvider(
          name,
          one.people
            ? ({
                ...place,
                ...common,
                configurationName: key,
                idpType: "WORKFORCE",
                authorizationType: "GROUP",
                clientId: "mongosh",
              } as never)
            : ({
                ...place,
                ...common,
                configurationName: key,
                idpType: "WORKLOAD",
                authorizationType: "USER",
              } as never),
          options,
        );
      }
      case "OrgConnection":
        return new OrgConnection(name, { orgId: ORGS[Number(key)]!, identityProvider, ...adoption }, options);
      case "OidcRole":
        return new OidcRole(name, { ...grant, group: key }, options);
      case "FederatedUser":
        return new FederatedUser(name, { ...grant, principal: key }, options);
      case "DatabaseRole": {
        const privileges = [{ resource: { database: "app", collection: "orders" }, actions: [...ACTIONS[setting]!] }];
        return new DatabaseRole(name, { projectId: PROJECT, roleName: key, privileges, ...adoption }, options);
      }
      case "ProjectTls":
        return new ProjectTls(name, { projectId: PROJECT, caFilePathWindows: WINDOWS_PATHS[setting]! }, options);
      case "TokenCheck": {
        const claims = JSON.stringify({ iss: "https://nobody.example.com", aud: String(setting), sub: key });
        return new TokenCheck(
          name,
          { tokens: { stranger: { claims: JSON.parse(claims), expect: { refused: true } } } },
          options,
        );
      }
    }
  }
  for (const { uid } of declarations) resource(uid);
}
