import { OIDC_MECHANISM } from "../../../schema/automation-config.ts";
import type { Finding } from "../../../schema/finding.ts";
import { PRODUCTS } from "../../../schema/plane.ts";
import { MINIMUM_SERVERS, versionText } from "../../../schema/requirements.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveCluster, LiveIdentityProvider, ProjectPlane } from "../../control-planes/control-plane.ts";
import { listed } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { isBefore } from "./version.ts";

/** Whether a project is fit for an identity provider: its processes, and its settings around authentication. */

/** FED258, FED259: processes that take no tokens. One that is disabled runs nothing. */
export async function processesOf(
  { projects }: ProjectPlane,
  projectId: string,
  { authorizationType }: Props,
): Promise<{ readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] }> {
  const running = (await projects.clusters(projectId)).filter(({ paused }) => !paused);
  const first = authorizationType === "USER" ? MINIMUM_SERVERS.byUser : MINIMUM_SERVERS.oidc;
  const unfit = running.filter(({ enterprise, version }) => enterprise === false || isOlder(version, first));
  const old = running.filter((one) => !unfit.includes(one) && isOlder(one.version, MINIMUM_SERVERS.recommended));
  const by = authorizationType === "USER" ? " with authorizationType USER" : "";
  const message = `${listed(unfit.map(described))} of project ${projectId} ${takes(unfit)} no tokens of identity providers${by}`;
  if (unfit.length > 0 && unfit.length === running.length) {
    return { errors: [finding("FED258", { message })], warnings: [] };
  }
  const advice = `${listed(old.map(described))} of project ${projectId} ${takes(old)} tokens, but older than ${versionText(MINIMUM_SERVERS.recommended)}`;
  return {
    errors: [],
    warnings: [
      ...(unfit.length > 0 ? [finding("FED259", { message })] : []),
      ...(old.length > 0 ? [finding("FED259", { message: advice })] : []),
    ],
  };
}

/** FED263, FED264: steps that a user must take by hand. */
export async function settingsToMind(
  { declared }: Context,
  plane: ProjectPlane,
  projectId: string,
): Promise<Finding[]> {
  const { setsCaFile = false } = declared.related ?? {};
  const { mechanisms, managesMonitoring, managesBackup } = await plane.security.get(projectId);
  const { caFilePath, caFilePathWindows } = await plane.projectTls.get(projectId);
  const hasCaFile = setsCaFile || caFilePath !== undefined || caFilePathWindows !== undefined;
  const others = mechanisms.filter((mechanism) => mechanism !== OIDC_MECHANISM);
  const unmanaged = [...(managesMonitoring ? [] : ["Monitoring"]), ...(managesBackup ? [] : ["Backup"])];
  return [
    ...(others.length > 0 && !hasCaFile
      ? [
          finding("FED263", {
            message: `project ${projectId} has no TLS CA file, and would have ${listed([...others, OIDC_MECHANISM])}`,
          }),
        ]
      : []),
    ...(unmanaged.length > 0
      ? [
          finding("FED264", {
            message: `${PRODUCTS[plane.name]} does not manage ${unmanaged.join(" and ")} in project ${projectId}`,
          }),
        ]
      : []),
  ];
}

/** FED255: two with one issuer on servers of which it is not certain that they tell them apart. */
export async function issuerTwice(
  { declared }: Context,
  { projects }: ProjectPlane,
  others: readonly LiveIdentityProvider[],
  inputs: Props,
): Promise<Finding[]> {
  const { sameIssuer = [] } = declared.related ?? {};
  const live = others.filter(({ issuerUri }) => issuerUri === inputs.issuerUri);
  const names = new Set([...live.map(({ configurationName }) => configurationName), ...sameIssuer]);
  if (names.size === 0) return [];
  const running = (await projects.clusters(String(inputs.projectId))).filter(({ paused }) => !paused);
  const old = running.filter(({ version }) => version === undefined || isOlder(version, MINIMUM_SERVERS.sharedIssuer));
  if (old.length === 0) return [];
  const known = [...names].filter((name) => !isUnknown(name));
  return [
    finding("FED255", {
      path: "issuerUri",
      message: `${listed([String(inputs.configurationName), ...known])} of project ${String(inputs.projectId)} have one issuer, and ${listed(old.map(described))} may not tell them apart`,
    }),
  ];
}

function isOlder(version: string | undefined, minimum: readonly number[]): boolean {
  return version !== undefined && isBefore(version, minimum);
}

function takes({ length }: readonly unknown[]): string {
  return length === 1 ? "takes" : "take";
}

function described({ name, version, enterprise }: LiveCluster): string {
  return `${name} (MongoDB ${version ?? "of a version that is not known"}${enterprise === false ? ", not Enterprise" : ""})`;
}
