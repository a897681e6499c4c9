import { PRINCIPAL_NAME_MAX } from "../../schema/access.ts";
import { DEFAULT_GROUPS_CLAIM, DEFAULT_USER_CLAIM } from "../../schema/identity-provider.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { catalogue } from "./catalogue.ts";
import { count, groupBy } from "./group-by.ts";
import { isEntra, isGoogle } from "./issuers.ts";
import { planeOf } from "./plane.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { connectionsOf, projectOf, providerOf } from "./relations.ts";
import { about, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";
import { usedProvider } from "./used-provider.ts";

/** The rules over whom something is granted, and through which identity provider. */

const groupRule = rulesOf("OidcRole");
const userRule = rulesOf("FederatedUser");
const accessRule = rulesOf("OidcRole", "FederatedUser");

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Claims of Entra ID that carry the object id of a program. */
const OBJECT_ID_CLAIMS: ReadonlySet<unknown> = new Set([DEFAULT_USER_CLAIM, "oid"]);
/** The identity provider's id and the slash, which stand before every name. */
const PREFIX_LENGTH = 25;

/** The input that says who: `group` or `principal`. */
function whoInput(declaration: Declaration): "group" | "principal" {
  return declaration.kind === "OidcRole" ? "group" : "principal";
}

export const userNeedsUserProvider = userRule("FED310", (declaration) => {
  const { authorizationType, idpType, name } = usedProvider(declaration);
  if (authorizationType !== "GROUP") return [];
  const who = { WORKFORCE: "a person", WORKLOAD: "a program" }[idpType ?? ""] ?? "a person or program";
  return [
    about(declaration, "identityProvider", {
      message: `${who} cannot be granted access one by one through ${name}`,
      why: `${name} authorizes by group membership (authorizationType GROUP): the server never looks for a user.`,
    }),
  ];
});

export const roleNeedsGroupProvider = groupRule("FED311", (declaration) => {
  const { authorizationType, name } = usedProvider(declaration);
  if (authorizationType !== "USER") return [];
  return [
    about(declaration, "identityProvider", {
      message: `a group cannot be granted access through ${name}`,
      why: `${name} authorizes one by one (authorizationType USER): the server never looks for groups.`,
    }),
  ];
});

export const principalForm = accessRule("FED316", (declaration, { plane }) => {
  const input = whoInput(declaration);
  const who = known(declaration, input);
  if (who === undefined) return [];
  const { identityProviderId, name } = usedProvider(declaration);
  const say = (message: string, fix?: string) =>
    about(declaration, input, { message, ...(fix === undefined ? {} : { fix }) });
  const length = PREFIX_LENGTH + [...who].length;
  return [
    who !== who.trim() ? say(`the ${input} has white space around it`) : undefined,
    identityProviderId !== undefined && who.toLowerCase().startsWith(`${identityProviderId}/`)
      ? say(`the ${input} begins with the id of ${name}`, `Write "${who.slice(identityProviderId.length + 1)}".`)
      : undefined,
    /^\$external([./]|$)/.test(who) ? say(`the ${input} begins with the authentication database $external`) : undefined,
    who.includes("\0") ? say(`the ${input} contains a NUL, which no name can`) : undefined,
    plane !== "project" && length > PRINCIPAL_NAME_MAX
      ? say(`with its prefix the ${input} has ${length} characters, ${PRINCIPAL_NAME_MAX} at most are allowed`)
      : undefined,
  ];
});

export const configurationNameAsPrefix = accessRule("FED335", (declaration) => {
  const input = whoInput(declaration);
  const { configurationName } = usedProvider(declaration);
  if (configurationName === undefined || !known(declaration, input)?.startsWith(`${configurationName}/`)) return [];
  return [
    about(declaration, input, {
      message: `the ${input} begins with the configuration name of its identity provider, ${configurationName}/`,
    }),
  ];
});

export const groupBeginsWithSlash = groupRule("FED308", (declaration) => {
  const group = known(declaration, "group");
  if (group?.startsWith("/") !== true) return [];
  return [
    about(declaration, "group", {
      message: "the group begins with a slash, which the server does not look for",
    }),
  ];
});

export const entraGroupByObjectId = groupRule("FED301", (declaration, { plane }) => {
  const { identityProvider: provider } = declaration;
  const group = known(declaration, "group");
  if (provider === undefined || group === undefined || UUID.test(group)) return [];
  const claim = provider.inputs.groupsClaim ?? DEFAULT_GROUPS_CLAIM;
  if (!isEntra(known(provider, "issuerUri")) || claim !== DEFAULT_GROUPS_CLAIM) return [];
  // Only Atlas has a description.
  const keep = plane === "atlas" ? " You can keep its name in description." : "";
  return [
    about(declaration, "group", {
      message: "the group is not an object id, by which Entra ID lists groups",
      fix: `${catalogue.FED301.fix}${keep}`,
    }),
  ];
});

export const entraPrincipalByObjectId = userRule("FED304", (declaration) => {
  const { identityProvider: provider } = declaration;
  const principal = known(declaration, "principal");
  if (provider === undefined || principal === undefined || !isEntra(known(provider, "issuerUri"))) return [];
  if (!OBJECT_ID_CLAIMS.has(userClaim(provider))) return [];
  const audience = known(provider, "audience");
  const applications = [audience, audience?.replace(/^api:\/\//, ""), known(provider, "clientId")];
  if (!applications.includes(principal)) return [];
  return [
    about(declaration, "principal", {
      message: "the principal is the application that tokens are for, not the one that brings them",
    }),
  ];
});

export const googlePrincipalByUniqueId = userRule("FED305", (declaration) => {
  const { identityProvider: provider } = declaration;
  const principal = known(declaration, "principal");
  if (provider === undefined || principal === undefined || /^\d+$/.test(principal)) return [];
  if (!isGoogle(known(provider, "issuerUri")) || userClaim(provider) !== DEFAULT_USER_CLAIM) return [];
  return [about(declaration, "principal", { message: "the principal is not the unique id of a service account" })];
});

function userClaim(provider: Declaration): unknown {
  return provider.inputs.userClaim ?? DEFAULT_USER_CLAIM;
}

/** FED312: one group, or one principal, of one identity provider twice in one project. */
export const accessDeclaredTwice: ProgramRule = {
  code: "FED312",
  judge: (program) =>
    (["OidcRole", "FederatedUser"] as const).flatMap((kind) =>
      groupBy(ofKind(program, kind), (declaration) => providerOf(program, declaration)).flatMap(([, access]) =>
        groupBy(access, sameName)
          .filter(([, same]) => same.length > 1)
          .map(([, same]) => declaredTwice(same)),
      ),
    ),
};

function sameName(declaration: Declaration): string | undefined {
  const project = projectOf(declaration);
  const who = known(declaration, whoInput(declaration));
  return project === UNKNOWN || who === undefined ? undefined : JSON.stringify([project, who]);
}

function declaredTwice(same: readonly Declaration[]): Verdict {
  const [first] = same as [Declaration];
  const input = whoInput(first);
  const { name } = usedProvider(first);
  return {
    path: input,
    message: `the ${input} ${known(first, input)} of ${name} is granted access in project ${projectOf(first)} by ${count(same.length)} resources`,
    at: same.map((declaration) => ({ declaration })),
  };
}

/**
 * FED314: the program makes an identity provider and grants access through it, but connects it nowhere. One that it
 * adopts may be connected long since, and one of a project needs no connection; one finding is enough, however many use
 * it.
 */
export const connectedNowhereHere: ProgramRule = {
  code: "FED314",
  judge: (program) =>
    [...Map.groupBy(accessOf(program), (declaration) => providerOf(program, declaration))].flatMap(
      ([provider, access]) => {
        if (typeof provider !== "object" || provider.inputs.adopt || planeOf(provider) === "project") return [];
        const { certain, maybe } = connectionsOf(program, provider);
        return certain.length + maybe.length > 0 ? [] : [unconnected(provider, access)];
      },
    ),
};

function accessOf(program: Program): readonly Declaration[] {
  return program.declarations.filter(({ kind }) => kind === "OidcRole" || kind === "FederatedUser");
}

function unconnected(provider: Declaration, access: readonly Declaration[]): Verdict {
  const name = known(provider, "configurationName") ?? provider.name;
  const [first] = access as [Declaration];
  const more = access.length - 1;
  return {
    message: `access is granted through ${name}, which this program connects to no organization`,
    at: [{ declaration: provider }, { declaration: first, ...(more > 0 ? { note: `and ${more} more` } : {}) }],
  };
}
