import { CONFIGURATION_NAME } from "../../schema/automation-config.ts";
import { settingsOnlyOn } from "../../schema/fields.ts";
import { ATLAS_ACCESS_SETTINGS, PROJECT_ACCESS_SETTINGS } from "../../schema/grant.ts";
import { identityProviderFields } from "../../schema/identity-provider.ts";
import { aResource, explicitProvider, identityProviderReference, input, phrase, setting } from "../../schema/phrase.ts";
import { type PlaneKind, productsOf, REVOKE_JWKS_BUTTON } from "../../schema/plane.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { count, groupBy } from "./group-by.ts";
import { hasValue } from "./identity-provider.ts";
import { planeOf, providerPlaneOf } from "./plane.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { referenceOf } from "./relations.ts";
import { about, type Codes, family, onlyOn, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";
import { AUTOMATION_CONFIG_API, CLOUD_MANAGER_DOCS, OPERATOR } from "./sources.ts";
import { usedProvider } from "./used-provider.ts";

const codes = {
  FED206: {
    slug: "wrong-control-plane",
    severity: "error",
    title: "Declare a resource for the control plane of the run.",
    why: "An Atlas identity provider belongs to a federation. In Cloud Manager and Ops Manager it belongs to a project, and connections do not exist.",
    fix: phrase`Choose the control plane with ${setting("plane")} (atlas, cloud-manager or ops-manager), or use ${explicitProvider} with that plane.`,
    source: "mongofed",
  },
  FED208: {
    slug: "no-single-parent",
    severity: "error",
    title: "Set exactly one of federationSettingsId and projectId.",
    why: phrase`${input("federationSettingsId")} selects Atlas. ${input("projectId")} selects Cloud Manager or Ops Manager.`,
    fix: phrase`Set ${input("federationSettingsId")} for Atlas, or ${input("projectId")} for Cloud Manager and Ops Manager.`,
    source: "mongofed",
  },
  FED251: {
    slug: "input-of-other-plane",
    severity: "error",
    title: "Set only inputs that the control plane has.",
    why: "Atlas differs in its settings from Cloud Manager and Ops Manager, so the value has no place.",
    fix: "Remove the input, or move the resource to the control plane that has it.",
    example:
      'new OidcRole("dba", { identityProvider: staffOfProject, group: "dba", roles, scopes: [{ name: "cluster0" }] })',
    source: AUTOMATION_CONFIG_API,
  },
  FED252: {
    slug: "invalid-configuration-name",
    severity: "error",
    title: "Use only letters (a to z), digits, `-` and `_` in a project's configuration name.",
    why: "The names of all roles and users of the provider begin with it and a slash.",
    fix: phrase`Choose another ${input("configurationName")}. It is case-sensitive and cannot be changed later.`,
    example: 'new IdentityProvider("staff", { projectId, configurationName: "Corp Entra", ...settings })',
    source: `${CLOUD_MANAGER_DOCS}, configuration name`,
  },
  FED253: {
    slug: "duplicate-configuration-name",
    severity: "error",
    title: "Give every identity provider of a project its own name.",
    why: "Role and user names contain it. With a shared name, groups of one provider get the access of the other.",
    fix: phrase`Give one of them another ${input("configurationName")}, or remove it.`,
    source: `${CLOUD_MANAGER_DOCS}, configuration name (unique); ${OPERATOR}`,
  },
  FED254: {
    slug: "confusing-configuration-names",
    severity: "warning",
    title: "Use names that differ in more than capital letters.",
    why: "Names are case-sensitive for the server, but look equal to a person who grants access.",
    fix: "Rename one of them.",
    source: `${CLOUD_MANAGER_DOCS}, configuration name (case-sensitive)`,
  },
  FED256: {
    slug: "no-key-revocation",
    severity: "error",
    title: "Revoke signing keys in the console of Cloud Manager and Ops Manager.",
    why: "The automation config has no setting that revokes the cached keys.",
    fix: phrase`Remove ${input("revokeJwksTrigger")}. After a signing key was compromised, use the console: ${REVOKE_JWKS_BUTTON}. MongoDB fetches rotated keys by itself.`,
    example: 'new IdentityProvider("staff", { projectId, ...settings, revokeJwksTrigger: "2026-08-10" })',
    source: `${CLOUD_MANAGER_DOCS}, Revoke JWKS`,
  },
  FED342: {
    slug: "access-in-another-project",
    severity: "error",
    title: "Grant access in the project of the identity provider.",
    why: "In Cloud Manager and Ops Manager, deployments of another project do not know the identity provider.",
    fix: phrase`Check whether ${input("projectId")} or the identity provider is the intended one. Each project needs an identity provider of its own.`,
    source: AUTOMATION_CONFIG_API,
  },
  FED343: {
    slug: "provider-not-in-project",
    severity: "error",
    title: "Grant access through an identity provider of the project.",
    why: "No token can use a missing configuration. A later one of this name would inherit the access.",
    fix: phrase`Use ${identityProviderReference}. The current value may belong to another project, or to a deleted provider. Names are case-sensitive.`,
    source: `${AUTOMATION_CONFIG_API}: oidcProviderConfigs`,
  },
} as const satisfies Codes;

/** The rules over where something belongs: to Atlas, or to a project of Cloud Manager or Ops Manager. */

const providerRule = rulesOf("IdentityProvider");
const projectRule = onlyOn("project", providerRule);
const accessRule = rulesOf("OidcRole", "FederatedUser");

const ATLAS_PROVIDER_INPUTS = settingsOnlyOn(identityProviderFields, "atlas");
const TRIGGER = "revokeJwksTrigger";

const federationOrProject = providerRule("FED208", (declaration) => {
  const { federationSettingsId, projectId } = declaration.inputs;
  if (federationSettingsId === undefined && projectId === undefined) {
    const message = phrase`the identity provider has neither ${input("federationSettingsId")} nor ${input("projectId")}`;
    return [about(declaration, "federationSettingsId", { message })];
  }
  if (federationSettingsId === undefined || projectId === undefined) return [];
  return [
    about(declaration, "projectId", {
      message: phrase`the identity provider has both ${input("federationSettingsId")} and ${input("projectId")}`,
    }),
  ];
});

/** FED206: what there is in Atlas only, for what belongs to a project. */
const connectionOfProject = rulesOf("OrgConnection")("FED206", (declaration) => {
  if (providerPlaneOf(declaration) !== "project") return [];
  return [
    about(declaration, "identityProvider", {
      message: phrase`${aResource("OrgConnection")} exists on MongoDB Atlas only, and ${usedProvider(declaration).name} belongs to a project of Cloud Manager or Ops Manager`,
      fix: "Remove it: the deployments of the project accept the provider's tokens without it.",
    }),
  ];
});

/** FED251, of identity providers and of access. */
const inputOfOtherPlane = [
  projectRule("FED251", (declaration) => tooMuch(declaration, ATLAS_PROVIDER_INPUTS, "project")),
  accessRule("FED251", (declaration, { plane }) =>
    plane === undefined ? [] : tooMuch(declaration, ACCESS_SETTINGS_ELSEWHERE[plane], plane),
  ),
];

/** The settings of access that a plane lacks. */
const ACCESS_SETTINGS_ELSEWHERE = { atlas: PROJECT_ACCESS_SETTINGS, project: ATLAS_ACCESS_SETTINGS };

function tooMuch(declaration: Declaration, inputs: readonly string[], plane: PlaneKind): Verdict[] {
  return inputs
    .filter((name) => hasValue(declaration.inputs[name]) && declaration.inputs[name] !== "")
    .map((name) =>
      about(declaration, name, {
        message: phrase`${declaration.kind === "IdentityProvider" ? "an identity provider" : "access"} has no ${input(name)} in ${productsOf(plane)}`,
      }),
    );
}

const configurationNameForm = projectRule("FED252", (declaration) => {
  const name = known(declaration, "configurationName");
  if (name === undefined || name === "" || CONFIGURATION_NAME.test(name)) return [];
  return [
    about(declaration, "configurationName", {
      message: `"${name}" has characters other than letters (a to z, A to Z), digits, - and _`,
    }),
  ];
});

const revokedByHand = projectRule("FED256", (declaration) => {
  if (declaration.inputs[TRIGGER] === undefined) return [];
  return [
    about(declaration, TRIGGER, { message: "Cloud Manager and Ops Manager have no API that revokes signing keys" }),
  ];
});

const projectOfProvider = accessRule("FED342", (declaration) => {
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
const configurationNameTwice: ProgramRule<"FED253"> = {
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
const configurationNamesAlike: ProgramRule<"FED254"> = {
  code: "FED254",
  judge: (program) =>
    inProjects(program).flatMap(([projectId, providers]) =>
      groupBy(providers, (provider) => known(provider, "configurationName")?.toLowerCase()).flatMap(([, alike]) => {
        const names = [...new Set(alike.map((provider) => known(provider, "configurationName")))];
        if (names.length < 2) return [];
        return [
          {
            path: "configurationName",
            message: `the configuration names ${names.join(" and ")} of project ${projectId} differ only in capital letters`,
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

export const planeRules = family({
  codes,
  declarations: [
    federationOrProject,
    connectionOfProject,
    ...inputOfOtherPlane,
    configurationNameForm,
    revokedByHand,
    projectOfProvider,
  ],
  programs: [configurationNameTwice, configurationNamesAlike],
});
