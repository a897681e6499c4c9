import { describe, expect, test } from "vitest";
import { type Declaration, relatedDeclarationsOf } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { OTHER_ORG } from "../support/ids.ts";
import {
  apps,
  appsOfProject,
  connect,
  databaseRole,
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

function around(declaration: Declaration, ...others: Declaration[]) {
  return relatedDeclarationsOf({ declarations: [declaration, ...others] }, declaration);
}

describe("of access", () => {
  test("the organizations to which the program connects its provider", () => {
    const [people, programs] = [staff(), apps({ audience: "b" })];
    const connections = [
      connect("one", people),
      connect("two", reference(), { orgId: projectId }),
      connect("other", programs, { orgId: OTHER_ORG }),
    ];
    expect(around(group(people), people, programs, ...connections)).toEqual({
      roles: [],
      connects: [orgId, projectId],
      makesProvider: true,
    });
  });

  test("an organization that is not known yet, and a connection of which it is not known whether it is one", () => {
    const provider = staff();
    expect(around(group(provider), provider, connect("a", provider, { orgId: UNKNOWN }))).toMatchObject({
      connects: [UNKNOWN],
    });
    const perhaps = connect("b", UNKNOWN, { orgId: OTHER_ORG });
    expect(around(group(provider), provider, connect("a", provider), perhaps)).toMatchObject({
      connects: [orgId, OTHER_ORG],
    });
    expect(around(group(provider), provider)).toMatchObject({ connects: [] });
  });

  test("whether the program makes its provider: in Atlas not one that it may adopt unseen", () => {
    const makes = (provider: ReturnType<typeof staff>) => "makesProvider" in around(group(provider), provider);
    expect(makes(staff())).toBe(true);
    expect(makes(staff({ adopt: true }))).toBe(true);
    expect(makes(staff({ adopt: true, audience: UNKNOWN }))).toBe(false);
    expect(around(group(reference()))).not.toHaveProperty("makesProvider");
  });

  test("whether a whole program makes the provider of access, whichever of its providers that is", () => {
    const makes = (...providers: Declaration[]) => {
      const access = group(UNKNOWN);
      const program = { declarations: [access, ...providers] };
      expect(relatedDeclarationsOf(program, access)).not.toHaveProperty("makesUnknownProvider");
      return "makesUnknownProvider" in relatedDeclarationsOf(program, access, true);
    };
    expect(makes(staff(), apps())).toBe(true);
    expect(makes(staff({ adopt: true, audience: UNKNOWN }), apps())).toBe(false);
    expect(makes(staff(), appsOfProject())).toBe(false);
    expect(makes()).toBe(false);
  });

  test("those of its roles that the program defines in its project", () => {
    const roles = [
      databaseRole("reader"),
      databaseRole("unused"),
      databaseRole("writer", { projectId: orgId }),
      databaseRole("unsettled", { projectId: UNKNOWN }),
    ];
    const access = group(reference(), { roles: ["reader", "writer", "unsettled", "missing", "read@app"] });
    expect(around(access, ...roles)).toMatchObject({ roles: ["reader@admin", "unsettled@admin"] });
  });

  test("a role whose name is not known yet", () => {
    const access = group(reference(), { roles: ["reader"] });
    expect(around(access, databaseRole(UNKNOWN))).toMatchObject({ roles: [UNKNOWN] });
    expect(around(access, databaseRole(UNKNOWN, { projectId: orgId }))).toMatchObject({ roles: [] });
  });

  test("all roles of its project, as long as it is not known which it names", () => {
    const roles = [databaseRole("reader"), databaseRole("writer"), databaseRole("other", { projectId: orgId })];
    const access = group(reference(), { roles: [UNKNOWN] });
    expect(around(access, ...roles)).toMatchObject({ roles: ["reader@admin", "writer@admin"] });
  });
});

test("of a role: those that it inherits and the program defines", () => {
  expect(around(databaseRole("top", { roles: ["base", "missing"] }), databaseRole("base"))).toEqual({
    roles: ["base@admin"],
    connects: [],
  });
});

describe("of a provider and of its connections", () => {
  const principals = [
    { projectId, by: "GROUP", who: "dba" },
    { projectId: orgId, by: "GROUP", who: UNKNOWN },
    { projectId: UNKNOWN, by: "USER", who: "ada" },
  ];

  test("principals that the program grants access through it", () => {
    const [people, programs] = [staff(), apps({ audience: "b" })];
    const access = [
      group(people),
      user(programs),
      group(reference(), { projectId: orgId, group: UNKNOWN }),
      user(people, { projectId: UNKNOWN }),
    ];
    expect(around(people, programs, ...access)).toEqual({ principals });
    expect(around(connect("a", people), people, programs, ...access)).toEqual({ principals, makesProvider: true });
    expect(around(connect("a", reference()), people, programs, ...access)).toEqual({ principals, makesProvider: true });
  });

  test("not those of whom it is not known yet", () => {
    const provider = staff();
    expect(around(provider, group(UNKNOWN))).toEqual({ principals: [] });
    expect(around(connect("a", UNKNOWN), group(UNKNOWN))).toEqual({ principals: [] });
  });
});

describe("in a project", () => {
  test("of access: whether the program makes its provider", () => {
    const provider = staffOfProject();
    expect(around(group(provider), provider)).toEqual({ roles: [], connects: [], makesProvider: true });
    expect(around(group(projectReference()), provider)).toMatchObject({ makesProvider: true });
    const other = projectReference({ configurationName: "other" });
    expect(around(group(other), provider)).toEqual({ roles: [], connects: [] });
  });

  test("of a provider: which others the program gives its issuer", () => {
    const provider = staffOfProject();
    const others = [
      appsOfProject({ audience: "b" }),
      appsOfProject({ audience: "c", configurationName: UNKNOWN }),
      appsOfProject({ audience: "d", issuerUri: "https://other.example.com" }),
      appsOfProject({ audience: "e", projectId: orgId }),
    ];
    expect(around(provider, ...others)).toEqual({ principals: [], sameIssuer: ["apps", UNKNOWN] });
    expect(around(provider, others[2]!)).toEqual({ principals: [] });
    expect(around(staff(), apps({ audience: "b" }))).toEqual({ principals: [] });
  });

  test("of a provider: whether the program gives its project a TLS CA file", () => {
    expect(around(staffOfProject(), tls("a"))).toEqual({ principals: [], setsCaFile: true });
    const without = [tls("a", { caFilePath: undefined }), tls("b", { caFilePath: "" }), tls("c", { projectId: orgId })];
    expect(around(staffOfProject(), ...without)).toEqual({ principals: [] });
  });

  test("of access: roles on other databases than admin", () => {
    const roles = [databaseRole("reader"), databaseRole("reader", { database: "app" })];
    const access = group(projectReference(), { projectId: undefined, roles: ["reader@app"] });
    expect(around(access, ...roles)).toMatchObject({ roles: ["reader@app"] });
  });
});
