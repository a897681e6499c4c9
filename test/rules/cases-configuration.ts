import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import type { Case } from "./case.ts";
import {
  apps,
  appsOfProject,
  connect,
  databaseRole,
  declare,
  federationSettingsId,
  group,
  orgId,
  programs,
  reference,
  staff,
  staffOfProject,
  user,
} from "./declarations.ts";

const BUILDKITE = "https://agent.buildkite.com";
const BITBUCKET = "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
const APPLICATION = "8f1c2a54-0c1d-4e5f-8a9b-0c1d2e3f4a5b";
const ENTRA_V2 = `https://login.microsoftonline.com/${APPLICATION}/v2.0`;

/** Identity providers, their connections, and the shape of all inputs. */
export const configurationCases: readonly Case[] = [
  {
    code: "FED200",
    breaks: [
      ["an input that does not exist", () => [staff({ issuer: "x" })], ["FED200 issuer"]],
      ["an input that is missing", () => [staff({ audience: undefined })], ["FED200 audience"]],
      ["an input of another type", () => [staff({ requestedScopes: "openid" })], ["FED200 requestedScopes"]],
      [
        "a word that is not among the allowed ones",
        () => [staff({ authorizationType: "BOTH" })],
        ["FED200 authorizationType"],
      ],
      ["an id that is none", () => [connect("a", staff(), { orgId: "my-org" })], ["FED200 orgId"]],
      ["several at once", () => [staff({ audience: "", description: 7 })], ["FED200 description", "FED200 audience"]],
      [
        "an unknown input beside one that is not known yet",
        () => [staff({ audience: UNKNOWN, issuer: "x" })],
        ["FED200 issuer"],
      ],
      [
        "access with much that is missing, or of another shape",
        () => [
          group(reference(), {
            group: "",
            roles: [{ role: "read" }],
            labels: [{ key: "a" }],
            scopes: [null, { name: "" }],
            x: 1,
          }),
        ],
        [
          "FED200 roles[0]",
          "FED200 scopes[0]",
          "FED200 scopes[1].name",
          "FED200 labels[0].value",
          "FED200 group",
          "FED200 x",
        ],
      ],
      [
        "a user without provider and roles",
        () => [user(undefined, { roles: [] })],
        ["FED200 roles", "FED200 identityProvider"],
      ],
      [
        "a role with privileges of another shape",
        () => [databaseRole("a", { privileges: [{ resource: { database: "a" }, actions: [] }, "find"] })],
        ["FED200 privileges[0].resource", "FED200 privileges[0].actions", "FED200 privileges[1]"],
      ],
      ["something that is no identity provider", () => [connect("a", { id: "x" })], ["FED200 identityProvider"]],
    ],
    keeps: [
      [
        "all inputs that there are",
        () => [
          staff({
            description: "people",
            userClaim: "oid",
            groupsClaim: "groups",
            requestedScopes: ["openid"],
            associatedDomains: ["example.com"],
            revokeJwksTrigger: "1",
          }),
        ],
      ],
      [
        "values that are not known yet",
        () => [
          staff({ federationSettingsId: UNKNOWN, idpType: UNKNOWN, issuerUri: UNKNOWN, requestedScopes: [UNKNOWN] }),
        ],
      ],
    ],
  },
  {
    code: "FED202",
    breaks: [
      ["two providers that tokens cannot tell apart", () => [staff(), apps()], ["FED202 audience"]],
      ["the same in a project", () => [staffOfProject(), appsOfProject()], ["FED202 audience"]],
    ],
    keeps: [
      ["another project", () => [staffOfProject(), appsOfProject({ projectId: orgId })]],
      ["a federation and a project", () => [staff(), appsOfProject()]],
      [
        "one issuer in a project, of which the servers decide",
        () => [staffOfProject(), appsOfProject({ audience: "b" })],
      ],
      ["another audience", () => [staff(), apps({ audience: "other" })]],
      ["another issuer", () => [staff(), apps({ issuerUri: "https://idp.example.com/" })]],
      ["another federation", () => [staff(), apps({ federationSettingsId: orgId })]],
      ["an audience that is not known yet", () => [staff({ audience: UNKNOWN }), apps({ audience: UNKNOWN })]],
    ],
  },
  {
    code: "FED203",
    breaks: [
      [
        "two workforce providers in one organization",
        () => {
          const [a, b] = [staff(), staff({ audience: "b", configurationName: "contractors" })];
          return [a, b, connect("one", a), connect("two", b)];
        },
        ["FED203"],
      ],
      [
        "one of the program and one of another stack",
        () => {
          const a = staff();
          return [a, connect("one", a), connect("two", reference({ configurationName: "contractors" }))];
        },
        ["FED203"],
      ],
      [
        "two workforce providers in one project",
        () => [staffOfProject(), staffOfProject({ audience: "b", configurationName: "contractors" })],
        ["FED203 idpType"],
      ],
    ],
    keeps: [
      [
        "two workforce providers in two projects, each with one for programs",
        () => [
          staffOfProject(),
          staffOfProject({ projectId: orgId }),
          appsOfProject({ audience: "b" }),
          appsOfProject({ audience: "c", configurationName: "more" }),
        ],
      ],
      [
        "two types that are not known yet",
        () => [
          staffOfProject({ idpType: UNKNOWN }),
          staffOfProject({ idpType: UNKNOWN, configurationName: "b", audience: "b" }),
        ],
      ],
      [
        "two workforce providers in two organizations",
        () => {
          const [a, b] = [staff(), staff({ audience: "b" })];
          return [a, b, connect("one", a), connect("two", b, { orgId: federationSettingsId })];
        },
      ],
      [
        "one for people and two for programs",
        () => {
          const [a, b, c] = [staff(), apps({ audience: "b" }), apps({ audience: "c" })];
          return [a, b, c, connect("one", a), connect("two", b), connect("three", c)];
        },
      ],
    ],
  },
  {
    code: "FED204",
    breaks: [
      [
        "a workforce provider without a client id",
        () => [declare("IdentityProvider", "staff", { ...programs, idpType: "WORKFORCE" })],
        ["FED204 clientId"],
      ],
      [
        "a workload provider with all that belongs to people",
        () => [apps({ clientId: "c", requestedScopes: ["openid"], associatedDomains: ["example.com"] })],
        ["FED204 clientId", "FED204 requestedScopes", "FED204 associatedDomains"],
      ],
      [
        "the same in a project",
        () => [appsOfProject({ clientId: "c", requestedScopes: ["openid"] })],
        ["FED204 clientId", "FED204 requestedScopes"],
      ],
      [
        "a workforce provider of a project without a client id",
        () => [staffOfProject({ clientId: undefined })],
        ["FED204 clientId"],
      ],
    ],
    keeps: [
      ["a workload provider with empty lists", () => [apps({ requestedScopes: [], associatedDomains: [] })]],
      ["a client id that is not known yet", () => [staff({ clientId: UNKNOWN })]],
    ],
  },
  {
    code: "FED205",
    breaks: [
      ["a groups claim with USER", () => [apps({ groupsClaim: "groups" })], ["FED205 groupsClaim"]],
      ["the same in a project", () => [appsOfProject({ groupsClaim: "groups" })], ["FED205 groupsClaim"]],
    ],
    keeps: [["a groups claim with GROUP", () => [apps({ authorizationType: "GROUP", groupsClaim: "groups" })]]],
  },
  {
    code: "FED210",
    breaks: [
      ["the old id in place of a reference", () => [connect("a", "0oadn4hoajpzxeSEy357")], ["FED210 identityProvider"]],
      [
        "the old id in a reference",
        () => [connect("a", reference({ identityProviderId: "0oadn4hoajpzxeSEy357" }))],
        ["FED210 identityProvider.identityProviderId"],
      ],
      ["the old id in access by group", () => [group("0oadn4hoajpzxeSEy357")], ["FED210 identityProvider"]],
      ["the old id in access of one", () => [user("0oadn4hoajpzxeSEy357")], ["FED210 identityProvider"]],
    ],
    keeps: [["today's id", () => [connect("a", reference())]]],
  },
  {
    code: "FED211",
    breaks: [["51 characters", () => [staff({ configurationName: "x".repeat(51) })], ["FED211 configurationName"]]],
    keeps: [
      ["50 characters", () => [staff({ configurationName: "x".repeat(50) })]],
      ["50 characters of two units each", () => [staff({ configurationName: "😀".repeat(50) })]],
    ],
  },
  {
    code: "FED212",
    breaks: [
      "http://idp.example.com",
      "idp.example.com",
      "https://idp.example.com/.well-known/openid-configuration",
      "https://idp.example.com/.well-known/oauth-authorization-server",
      "https://login.microsoftonline.com/{tenantid}/v2.0",
      "https://login.microsoftonline.com/common/v2.0",
      "https://idp.example.com?x=1",
      "https://idp.example.com#x",
      "https://ada:secret@idp.example.com",
      " https://idp.example.com",
    ].map((issuerUri) => [issuerUri, () => [staff({ issuerUri })], ["FED212 issuerUri"]]),
    keeps: [
      "https://idp.example.com",
      "https://idp.example.com/",
      "https://idp.example.com:8443/realms/corp",
      "https://login.microsoftonline.com/8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b/v2.0",
    ].map((issuerUri) => [issuerUri, () => [staff({ issuerUri })]]),
  },
  {
    code: "FED213",
    breaks: [
      ...["@example.com", "https://example.com", "*.example.com", "example", "example.com/", "ex ample.com"].map(
        (domain): [string, () => Declaration[], string[]] => [
          domain,
          () => [staff({ associatedDomains: ["ok.org", domain] })],
          ["FED213 associatedDomains[1]"],
        ],
      ),
      [
        "the same domain twice",
        () => [staff({ associatedDomains: ["example.com", "Example.com"] })],
        ["FED213 associatedDomains[1]"],
      ],
    ],
    keeps: [
      ["domains", () => [staff({ associatedDomains: ["example.com", "sub.example.co.uk", "xn--bcher-kva.example"] })]],
    ],
  },
  {
    code: "FED216",
    breaks: [
      [
        "one membership declared twice",
        () => {
          const a = staff();
          return [a, connect("one", a), connect("two", a)];
        },
        ["FED216"],
      ],
    ],
    keeps: [
      [
        "two organizations",
        () => {
          const a = staff();
          return [a, connect("one", a), connect("two", a, { orgId: federationSettingsId })];
        },
      ],
    ],
  },
  {
    code: "FED217",
    breaks: [
      ["programs by another claim", () => [apps({ userClaim: "azp" })], ["FED217 userClaim"]],
      [
        "repositories of GitHub, whose sub names a branch and not a job",
        () => [apps({ issuerUri: "https://token.actions.githubusercontent.com", userClaim: "repository" })],
        ["FED217 userClaim"],
      ],
    ],
    keeps: [
      ["programs by sub", () => [apps({ userClaim: "sub" })]],
      ["people by another claim", () => [staff({ userClaim: "oid" })]],
      ["pipelines of Buildkite by their id", () => [apps({ issuerUri: BUILDKITE, userClaim: "pipeline_id" })]],
      ["repositories of Bitbucket by their id", () => [apps({ issuerUri: BITBUCKET, userClaim: "repositoryUuid" })]],
    ],
  },
  {
    code: "FED218",
    breaks: [
      [
        "groups of Google",
        () => [apps({ issuerUri: "https://accounts.google.com", authorizationType: "GROUP" })],
        ["FED218 authorizationType"],
      ],
    ],
    keeps: [["service accounts of Google", () => [apps({ issuerUri: "https://accounts.google.com" })]]],
  },
  {
    code: "FED219",
    breaks: [["people by their mail address", () => [staff({ userClaim: "email" })], ["FED219 userClaim"]]],
    keeps: [["people by sub", () => [staff({ userClaim: "sub" })]]],
  },
  {
    code: "FED220",
    breaks: [
      [
        "a scope named groups",
        () => [
          staff({
            issuerUri: "https://login.microsoftonline.com/8f1c2a54/v2.0",
            requestedScopes: ["openid", "groups"],
          }),
        ],
        ["FED220 requestedScopes[1]"],
      ],
    ],
    keeps: [["the same scope at another provider, where it exists", () => [staff({ requestedScopes: ["groups"] })]]],
  },
  {
    code: "FED233",
    breaks: [
      "https://localhost:8443",
      "https://10.1.2.3/realms/a",
      "https://[::1]",
      "https://keycloak",
      "https://keycloak.auth.svc",
      "https://kubernetes.default.svc.cluster.local",
      "https://login.corp.internal",
    ].map((issuerUri) => [issuerUri, () => [apps({ issuerUri })], ["FED233 issuerUri"]]),
    keeps: [
      ["a public address", () => [apps({ issuerUri: "https://8.8.8.8" })]],
      ["a public name", () => [apps({ issuerUri: "https://svc.example.com" })]],
      ["an issuer that only the servers of a project reach", () => [appsOfProject({ issuerUri: "https://keycloak" })]],
    ],
  },
  {
    code: "FED232",
    breaks: [
      ...(
        [
          ["the issuer of Google with a slash", "https://accounts.google.com/"],
          ["the issuer of GitHub with a slash", "https://token.actions.githubusercontent.com/"],
          ["an issuer of Okta with a slash", "https://example.okta.com/oauth2/default/"],
          ["an issuer of PingOne with a slash", `https://auth.pingone.eu/${APPLICATION}/as/`],
          ["an issuer of EKS with a slash", "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC/"],
          ["an issuer of GKE with a slash", "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c/"],
          ["an issuer of Keycloak with a slash", "https://sso.example.com/realms/corp/"],
          ["an issuer of Auth0 without a slash", "https://corp.eu.auth0.com"],
          [
            "an issuer of AKS without a slash",
            `https://westeurope.oic.prod-aks.azure.com/${APPLICATION}/${APPLICATION}`,
          ],
          ["version 1 of Entra ID without a slash", `https://sts.windows.net/${APPLICATION}`],
          ["version 2 of Entra ID with a slash", `https://login.microsoftonline.com/${APPLICATION}/v2.0/`],
          ["an issuer of PingOne without its end", `https://auth.pingone.eu/${APPLICATION}`],
          ["a tenant of Entra ID by its domain name", "https://login.microsoftonline.com/corp.onmicrosoft.com/v2.0"],
          ["the same with version 1", "https://sts.windows.net/corp.example.com/"],
          ["a tenant id in capital letters", `https://login.microsoftonline.com/${APPLICATION.toUpperCase()}/v2.0`],
          ["a host in capital letters", "https://Example.okta.com/oauth2/default"],
          ["a port that no issuer names", "https://token.actions.githubusercontent.com:443"],
          ["version 2 of Entra ID without its version", `https://login.microsoftonline.com/${APPLICATION}/`],
        ] as const
      ).map(([name, issuerUri]): [string, () => Declaration[], string[]] => [
        name,
        () => [apps({ issuerUri })],
        ["FED232 issuerUri"],
      ]),
      [
        "an Application ID URI with a version 2 issuer of Entra ID",
        () => [apps({ issuerUri: ENTRA_V2, audience: `api://${APPLICATION}` })],
        ["FED232 audience"],
      ],
      [
        "an application id with a version 1 issuer of Entra ID",
        () => [apps({ issuerUri: `https://sts.windows.net/${APPLICATION}/`, audience: APPLICATION })],
        ["FED232 audience"],
      ],
      [
        "another audience than the client id for people of Google",
        () => [staff({ issuerUri: "https://accounts.google.com", authorizationType: "USER" })],
        ["FED232 audience"],
      ],
    ],
    keeps: [
      [
        "values as the tokens carry them",
        () =>
          [
            { issuerUri: ENTRA_V2, audience: APPLICATION },
            { issuerUri: `https://sts.windows.net/${APPLICATION}/`, audience: `api://${APPLICATION}` },
            { issuerUri: "https://accounts.google.com" },
            { issuerUri: "https://token.actions.githubusercontent.com/octo" },
            { issuerUri: "https://corp.eu.auth0.com/" },
            { issuerUri: "https://example.okta.com/oauth2/aus1" },
            { issuerUri: `https://westeurope.oic.prod-aks.azure.com/${APPLICATION}/${APPLICATION}/` },
            { issuerUri: "https://sso.example.com/realms/corp" },
            { issuerUri: `https://auth.pingone.eu/${APPLICATION}/as` },
            { issuerUri: "https://idp.example.com/" },
            { issuerUri: "https://ADFS.example.com/adfs" },
          ].map((values) => apps(values)),
      ],
      ["values that are not known yet", () => [apps({ issuerUri: UNKNOWN, audience: UNKNOWN })]],
    ],
  },
];
