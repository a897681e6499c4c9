/** Organizations with names that others chose to break something. */

import fc from "fast-check";
import type { Seed } from "../../provider/emulator/index.ts";
import "../support/draws.ts";
import { FEDERATION } from "../support/ids.ts";

const id = (kind: number, index: number) => `5f1ed0c0ffee5f1ed0c${kind}${index.toString(16).padStart(4, "0")}`;

/** Names that mean something to TypeScript, YAML, Pulumi, a terminal or the import itself. */
const HOSTILE = [
  "dba",
  "DBA",
  "d b a",
  "constructor",
  "__proto__",
  "toString",
  "name",
  "config",
  "existing",
  "pulumi",
  "Object",
  "1",
  "0x10",
  "null",
  "'",
  '"',
  "a\"b'c",
  "`",
  `\${process.exit(1)}`,
  `\`\${1}\``,
  "*/ process.exit(1) /*",
  "// x",
  "a\\",
  "\\u0022",
  "a: b # c",
  "- a",
  "&a",
  "\u{1f600}",
  "\u00e9t\u00e9",
  "a\u202eb",
  "a\u2028b",
  "a\nb",
  "dba-role",
  "org-corp",
  "a/b",
  "a@b",
  "a.b.c",
  "x".repeat(49),
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }) },
);
const SOON = `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19)}Z`;
const plainRole = fc.constantFrom(
  { roleName: "read", databaseName: "app" },
  { roleName: "readWrite", databaseName: "app", collectionName: "a.b" },
  { roleName: "clusterMonitor", databaseName: "admin" },
);

const user = fc.record(
  {
    who: name,
    idp: fc.nat(5),
    roles: fc.uniqueArray(plainRole, { minLength: 1, maxLength: 2 }),
    description: name,
    deleteAfterDate: fc.constantFrom(SOON, SOON.replace("Z", ".000Z")),
    labels: fc.array(fc.record({ key: name, value: name }), { maxLength: 2 }),
    scopes: fc.constantFrom([{ name: "c0", type: "CLUSTER" }], [{ name: "l", type: "DATA_LAKE" }], []),
    custom: name,
  },
  { requiredKeys: ["who", "idp", "roles"] },
);

const project = fc.record({
  name,
  users: fc.uniqueArray(user, { maxLength: 12, selector: ({ who, idp }) => `${who} ${idp}` }),
  roles: fc.uniqueArray(fc.constantFrom("reader", "Reader", "re-ader", "dba", "re ader"), { maxLength: 3 }),
});

const organization = fc.record({ name, projects: fc.array(project, { minLength: 1, maxLength: 2 }) });

export const randomOrganizations = fc
  .record({
    orgs: fc.array(organization, { minLength: 1, maxLength: 2 }),
    providers: fc.array(fc.record({ name, workforce: fc.boolean(), groups: fc.boolean(), description: name }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ orgs, providers }): Seed => {
    let projects = 0;
    let workforce = 0;
    const groups = providers.map((one) => one.groups);
    const identityProviders = providers.map((one, index) => {
      const people = one.workforce && workforce++ === 0;
      return {
        id: id(3, index),
        protocol: "OIDC" as const,
        idpType: people ? "WORKFORCE" : "WORKLOAD",
        displayName: one.name,
        description: one.description,
        issuerUri: `https://idp${index}.example.com`,
        audience: "mongodb",
        authorizationType: one.groups ? "GROUP" : "USER",
        userClaim: "sub",
        ...(one.groups ? { groupsClaim: "groups" } : {}),
        ...(people ? { clientId: "client", associatedDomains: ["example.com"] } : {}),
      };
    });
    return {
      organizations: orgs.map((org, orgIndex) => ({
        id: id(1, orgIndex),
        name: org.name,
        projects: org.projects.map(({ name: title, users, roles }) => ({
          id: id(2, projects++),
          name: title,
          clusters: [{ name: "c0" }],
          customDbRoles: roles.map((roleName, at) => ({
            roleName,
            inheritedRoles: at === 0 ? [] : [{ role: roles[at - 1] ?? "", db: "admin" }],
            actions: [{ action: "FIND", resources: [{ db: "app", collection: "" }] }],
          })),
          databaseUsers: users.map(({ who, idp, roles: granted, custom, ...rest }) => {
            const by = groups[idp % groups.length] ? ("IDP_GROUP" as const) : ("USER" as const);
            return {
              username: `${id(3, idp % groups.length)}/${who}`,
              databaseName: by === "USER" ? ("$external" as const) : ("admin" as const),
              oidcAuthType: by,
              roles: [
                ...granted,
                ...roles
                  .slice(0, custom === undefined ? 0 : 1)
                  .map((roleName) => ({ roleName, databaseName: "admin" })),
              ],
              ...rest,
            };
          }),
        })),
      })),
      federations: [
        {
          id: FEDERATION,
          federatedDomains: ["example.com"],
          identityProviders,
          connectedOrgs: orgs.map((_, index) => ({
            orgId: id(1, index),
            dataAccessIdentityProviderIds: identityProviders.map((one) => one.id),
          })),
        },
      ],
    };
  });
