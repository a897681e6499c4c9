import type { Finding } from "../../../schema/finding.ts";
import { input, type Phrase, phrase } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";
import type { AtlasPlane, ControlPlane, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { onAtlas, onProjects } from "../../control-planes/planes.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { reportOnce } from "../findings.ts";
import { known } from "../known.ts";
import { prefixOf, type Reference, referenceOf } from "../reference.ts";

/**
 * FED348: compares a reference, which another stack exports, with the live identity provider. A preview lists at its end
 * the references that the credentials cannot compare.
 */
export async function referenceFindings(context: Context, inputs: Props, subject: Subject): Promise<Finding[]> {
  const reference = referenceOf(inputs);
  const plane = context.plane();
  const findings: Finding[] = [];
  const projectId = known(inputs.projectId);
  const federationSettingsId = known(reference.federationSettingsId);
  if (federationSettingsId !== undefined && projectId !== undefined) {
    const own = await readable(context, reference, `federation of project ${projectId}`, () =>
      federationOf(onAtlas(plane, "an identity provider of a federation"), projectId),
    );
    if (own !== undefined && own !== federationSettingsId)
      findings.push(
        differs(
          "federationSettingsId",
          phrase`the reference names federation ${federationSettingsId}`,
          `project ${projectId} belongs to an organization of federation ${own}`,
        ),
      );
  }
  const live = await liveProvider(context, plane, reference);
  if (live === "absent") return [...findings, ...(await notInProject(context, inputs))];
  if (live === undefined) return findings;
  for (const key of ["idpType", "authorizationType"] as const) {
    const given = known(reference[key]);
    if (given !== undefined && given !== live[key])
      findings.push(
        differs(
          key,
          phrase`the reference says ${input(key)} ${given}`,
          `the identity provider ${nameOf(live)} has ${live[key]}`,
        ),
      );
  }
  const given = known(reference.configurationName);
  if (given !== undefined && given !== live.configurationName) {
    const name = { type: "label", subject, given, live: live.configurationName } as const;
    reportOnce(context, `label ${live.prefix} ${given}`, name);
  }
  return findings;
}

function differs(key: keyof Reference, said: Phrase, live: string): Finding {
  return finding("FED348", { path: ["identityProvider", key], message: phrase`${said}, and ${live}` });
}

/** `undefined` where a part is unknown, or the credentials may not read it. */
async function liveProvider(context: Context, plane: ControlPlane, reference: Reference) {
  const scope = known(reference.federationSettingsId) ?? known(reference.projectId);
  const prefix = prefixOf(reference);
  if (scope === undefined || prefix === undefined) return undefined;
  const what = reference.projectId === undefined ? `federation ${scope}` : `project ${scope}`;
  const listed = await readable(context, reference, what, () => plane.identityProviders.list(scope));
  return listed === undefined ? undefined : (listed.find((one) => one.prefix === prefix) ?? "absent");
}

/** FED343. On Cloud Manager the name is the identity, so a wrong name is an absent identity provider. */
export async function notInProject({ plane }: Pick<Context, "plane">, inputs: Props): Promise<Finding[]> {
  const reference = referenceOf(inputs);
  const [projectId, name] = [known(reference.projectId), known(reference.configurationName)];
  if (projectId === undefined || name === undefined) return [];
  const { identityProviders } = onProjects(plane(), "an identity provider of a project");
  const namesNow = async (fresh: boolean) =>
    (await identityProviders.list(projectId, { fresh })).map(({ configurationName }) => configurationName);
  // The process of another explicit provider may have created it meanwhile.
  const names = (await namesNow(false)).includes(name) ? [name] : await namesNow(true);
  if (names.includes(name)) return [];
  const meant = names.find((other) => other.toLowerCase() === name.toLowerCase());
  return [
    finding("FED343", {
      path: "identityProvider",
      message: `project ${projectId} has no identity provider ${name}`,
      ...(meant === undefined ? {} : { fix: `Names are case-sensitive. Did you mean "${meant}"?` }),
    }),
  ];
}

async function federationOf(plane: AtlasPlane, projectId: string): Promise<string | undefined> {
  const { orgId } = await plane.projects.get(projectId);
  return await plane.connections.federationOf(orgId);
}

/** `undefined` where the credentials may not read it: the reference is listed at the end of the preview. */
async function readable<T>(
  context: Context,
  reference: Reference,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const { notices } = context.memory;
  const { baseUrl, credentialsSource } = context.plane();
  const refusal = await notices.refusal(`${what} ${baseUrl} ${credentialsSource}`, look);
  const found = refusal === undefined ? await look() : undefined;
  if (found === undefined) notices.uncompared.add(textOf(reference));
  return found;
}

function textOf({ federationSettingsId, identityProviderId, projectId, configurationName }: Reference): string {
  return projectId === undefined
    ? `identity provider ${String(identityProviderId)} of federation ${String(federationSettingsId)}`
    : `${String(configurationName)} of project ${String(projectId)}`;
}

function nameOf({ configurationName, prefix }: LiveIdentityProvider): string {
  return configurationName === prefix ? prefix : `${configurationName} (${prefix})`;
}
