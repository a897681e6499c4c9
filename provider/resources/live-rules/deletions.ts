import type { Finding } from "../../../schema/finding.ts";
import { phrase, up } from "../../../schema/phrase.ts";
import { onAtlas, onProjects } from "../../control-planes/planes.ts";
import { findingsOf } from "../../findings.ts";
import { listed } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { orgLabel, reportOnce } from "../findings.ts";
import type { OwnerEntry } from "../owners.ts";
import { ME, type Membership } from "../state/membership.ts";
import { boundPlane } from "../state/plane-binding.ts";
import { lockoutFindings } from "./lockout.ts";
import { observe } from "./org-connection.ts";

/** A resource in the state that this run deletes. */
export type Leaving = Pick<OwnerEntry, "kind" | "name" | "outputs">;

/**
 * Warns, in a preview, of the principals that lose access by the deletion of a connection or an identity provider, and of
 * deletions that mongofed will refuse. Engines ask no provider about deletions in a preview, and a run may exclude some.
 *
 * @param deleted the resource to judge
 * @param leaving all resources that the run deletes or replaces
 * @returns whether the control plane of this process holds the object
 */
export async function warnOfDeletion(
  context: Context,
  deleted: Leaving,
  leaving: readonly Leaving[],
): Promise<boolean> {
  const { kind, name, outputs } = deleted;
  try {
    boundPlane(context, outputs);
    const found = await findingsOfDeletion(context, deleted, leaving);
    for (const one of found) {
      const allowed = outputs.allowLockout === true && one.code === "FED224";
      reportOnce(
        context,
        `${kind} ${name} deletion ${one.code}`,
        allowed
          ? { type: "lockout-allowed", finding: one }
          : { type: "finding", finding: { ...one, severity: "warning" } },
      );
    }
    return true;
  } catch (error) {
    // Another process asks that control plane.
    if (findingsOf(error).some(({ code }) => code === "FED227")) return false;
    const check = `who loses access by the deletion of ${kind} "${name}"`;
    reportOnce(context, check, { type: "skipped", check, why: firstLine(error) });
    return false;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

async function findingsOfDeletion(
  context: Context,
  { kind, name, outputs }: Leaving,
  leaving: readonly Leaving[],
): Promise<Finding[]> {
  const closing = { ours: undefined, gone: leaving.flatMap(principalOf), allowed: false };
  if (kind === "OrgConnection") {
    const key = membershipIn(outputs);
    const plane = onAtlas(context.plane(), ME);
    const live = key && (await observe(plane, key));
    if (key === undefined || !live?.identityProviderIds.includes(key.identityProviderId)) return [];
    const what = `deleting ${kind} "${name}" of organization ${await orgLabel(plane, key.orgId)}`;
    return await lockoutFindings(context, { ...closing, what, prefix: key.identityProviderId, scopes: [key.orgId] });
  }
  const what = `deleting ${kind} "${name}"`;
  const { federationSettingsId: federation, identityProviderId: id, projectId, configurationName } = outputs;
  if (typeof projectId === "string" && typeof configurationName === "string") {
    const plane = onProjects(context.plane(), "an identity provider of a project");
    const all = await plane.identityProviders.list(projectId);
    if (!all.some((live) => live.configurationName === configurationName)) return [];
    return await lockoutFindings(context, { ...closing, what, prefix: configurationName, scopes: [projectId] });
  }
  if (typeof federation !== "string" || typeof id !== "string") return [];
  return await findingsOfProvider(context, { federation, id }, { name, what, leaving, closing });
}

async function findingsOfProvider(
  context: Context,
  { federation, id }: { readonly federation: string; readonly id: string },
  { name, what, leaving, closing }: Judged,
): Promise<Finding[]> {
  const plane = onAtlas(context.plane(), "an identity provider of a federation");
  const connections = await plane.connections.list(federation);
  const connected = connections.filter(({ identityProviderIds }) => identityProviderIds.includes(id));
  const own = leaving.flatMap(({ kind, outputs }) => (kind === "OrgConnection" ? (membershipIn(outputs) ?? []) : []));
  const disconnected = own.filter(({ identityProviderId }) => identityProviderId === id).map(({ orgId }) => orgId);
  const others = connected.filter(({ orgId }) => !disconnected.includes(orgId));
  if (others.length > 0) {
    const names = await Promise.all(others.map(({ orgId }) => orgLabel(plane, orgId)));
    const message = phrase`IdentityProvider "${name}" is still connected to ${listed(names)}, so ${up} will not delete it`;
    return [finding("FED214", { message })];
  }
  // The deletions of connections tell the principals of their organizations.
  const scopes = connections.map(({ orgId }) => orgId).filter((orgId) => !disconnected.includes(orgId));
  return await lockoutFindings(context, { ...closing, what, prefix: id, scopes });
}

interface Judged {
  readonly name: string;
  readonly what: string;
  readonly leaving: readonly Leaving[];
  readonly closing: Omit<Parameters<typeof lockoutFindings>[1], "what" | "prefix" | "scopes">;
}

function principalOf({ kind, outputs }: Leaving): { readonly projectId: string; readonly who: string }[] {
  const who = kind === "OidcRole" ? outputs.group : kind === "FederatedUser" ? outputs.principal : undefined;
  return typeof who === "string" ? [{ projectId: String(outputs.projectId), who }] : [];
}

function membershipIn({ federationSettingsId, orgId, identityProviderId }: Props): Membership | undefined {
  if (typeof federationSettingsId !== "string" || typeof orgId !== "string") return undefined;
  return typeof identityProviderId === "string" ? { federationSettingsId, orgId, identityProviderId } : undefined;
}
