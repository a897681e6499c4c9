import type { AuthenticationRestriction } from "../../schema/authentication-restrictions.ts";
import type { TokenConfig, TokenGroup, TokenIdentityProvider, TokenUser } from "../../schema/token-config.ts";
import { catalogue } from "../rules/index.ts";
import { advises, isUnknown, refuses, type TokenFinding } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { groupRole, slashFindings, withoutSlash } from "./principal.ts";
import { quote } from "./quote.ts";
import { type Addresses, type Met, meets } from "./restrictions.ts";
import { type EffectiveRole, effectiveRoles, type NamedGrant } from "./roles.ts";
import { fixAt, vendorOf } from "./vendors.ts";

/** As whom a token logs in, and what it may do then. */
export interface Login {
  readonly identityProvider: string;
  /** The value of the user claim. */
  readonly principal: string;
  /** `{prefix}/{principal}` on `$external`; a prefix that is not known yet is `<id of NAME>`. */
  readonly user: string;
  /** The roles on `admin` that the token's groups stand for, declared or not. Only with authorization by group. */
  readonly groups: readonly string[];
  /** The grants that apply, by the name of the user or of the group's role. */
  readonly grants: readonly NamedGrant[];
  /** The roles that these grant directly: `readWrite@app`. */
  readonly roles: readonly string[];
  /** These and all that they inherit. */
  readonly effective: readonly EffectiveRole[];
  readonly restrictions: Met;
  /** The roles by project, these and all that they inherit. Empty where no grant names a project. */
  readonly projects: readonly { readonly projectId: string; readonly roles: readonly string[] }[];
}

export interface Surroundings extends Addresses {
  /** Narrows the grants down to those of one project. */
  readonly projectId?: string;
  /** When the token is used, in milliseconds: what expired by then grants nothing. */
  readonly now: number;
}

