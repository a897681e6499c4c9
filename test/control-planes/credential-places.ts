import { resolveCredentials } from "../../provider/control-planes/credentials.ts";
import { pulumiTerms } from "../../provider/engines/pulumi/terms.ts";
import { FindingError } from "../../provider/findings.ts";

/** Variables of the environment, or the keys of a stack configuration with their `mongofed:`. */
export type Values = Readonly<Record<string, string>>;

export function places(env: Values, config: Values = {}) {
  return { env, config: (key: string) => config[`mongofed:${key}`] };
}

export function resolve(env: Values, config: Values = {}) {
  return resolveCredentials(places(env, config));
}

export function refusal(env: Values, config: Values = {}): FindingError {
  try {
    resolve(env, config);
  } catch (error) {
    if (error instanceof FindingError) return new FindingError(error.findings, pulumiTerms);
    throw error;
  }
  throw new Error("expected a refusal");
}
