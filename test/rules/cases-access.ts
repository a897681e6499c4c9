import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { IDP, OTHER_IDP } from "../support/ids.ts";
import { type Case, NOW } from "./case.ts";
import {
  apps,
  connect,
  group,
  orgId,
  projectReference,
  reference,
  staff,
  staffOfProject,
  user,
} from "./declarations.ts";

const ENTRA = "https://login.microsoftonline.com/8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b/v2.0";
const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/A1B2";
const BITBUCKET = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
const GOOGLE = "https://accounts.google.com";
const OBJECT_ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const APPLICATION_ID = "77aa2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

const byGroup = (changes: Record<string, unknown> = {}) => group(reference(), changes);
const byUser = (changes: Record<string, unknown> = {}) => user(reference({ authorizationType: "USER" }), changes);

/** A provider of the program, connected, and access through it. */
function through(
  provider: Declaration,
  access: (provider: Declaration, changes: Record<string, unknown>) => Declaration,
  changes: Record<string, unknown>,
): Declaration[] {
  return [provider, connect("connection", provider), access(provider, changes)];
}

const ahead = (ms: number) => new Date(NOW + ms).toISOString();
const DAY_MS = 24 * 60 * 60 * 1000;

/** Cases on the recipients of access, their identity provider, and the settings beside roles. */
export const accessCases: readonly Case[] = [
  {
    code: "FED301",
    breaks: [
      [
        "a group of Entra ID by its name",
        () => through(staff({ issuerUri: ENTRA }), group, { group: "DBA Team" }),
        ["FED301 group"],
      ],
    ],
    keeps: [
      ["a group of Entra ID by its object id", () => through(staff({ issuerUri: ENTRA }), group, { group: OBJECT_ID })],
      ["a group of another provider by its name", () => through(staff(), group, { group: "DBA Team" })],
      [
        "roles of the application in place of groups",
        () => through(staff({ issuerUri: ENTRA, groupsClaim: "roles" }), group, { group: "DBA" }),
      ],
      ["a group that is not known yet", () => through(staff({ issuerUri: ENTRA }), group, { group: UNKNOWN })],
    ],
  },
  {
    code: "FED304",
    breaks: [
      [
        "the application that tokens are for",
        () => through(apps({ issuerUri: ENTRA, audience: APPLICATION_ID }), user, { principal: APPLICATION_ID }),
        ["FED304 principal"],
      ],
      [
        "the same, by its URI",
        () =>
          through(apps({ issuerUri: ENTRA, audience: `api://${APPLICATION_ID}` }), user, { principal: APPLICATION_ID }),
        ["FED232 audience", "FED304 principal"],
      ],
      [
        "the application that people log in with",
        () =>
          through(
            staff({ issuerUri: ENTRA, clientId: APPLICATION_ID, authorizationType: "USER", userClaim: "oid" }),
            user,
            {
              principal: APPLICATION_ID,
            },
          ),
        ["FED304 principal"],
      ],
    ],
    keeps: [
      [
        "an object id",
        () => through(apps({ issuerUri: ENTRA, audience: APPLICATION_ID }), user, { principal: OBJECT_ID }),
      ],
      [
        "a claim that carries application ids",
        () =>
          through(staff({ issuerUri: ENTRA, authorizationType: "USER", userClaim: "azp", audience: "a" }), user, {
            principal: "client",
          }),
      ],
      ["another provider", () => through(apps({ audience: APPLICATION_ID }), user, { principal: APPLICATION_ID })],
    ],
  },
  {
    code: "FED305",
    breaks: [
      [
        "a service account by its mail address",
        () => through(apps({ issuerUri: GOOGLE }), user, { principal: "app@project.iam.gserviceaccount.com" }),
        ["FED305 principal"],
      ],
    ],
    keeps: [
      ["its unique id", () => through(apps({ issuerUri: GOOGLE }), user, { principal: "103546879213546879213" })],
      [
        "another claim",
        () =>
          through(staff({ issuerUri: GOOGLE, audience: "client", authorizationType: "USER", userClaim: "azp" }), user, {
            principal: "a",
          }),
      ],
      ["a mail address at another provider", () => through(apps(), user, { principal: "app@example.com" })],
    ],
  },
  {
    code: "FED306",
    breaks: [
      ["any branch of a repository", () => [byUser({ principal: "repo:acme/app:*" })], ["FED306 principal"]],
      ["a regular expression", () => [byGroup({ group: "^team-.+$" })], ["FED306 group"]],
    ],
    keeps: [
      ["one branch", () => [byUser({ principal: "repo:acme/app:ref:refs/heads/main" })]],
      ["the account of a computer", () => [byUser({ principal: "HOST01$" })]],
    ],
  },
  {
    code: "FED308",
    breaks: [["a group as a path", () => [byGroup({ group: "/dba" })], ["FED308 group"]]],
    keeps: [
      ["the same without the first slash", () => [byGroup({ group: "dba/prod" })]],
      ["a principal as a path", () => [byUser({ principal: "/dba" })]],
    ],
  },
  {
    code: "FED309",
    breaks: [
      [
        "a role of IAM",
        () => through(apps({ issuerUri: EKS }), user, { principal: "arn:aws:iam::123456789012:role/orders" }),
        ["FED309 principal"],
      ],
    ],
    keeps: [
      [
        "a service account",
        () => through(apps({ issuerUri: EKS }), user, { principal: "system:serviceaccount:shop:orders" }),
      ],
      [
        "a role of IAM in tokens of AWS itself",
        () =>
          through(apps({ issuerUri: "https://a1b2.tokens.sts.global.api.aws" }), user, {
            principal: "arn:aws:iam::123456789012:role/orders",
          }),
      ],
    ],
  },
  {
    code: "FED310",
    breaks: [
      [
        "a user through a provider of the program that looks for groups",
        () => through(staff(), user, {}),
        ["FED310 identityProvider"],
      ],
      ["the same through a reference", () => [user(reference())], ["FED310 identityProvider"]],
    ],
    keeps: [
      ["a user through a provider that looks for users", () => through(apps(), user, {})],
      ["a provider of which it is not known yet", () => [user(reference({ authorizationType: UNKNOWN }))]],
      ["a provider that is not known yet", () => [user(UNKNOWN)]],
    ],
  },
  {
    code: "FED311",
    breaks: [
      [
        "a group through a provider of the program that looks for users",
        () => through(apps(), group, {}),
        ["FED311 identityProvider"],
      ],
      [
        "the same through a reference",
        () => [group(reference({ authorizationType: "USER" }))],
        ["FED311 identityProvider"],
      ],
    ],
    keeps: [["a group through a provider that looks for groups", () => through(staff(), group, {})]],
  },
  {
    code: "FED312",
    breaks: [
      ["a group twice", () => [byGroup(), byGroup({ roles: ["read@app"] })], ["FED312 group"]],
      ["a principal twice", () => [byUser(), byUser({ roles: ["read@app"] })], ["FED312 principal"]],
      [
        "a group of a provider of the program, once by the resource and once by a reference",
        () => [...through(staff(), group, {}), byGroup()],
        ["FED312 group"],
      ],
      [
        "the same in a project, which is named once and comes with the provider once",
        () => {
          const provider = staffOfProject();
          return [provider, group(provider), group(projectReference(), { projectId: undefined })];
        },
        ["FED312 group"],
      ],
    ],
    keeps: [
      [
        "two configurations of a project",
        () => [group(projectReference()), group(projectReference({ configurationName: "b" }))],
      ],
      ["two projects", () => [byGroup(), byGroup({ projectId: orgId })]],
      ["two groups", () => [byGroup(), byGroup({ group: "DBA" })]],
      ["two providers", () => [byGroup(), group(reference({ identityProviderId: OTHER_IDP, configurationName: "b" }))]],
      ["groups that are not known yet", () => [byGroup({ group: UNKNOWN }), byGroup({ group: UNKNOWN })]],
      ["projects that are not known yet", () => [byGroup({ projectId: UNKNOWN }), byGroup({ projectId: UNKNOWN })]],
      ["providers that are not known yet", () => [group(UNKNOWN), group(UNKNOWN)]],
      [
        "providers whose id is not known yet",
        () => [1, 2].map(() => group(reference({ identityProviderId: UNKNOWN }))),
      ],
      ["a group and a principal of one name", () => [byGroup({ group: "ada" }), byUser({ principal: "ada" })]],
    ],
  },
  {
    code: "FED314",
    breaks: [
      [
        "access through a provider of the program that it connects to nothing, told once",
        () => {
          const provider = staff();
          return [provider, group(provider), group(reference(), { group: "b" })];
        },
        ["FED314"],
      ],
      [
        "a connection of another provider",
        () => {
          const [people, programs] = [staff(), apps({ audience: "b" })];
          return [people, programs, connect("a", programs), group(people)];
        },
        ["FED314"],
      ],
    ],
    keeps: [
      [
        "a connection by a reference, declared after the access",
        () => {
          const provider = staff();
          return [group(provider), provider, connect("a", reference())];
        },
      ],
      [
        "a connection of which it is not known yet whether it is the one",
        () => {
          const provider = staff();
          return [group(provider), provider, connect("a", UNKNOWN)];
        },
      ],
      [
        "a provider that is adopted, and may be connected",
        () => {
          const provider = staff({ adopt: true });
          return [group(provider), provider];
        },
      ],
      ["a provider of another stack", () => [byGroup()]],
      [
        "a provider of a project, which is connected to nothing",
        () => {
          const provider = staffOfProject();
          return [provider, group(provider)];
        },
      ],
      ["a provider without access", () => [staff()]],
    ],
  },
  {
    code: "FED316",
    breaks: [
      ["the prefix in the group", () => [byGroup({ group: `${IDP.toUpperCase()}/dba` })], ["FED316 group"]],
      ["the prefix in the principal", () => [byUser({ principal: `${IDP}/ada` })], ["FED316 principal"]],
      ["the authentication database", () => [byUser({ principal: "$external.ada" })], ["FED316 principal"]],
      ["the authentication database and a slash", () => [byUser({ principal: "$external/a" })], ["FED316 principal"]],
      ["white space before", () => [byGroup({ group: " dba" })], ["FED316 group"]],
      ["white space behind", () => [byGroup({ group: "dba\n" })], ["FED316 group"]],
      ["1,000 characters and the prefix", () => [byGroup({ group: "x".repeat(1000) })], ["FED316 group"]],
      ["a NUL", () => [group(projectReference(), { group: "d\0ba" })], ["FED316 group"]],
      ["a dot segment", () => [byGroup({ group: "../dba" })], ["FED316 group"]],
      ["a dot segment between backslashes", () => [byUser({ principal: "a\\.\\b" })], ["FED316 principal"]],
    ],
    keeps: [
      ["slashes and spaces inside", () => [byUser({ principal: "repo:org/a b:ref:refs/heads/main" })]],
      ["the id of another provider", () => [byGroup({ group: `${OTHER_IDP}/dba` })]],
      ["a name that begins with $ext", () => [byUser({ principal: "$externals" })]],
      ["any length in a project", () => [group(projectReference(), { group: "x".repeat(2000) })]],
      ["999 characters", () => [byGroup({ group: "x".repeat(999) })]],
      ["dots that are no segment", () => [byGroup({ group: "team/..eu/v1.2." })]],
      ["a dot segment in a project, which no URL contains", () => [group(projectReference(), { group: "../dba" })]],
      ["999 characters of two units each", () => [byGroup({ group: "😀".repeat(999) })]],
    ],
  },
  {
    code: "FED317",
    breaks: [
      ["a moment ago", () => [byGroup({ deleteAfterDate: ahead(-1) })], ["FED317 deleteAfterDate"]],
      ["now", () => [byGroup({ deleteAfterDate: ahead(0) })], ["FED317 deleteAfterDate"]],
      [
        "past in its own time zone",
        () => [byGroup({ deleteAfterDate: "2026-08-10T13:30:00+02:00" })],
        ["FED317 deleteAfterDate"],
      ],
    ],
    keeps: [
      ["in a moment", () => [byGroup({ deleteAfterDate: ahead(1) })]],
      ["not past in its own time zone", () => [byGroup({ deleteAfterDate: "2026-08-10T14:30:00+02:00" })]],
      ["not known yet", () => [byGroup({ deleteAfterDate: UNKNOWN })]],
    ],
  },
  {
    code: "FED319",
    breaks: [
      ...["2026-08-12", "2026-08-12T12:00:00", "12 August 2026", "2026-02-30T12:00:00Z", "1786536000000"].map(
        (deleteAfterDate): [string, () => Declaration[], string[]] => [
          deleteAfterDate,
          () => [byGroup({ deleteAfterDate })],
          ["FED319 deleteAfterDate"],
        ],
      ),
      [
        "more than a week ahead",
        () => [byUser({ deleteAfterDate: ahead(7 * DAY_MS + 1) })],
        ["FED319 deleteAfterDate"],
      ],
    ],
    keeps: [
      ["a week ahead", () => [byUser({ deleteAfterDate: ahead(7 * DAY_MS) })]],
      ["without fractions", () => [byUser({ deleteAfterDate: "2026-08-12T12:00:00Z" })]],
      ["with another time zone", () => [byUser({ deleteAfterDate: "2026-08-12T12:00:00-05:00" })]],
    ],
  },
  {
    code: "FED320",
    breaks: [["101 characters", () => [byGroup({ description: "x".repeat(101) })], ["FED320 description"]]],
    keeps: [
      ["100 characters", () => [byGroup({ description: "x".repeat(100) })]],
      ["100 characters of two units each", () => [byGroup({ description: "😀".repeat(100) })]],
    ],
  },
  {
    code: "FED321",
    breaks: [
      [
        "the address of a cluster",
        () => [byGroup({ scopes: [{ name: "ok" }, { name: "a.mongodb.net" }] })],
        ["FED321 scopes[1].name"],
      ],
      ["a hyphen first", () => [byUser({ scopes: [{ name: "-a" }] })], ["FED321 scopes[0].name"]],
      [
        "a cluster twice",
        () => [byUser({ scopes: [{ name: "a" }, { name: "a", type: "CLUSTER" }] })],
        ["FED321 scopes[1].name"],
      ],
    ],
    keeps: [
      ["a name of any allowed character", () => [byUser({ scopes: [{ name: "0-Cluster" }] })]],
      ["one name of two kinds", () => [byUser({ scopes: [{ name: "a" }, { name: "a", type: "DATA_LAKE" }] })]],
      ["kinds that are not known yet", () => [byUser({ scopes: [1, 2].map(() => ({ name: "a", type: UNKNOWN })) })]],
      ["names that are not known yet", () => [byUser({ scopes: [{ name: UNKNOWN }, { name: UNKNOWN }] })]],
    ],
  },
  {
    code: "FED334",
    breaks: [
      [
        "one commit of Buildkite",
        () =>
          through(apps({ issuerUri: "https://agent.buildkite.com" }), user, {
            principal: "organization:acme:pipeline:app:ref:refs/heads/main:commit:9f31820:step:build",
          }),
        ["FED334 principal"],
      ],
      [
        "one step of Bitbucket",
        () => through(apps({ issuerUri: BITBUCKET }), user, { principal: "{a}:{b}" }),
        ["FED334 principal"],
      ],
    ],
    keeps: [
      [
        "the id of a pipeline as subject",
        () => through(apps({ issuerUri: "https://agent.buildkite.com" }), user, { principal: "0184990a-477b" }),
      ],
      [
        "a repository of Bitbucket",
        () => through(apps({ issuerUri: BITBUCKET, userClaim: "repositoryUuid" }), user, { principal: "{a}" }),
      ],
    ],
  },
  {
    code: "FED335",
    breaks: [
      ["the configuration name before the group", () => [byGroup({ group: "corp/dba" })], ["FED335 group"]],
      ["the same in a project", () => [group(projectReference(), { group: "corp/dba" })], ["FED335 group"]],
      [
        "the same at a provider of the program",
        () => through(apps(), user, { principal: "corp/ada" }),
        ["FED335 principal"],
      ],
    ],
    keeps: [["a group whose name begins alike", () => [byGroup({ group: "corporate/dba" })]]],
  },
  {
    code: "FED336",
    breaks: [
      [
        "a key with two values",
        () => [
          byGroup({
            labels: [
              { key: "team", value: "a" },
              { key: "team", value: "b" },
            ],
          }),
        ],
        ["FED336 labels[1].key"],
      ],
    ],
    keeps: [
      [
        "two keys",
        () => [
          byGroup({
            labels: [
              { key: "team", value: "a" },
              { key: "Team", value: "a" },
            ],
          }),
        ],
      ],
      [
        "keys that are not known yet",
        () => [
          byGroup({
            labels: [
              { key: UNKNOWN, value: "a" },
              { key: UNKNOWN, value: "b" },
            ],
          }),
        ],
      ],
    ],
  },
];
