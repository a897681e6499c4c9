import type { Finding } from "../../../schema/finding.ts";
import type { Grantee, LiveIdentityProvider, ProjectPlane } from "../../control-planes/control-plane.ts";
import { onProjects } from "../../control-planes/planes.ts";
import { type DeclaredPrincipal, finding } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { reportOnce, warn } from "../findings.ts";
import { known } from "../known.ts";
import type { Change, Deletion, Replacement } from "../lifecycle/resource.ts";
import { replacesOwn } from "../lifecycle/way.ts";
import { type Closing, decides, lockoutFindings } from "./lockout.ts";
import { issuerTwice, processesOf, settingsToMind } from "./server-requirements.ts";

/** A saved name never changes, because it is part of every role and user of the identity provider. */
export interface ConfigurationKey {
  readonly projectId: string;
  readonly configurationName: string;
}

/** Rules of a live project about an identity provider. Warnings are reported, and errors returned. */

export async function creationFindings(context: Context, inputs: Props, phase: Phase): Promise<Finding[]> {
  const projectId = known(inputs.projectId);
  if (projectId === undefined) return [];
  const plane = projectsOf(context);
  const listed = await plane.identityProviders.list(projectId, { fresh: phase === "apply" });
  // Before the write, the object that this declaration replaces is still there.
  const others = listed.filter(
    ({ configurationName }) =>
      configurationName !== inputs.configurationName &&
      (phase === "apply" || !replacesOwn(context, "IdentityProvider", `${projectId}/${configurationName}`)),
  );
  const { notReadyForOidc } = await plane.security.get(projectId);
  const processes = await processesOf(plane, projectId, inputs);
  // A run checks before it creates, so the findings were reported already.
  if (phase === "preview") {
    warn(context, processes.warnings);
    warn(context, await settingsToMind(context, plane, projectId));
    warn(context, await issuerTwice(context, plane, others, inputs));
  }
  return [
    ...(notReadyForOidc === undefined ? [] : [finding("FED250", notReadyForOidc)]),
    ...processes.errors,
    ...secondWorkforce(projectId, others, inputs),
    ...pairTaken(projectId, others, inputs),
  ];
}

export async function changeFindings(
  context: Context,
  { inputs, changes, live }: Change<LiveIdentityProvider>,
): Promise<Finding[]> {
  const changed = changes.map(({ property }) => property);
  const projectId = live.scope.id;
  const plane = projectsOf(context);
  const listed = await plane.identityProviders.list(projectId);
  const others = listed.filter(({ configurationName }) => configurationName !== live.configurationName);
  const closing = closes(live, changed, inputs);
  const processes = changed.includes("authorizationType") ? await processesOf(plane, projectId, inputs) : undefined;
  warn(context, processes?.warnings ?? []);
  if (changed.includes("issuerUri")) warn(context, await issuerTwice(context, plane, others, inputs));
  return [
    ...(processes?.errors ?? []),
    ...(changed.includes("idpType") ? secondWorkforce(projectId, others, inputs) : []),
    ...(changed.includes("issuerUri") || changed.includes("audience") ? pairTaken(projectId, others, inputs) : []),
    ...(closing === undefined ? [] : await lockoutFindings(context, closing)),
  ];
}

/** With another name or project, users and roles with the old name match no token. */
export async function replacementFindings(
  context: Context,
  key: ConfigurationKey,
  { inputs, live }: Replacement<LiveIdentityProvider>,
): Promise<Finding[]> {
  if (live === undefined) return [];
  const allowed = inputs.allowLockout === true;
  const ours = context.declared.related?.principals;
  await reportRenaming(context, key, inputs, ours ?? []);
  const to = known(inputs.configurationName) ?? "a new one";
  const closing = { ...leaving(key, `replacing ${key.configurationName} by ${to}`), ours, allowed };
  return [...(await lastMechanism(context, key)), ...(await lockoutFindings(context, closing))];
}

