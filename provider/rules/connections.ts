import { inProjects } from "./belonging.ts";
import { count, groupBy } from "./group-by.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { providerOf } from "./relations.ts";
import type { ProgramRule, Verdict } from "./rule.ts";
import { usedProvider } from "./used-provider.ts";

/** FED203: two workforce identity providers in one organization, or in one project. */
export const oneWorkforceProvider: ProgramRule = {
  code: "FED203",
  judge: (program) => [...twoInOrganization(program), ...twoInProject(program)],
};

function twoInOrganization(program: Program): Verdict[] {
  return byOrg(program).flatMap(([orgId, connections]) => {
    const people = connections.filter(
      (connection) => providerOf(program, connection) !== undefined && usedProvider(connection).idpType === "WORKFORCE",
    );
    if (new Set(people.map((connection) => providerOf(program, connection))).size < 2) return [];
    return [
      {
        message: `organization ${orgId} would be connected to ${count(people.length)} workforce identity providers`,
        at: people.map((declaration) => ({ declaration, note: `to ${usedProvider(declaration).name}` })),
      },
    ];
  });
}

function twoInProject(program: Program): Verdict[] {
  return inProjects(program).flatMap(([projectId, providers]) => {
    const people = providers.filter((provider) => known(provider, "idpType") === "WORKFORCE");
    if (people.length < 2) return [];
    return [
      {
        path: "idpType",
        message: `project ${projectId} would have ${count(people.length)} workforce identity providers`,
        why: "One workforce identity provider serves a project.",
        fix: "Remove one of them, and tell both groups of people apart by their groups; or put one into a project of its own.",
        at: people.map((declaration) => ({ declaration, note: known(declaration, "configurationName") ?? "" })),
      },
    ];
  });
}

/** FED216: one membership declared twice. */
export const connectedTwice: ProgramRule = {
  code: "FED216",
  judge: (program) =>
    byOrg(program).flatMap(([orgId, connections]) =>
      groupBy(connections, (connection) => providerOf(program, connection))
        .filter(([, same]) => same.length > 1)
        .map(
          ([, same]): Verdict => ({
            message: `organization ${orgId} is connected to ${usedProvider(same[0]!).name} by ${count(same.length)} resources`,
            at: same.map((declaration) => ({ declaration })),
          }),
        ),
    ),
};

function byOrg(program: Program): [string, Declaration[]][] {
  return groupBy(ofKind(program, "OrgConnection"), (connection) => known(connection, "orgId"));
}

/** FED202: two identity providers that a server could not tell apart. */
export const issuerAndAudienceUnique: ProgramRule = {
  code: "FED202",
  judge: (program) =>
    groupBy(ofKind(program, "IdentityProvider"), (provider) => {
      const scope = known(provider, "federationSettingsId") ?? known(provider, "projectId");
      const parts = [scope, known(provider, "issuerUri"), known(provider, "audience")];
      return parts.includes(undefined) ? undefined : JSON.stringify(parts);
    })
      .filter(([, same]) => same.length > 1)
      .map(([, same]) => ({
        path: "audience",
        message: `${count(same.length)} identity providers have issuer ${known(same[0]!, "issuerUri")} and audience ${known(same[0]!, "audience")}`,
        at: same.map((declaration) => ({ declaration })),
      })),
};
