import { describe, expect, test } from "vitest";
import {
  type Code,
  catalogue,
  type Declaration,
  declarationRules,
  programFindings,
  programRules,
} from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { apps, connect, declare, federationSettingsId, orgId, programs, reference, staff } from "./declarations.ts";

function codes(...declarations: Declaration[]): string[] {
  return programFindings({ declarations }).map(({ code, path }) => (path === "" ? code : `${code} ${path}`));
}

/** For every rule: programs that break it, with the finding they get, and programs that just do not. */
const cases: {
  code: Code;
  breaks: [string, () => Declaration[], string[]][];
  keeps: [string, () => Declaration[]][];
}[] = [
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
    breaks: [["two providers that tokens cannot tell apart", () => [staff(), apps()], ["FED202 audience"]]],
    keeps: [
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
    ],
    keeps: [
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
    ],
    keeps: [
      ["a workload provider with empty lists", () => [apps({ requestedScopes: [], associatedDomains: [] })]],
      ["a client id that is not known yet", () => [staff({ clientId: UNKNOWN })]],
    ],
  },
  {
    code: "FED205",
    breaks: [["a groups claim with USER", () => [apps({ groupsClaim: "groups" })], ["FED205 groupsClaim"]]],
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
    breaks: [["programs by another claim", () => [apps({ userClaim: "azp" })], ["FED217 userClaim"]]],
    keeps: [
      ["programs by sub", () => [apps({ userClaim: "sub" })]],
      ["people by another claim", () => [staff({ userClaim: "oid" })]],
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
];

describe.each(cases)("$code", ({ breaks, keeps }) => {
  test.each(breaks)("is found: %s", (_name, program, expected) => {
    expect(codes(...program())).toEqual(expected);
  });
  test.each(keeps)("is not found: %s", (_name, program) => {
    expect(codes(...program())).toEqual([]);
  });
});

test("every rule has its cases", () => {
  const ruled = new Set([...declarationRules, ...programRules].map(({ code }) => code));
  expect(cases.map(({ code }) => code).sort()).toEqual([...ruled].sort());
});

test("all findings come at once, errors first, and then in the order of the declarations", () => {
  const bad = staff({ issuerUri: "http://x", userClaim: "email", configurationName: "x".repeat(51) });
  const worse = apps({ clientId: "c", audience: "b" });
  expect(codes(bad, worse)).toEqual([
    "FED211 configurationName",
    "FED212 issuerUri",
    "FED204 clientId",
    "FED219 userClaim",
  ]);
});

test("no finding repeats a value that is not printable, nor an unknown", () => {
  const text = JSON.stringify(
    programFindings({ declarations: [staff({ audience: 7, issuerUri: UNKNOWN, nonsense: "hunter2" })] }),
  );
  expect(text).not.toContain("hunter2");
  expect(text).not.toContain(UNKNOWN);
});

test("every code of the catalogue says what, why, what to do and where it comes from", () => {
  for (const [code, entry] of Object.entries(catalogue)) {
    expect(code).toMatch(/^FED[1-4]\d\d$/);
    for (const text of [entry.slug, entry.title, entry.why, entry.fix, entry.source]) expect(text).not.toBe("");
  }
  const slugs = Object.values(catalogue).map(({ slug }) => slug);
  expect(new Set(slugs).size).toBe(slugs.length);
});