export interface Prediction {
  readonly login: Login;
  readonly findings: readonly TokenFinding[];
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** So many missing roles are told by name. */
const HOW_MANY = 5;

function prefixOf({ prefix, name }: TokenIdentityProvider): string {
  return prefix ?? `<id of ${name}>`;
}

/** Predicts a login by groups: the server looks up a role for each group and ignores groups without one. */
export function predictByGroups(
  provider: TokenIdentityProvider,
  principal: string,
  groups: readonly string[],
  config: TokenConfig,
  around: Surroundings,
): Prediction {
  const prefix = prefixOf(provider);
  const asked = new Set(groups.map(withoutSlash));
  const declared = declaredGroups(provider, config);
  const matching: NamedGrant[] = [];
  const names: string[] = [];
  for (const group of asked) {
    names.push(groupRole(prefix, group));
    for (const each of declared.get(group) ?? []) if (isLive(each.grant, around)) matching.push(each);
  }
  const { login, findings } = predict(provider, principal, matching, config, around);
  return {
    login: { ...login, groups: names },
    findings: [
      ...slashFindings(groups, provider),
      ...findings,
      ...(matching.length === 0 ? [noRole(provider, groups, grantedTo(declared, around))] : []),
    ],
  };
}

type GroupGrants = ReadonlyMap<string, readonly (NamedGrant & { readonly grant: TokenGroup })[]>;

/** By configuration and provider: many tokens are judged against the same declarations. */
const groupGrants = new WeakMap<TokenConfig["groups"], WeakMap<TokenIdentityProvider, GroupGrants>>();

/** All that is granted to groups under the prefix of a provider, by group. */
function declaredGroups(provider: TokenIdentityProvider, config: TokenConfig): GroupGrants {
  const byProvider = groupGrants.get(config.groups) ?? new WeakMap<TokenIdentityProvider, GroupGrants>();
  groupGrants.set(config.groups, byProvider);
  const known = byProvider.get(provider);
  if (known !== undefined) return known;
  const prefix = prefixOf(provider);
  const named = underPrefixOf(provider, config.groups, config).map((grant) => ({
    name: groupRole(prefix, grant.group),
    grant,
  }));
  const made = Map.groupBy(named, ({ grant }) => withoutSlash(grant.group));
  byProvider.set(provider, made);
  return made;
}

function grantedTo(declared: GroupGrants, around: Surroundings): string[] {
  return [...declared.values()].flat().flatMap(({ grant }) => (isLive(grant, around) ? [grant.group] : []));
}

/** Predicts a login by user: the user must exist. */
export function predictByUser(
  provider: TokenIdentityProvider,
  principal: string,
  claims: JsonObject,
  config: TokenConfig,
  around: Surroundings,
): Prediction {
  const declared = underPrefixOf(provider, config.users, config).filter((user) => isLive(user, around));
  const matching = declared.filter((user) => user.principal === principal);
  const name = `${prefixOf(provider)}/${principal}`;
  const { login, findings } = predict(
    provider,
    principal,
    matching.map((grant) => ({ name, grant })),
    config,
    around,
  );
  const absent =
    matching.length === 0
      ? noUser(
          provider,
          name,
          claims,
          declared.map((user) => user.principal),
        )
      : [];
  return { login, findings: [...absent, ...findings] };
}

function predict(
  provider: TokenIdentityProvider,
  principal: string,
  grants: readonly NamedGrant[],
  config: TokenConfig,
  around: Surroundings,
): Prediction {
  const effective: EffectiveRole[] = [];
  const restrictions: (readonly AuthenticationRestriction[])[] = [];
  for (const named of grants) {
    effective.push(...effectiveRoles(named, config.databaseRoles));
    restrictions.push(named.grant.authenticationRestrictions);
  }
  const direct = new Set<string>();
  for (const { role, through, restrictions: own } of effective) {
    if (through.length === 1) direct.add(role);
    restrictions.push(own);
  }
  const met = allMet(restrictions, around);
  const user = `${prefixOf(provider)}/${principal}`;
  const login = {
    identityProvider: provider.name,
    principal,
    user,
    groups: [],
    grants,
    roles: [...direct].sort(),
    effective,
    restrictions: met,
    projects: byProject(grants, config),
  };
  return { login, findings: met === "unmet" ? [restricted(around)] : [] };
}

function byProject(grants: readonly NamedGrant[], config: TokenConfig): Login["projects"] {
  const found = Map.groupBy(grants, ({ grant }) => grant.projectId);
  return [...found].flatMap(([projectId, named]) => {
    const roles = new Set(named.flatMap((each) => effectiveRoles(each, config.databaseRoles).map(({ role }) => role)));
    return projectId === undefined ? [] : [{ projectId, roles: [...roles].sort() }];
  });
}

/** Every list must be met, those of inherited roles included; one that is empty restricts nothing. */
function allMet(lists: readonly (readonly AuthenticationRestriction[])[], addresses: Addresses): Met {
  const each = new Set(lists.filter((list) => list.length > 0).map((list) => meets(list, addresses)));
  if (each.has("unmet")) return "unmet";
  return each.has("conditional") ? "conditional" : "met";
}

/** To the server a name is its prefix and the rest: whose declaration it was, it does not know. */
function underPrefixOf<T extends TokenGroup | TokenUser>(
  provider: TokenIdentityProvider,
  grants: readonly T[],
  { identityProviders }: TokenConfig,
): T[] {
  const names = new Set([provider.name, ...namesakes(provider, identityProviders).map(({ name }) => name)]);
  return grants.filter(({ identityProvider }) => names.has(identityProvider));
}

/** Other providers of the same prefix, which no server and no control plane makes, but a hand does. */
export function namesakes(
  { name, prefix, projectId }: TokenIdentityProvider,
  providers: readonly TokenIdentityProvider[],
): readonly TokenIdentityProvider[] {
  if (prefix === undefined || providers.length < 2) return [];
  return providers.filter((other) => other.prefix === prefix && other.projectId === projectId && other.name !== name);
}

function isLive({ projectId, deleteAfterDate }: TokenGroup | TokenUser, around: Surroundings): boolean {
  return (
    (around.projectId === undefined || projectId === around.projectId) &&
    !(deleteAfterDate !== undefined && Date.parse(deleteAfterDate) <= around.now)
  );
}

function restricted({ client, server }: Addresses): TokenFinding {
  const from = client === undefined ? "" : ` from ${quote(client)}`;
  const to = server === undefined ? "" : ` to ${quote(server)}`;
  return refuses("FED144", { message: `authentication restrictions do not allow the login${from}${to}` });
}

function noRole(provider: TokenIdentityProvider, groups: readonly string[], declared: readonly string[]): TokenFinding {
  const advice = (code: "FED201" | "FED301", message: string) =>
    advises(code, {
      path: `claims.${provider.groupsClaim}`,
      message,
      fix: fixAt(catalogue[code].fix, provider.issuerUri, "groups"),
    });
  if (groups.length === 0) return advice("FED201", "the token lists no group: the login may do nothing");
  const [guids, names] = [
    groups.every((group) => GUID.test(group)),
    declared.length > 0 && !declared.some((group) => GUID.test(group)),
  ];
  if (vendorOf(provider.issuerUri) === "entra" && guids && names) {
    const message = `the token lists groups by object id, ${provider.name} grants to ${quote(declared[0])}`;
    return advice("FED301", message);
  }
  const near = groups.find((group) =>
    declared.some((other) => other !== group && other.toLowerCase() === group.toLowerCase()),
  );
  const hint = near === undefined ? "" : `; ${quote(near)} is declared in other letters`;
  const wanted = groups.slice(0, HOW_MANY).map((group) => quote(groupRole(prefixOf(provider), group)));
  const more = groups.length > HOW_MANY ? ` and ${groups.length - HOW_MANY} more` : "";
  return advice("FED201", `none of its groups has a role: wanted on admin ${wanted.join(", ")}${more}${hint}`);
}

/** If the program declares no user of the provider, another stack may declare them, so the result is unknown. */
function noUser(
  provider: TokenIdentityProvider,
  name: string,
  claims: JsonObject,
  declared: readonly string[],
): TokenFinding[] {
  const verdict = (code: "FED207" | "FED304" | "FED305", message: string) => ({
    path: `claims.${provider.userClaim}`,
    message,
    fix: fixAt(catalogue[code].fix, provider.issuerUri, "user"),
  });
  if (declared.length === 0) {
    const message = `no user is declared through ${provider.name}: ${quote(name)} must exist`;
    return [isUnknown("FED207", verdict("FED207", message))];
  }
  const absent = refuses("FED207", verdict("FED207", `there is no user ${quote(name)} on $external`));
  const vendor = vendorOf(provider.issuerUri);
  const isDeclared = (value: unknown) => typeof value === "string" && declared.includes(value);
  const application = [claims.appid, claims.azp].find(isDeclared);
  if (vendor === "entra" && application !== undefined) {
    const message = `${quote(application)} is the application's id; the user is named by ${quote(claims[provider.userClaim])}`;
    return [absent, advises("FED304", verdict("FED304", message))];
  }
  if (vendor === "google" && isDeclared(claims.email)) {
    const message = `${quote(claims.email)} is a mail address; the user is named by ${quote(claims[provider.userClaim])}`;
    return [absent, advises("FED305", verdict("FED305", message))];
  }
  return [absent];
}
