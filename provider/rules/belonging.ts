import { CONFIGURATION_NAME } from "../../schema/automation-config.ts";
import { ATLAS_ACCESS_SETTINGS, PROJECT_ACCESS_SETTINGS } from "../../schema/grant.ts";
import type { PlaneKind } from "../../schema/plane.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { count, groupBy } from "./group-by.ts";
import { hasValue } from "./identity-provider.ts";
import { planeOf, providerPlaneOf } from "./plane.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { referenceOf } from "./relations.ts";
import { about, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";
import { usedProvider } from "./used-provider.ts";

/** The rules over where something belongs: to Atlas, or to a project of Cloud Manager or Ops Manager. */

const providerRule = rulesOf("IdentityProvider");
const accessRule = rulesOf("OidcRole", "FederatedUser");

/** What the other control plane does not know of an identity provider. */
const ATLAS_PROVIDER_INPUTS = ["description", "associatedDomains"];
const TRIGGER = "revokeJwksTrigger";

export const federationOrProject = providerRule("FED208", (declaration) => {
  const { federationSettingsId, projectId } = declaration.inputs;
  if (federationSettingsId === undefined && projectId === undefined) {
    const message = "the identity provider belongs neither to a federation nor to a project";
    return [about(declaration, "federationSettingsId", { message })];
  }
  if (federationSettingsId === undefined || projectId === undefined) return [];
  return [
    about(declaration, "projectId", { message: "the identity provider belongs to a federation and to a project" }),
  ];
});

/** FED206: what there is in Atlas only, for what belongs to a project. */
export const connectionOfProject = rulesOf("OrgConnection")("FED206", (declaration) => {
  if (providerPlaneOf(declaration) !== "project") return [];
  return [
    about(declaration, "identityProvider", {
      message: `an OrgConnection exists on MongoDB Atlas only, and ${usedProvider(declaration).name} belongs to a project of Cloud Manager or Ops Manager`,
      fix: "Leave it out: the deployments of the project take the identity provider's tokens without it.",
    }),
  ];
});

/** FED251, of identity providers and of access. */
export const inputOfOtherPlane = [
  providerRule("FED251", (declaration, { plane }) =>
    plane === "project" ? tooMuch(declaration, ATLAS_PROVIDER_INPUTS, plane) : [],
  ),
  accessRule("FED251", (declaration, { plane }) => {
    if (plane === undefined) return [];
    return tooMuch(declaration, plane === "project" ? ATLAS_ACCESS_SETTINGS : PROJECT_ACCESS_SETTINGS, plane);
  }),
];

function tooMuch(declaration: Declaration, inputs: readonly string[], plane: PlaneKind): Verdict[] {
  const [has, hasNot] =
    plane === "project"
      ? ["MongoDB Atlas", "Cloud Manager and Ops Manager"]
      : ["Cloud Manager and Ops Manager", "Atlas"];
  return inputs
    .filter((input) => hasValue(declaration.inputs[input]) && declaration.inputs[input] !== "")
    .map((input) =>
      about(declaration, input, {
        message: `${declaration.kind === "IdentityProvider" ? "an identity provider" : "access"} has no ${input} in ${hasNot}`,
        fix: `Remove it: only ${has} ${plane === "project" ? "has" : "have"} it.`,
      }),
    );
}

export const configurationNameForm = providerRule("FED252", (declaration, { plane }) => {
  const name = known(declaration, "configurationName");
  if (plane !== "project" || name === undefined || name === "" || CONFIGURATION_NAME.test(name)) return [];
  return [
    about(declaration, "configurationName", {
      message: `"${name}" is not a name of letters (a to z, A to Z), digits, - and _`,
    }),
  ];
});

export const revokedByHand = providerRule("FED256", (declaration, { plane }) => {
  if (plane !== "project" || declaration.inputs[TRIGGER] === undefined) return [];
  return [
    about(declaration, TRIGGER, { message: "Cloud Manager and Ops Manager have no API that revokes signing keys" }),
  ];
});

export const projectOfProvider = accessRule("FED342", (declaration) => {
  const own = known(declaration, "projectId");
  const { projectId } = declaration.identityProvider?.inputs ?? referenceOf(declaration);
  if (own === undefined || typeof projectId !== "string" || isUnknown(projectId) || own === projectId) return [];
  return [
    about(declaration, "projectId", {
      message: `access is granted in project ${own} through ${usedProvider(declaration).name}, which belongs to project ${projectId}`,
    }),
  ];
});

/** FED253: two identity providers of one name in a project. */
export const configurationNameTwice: ProgramRule = {
  code: "FED253",
  judge: (program) =>
    inProjects(program).flatMap(([projectId, providers]) =>
      groupBy(providers, (provider) => known(provider, "configurationName"))
        .filter(([, same]) => same.length > 1)
        .map(([name, same]) => ({
          path: "configurationName",
          message: `${count(same.length)} identity providers of project ${projectId} have the configuration name ${name}`,
          at: same.map((declaration) => ({ declaration })),
        })),
    ),
};

/** FED254: names that only a careful reader tells apart. */
export const configurationNamesAlike: ProgramRule = {
  code: "FED254",
  judge: (program) =>
    inProjects(program).flatMap(([projectId, providers]) =>
      groupBy(providers, (provider) => known(provider, "configurationName")?.toLowerCase()).flatMap(([, alike]) => {
        const names = [...new Set(alike.map((provider) => known(provider, "configurationName")))];
        if (names.length < 2) return [];
        return [
          {
            path: "configurationName",
            message: `the configuration names ${names.join(" and ")} of project ${projectId} differ in capital letters alone`,
            at: alike.map((declaration) => ({ declaration })),
          },
        ];
      }),
    ),
};

/** The identity providers of each project whose id is known. */
export function inProjects(program: Program): [string, Declaration[]][] {
  return groupBy(ofKind(program, "IdentityProvider"), (provider) =>
    planeOf(provider) === "project" ? known(provider, "projectId") : undefined,
  );
}
