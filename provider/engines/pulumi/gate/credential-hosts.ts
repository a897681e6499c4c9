import type { Finding } from "../../../../schema/finding.ts";
import type { CredentialHost, NamedHost } from "../../../control-planes/pinned-hosts.ts";
import { FindingError } from "../../../findings.ts";
import { finding } from "../../../rules/index.ts";
import { currentRun } from "../../../run-scope.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import type { Run } from "./state.ts";

interface CheckedHosts {
  /** FED417 for each host that neither the environment nor the state confirms. */
  readonly findings: readonly Finding[];
  /** One line for each host that the environment does not confirm. */
  readonly lines: readonly string[];
}

/**
 * Compares the hosts of providers with those that the state of this stack records. A provider process sees the state of
 * a resource only when the engine asks for that resource, which may be after it has used the key for another one.
 */
export async function checkHosts(run: Run, providers: readonly ProviderSettings[]): Promise<CheckedHosts> {
  if (providers.length === 0) return { findings: [], lines: [] };
  // Only now: a program without providers loads nothing of control planes.
  const { changedHostFindings } = await import("../../../control-planes/pinned-hosts.ts");
  const { hosts, findings } = await unconfirmedHosts(providers);
  if (hosts.length === 0) return { findings, lines: [] };
  const state = await run.stackState;
  if ("trouble" in state) {
    const message = `the hosts that the state records cannot be read: ${state.trouble}`;
    return { findings: [...findings, finding("FED417", { message, fix: `Set ${variablesOf(hosts)}.` })], lines: [] };
  }
  const { recordedHosts } = await import("../../../resources/state/plane-binding.ts");
  const recorded = recordedHosts(state.resources.map(({ outputs }) => outputs));
  return {
    findings: [...findings, ...hosts.flatMap((host) => changedHostFindings(host, [...recorded, ...hosts]))],
    lines: hosts.map((host) => lineOf(host, recorded)),
  };
}

/** The hosts that the environment does not confirm, each once. */
async function unconfirmedHosts(providers: readonly ProviderSettings[]) {
  const { hostOf } = await import("../../../control-planes/credentials.ts");
  const hosts = new Map<string, NamedHost>();
  const findings: Finding[] = [];
  for (const settings of providers) {
    try {
      const host = hostOf({ env: currentRun().env, config: (key) => settings[`mongofed:${key}`] });
      if (host?.pins.some(({ confirmed }) => !confirmed)) hosts.set(JSON.stringify(host), host);
    } catch (error) {
      // A provider process reports the other findings, if a resource uses the provider.
      if (!(error instanceof FindingError)) throw error;
      findings.push(...error.findings.filter(({ code }) => code === "FED417"));
    }
  }
  return { hosts: [...hosts.values()], findings };
}

function lineOf(host: NamedHost, recorded: readonly CredentialHost[]): string {
  const place = host.pins
    .map(({ input, value }) => (input === "caFile" ? `with the CA file ${value}` : value))
    .join(" ");
  const line = `credentials ${host.credentials} go to ${place}`;
  return recorded.some(({ credentials }) => credentials === host.credentials)
    ? `${line}, as recorded`
    : `${line}. The first up records that, and a change then needs ${variablesOf([host])} in the environment.`;
}

function variablesOf(hosts: readonly NamedHost[]): string {
  const pins = hosts.flatMap((host) => host.pins.filter(({ confirmed }) => !confirmed));
  return [...new Set(pins.map(({ variable }) => variable))].join(" and ");
}
