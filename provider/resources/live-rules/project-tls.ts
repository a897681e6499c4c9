import type { Finding } from "../../../schema/finding.ts";
import type { TlsMode } from "../../../schema/project-tls.ts";
import type { Subject } from "../../../schema/report.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveProjectTls, ProjectPlane, TlsProcess } from "../../control-planes/control-plane.ts";
import { listed } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { reportOnce, warn } from "../findings.ts";
import { known } from "../known.ts";
import { above, below, modeSteps } from "../state/tls-steps.ts";

/** Rules over the TLS settings of the live project. */

/** A change of a project's TLS settings. */
export interface TlsChange {
  readonly live: LiveProjectTls;
  /** The settings that are to change, with their new values. */
  readonly wanted: Props;
  /** The settings that change back, because another client has changed them. */
  readonly reverted: Props;
  readonly allowed: boolean;
}

/** `wanted` without what is not known yet. */
export async function changeFindings(plane: ProjectPlane, change: TlsChange): Promise<Finding[]> {
  const { live, wanted, reverted, allowed } = change;
  const found = clusterCaFindings(live, { ...reverted, ...wanted });
  if (Object.keys(wanted).length === 0) return found;
  return [...found, ...(await certificateFindings(plane, live, { ...live, ...wanted }, allowed))];
}

/** FED262, FED224: clients that must present a certificate. */
async function certificateFindings(plane: ProjectPlane, live: LiveProjectTls, after: Props, allowed: boolean) {
  if (after.clientCertificateMode !== "REQUIRE") return [];
  const { projectId } = live;
  const without = !after.caFilePath && !after.caFilePathWindows;
  const message = `project ${projectId} would require client certificates without a certificate authority`;
  return [
    ...(without ? [finding("FED262", { path: "clientCertificateMode", message })] : []),
    ...(allowed || live.clientCertificateMode === "REQUIRE" ? [] : [await lockedOut(plane, projectId)]),
  ];
}

/** FED224: the API does not tell who has a certificate, so it names every principal of an identity provider. */
async function lockedOut({ access }: ProjectPlane, projectId: string): Promise<Finding> {
  const grants = await access.list(projectId);
  const names = grants.map(({ prefix, who }) => `${prefix}/${who}`);
  const principals = names.length === 1 ? "one principal" : `${names.length} principals`;
  const among = names.length === 0 ? "" : `; it grants access to ${principals}: ${listed(names)}`;
  return finding("FED224", {
    path: "clientCertificateMode",
    message: `requiring client certificates in project ${projectId} would lock out whoever connects without one${among}`,
    why: "A server that requires a certificate closes the connection of a client without one before the login. Give every client a certificate first.",
  });
}

/** FED270: a cluster CA file beside no CA file. */
function clusterCaFindings(live: LiveProjectTls, wanted: Props): Finding[] {
  const after: Props = { ...live, ...wanted };
  const sets = typeof wanted.clusterCaFilePath === "string" && wanted.clusterCaFilePath !== "";
  const removes = "caFilePath" in wanted || "caFilePathWindows" in wanted;
  if (!after.clusterCaFilePath || !(sets || removes)) return [];
  const without = withoutCaFile(live.processes, after);
  if (without.length === 0) return [];
  const message = `${namesOf(without)} of project ${live.projectId} would have a cluster CA file, and no CA file`;
  return [finding("FED270", { path: "clusterCaFilePath", message })];
}

/**
 * The mode of the processes: FED266, FED267, FED269, and the warnings FED268 and FED272.
 */
export function modeFindings(context: Context, change: TlsChange, inputs: Props, phase: Phase): Finding[] {
  const mode = known(inputs.mode) as TlsMode | undefined;
  if (mode === undefined) return [];
  const { live, allowed } = change;
  const wanted: Props = { ...change.reverted, ...change.wanted };
  const sends = "mode" in wanted;
  const { projectId, processes } = live;
  const lower = sends ? below(processes, mode) : [];
  const higher = sends ? above(processes, mode) : [];
  const of = (named: readonly TlsProcess[]) => `${namesOf(named)} of project ${projectId}`;
  const found: Finding[] = [];
  const removesCa = "caFilePath" in wanted || "caFilePathWindows" in wanted;
  if (mode !== "disabled" && (lower.length > 0 || removesCa)) {
    const bare = lower.length > 0 ? processes.filter(({ hasCertificate }) => !hasCertificate) : [];
    const blind = withoutCaFile(processes, { ...live, ...declaredPaths(inputs), ...wanted });
    const lacking = [
      ...(bare.length > 0 ? [`${of(bare)} ${have(bare)} no certificate`] : []),
      ...(blind.length > 0 ? [`${of(blind)} ${have(blind)} no CA file`] : []),
    ];
    found.push(...lacking.map((message) => finding("FED266", { path: "mode", message })));
  }
  const behind = below(processes, "preferTLS");
  if (sends && mode === "requireTLS" && behind.length > 0) {
    const message = `${withModes(behind)} of project ${projectId} must be at preferTLS before they require TLS`;
    found.push(finding("FED267", { path: "mode", message }));
  }
  if (higher.length > 0) {
    const message = `mode ${mode} is lower than that of ${withModes(higher)} of project ${projectId}`;
    const lowers = finding("FED269", { path: "mode", message });
    if (!allowed) found.push(lowers);
    else if (phase === "preview")
      reportOnce(context, `${projectId} lower`, { type: "lockout-allowed", finding: lowers });
  }
  if (phase === "preview" && found.length === 0) warn(context, modeWarnings(mode, lower, higher, of));
  return found;
}

