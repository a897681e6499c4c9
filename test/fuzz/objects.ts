/** The objects of both control planes by the ids that their resources have, and what a program expects of them. */

import {
  itemsOf,
  type Json,
  member,
  parseJson,
  plainValue,
  printJson,
  withMember,
} from "../../provider/emulator/cloud-manager/json.ts";
import type { Emulator, Seed } from "../../provider/emulator/index.ts";
import type { Kind } from "../../provider/rules/index.ts";
import { FEDERATION, ORG, OTHER_IDP, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { ACTIONS, GRANTED, ISSUER, ORGS, USER_CLAIMS, WINDOWS_PATHS } from "./declare.ts";
import type { Declaration, Plane, Program } from "./program.ts";

/** One object: all of it as text, and the settings that a declaration has. */
interface Live {
  readonly text: string;
  readonly settings?: unknown;
  /** Of an identity provider. */
  readonly audience?: unknown;
}

/** By kind and id of the resource: `DatabaseRole 5f1e…/r1`. Other things have names that no resource has. */
export type Objects = ReadonlyMap<string, Live>;

/** Other people's objects beside ours. `legacy` is there for programs that adopt it. */
export function seedOf(plane: Plane): Seed {
  const role = { actions: [{ action: "FIND", resources: [{ db: "app", collection: "orders" }] }], inheritedRoles: [] };
  const project =
    plane === "atlas"
      ? {
          customDbRoles: ["legacy", "theirs"].map((roleName) => ({ roleName, ...role })),
          databaseUsers: [
            {
              username: `${OTHER_IDP}/p1`,
              databaseName: "$external" as const,
              oidcAuthType: "USER" as const,
              roles: [{ roleName: "read", databaseName: "app" }],
            },
          ],
        }
      : { automationConfig: "example" as const, agents: { goalMs: 0, authMs: 0 } };
  return {
    organizations: [
      { id: ORG, name: "Platform", projects: [{ id: PROJECT, name: "billing", ...project }] },
      { id: OTHER_ORG, name: "Other" },
    ],
    federations: [
      {
        id: FEDERATION,
        identityProviders: [
          {
            id: OTHER_IDP,
            protocol: "OIDC",
            idpType: "WORKLOAD",
            displayName: "theirs",
            issuerUri: "https://idp.theirs.example.com",
            audience: "theirs",
            authorizationType: "USER",
          },
        ],
        connectedOrgs: [
          { orgId: ORG, dataAccessIdentityProviderIds: [OTHER_IDP] },
          { orgId: OTHER_ORG, dataAccessIdentityProviderIds: [OTHER_IDP] },
        ],
      },
    ],
    apiKeys: KEYS.map(({ name, publicKey, privateKey }) => ({ name, publicKey, privateKey })),
  };
}

/** Each run of a sequence has another key: an abandoned run may go on sending requests for seconds. */
export const KEYS = Array.from({ length: 64 }, (_, index) => index + 10).map((number) => ({
  name: `owner ${number}`,
  publicKey: `owner0${number}`,
  privateKey: `00000000-0000-4000-8000-0000000000${number}`,
}));

export function objectsIn(emulator: Emulator, plane: Plane): Objects {
  return plane === "atlas" ? atlasObjects(emulator) : projectObjects(emulator);
}

const nameOf = ({ roleName, databaseName }: { roleName: string; databaseName: string }) =>
  `${roleName}@${databaseName}`;

function atlasObjects(emulator: Emulator): Objects {
  const { atlas } = emulator.world();
  const objects = new Map<string, Live>();
  for (const user of atlas.databaseUsers) {
    const kinds: Record<string, Kind> = { USER: "FederatedUser", IDP_GROUP: "OidcRole" };
    const kind = kinds[user.oidcAuthType ?? ""] ?? "other user";
    const roles = user.roles.map(nameOf).sort();
    objects.set(`${kind} ${user.projectId}/${user.username}`, { text: JSON.stringify(user), settings: roles });
  }
  for (const role of atlas.customDbRoles) {
    const actions = role.actions.map(({ action }) => String(action).toLowerCase()).sort();
    const { projectId, roleName } = role as typeof role & { projectId: string };
    objects.set(`DatabaseRole ${projectId}/${roleName}`, { text: JSON.stringify(role), settings: actions });
  }
  for (const federation of atlas.federations) {
    for (const { id, ...provider } of federation.identityProviders) {
      const { issuerUri, audience, userClaim, displayName, idpType } = provider;
      const text = JSON.stringify({ id, ...provider });
      const settings = { issuerUri, audience, userClaim, displayName, idpType };
      objects.set(`IdentityProvider ${federation.id}/${id}`, { text, settings, audience });
    }
    for (const { orgId, dataAccessIdentityProviderIds = [], ...org } of federation.connectedOrgs) {
      objects.set(`organization ${federation.id}/${orgId}`, { text: JSON.stringify(org) });
      for (const id of dataAccessIdentityProviderIds ?? [])
        objects.set(`OrgConnection ${federation.id}/${orgId}/${id}`, { text: "connected" });
    }
  }
  return objects;
}

function projectObjects(emulator: Emulator): Objects {
  const objects = new Map<string, Live>();
  for (const { projectId, automationConfig } of emulator.world().cloudManager.deployments) {
    const document = parseJson(automationConfig);
    const auth = member(document, "auth") ?? { members: [] };
    const text = (item: Json | undefined, key: string) => String(plainValue(member(item, key)));
    const granted = (item: Json) =>
      itemsOf(member(item, "roles"))
        .map((role) => `${text(role, "role")}@${text(role, "db")}`)
        .sort();
    for (const item of itemsOf(member(document, "oidcProviderConfigs"))) {
      const [issuerUri, audience, userClaim] = ["issuerUri", "audience", "userClaim"].map((key) => text(item, key));
      objects.set(`IdentityProvider ${projectId}/${text(item, "authNamePrefix")}`, {
        text: printJson(item),
        settings: { issuerUri, audience, userClaim, people: plainValue(member(item, "supportsHumanFlows")) },
        audience,
      });
    }
    for (const item of itemsOf(member(auth, "usersWanted"))) {
      const kind = text(item, "db") === "$external" ? "FederatedUser" : "other user";
      objects.set(`${kind} ${projectId}/${text(item, "user")}`, { text: printJson(item), settings: granted(item) });
    }
    for (const item of itemsOf(member(document, "roles"))) {
      const name = text(item, "role");
      const privileges = itemsOf(member(item, "privileges"));
      const actions = privileges.flatMap((one) =>
        itemsOf(member(one, "actions")).map((action) => String(plainValue(action))),
      );
      const isGroup = name.includes("/");
      objects.set(`${isGroup ? "OidcRole" : "DatabaseRole"} ${projectId}/${name}`, {
        text: printJson(item),
        settings: isGroup ? granted(item) : actions.sort(),
      });
    }
    const tls = member(document, "tls");
    objects.set(`ProjectTls ${projectId}`, {
      text: tls === undefined ? "" : printJson(tls),
      settings: plainValue(member(tls, "CAFilePathWindows")),
    });
    objects.set(`rest of ${projectId}`, { text: printJson(restOf(document, auth)) });
  }
  return objects;
}

/** Without what has entries of its own, and without the mechanism that comes and goes with the identity providers. */
function restOf(document: Json, auth: Json): Json {
  const mechanisms = itemsOf(member(auth, "deploymentAuthMechanisms")).filter(
    (item) => printJson(item) !== '"MONGODB-OIDC"',
  );
  const restOfAuth = withMember(withMember(auth, "usersWanted", undefined), "deploymentAuthMechanisms", {
    items: mechanisms,
  });
  return ["oidcProviderConfigs", "roles", "tls", "version"].reduce(
    (rest, key) => withMember(rest, key, undefined),
    withMember(document, "auth", restOfAuth),
  );
}

/** The key of the object that a declaration stands for; `undefined` while its identity provider does not exist. */
export function keyOf(program: Program, one: Declaration, objects: Objects): string | undefined {
  const { plane, declarations } = program;
  const prefix = () => {
    const provider = declarations.find(({ uid }) => uid === one.through)!;
    const key = keyOf(program, provider, objects);
    return plane === "atlas" ? key?.split("/").at(-1) : provider.key;
  };
  switch (one.kind) {
    case "IdentityProvider":
      return plane === "atlas"
        ? [...objects].find(
            ([key, { audience }]) => key.startsWith("IdentityProvider ") && audience === one.audience,
          )?.[0]
        : `IdentityProvider ${PROJECT}/${one.key}`;
    case "OrgConnection": {
      const id = prefix();
      return id === undefined ? undefined : `OrgConnection ${FEDERATION}/${ORGS[Number(one.key)]}/${id}`;
    }
    case "OidcRole":
    case "FederatedUser": {
      const id = prefix();
      return id === undefined ? undefined : `${one.kind} ${PROJECT}/${id}/${one.key}`;
    }
    case "DatabaseRole":
      return `DatabaseRole ${PROJECT}/${one.key}`;
    case "ProjectTls":
      return `ProjectTls ${PROJECT}`;
    case "TokenCheck":
      return undefined;
  }
}

/** The settings that the object of a declaration has after a successful run. */
export function settingsOf({ plane }: Program, { kind, key, audience, people = false, setting }: Declaration): unknown {
  switch (kind) {
    case "IdentityProvider": {
      const common = { issuerUri: ISSUER, audience, userClaim: USER_CLAIMS[setting] };
      return plane === "atlas"
        ? { ...common, displayName: key, idpType: people ? "WORKFORCE" : "WORKLOAD" }
        : { ...common, people };
    }
    case "OidcRole":
    case "FederatedUser":
      return GRANTED[setting]?.toSorted();
    case "DatabaseRole":
      return ACTIONS[setting]?.toSorted();
    case "ProjectTls":
      return WINDOWS_PATHS[setting];
    default:
      return undefined;
  }
}
