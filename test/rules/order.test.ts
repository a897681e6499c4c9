import { describe, expect, test } from "vitest";
import { type Declaration, prerequisites, programFindings, relatedDeclarationsOf } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { OTHER_IDP, OTHER_ORG } from "../support/ids.ts";
import { apps, connect, databaseRole, group, orgId, projectId, reference, staff, tls, user } from "./declarations.ts";

/** Returns the prerequisites of each declaration. */
function waits(...declarations: Declaration[]): (declaration: Declaration) => readonly Declaration[] {
  const program = { declarations };
  return (declaration) => prerequisites(program, declaration);
}

test("a provider waits for nothing", () => {
  const provider = staff();
  expect(waits(connect("a", provider), group(provider), provider)(provider)).toEqual([]);
});

test("a provider of a project waits for its TLS settings, and for no other project's", () => {
  const provider = staff({ federationSettingsId: undefined, projectId });
  const [settings, unsettled] = [tls("a"), tls("b", { projectId: UNKNOWN })];
  const of = waits(provider, settings, unsettled, tls("c", { projectId: orgId }));
  expect(of(provider)).toEqual([settings, unsettled]);
  expect(of(settings)).toEqual([]);
});

test("a connection waits for the provider that it uses, also when it names it by a plain reference", () => {
  const provider = staff();
  const byResource = connect("a", provider);
  const byReference = connect("b", reference());
  const foreign = connect("c", reference({ configurationName: "other" }));
  const of = waits(byResource, byReference, foreign, provider);
  expect(of(byResource)).toEqual([provider]);
  expect(of(byReference)).toEqual([provider]);
  expect(of(foreign)).toEqual([]);
});

test("a reference that two providers of the program answer to names neither", () => {
  const connection = connect("a", reference());
  expect(waits(staff(), staff({ audience: "b" }), connection)(connection)).toEqual([]);
});

test("names that are not known yet are not the same name", () => {
  const unsettled = { configurationName: UNKNOWN };
  const connection = connect("a", reference(unsettled));
  expect(waits(staff(unsettled), connection)(connection)).toEqual([]);
});

describe("access waits", () => {
  test("for its provider and for all connections of it, and for no other", () => {
    const [people, programs] = [staff(), apps({ audience: "b" })];
    const access = group(people);
    const [one, two] = [connect("one", people), connect("two", reference(), { orgId: OTHER_ORG })];
    expect(waits(access, two, one, connect("three", programs), programs, people)(access)).toEqual([people, two, one]);
  });

  test("for the connection of a provider of another stack, which both name by its id", () => {
    const access = user(reference());
    const [same, other] = [
      connect("same", reference()),
      connect("other", reference({ identityProviderId: OTHER_IDP })),
    ];
    expect(waits(access, same, other)(access)).toEqual([same]);
  });

  test("for a connection of which it is not known yet whether it is the one", () => {
    const [provider, unsettled] = [staff(), connect("a", UNKNOWN)];
    const [access, accessUnsettled] = [group(provider), group(UNKNOWN)];
    const settled = connect("b", provider, { orgId });
    const of = waits(access, accessUnsettled, unsettled, settled, provider);
    expect(of(access)).toEqual([provider, settled, unsettled]);
    expect(of(accessUnsettled)).toEqual([unsettled, settled]);
  });

  test("for the roles of its project that it names, as text or as object, once", () => {
    const access = group(reference(), {
      roles: ["reader", { role: "writer", database: "admin" }, "reader@admin", "readWrite@app", 7, UNKNOWN],
    });
    const [reader, writer, unused] = [databaseRole("reader"), databaseRole("writer"), databaseRole("unused")];
    const elsewhere = databaseRole("reader", { projectId: orgId });
    expect(waits(access, unused, elsewhere, writer, reader)(access)).toEqual([reader, writer]);
  });

  test("for a role whose project is not known yet, and then for any of the name", () => {
    const access = group(reference(), { roles: ["reader"] });
    const accessUnsettled = group(reference(), { roles: ["reader"], projectId: UNKNOWN });
    const [reader, unsettled] = [databaseRole("reader"), databaseRole("reader", { projectId: UNKNOWN })];
    const of = waits(access, accessUnsettled, unsettled, reader);
    expect(of(access)).toEqual([reader, unsettled]);
    expect(of(accessUnsettled)).toEqual([unsettled, reader]);
  });
});

test("a role waits for those that it inherits", () => {
  const [base, middle, top] = [
    databaseRole("base"),
    databaseRole("middle", { roles: ["base"] }),
    databaseRole("top", { roles: ["middle", "base@admin", "read@app"] }),
  ];
  const of = waits(top, middle, base);
  expect([of(top), of(middle), of(base)]).toEqual([[middle, base], [base], []]);
});

test("roles that inherit each other do not wait for each other for ever", () => {
  const [a, b, c] = [
    databaseRole("a", { roles: ["b"] }),
    databaseRole("b", { roles: ["c"] }),
    databaseRole("c", { roles: ["a", "c"] }),
  ];
  const of = waits(a, b, c);
  expect([of(a), of(b), of(c)]).toEqual([[b], [c], []]);
});

test("a program of a thousand users and a hundred roles is looked through a few times, not once for each", () => {
  const provider = staff();
  const roles = Array.from({ length: 100 }, (_, i) => databaseRole(`role${i}`));
  const users = Array.from({ length: 1000 }, (_, i) => user(provider, { roles: [`role${i % 100}`] }));
  const connections = Array.from({ length: 50 }, (_, i) => connect(`connection${i}`, provider));
  let looks = 0;
  const declarations = new Proxy([...users, ...roles, ...connections, provider], {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d+$/.test(key)) looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  const program = { declarations };
  for (const declaration of [...users, ...roles, ...connections]) {
    prerequisites(program, declaration);
    relatedDeclarationsOf(program, declaration);
  }
  programFindings(program);
  expect(looks).toBeLessThan(30 * declarations.length);
});
