import type { GrantedRoleInput } from "../../schema/roles.ts";
import type { TokenExpectation } from "../../schema/token-expectation.ts";
import { refuses, type TokenFinding } from "./finding.ts";
import { isLetIn, type Judgement } from "./judge.ts";
import { may, mayAnywhere } from "./permissions.ts";
import { quote } from "./quote.ts";
import { textOf } from "./roles.ts";

/** One thing that was expected, and what came of it. */
export interface Comparison {
  /** `accepted`, `roles`, `can find app.orders`. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  readonly met: boolean;
}

/** Everything that is expected of one token, each by itself: also what cannot be told counts as not met. */
export function compare(expected: TokenExpectation, judgement: Judgement): Comparison[] {
  const { accepted, refused, principal, roles, rolesAtLeast, can, cannot } = expected;
  const implied = accepted ?? ([principal, roles, rolesAtLeast, can].some((value) => value !== undefined) || undefined);
  return [
    ...(implied === undefined ? [] : [isAccepted(implied, judgement)]),
    ...(refused === undefined ? [] : [isRefused(refused, judgement)]),
    ...(principal === undefined ? [] : [isPrincipal(principal, judgement)]),
    ...(roles === undefined ? [] : [hasRoles(roles, judgement)]),
    ...(rolesAtLeast === undefined ? [] : [hasRolesAtLeast(rolesAtLeast, judgement)]),
    ...(can ?? []).map((wish) => isAllowed(wish, judgement)),
    ...(cannot ?? []).map((wish) => isNotAllowed(wish, judgement)),
  ];
}

/** Returns a finding for each unmet expectation, with the causes and their fixes. */
export function comparisonFindings(
  title: string,
  comparisons: readonly Comparison[],
  judgement: Judgement,
): TokenFinding[] {
  const causes = causesOf(judgement);
  const told = causes.map(({ code, slug, message }) => `${code} ${slug}: ${message}`);
  const fixes = [...new Set(causes.map(({ fix }) => fix))];
  return comparisons
    .filter(({ met }) => !met)
    .map(({ what, expected, actual }) =>
      refuses("FED150", {
        path: ["tokens", title],
        message: `${quote(title)}: ${what} is expected to be ${expected}, and is ${actual}`,
        ...(causes.length === 0 ? {} : { why: told.join("\n"), fix: fixes.join("\n") }),
      }),
    );
}

/** Why a token fares as it does: what stops it first, and the mistakes that the server lets pass, which may be why. */
export function causesOf({ server, advice }: Judgement): readonly TokenFinding[] {
  return [...server.slice(0, 1), ...advice];
}

function isAccepted(by: true | string, judgement: Judgement): Comparison {
  const { outcome, server, login } = judgement;
  const through = login?.identityProvider;
  const letIn = isLetIn(judgement);
  const where = outcome === "conditional" ? ", from the addresses that its roles allow" : "";
  return {
    what: "the token",
    expected: by === true ? "accepted" : `accepted through ${by}`,
    actual: letIn ? `accepted${through === undefined ? "" : ` through ${through}`}${where}` : stopped(outcome, server),
    met: letIn && (by === true || by === through),
  };
}

function isRefused(by: true | string, { outcome, server }: Judgement): Comparison {
  const codes = server.filter(({ effect }) => effect === "refuses").map(({ code }) => code);
  return {
    what: "the token",
    expected: by === true ? "refused" : `refused for ${by}`,
    actual: stopped(outcome, server),
    met: outcome === "refused" && (by === true || codes.includes(by)),
  };
}

function stopped(outcome: Judgement["outcome"], server: readonly TokenFinding[]): string {
  const codes = [...new Set(server.map(({ code }) => code))].join(", ");
  if (outcome === "refused") return `refused for ${codes}`;
  return outcome === "unknown" ? `uncertain for ${codes}: no source says what the server does` : "accepted";
}

function isPrincipal(principal: string, { login }: Judgement): Comparison {
  return {
    what: "the principal",
    expected: quote(principal),
    actual: login === undefined ? "nobody" : quote(login.principal),
    met: login?.principal === principal,
  };
}

function hasRoles(expected: readonly GrantedRoleInput[], { login }: Judgement): Comparison {
  const wanted = sorted(expected);
  const granted = [...(login?.roles ?? [])];
  const met = login !== undefined && wanted.join("\n") === granted.join("\n");
  return { what: "the set of roles", expected: list(wanted), actual: list(granted), met };
}

function hasRolesAtLeast(expected: readonly GrantedRoleInput[], { login }: Judgement): Comparison {
  const wanted = sorted(expected);
  const has = [...new Set((login?.effective ?? []).map(({ role }) => role))].sort();
  const met = wanted.every((role) => has.includes(role));
  return { what: "the set of roles", expected: `at least ${list(wanted)}`, actual: list(has), met };
}

function isAllowed(wish: string, { outcome, login }: Judgement): Comparison {
  const about = { what: quote(wish), expected: "allowed" };
  if (login === undefined || outcome === "refused") return { ...about, actual: "not, without a login", met: false };
  const permission = may(login, wish);
  const actual = { yes: `allowed by ${permission.by.join("; ")}`, no: "not allowed", unknown: unclear(permission.by) };
  return { ...about, actual: actual[permission.may], met: permission.may === "yes" };
}

function isNotAllowed(wish: string, { outcome, login }: Judgement): Comparison {
  const about = { what: quote(wish), expected: "not allowed" };
  if (outcome === "refused") return { ...about, actual: "not allowed: there is no login", met: true };
  if (login === undefined) return { ...about, actual: "not known: there is no configuration", met: false };
  const permission = mayAnywhere(login, wish);
  const actual = { yes: `allowed by ${permission.by.join("; ")}`, no: "not allowed", unknown: unclear(permission.by) };
  return { ...about, actual: actual[permission.may], met: permission.may === "no" };
}

function unclear(roles: readonly string[]): string {
  return `not known: nothing is declared of ${roles.join(", ")}`;
}

function sorted(roles: readonly GrantedRoleInput[]): string[] {
  return [...new Set(roles.map(textOf))].sort();
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(", ");
}
