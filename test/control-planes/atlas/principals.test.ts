import { expect, test } from "vitest";
import type { Seed } from "../../../provider/emulator/index.ts";
import { IDP, ORG, OTHER_ORG, OTHER_PROJECT, PROJECT } from "../../support/ids.ts";
import { atlas, seed } from "./harness.ts";

const user = (who: string) => ({ username: `${IDP}/${who}`, oidcAuthType: "USER" as const });

const withProjects: Seed = {
  ...seed,
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        { id: PROJECT, name: "billing", databaseUsers: Array.from({ length: 501 }, (_, n) => user(`u-${n}`)) },
        { id: OTHER_PROJECT, name: "orders", databaseUsers: [user("u-0"), user("app")] },
      ],
    },
    { id: OTHER_ORG, name: "Payments" },
  ],
};

test("all users of all projects of an organization, listed once however often they are asked for", async () => {
  const { plane, requests } = await atlas({ seed: withProjects });
  const [found] = await Promise.all([plane.principals.list(ORG), plane.principals.list(ORG)]);
  expect(found.unreadable).toEqual([]);
  expect(found.principals).toHaveLength(503);
  expect(found.principals).toContainEqual({ prefix: IDP, who: "u-0", project: "orders", projectId: OTHER_PROJECT });
  expect(found.principals).toContainEqual({ prefix: IDP, who: "u-500", project: "billing", projectId: PROJECT });
  await plane.principals.list(ORG);
  expect(requests().sort()).toEqual([
    `GET /groups/${PROJECT}/databaseUsers`,
    `GET /groups/${PROJECT}/databaseUsers`,
    `GET /groups/${OTHER_PROJECT}/databaseUsers`,
    `GET /orgs/${ORG}/groups`,
  ]);
  expect(await plane.principals.list(OTHER_ORG)).toEqual({ principals: [], unreadable: [] });
});

test("one name on two databases is two users", async () => {
  const { plane, emulator } = await atlas({ seed: withProjects });
  emulator.edit({
    edit: "add-database-user",
    projectId: OTHER_PROJECT,
    user: { username: `${IDP}/app`, databaseName: "admin", oidcAuthType: "IDP_GROUP" },
  });
  const { principals } = await plane.principals.list(ORG);
  expect(principals.filter(({ who }) => who === "app")).toHaveLength(2);
});

test("lists parts that the credentials cannot read, and reads the rest", async () => {
  const { plane, fault, requests } = await atlas({ seed: withProjects });
  fault("GET", `/groups/${PROJECT}/`, { kind: "status", status: 403 });
  const { principals, unreadable } = await plane.principals.list(ORG);
  expect(principals).toHaveLength(2);
  expect(unreadable).toEqual([expect.stringMatching(/^the database users of project billing \(HTTP 403/)]);
  // Nor is it asked again.
  requests();
  expect((await plane.principals.list(ORG)).unreadable).toEqual(unreadable);
  expect(requests()).toEqual([]);
});

test("an organization whose projects may not be listed is named too; other trouble is thrown", async () => {
  const { newPlane, fault, emulator } = await atlas({ seed: withProjects });
  fault("GET", `/orgs/${ORG}/groups`, { kind: "status", status: 403 });
  const { unreadable } = await newPlane().principals.list(ORG);
  expect(unreadable).toEqual([expect.stringContaining(`the projects of organization ${ORG}`)]);
  emulator.clearFaults();
  fault("GET", "databaseUsers", { kind: "login-page" });
  await expect(newPlane().principals.list(ORG)).rejects.toThrow(/proxy|login/);
});