/** FED257: the old one goes first, so that this holds for a replacement too. */
async function lastMechanism(context: Context, { projectId, configurationName }: ConfigurationKey): Promise<Finding[]> {
  const plane = projectsOf(context);
  const listed = await plane.identityProviders.list(projectId);
  if (listed.some((other) => other.configurationName !== configurationName)) return [];
  const { notReadyWithoutOidc } = await plane.security.get(projectId);
  return notReadyWithoutOidc === undefined ? [] : [finding("FED257", { message: notReadyWithoutOidc.message })];
}

/** Engines delete the grants of this stack first. The program may still declare some by a plain reference. */
export async function deletionFindings(
  context: Context,
  key: ConfigurationKey,
  { allowed, ours }: Pick<Deletion<unknown>, "allowed" | "ours">,
): Promise<Finding[]> {
  const closing = { ...leaving(key, `deleting ${key.configurationName}`), ours };
  const last = await lastMechanism(context, key);
  const locked = await lockoutFindings(context, { ...closing, allowed: false });
  if (!allowed || last.length > 0) return [...last, ...(allowed ? [] : locked)];
  for (const one of locked) {
    reportOnce(context, `${idOf(key)} lockout`, { type: "lockout-allowed", finding: one });
  }
  return [];
}

function leaving({ projectId, configurationName }: ConfigurationKey, what: string) {
  return { what: `${what} in project ${projectId}`, prefix: configurationName, scopes: [projectId] };
}

/** Reports the roles and users that are named after it. Those of the stack are deleted before it and created after it. */
async function reportRenaming(
  context: Context,
  key: ConfigurationKey,
  inputs: Props,
  ours: readonly DeclaredPrincipal[],
): Promise<void> {
  const name = known(inputs.configurationName);
  if (name === undefined || name === key.configurationName) return;
  const grants = await projectsOf(context).access.list(key.projectId);
  const named = grants.filter(({ prefix }) => prefix === key.configurationName);
  const isOurs = ({ by, who }: Grantee) => ours.some((one) => one.by === by && one.who === who);
  // Their order in the document depends on the order of the calls that wrote them.
  const sorted = named.toSorted((a, b) => a.who.localeCompare(b.who, "en", { numeric: true }));
  const affected = [...sorted.filter(isOurs), ...sorted.filter((grant) => !isOurs(grant))];
  reportOnce(context, `${idOf(key)} rename`, {
    type: "renaming",
    from: key.configurationName,
    to: name,
    affected: affected.map(({ by, who }) => ({ by, who })),
  });
}

function closes(live: LiveIdentityProvider, changed: readonly string[], inputs: Props): Closing | undefined {
  const properties = changed.filter((property) => property === "idpType" || decides(live, property));
  if (properties.length === 0) return undefined;
  return {
    what: `changing ${properties.join(" and ")} of ${live.configurationName}`,
    ...(properties.length === 1 ? { path: properties[0]! } : {}),
    prefix: live.prefix,
    scopes: [live.scope.id],
    ours: "everyone",
    allowed: inputs.allowLockout === true,
  };
}

/** FED203: a project has one identity provider for people. */
function secondWorkforce(projectId: string, others: readonly LiveIdentityProvider[], inputs: Props): Finding[] {
  const [there] = others.filter(({ idpType }) => idpType === "WORKFORCE");
  if (inputs.idpType !== "WORKFORCE" || there === undefined) return [];
  return [
    finding("FED203", {
      path: "idpType",
      message: `project ${projectId} would have two workforce identity providers: ${there.configurationName} is there already`,
    }),
  ];
}

/** FED202: a server could not tell the two apart. */
function pairTaken(projectId: string, others: readonly LiveIdentityProvider[], inputs: Props): Finding[] {
  const twin = others.find(({ issuerUri, audience }) => issuerUri === inputs.issuerUri && audience === inputs.audience);
  if (twin === undefined) return [];
  return [
    finding("FED202", {
      path: "audience",
      message: `issuer and audience are those of ${twin.configurationName} in the same project ${projectId}`,
    }),
  ];
}

function idOf({ projectId, configurationName }: ConfigurationKey): string {
  return `${projectId}/${configurationName}`;
}

function projectsOf({ plane }: Context): ProjectPlane {
  return onProjects(plane(), "an identity provider of a project");
}
