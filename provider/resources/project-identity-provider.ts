import { PROJECT_IDENTITY_PROVIDER_SETTINGS } from "../../schema/identity-provider.ts";
import type { IdentityProviderSettings, LiveIdentityProvider } from "../control-planes/control-plane.ts";
import { onProjects } from "../control-planes/planes.ts";
import type { Definition } from "./definition.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import {
  type ConfigurationKey,
  changeFindings,
  creationFindings,
  deletionFindings,
  replacementFindings,
} from "./live-rules/project-identity-provider.ts";
import { inputsOf, settingsOf, withDefaults } from "./state/identity-provider-settings.ts";

/** Settings that only an identity provider of a federation has, and the name, which is the identity here. */
const ELSEWHERE: readonly string[] = ["configurationName", "description", "associatedDomains"];

const PARTS = ["projectId", "configurationName"] as const;

/**
 * An OIDC identity provider of a project of Cloud Manager or Ops Manager.
 *
 * ```ts
 * new IdentityProvider("staff", {
 *   projectId: "5f1e2d3c4b5a69788796a5b4",
 *   idpType: "WORKFORCE",
 *   configurationName: "corp-entra",
 *   issuerUri: "https://login.microsoftonline.com/1c1f…/v2.0",
 *   audience: "8d9e…",
 *   clientId: "8d9e…",
 *   authorizationType: "GROUP",
 * });
 * ```
 */
export const projectIdentityProvider: Definition = lifecycle<ConfigurationKey, LiveIdentityProvider>({
  kind: "IdentityProvider",
  plural: "identity providers",
  label: ({ configurationName }) => known(configurationName) ?? "?",
  unchecked: { live: "the live settings", existing: "whether it exists already, and whether its project accepts it" },

  // Identity: its name, in its project.
  parse: (id) => parseId("IdentityProvider", id, PARTS),
  idOf: ({ projectId, configurationName }) => `${projectId}/${configurationName}`,
  keyOf(inputs) {
    const [projectId, configurationName] = PARTS.map((part) => known(inputs[part]));
    return projectId === undefined || configurationName === undefined ? undefined : { projectId, configurationName };
  },
  keyOfLive: ({ scope, configurationName }) => ({ projectId: scope.id, configurationName }),
  scopeOf: ({ projectId }) => `project ${projectId}`,
  identity: PARTS,
  identityOf: (key) => ({ ...key }),
  mark: "projectId",
  moved: (key, inputs) => PARTS.filter((part) => known(inputs[part]) !== undefined && inputs[part] !== key[part]),
  named: "configurationName",
  // A project holds one identity provider for people, and none twice for the same issuer and audience.
  deletesFirst: (_key, moved) => !moved.includes("projectId"),

  // Inputs and outputs
  settings: PROJECT_IDENTITY_PROVIDER_SETTINGS,
  controls: ["allowLockout"],
  withDefaults(declared) {
    const { associatedDomains = [], ...rest } = withDefaults(declared);
    return (associatedDomains as readonly unknown[]).length === 0 ? rest : { ...rest, associatedDomains };
  },
  settingsOf: (live) => withoutElsewhere(inputsOf(live)),

  // Changes: all in place, the type too.
  waitsIn: ({ projectId }) => projectId,

  // Rules
  creationFindings,
  changeFindings,
  replacementFindings,
  deletionFindings,

  // Server
  fits: (plane) => void onProjects(plane, "an identity provider of a project"),
  list: ({ identityProviders }, { projectId }) => identityProviders.list(projectId),
  isLive: (live, key) => live.configurationName === key.configurationName,
  get: ({ identityProviders }, key) => identityProviders.get(key.projectId, key.configurationName),
  create: ({ identityProviders }, inputs) => identityProviders.create(String(inputs.projectId), settingsOf(inputs)),
  update({ identityProviders }, { projectId, configurationName }, inputs, changes) {
    const wanted = settingsOf(inputs);
    const sent = Object.fromEntries(
      Object.keys(changes).map((key) => [key, wanted[key as keyof IdentityProviderSettings]]),
    );
    return identityProviders.update(projectId, configurationName, wanted, sent);
  },
  resembles: () => true,
  delete: ({ identityProviders }, key) => identityProviders.delete(key.projectId, key.configurationName),
});

function withoutElsewhere(inputs: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !ELSEWHERE.includes(key)));
}
