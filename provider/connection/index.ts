/**
 * Settings that a client needs to connect: the connection string, its options and environment for programs, the commands of
 * mongosh and the fields of Compass for people. Nothing is asked of any server, and nothing secret comes in or out.
 */
import { type ConnectionOptions, connectionOptionsSchema } from "../../schema/connection.ts";
import type { Finding } from "../../schema/finding.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";
import { addressOf } from "./address.ts";
import { PEOPLE_ONLY, peopleFindings, peopleSettings } from "./people.ts";
import { programFindings, programSettings } from "./programs.ts";
import type { ConnectionProvider, ConnectionSettings } from "./settings.ts";

export type {
  CallbackSettings,
  CompassSettings,
  ConnectionProvider,
  ConnectionSettings,
  DriverOptions,
  MongoshSettings,
} from "./settings.ts";
export type { Deployment, MinimumDriver } from "./versions.ts";

/**
 * Returns the settings that a client needs to connect through an identity provider.
 *
 * @throws FindingError with everything that is wrong: FED200 (an input by itself), FED402 (token resource), FED403
 *   (people and programs mixed up), FED404 (managed identity), FED405 (token file), FED407 (issuer), FED408 (hosts).
 */
export function connectionFor(provider: ConnectionProvider, options: ConnectionOptions): ConnectionSettings {
  const misshapen = shapeFindings(options);
  if (options.tls === false && options.tlsCaFile !== undefined) {
    misshapen.push(wrong("tlsCaFile", "a certificate authority has a meaning with TLS only"));
  }
  if (misshapen.length > 0) throw new FindingError(misshapen);
  const { address, findings } = addressOf(options);
  const forPeople = provider.idpType === "WORKFORCE";
  findings.push(
    ...(forPeople ? peopleFindings(options) : [...mixedUp(options), ...programFindings(provider, options)]),
  );
  if (findings.length > 0) throw new FindingError(findings);
  return forPeople ? peopleSettings(provider, options, address) : programSettings(provider, options, address);
}

function shapeFindings(options: ConnectionOptions): Finding[] {
  const parsed = connectionOptionsSchema.safeParse(options);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => wrong(key, `a connection has no option "${key}"`))
      : [wrong(issue.path.join("."), `"${issue.path.join(".")}" is not valid: ${issue.message}`)],
  );
}

function wrong(path: string, message: string): Finding {
  const why = "A misread option would connect to another deployment, or in another way.";
  return finding("FED200", { path, message, why, fix: "Correct the option, or remove it." });
}

/** FED403: what is asked of a provider for programs, and has a meaning for people only. */
function mixedUp(options: ConnectionOptions): Finding[] {
  return PEOPLE_ONLY.filter((path) => options[path] !== undefined).map((path) =>
    finding("FED403", { path, message: `a WORKLOAD provider serves programs, but "${path}" is only for people` }),
  );
}
