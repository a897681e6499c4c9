import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Case } from "./case.ts";
import {
  apps,
  appsOfProject,
  connect,
  federationSettingsId,
  group,
  orgId,
  projectId,
  projectReference,
  reference,
  staff,
  staffOfProject,
  tls,
  user,
} from "./declarations.ts";

const restricted = (...authenticationRestrictions: unknown[]) =>
  group(projectReference(), { projectId: undefined, authenticationRestrictions });

/** Where identity providers and access belong, and what there is in projects of Cloud Manager and Ops Manager only. */
export const projectCases: readonly Case[] = [
  {
    code: "FED206",
    breaks: [
      [
        "a connection to an identity provider of a project",
        () => {
          const provider = staffOfProject();
          return [provider, connect("a", provider)];
        },
        ["FED206 identityProvider"],
      ],
      ["the same by a reference", () => [connect("a", projectReference())], ["FED206 identityProvider"]],
    ],
    keeps: [
      ["one of a federation", () => [connect("a", reference())]],
      ["one of which it is not known yet", () => [connect("a", UNKNOWN)]],
    ],
  },
  {
    code: "FED208",
    breaks: [
      ["neither", () => [staff({ federationSettingsId: undefined })], ["FED208 federationSettingsId"]],
      ["both", () => [staff({ projectId })], ["FED208 projectId"]],
    ],
    keeps: [
      ["a federation", () => [staff()]],
      ["a project", () => [staffOfProject()]],
      ["a project that is not known yet", () => [staffOfProject({ projectId: UNKNOWN })]],
    ],
  },
  {
    code: "FED251",
    breaks: [
      [
        "identity provider inputs of Atlas only",
        () => [appsOfProject({ description: "programs", associatedDomains: ["@wrong"] })],
        ["FED251 description", "FED251 associatedDomains"],
      ],
      [
        "access inputs of Atlas only, even invalid ones",
        () => [
          group(projectReference(), {
            scopes: [{ name: "-" }],
            labels: [
              { key: "a", value: "b" },
              { key: "a", value: "b" },
            ],
            description: "x".repeat(101),
            deleteAfterDate: "2026-08-01T12:00:00Z",
          }),
        ],
        ["FED251 scopes", "FED251 labels", "FED251 description", "FED251 deleteAfterDate"],
      ],
      [
        "access inputs of Cloud Manager only",
        () => [
          group(reference(), {
            privileges: [{ resource: { cluster: true }, actions: ["listDatabases"] }],
            authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
          }),
        ],
        ["FED251 privileges", "FED251 authenticationRestrictions"],
      ],
    ],
    keeps: [
      [
        "empty values",
        () => [
          staffOfProject({ description: "", associatedDomains: [] }),
          group(projectReference(), { scopes: [], labels: [], description: "" }),
          group(reference(), { projectId: orgId, authenticationRestrictions: [], privileges: [] }),
        ],
      ],
      [
        "each where it belongs",
        () => [
          staff({ configurationName: "people", description: "people", associatedDomains: ["example.com"] }),
          group(reference(), { projectId: orgId, scopes: [{ name: "a" }], description: "a" }),
          group(projectReference(), {
            roles: undefined,
            privileges: [{ resource: { cluster: true }, actions: ["listDatabases"] }],
            authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
          }),
        ],
      ],
      [
        "access of which it is not known yet where it belongs",
        () => [group(UNKNOWN, { description: "a", authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }] })],
      ],
    ],
  },
  {
    code: "FED252",
    breaks: ["corp entra", "corp/entra", "größe", "corp.entra", "corp@entra", " corp"].map((configurationName) => [
      configurationName,
      () => [staffOfProject({ configurationName })],
      ["FED252 configurationName"],
    ]),
    keeps: [
      ...["Corp_Entra-2", "-", UNKNOWN].map((configurationName): [string, () => Declaration[]] => [
        configurationName,
        () => [staffOfProject({ configurationName })],
      ]),
      ["more than Atlas's 50 characters", () => [staffOfProject({ configurationName: "x".repeat(51) })]],
      ["a label of Atlas", () => [staff({ configurationName: "Corp Entra" })]],
    ],
  },
  {
    code: "FED253",
    breaks: [
      [
        "one name twice",
        () => [staffOfProject(), appsOfProject({ configurationName: "corp", audience: "b" })],
        ["FED253 configurationName"],
      ],
    ],
    keeps: [
      ["two names", () => [staffOfProject(), appsOfProject({ audience: "b" })]],
      [
        "two projects",
        () => [staffOfProject(), appsOfProject({ configurationName: "corp", audience: "b", projectId: orgId })],
      ],
      ["a federation", () => [staff(), apps({ audience: "b" })]],
      [
        "names that are not known yet",
        () => ["b", "c"].map((audience) => appsOfProject({ configurationName: UNKNOWN, audience })),
      ],
      [
        "projects that are not known yet",
        () => ["b", "c"].map((audience) => appsOfProject({ projectId: UNKNOWN, audience })),
      ],
    ],
  },
  {
    code: "FED254",
    breaks: [
      [
        "capital letters",
        () => [staffOfProject(), appsOfProject({ configurationName: "Corp", audience: "b" })],
        ["FED254 configurationName"],
      ],
    ],
    keeps: [
      ["another letter", () => [staffOfProject(), appsOfProject({ configurationName: "corp2", audience: "b" })]],
      [
        "two projects",
        () => [staffOfProject(), appsOfProject({ configurationName: "Corp", audience: "b", projectId: orgId })],
      ],
    ],
  },
  {
    code: "FED256",
    breaks: [["a trigger", () => [staffOfProject({ revokeJwksTrigger: "1" })], ["FED256 revokeJwksTrigger"]]],
    keeps: [
      ["none", () => [staffOfProject()]],
      ["a trigger in Atlas", () => [staff({ revokeJwksTrigger: "1" })]],
    ],
  },
  {
    code: "FED260",
    breaks: [
      ["a relative path", () => [tls("a", { caFilePath: "ca.pem" })], ["FED260 caFilePath"]],
      ["a path of Windows on Linux hosts", () => [tls("a", { caFilePath: "C:\\ca.pem" })], ["FED260 caFilePath"]],
      [
        "a path of Linux on Windows hosts",
        () => [tls("a", { caFilePathWindows: "/etc/mongodb/ca.pem" })],
        ["FED260 caFilePathWindows"],
      ],
      ["a drive without a folder", () => [tls("a", { caFilePathWindows: "C:ca.pem" })], ["FED260 caFilePathWindows"]],
      [
        "a path of neither system",
        () => [tls("a", { clusterCaFilePath: "cluster-ca.pem" })],
        ["FED260 clusterCaFilePath"],
      ],
    ],
    keeps: [
      ...["C:\\mongodb\\ca.pem", "c:/mongodb/ca.pem", "\\\\files\\tls\\ca.pem", "%SystemDrive%\\tls\\ca.pem"].map(
        (path): [string, () => Declaration[]] => [path, () => [tls("a", { caFilePathWindows: path })]],
      ),
      ["either system for clusters", () => [tls("a", { clusterCaFilePath: "D:\\cluster.pem" })]],
      ["a path that is taken away", () => [tls("a", { caFilePath: "", caFilePathWindows: "" })]],
      ["one that is not known yet", () => [tls("a", { caFilePath: UNKNOWN })]],
    ],
  },
  {
    code: "FED270",
    breaks: [
      [
        "a cluster CA file beside paths that are taken away",
        () => [tls("a", { caFilePath: "", caFilePathWindows: "", clusterCaFilePath: "/c.pem" })],
        ["FED270 clusterCaFilePath"],
      ],
    ],
    keeps: [
      ["one beside a CA file", () => [tls("a", { caFilePath: "/ca.pem", clusterCaFilePath: "/c.pem" })]],
      [
        "one beside a path that the project may have",
        () => [tls("a", { caFilePath: "", clusterCaFilePath: "/c.pem" })],
      ],
      ["no cluster CA file", () => [tls("a", { caFilePath: "", caFilePathWindows: "", clusterCaFilePath: "" })]],
    ],
  },
  {
    code: "FED261",
    breaks: [["two resources for one project", () => [tls("a"), tls("b")], ["FED261 projectId"]]],
    keeps: [
      ["two projects", () => [tls("a"), tls("b", { projectId: projectId.replace(/.$/, "0") })]],
      ["projects that are not known yet", () => [tls("a", { projectId: UNKNOWN }), tls("b", { projectId: UNKNOWN })]],
    ],
  },
  {
    code: "FED340",
    breaks: [
      ...[
        "vpn.example.com",
        "10.0.0.0/33",
        "10.0.0",
        "10.0.0.256",
        "2001:db8::/129",
        "2001:db8::1::2",
        "fe80::1%eth0",
        "10.0.0.0/8/8",
        "10.0.0.0/",
        "10.0.0.0/-1",
        " 10.0.0.1",
        "",
      ].map((address): [string, () => Declaration[], string[]] => [
        address,
        () => [restricted({ clientSource: ["10.0.0.1", address] })],
        ["FED340 authenticationRestrictions[0].clientSource[1]"],
      ]),
      [
        "neither of the two",
        () => [restricted({ serverAddress: ["10.0.0.1"] }, {})],
        ["FED340 authenticationRestrictions[1]"],
      ],
      [
        "of a user, where a server is",
        () => [
          user(projectReference({ authorizationType: "USER" }), {
            authenticationRestrictions: [{ serverAddress: ["db0"] }],
          }),
        ],
        ["FED340 authenticationRestrictions[0].serverAddress[0]"],
      ],
    ],
    keeps: [
      [
        "addresses and ranges of both families, with bits behind the length",
        () => [
          restricted(
            { clientSource: ["10.1.2.3", "10.1.2.3/8", "0.0.0.0/0", "10.1.2.3/32"] },
            { serverAddress: ["::1", "2001:db8::1/32", "::ffff:10.0.0.1", "::/0", "2001:DB8::/128"] },
          ),
        ],
      ],
      [
        "addresses that are not known yet",
        () => [restricted(UNKNOWN, { clientSource: [UNKNOWN], serverAddress: UNKNOWN })],
      ],
    ],
  },
  {
    code: "FED341",
    breaks: [
      [
        "an empty list beside a full one",
        () => [restricted({ clientSource: [], serverAddress: ["10.0.0.1"] })],
        ["FED341 authenticationRestrictions[0].clientSource"],
      ],
    ],
    keeps: [
      ["no list", () => [restricted({ serverAddress: ["10.0.0.1"] })]],
      ["no restriction", () => [restricted()]],
    ],
  },
  {
    code: "FED342",
    breaks: [
      [
        "another project than the identity provider's",
        () => {
          const provider = staffOfProject();
          return [provider, group(provider, { projectId: orgId })];
        },
        ["FED342 projectId"],
      ],
      [
        "the same by a reference",
        () => [user(projectReference({ authorizationType: "USER" }), { projectId: federationSettingsId })],
        ["FED342 projectId"],
      ],
    ],
    keeps: [
      [
        "the same project, and none",
        () => {
          const provider = staffOfProject();
          return [provider, group(provider), group(provider, { projectId: undefined, group: "b" })];
        },
      ],
      ["projects that are not known yet", () => [group(projectReference({ projectId: UNKNOWN }))]],
      ["Atlas", () => [group(reference(), { projectId: orgId })]],
    ],
  },
];
