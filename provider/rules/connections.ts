import { type Declaration, known, ofKind, type Program } from "./program.ts";
import type { ProgramRule, Verdict } from "./rule.ts";

/** An identity provider as a connection sees it: made by the same program, or by another stack. */
interface Partner {
  /** Two connections have the same partner when this is the same. */
  readonly key: unknown;
  readonly name: string;
  readonly idpType: string | undefined;
}

/** FED203: two workforce identity providers in one organization. */
export const oneWorkforceProvider: ProgramRule = {
  code: "FED203",
  judge: (program) =>
    byOrg(program).flatMap(([orgId, connections]) => {
      const people = connections.filter((connection) => partner(connection)?.idpType === "WORKFORCE");
      if (new Set(people.map((connection) => partner(connection)?.key)).size < 2) return [];
      return [
        {
          message: `organization ${orgId} would be connected to ${count(people.length)} workforce identity providers`,
          at: people.map((declaration) => ({ declaration, note: `to ${partner(declaration)?.name}` })),
        },
      ];
    }),
};

/** FED216: one membership declared twice. */
export const connectedTwice: ProgramRule = {
  code: "FED216",
  judge: (program) =>
    byOrg(program).flatMap(([orgId, connections]) =>
      groupBy(connections, (connection) => partner(connection)?.key)
        .filter(([, same]) => same.length > 1)
        .map(
          ([, same]): Verdict => ({
            message: `organization ${orgId} is connected to ${partner(same[0]!)?.name} by ${count(same.length)} resources`,
            at: same.map((declaration) => ({ declaration })),
          }),
        ),
    ),
};

function byOrg(program: Program): [string, Declaration[]][] {
  return groupBy(ofKind(program, "OrgConnection"), (connection) => known(connection, "orgId"));
}

function partner(connection: Declaration): Partner | undefined {
  const declared = connection.identityProvider;
  if (declared !== undefined) {
    return {
      key: declared,
      name: known(declared, "configurationName") ?? declared.name,
      idpType: known(declared, "idpType"),
    };
  }
  const reference = connection.inputs.identityProvider as Record<string, unknown> | undefined;
  const id = reference?.identityProviderId;
  if (typeof id !== "string") return undefined;
  const at: Declaration = { ...connection, inputs: reference ?? {} };
  if (known(at, "identityProviderId") === undefined) return undefined;
  return { key: id, name: known(at, "configurationName") ?? id, idpType: known(at, "idpType") };
}

/** FED202: two identity providers that a server could not tell apart. */
export const issuerAndAudienceUnique: ProgramRule = {
  code: "FED202",
  judge: (program) =>
    groupBy(ofKind(program, "IdentityProvider"), (provider) => {
      const parts = ["federationSettingsId", "issuerUri", "audience"].map((input) => known(provider, input));
      return parts.includes(undefined) ? undefined : JSON.stringify(parts);
    })
      .filter(([, same]) => same.length > 1)
      .map(([, same]) => ({
        path: "audience",
        message: `${count(same.length)} identity providers have issuer ${known(same[0]!, "issuerUri")} and audience ${known(same[0]!, "audience")}`,
        at: same.map((declaration) => ({ declaration })),
      })),
};

/** Groups in the order of first appearance; what has no key is in no group. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K | undefined): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups];
}

function count(number: number): string {
  return ["no", "one", "two", "three", "four", "five"][number] ?? String(number);
}
