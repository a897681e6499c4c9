import type { Finding } from "../../../schema/finding.ts";
import type { Subject } from "../../../schema/report.ts";
import type { LiveProjectTls, ProjectPlane } from "../../control-planes/control-plane.ts";
import { listed } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { reportOnce } from "../findings.ts";

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
    why: "A server that requires a certificate closes the connection of a client without one before the login. Give every client a certificate first.",
  });
}

/** Whether TLS is on is a setting of each process, which mongofed does not change. */
export function reportModes(context: Context, subject: Subject, { projectId, modes }: LiveProjectTls): void {
  reportOnce(context, `${projectId} tls`, { type: "tls", subject, modes });
}
