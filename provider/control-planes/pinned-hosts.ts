import { normalize, resolve } from "node:path";
import { baseUrlSchema, DEFAULT_BASE_URLS, isLoopback } from "../../schema/credentials.ts";
import type { Finding } from "../../schema/finding.ts";
import type { PlaneName } from "../../schema/plane.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";
import { currentRun } from "../run-scope.ts";
import type { CredentialPlaces, Source } from "./credential-sources.ts";

/**
 * A program or a provider block names the base URL and the CA file beside the name of a credential, so one line of it
 * could send the key to another host. The environment, which holds the key, confirms both, or a state has recorded
 * them. Only a run that was allowed to use the key writes state, so no line of a program can forge the record.
 */

/** The host that named credentials are sent to. */
export interface CredentialHost {
  /** The prefix of the environment variables: `OPS_EU`. */
  readonly credentials: string;
  readonly baseUrl: string;
  /** As given, relative to the program's folder. */
  readonly caFile?: string | undefined;
}

/** The base URL or the CA file of named credentials. */
interface Pin {
  readonly input: "baseUrl" | "caFile";
  readonly value: string;
  /** The environment variable that confirms it. */
  readonly variable: string;
  readonly confirmed: boolean;
}

export interface NamedHost extends CredentialHost {
  readonly pins: readonly Pin[];
}

/** Refuses, where it is 1, a host that no variable of the environment confirms. */
const REQUIRE_PINNED_HOSTS = "MONGOFED_REQUIRE_PINNED_HOSTS";

const WORDS = { baseUrl: "base URL", caFile: "CA file" } as const satisfies Record<Pin["input"], string>;

/**
 * Returns the host of the credentials that a `Provider` names.
 *
 * @throws FindingError FED417 where the environment names another host, or must confirm this one and does not
 */
export function namedHost(source: Source, plane: PlaneName, baseUrl: string, places: CredentialPlaces): NamedHost {
  const credentials = places.config("credentials")?.replace("env:", "") ?? "";
  const file = source.read(source.caFile);
  const caFile = file === undefined ? undefined : normalize(file);
  const findings: Finding[] = [];

  function pin(input: Pin["input"], value: string, isSame: (set: string) => boolean): Pin {
    const variable = source[input];
    const set = places.env[variable]?.trim() || undefined;
    const given = places.config(input) !== undefined && value !== DEFAULT_BASE_URLS[plane];
    const reason =
      set === undefined ? unsetReason(variable, given) : isSame(set) ? undefined : `${variable} names another one`;
    if (reason !== undefined) {
      findings.push(
        finding("FED417", {
          path: input,
          message: `the environment does not confirm the ${WORDS[input]} ${value} for the credentials ${credentials}: ${reason}`,
          fix: confirmation({ input, value, variable }),
        }),
      );
    }
    return { input, value, variable, confirmed: set !== undefined || (source.ofTool === true && !given) };
  }

  /** Why a variable must be set. */
  function unsetReason(variable: string, given: boolean): string | undefined {
    if (isLoopback(baseUrl)) return undefined;
    if (source.ofTool) return given ? `mongofed takes it from ${variable} only` : undefined;
    if (given && places.hasStack === false)
      return `${variable} is not set, and no record is read before the key is used`;
    return places.env[REQUIRE_PINNED_HOSTS]?.trim() === "1"
      ? `${variable} is not set, and ${REQUIRE_PINNED_HOSTS} is 1`
      : undefined;
  }

  const pins = [pin("baseUrl", baseUrl, (set) => baseUrlSchema.safeParse(set).data === baseUrl)];
  if (caFile !== undefined) {
    const { workDir } = currentRun();
    pins.push(pin("caFile", caFile, (set) => resolve(workDir, set) === resolve(workDir, caFile)));
  }
  if (findings.length > 0) throw new FindingError(findings);
  return { credentials, baseUrl, caFile, pins };
}

/** FED417 for each part of a host that differs from the recorded one, unless the environment confirms it. */
export function changedHostFindings(host: NamedHost, recorded: readonly CredentialHost[]): Finding[] {
  const records = recorded.filter(({ credentials }) => credentials === host.credentials);
  if (records.length === 0) return [];
  return host.pins.flatMap((pin) => {
    const { input, value, confirmed } = pin;
    const others = records.map((record) => (input === "baseUrl" ? originOf(record.baseUrl) : record.caFile));
    if (confirmed || others.every((other) => other === (input === "baseUrl" ? originOf(value) : value))) return [];
    const before = others.find((other) => other !== undefined && other !== value) ?? "none";
    const message = `the ${WORDS[input]} for the credentials ${host.credentials} is ${value}, and the recorded one is ${before}`;
    return [finding("FED417", { path: input, message, fix: confirmation(pin) })];
  });
}

function confirmation({ input, value, variable }: Omit<Pin, "confirmed">): string {
  return `If the key belongs there, set ${variable} to ${value}. Otherwise correct the ${WORDS[input]}.`;
}

/** A state records a control plane by its origin. */
export function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl;
}