function modeWarnings(
  mode: TlsMode,
  lower: readonly TlsProcess[],
  higher: readonly TlsProcess[],
  of: (named: readonly TlsProcess[]) => string,
): Finding[] {
  if (mode === "requireTLS" && lower.length > 0) {
    const message = `clients that connect without TLS to ${of(lower)} lose access`;
    return [finding("FED268", { path: "mode", message })];
  }
  const certified = mode === "disabled" ? higher.filter(({ hasCertificate }) => hasCertificate) : [];
  if (certified.length === 0) return [];
  return [finding("FED272", { path: "mode", message: `${of(certified)} would have a certificate, and no TLS` })];
}

/** FED271: paths that no host can have, and hosts without a path. Whether a file exists only the console can tell. */
export function pathWarnings({ projectId, processes, ...live }: LiveProjectTls, inputs: Props): Finding[] {
  const after: Props = { ...live, ...declaredPaths(inputs) };
  const [linux, windows] = (["Linux", "Windows"] as const).map((system) =>
    processes.filter((process) => process.system === system),
  ) as [TlsProcess[], TlsProcess[]];
  const declares = (path: string) => Boolean(inputs[path]);
  const only = (hosts: readonly TlsProcess[]) => hosts.length > 0 && hosts.length === processes.length;
  const of = (hosts: readonly TlsProcess[]) => `${namesOf(hosts)} of project ${projectId}`;
  const messages: [path: string, message: string][] = [];
  const check = (path: string, other: string, others: readonly TlsProcess[], to: string) => {
    if (declares(path) && only(others)) messages.push([path, `no process of project ${projectId} runs on ${to}`]);
    else if (declares(path) && others.length > 0 && !after[other])
      messages.push([other, `${of(others)} ${have(others)} no CA file, because ${path} is for ${to}`]);
  };
  check("caFilePath", "caFilePathWindows", windows, "Linux");
  check("caFilePathWindows", "caFilePath", linux, "Windows");
  const cluster = known(inputs.clusterCaFilePath);
  if (cluster !== undefined && cluster !== "") {
    const [misses, system] = cluster.startsWith("/") ? [windows, "Windows"] : [linux, "Linux"];
    if (misses.length > 0)
      messages.push(["clusterCaFilePath", `${JSON.stringify(cluster)} is no path of ${of(misses)}, on ${system}`]);
  }
  return messages.map(([path, message]) => finding("FED271", { path, message }));
}

/** The modes that the next run sets, or the modes that processes have where the program leaves them alone. */
export function reportModes(context: Context, subject: Subject, live: LiveProjectTls, inputs: Props): void {
  const { projectId, processes } = live;
  const mode = known(inputs.mode) as TlsMode | undefined;
  if (inputs.mode === undefined || processes.length === 0) {
    const modes = Object.fromEntries(processes.map((process) => [process.name, process.mode]));
    reportOnce(context, `${projectId} tls`, { type: "tls", subject, modes });
  }
  const steps = (mode === undefined ? [] : modeSteps(processes, mode)).flatMap((step) => Object.values(step)[0] ?? []);
  if (steps.length > 0) reportOnce(context, `${projectId} tls`, { type: "tls-steps", subject, steps });
}

/** The CA paths as they will be, as far as the program says. One that is not known yet counts as set. */
function declaredPaths(inputs: Props): Props {
  const paths = ["caFilePath", "caFilePathWindows"].filter((path) => inputs[path] !== undefined);
  return Object.fromEntries(paths.map((path) => [path, isUnknown(inputs[path]) ? "unknown" : inputs[path]]));
}

function withoutCaFile(processes: readonly TlsProcess[], { caFilePath, caFilePathWindows }: Props): TlsProcess[] {
  const paths = { Linux: caFilePath, Windows: caFilePathWindows };
  const isSet = ({ system }: TlsProcess) =>
    Boolean(system === undefined ? caFilePath || caFilePathWindows : paths[system]);
  return processes.filter((process) => !process.hasCaFile && !isSet(process));
}

function namesOf(processes: readonly TlsProcess[]): string {
  return processes.map(({ name }) => name).join(", ");
}

function withModes(processes: readonly TlsProcess[]): string {
  return processes.map(({ name, mode }) => `${name} (${mode})`).join(", ");
}

function have({ length }: readonly unknown[]): string {
  return length === 1 ? "has" : "have";
}
