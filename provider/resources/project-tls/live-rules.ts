import type { Finding } from "../../../schema/finding.ts";
import type { LiveProjectTls, ProjectPlane } from "../../control-planes/control-plane.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { listed, tellOnce } from "../findings.ts";

/** What the live project says of its TLS settings. Warnings are told, errors returned. */

/** `wanted` are the settings that are to change, with what they shall be. */
export async function changeFindings(
  plane: ProjectPlane,
  live: LiveProjectTls,
  wanted: Props,
  allowed: boolean,
): Promise<Finding[]> {
  const after = { ...live, ...wanted };
  if (after.clientCertificateMode !== "REQUIRE") return [];
  const { projectId } = live;
  const without = !after.caFilePath && !after.caFilePathWindows;
  const message = `project ${projectId} would require client certificates without a certificate authority`;
  return [
    ...(without ? [finding("FED262", { path: "clientCertificateMode", message })] : []),
    ...(allowed || live.clientCertificateMode === "REQUIRE" ? [] : [await lockedOut(plane, projectId)]),
  ];
}

/** FED224: who has a certificate is known to nobody here, so whoever logs in through an identity provider is named. */
async function lockedOut({ access }: ProjectPlane, projectId: string): Promise<Finding> {
  const grants = await access.list(projectId);
  const names = grants.map(({ prefix, who }) => `${prefix}/${who}`);
  const principals = names.length === 1 ? "one principal" : `${names.length} principals`;
  const among = names.length === 0 ? "" : `; it grants access to ${principals}: ${listed(names)}`;
  return finding("FED224", {
    path: "clientCertificateMode",
    message: `requiring client certificates in project ${projectId} would lock out whoever connects without one${among}`,
    why: "A server that requires a certificate ends the connection of a client that presents none before anybody can log in.",
    fix: "Give every client a certificate first, then set allowLockout: true on this resource; for a deletion that takes an up of its own before, which records it.",
  });
}

/** Whether TLS is on is a setting of each process, which nobody changes here. */
export function tellModes(context: Context, subject: string, { projectId, modes }: LiveProjectTls): void {
  const processes = Object.entries(modes);
  const off = processes.filter(([, mode]) => mode === "disabled").map(([name]) => name);
  const on = [...new Set(processes.map(([, mode]) => mode))].filter((mode) => mode !== "disabled");
  tellOnce(context, `${projectId} tls`, () => {
    if (off.length === 0) return `note     ${subject}: TLS is on (${on.join(", ") || "no process yet"})`;
    return (
      `warning  ${subject}: TLS is off for ${listed(off)}, where these settings have no effect\n` +
      "           it is switched on in the console under Deployment, Security, Settings; mongofed does not do that"
    );
  });
}
