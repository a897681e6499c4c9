import { type AutomationProcess, automationProcessSchema, TLS_MODES } from "../../../schema/automation-config.ts";
import type { TlsMode } from "../../../schema/project-tls.ts";
import type { TlsProcess } from "../control-plane.ts";
import type { Keys } from "./change.ts";
import { valueAt, withValueAt } from "./source.ts";

/** The TLS settings of one process, in the section and the spelling that the process has. */

const SECTIONS = ["tls", "ssl"] as const;
type Section = (typeof SECTIONS)[number];
const CERTIFICATES = ["certificateKeyFile", "PEMKeyFile", "certificateSelector"] as const;

/** A process with its cluster CA file; `undefined` for one that is disabled, or that is not understood. */
export function readProcess(entry: unknown): (TlsProcess & { readonly clusterCaFile: string }) | undefined {
  const { data } = automationProcessSchema.safeParse(entry);
  if (data === undefined || data.disabled === true) return undefined;
  return {
    name: data.name,
    mode: modeOf(textIn(data, "mode")),
    hasCertificate: CERTIFICATES.some((key) => textIn(data, key) !== ""),
    hasCaFile: textIn(data, "CAFile") !== "",
    system: systemOf(data),
    clusterCaFile: textIn(data, "clusterCAFile"),
  };
}

/** The entry of a process with these keys among its TLS settings. `mode` is given in today's spelling. */
export function withProcessKeys(entry: string, keys: Keys): string {
  const at = sectionOf(entry);
  return Object.entries(keys).reduce((text, [key, wanted]) => {
    if (present(text, key) === (wanted ?? "")) return text;
    const section = SECTIONS.find((one) => valueAt(text, ...pathOf(one, key)) !== undefined) ?? at;
    const old = valueAt(text, ...pathOf(section, key));
    const value = key === "mode" ? spelled(String(wanted), section, old) : wanted;
    const written = withValueAt(
      text.trim(),
      pathOf(section, key),
      value === undefined ? undefined : JSON.stringify(value),
    );
    return text.replace(text.trim(), () => written);
  }, entry);
}

export function hasProcessKeys(entry: string, keys: Keys): boolean {
  return Object.entries(keys).every(([key, wanted]) => present(entry, key) === (wanted ?? ""));
}

function present(entry: string, key: string): string {
  const source = SECTIONS.map((section) => valueAt(entry, ...pathOf(section, key))).find((one) => one !== undefined);
  const value: unknown = source === undefined ? "" : JSON.parse(source);
  const text = typeof value === "string" ? value : "";
  return key === "mode" ? modeOf(text) : text;
}

function textIn(
  { args2_6 }: AutomationProcess,
  key: "mode" | "CAFile" | "clusterCAFile" | (typeof CERTIFICATES)[number],
) {
  return SECTIONS.map((section) => args2_6?.net?.[section]?.[key]).find((text) => Boolean(text)) ?? "";
}

/** The section for a key that no section has: the one with a mode, else the one that exists. */
function sectionOf(entry: string): Section {
  const withMode = SECTIONS.find((section) => valueAt(entry, ...pathOf(section, "mode")) !== undefined);
  return withMode ?? SECTIONS.find((section) => valueAt(entry, ...pathOf(section)) !== undefined) ?? "tls";
}

function pathOf(section: Section, ...keys: readonly string[]): string[] {
  return ["args2_6", "net", section, ...keys];
}

/** A mode that no server knows counts as none: the process does not run with it. */
function modeOf(text: string): TlsMode {
  return TLS_MODES.find((mode) => mode === text.replace(/SSL$/, "TLS")) ?? "disabled";
}

/** In `net.ssl` servers know the modes that end in SSL alone, unless somebody has written the other ones already. */
function spelled(mode: string, section: Section, old: string | undefined): string {
  return section === "ssl" && !old?.endsWith('TLS"') ? mode.replace(/TLS$/, "SSL") : mode;
}

/** The automation config names no operating system, but every process has a log and most have data. */
function systemOf({ args2_6 }: AutomationProcess): TlsProcess["system"] {
  for (const path of [args2_6?.systemLog?.path, args2_6?.storage?.dbPath]) {
    if (path?.startsWith("/")) return "Linux";
    if (path !== undefined && path !== null && /^(?:[a-zA-Z]:|\\\\|%)/.test(path)) return "Windows";
  }
  return undefined;
}
