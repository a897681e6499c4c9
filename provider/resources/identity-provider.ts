import { isUnknown } from "../../schema/unknown.ts";
import { noTokenMatches } from "../rules/index.ts";
import { atlasIdentityProvider } from "./atlas-identity-provider.ts";
import type { Checked, Context, Definition, Props } from "./definition.ts";
import { projectIdentityProvider } from "./project-identity-provider.ts";
import { visible } from "./state/visible.ts";

/**
 * An OIDC identity provider: of a federation in Atlas, of a project in Cloud Manager and Ops Manager. The two have
 * little more in common than what a user writes, so each is a definition of its own, chosen by the input that says where
 * it belongs.
 */
export const identityProvider: Definition = {
  kind: "IdentityProvider",
  // A message must not ask who is there: it may be about just that.
  subject: (props, context) => inPlane(props).subject(props, context),
  idOf: (inputs) => (inputs.projectId === undefined ? undefined : projectIdentityProvider.idOf?.(inputs)),
  namesOf: (props) => inPlane(props).namesOf?.(props) ?? [],
  recordedId: (outputs) => inPlane(outputs).recordedId?.(outputs),
  // From a federation to a project: the two have nothing in common.
  givesUp: (outputs, inputs) => inPlane(outputs) !== inPlane(inputs) || inPlane(outputs).givesUp?.(outputs, inputs),
  async check(context, olds, news) {
    const checked = await of(news, context).check(context, olds, news);
    const { inputs, findings } = checked;
    const creates = Object.keys(visible(olds)).length === 0 && !mayAdopt(checked, context);
    return creates ? { ...checked, findings: [...noTokenMatches(inputs), ...findings] } : checked;
  },
  collision: async (context, inputs) => of(inputs, context).collision?.(context, inputs),
  diff: (context, id, outputs, inputs) => of(outputs, context).diff(context, id, outputs, inputs),
  read: (context, id, outputs) => of(outputs, context, id).read(context, id, outputs),
  create: (context, inputs) => of(inputs, context).create(context, inputs),
  record: async (context, id, inputs) => of(inputs, context).record?.(context, id, inputs),
  update: (context, id, outputs, inputs) => of(outputs, context).update(context, id, outputs, inputs),
  delete: (context, id, outputs) => of(outputs, context).delete(context, id, outputs),
};

/** The definition for inputs or outputs that say where it belongs. */
function inPlane({ projectId }: Props): Definition {
  return projectId === undefined ? atlasIdentityProvider : projectIdentityProvider;
}

/** Whether an existing object is adopted, as far as that is known. Its values get a warning of the program's rules. */
function mayAdopt({ inputs, adopts, findings }: Checked, { offline }: Context): boolean {
  const { adopt, configurationName, federationSettingsId, projectId } = inputs;
  if (adopts !== undefined) return true;
  if (adopt === undefined || adopt === false) return false;
  const differs = findings.some(({ code }) => code === "FED225");
  return differs || offline !== undefined || [configurationName, federationSettingsId ?? projectId].some(isUnknown);
}

/** Who asks by id alone says nothing of it: ids may look alike, so the control plane decides, if one is asked at all. */
function of({ federationSettingsId, projectId }: Props, { plane, offline }: Context, id?: string): Definition {
  if (projectId !== undefined) return projectIdentityProvider;
  if (federationSettingsId !== undefined) return atlasIdentityProvider;
  const inAtlas = offline === undefined ? plane().name === "atlas" : id === undefined || ENDS_IN_ID.test(id);
  return inAtlas ? atlasIdentityProvider : projectIdentityProvider;
}

const ENDS_IN_ID = /\/[0-9a-f]{24}$/;
