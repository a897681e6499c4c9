import { z } from "zod";
import type { Finding } from "../../../schema/finding.ts";
import { providerSchema } from "../../../schema/provider.ts";
import { FindingError } from "../../findings.ts";
import { DRIFT_MODES, driftMode } from "../../resources/drift-mode.ts";
import { waitLimit } from "../../resources/rollout.ts";
import { finding } from "../../rules/index.ts";
import type { ObjectValue } from "./protocol.ts";
import { objectShape } from "./shape.ts";
import { holdsUnknown, propsOf } from "./values.ts";

/** The block `provider "mongofed" { … }`. Nothing of it may be a secret. */

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  plane: "The control plane: `atlas` (default), `cloud-manager` or `ops-manager`.",
  baseUrl:
    "Where it is. Default: what the environment variable beside the credentials says, else where MongoDB runs it.",
  caFile: "A file of PEM certificates that are trusted too, relative to the working directory.",
  credentials:
    "The *name* of the credentials, never the credentials: `env:OPS_EU` are the environment variables `OPS_EU_CLIENT_ID` and `OPS_EU_CLIENT_SECRET`, or `OPS_EU_PUBLIC_API_KEY` and `OPS_EU_PRIVATE_API_KEY`. Default: the variables of MongoDB's own tools, `MONGODB_ATLAS_CLIENT_ID` and so on.",
};

const schema = providerSchema.partial().extend({
  drift: z.enum(DRIFT_MODES).optional().meta({
    description:
      "What becomes of what somebody changed outside: `correct` (default) puts it back, `warn` leaves it, `fail` ends the plan, `off` does not look.",
  }),
  wait: z.string().optional().meta({
    description:
      "How long a change of users and roles waits for the clusters to apply it: `90s`, `10m` (default), `1h`, or `off`.",
  }),
});

export const providerFields = objectShape(schema).fields.map((field) => ({
  ...field,
  required: false,
  description: DESCRIPTIONS[field.key] ?? field.description,
}));

/** The settings as the core reads them, by the keys that they have in other engines. */
export interface Settings {
  readonly config: (key: string) => string | undefined;
  readonly drift: ReturnType<typeof driftMode>;
  readonly waitMs: number;
  /** A part of the block follows from what is not there yet: then nobody can be asked. */
  readonly unknown: boolean;
}

/** @throws FindingError FED200, FED415 or FED420, of all that is wrong */
export function settingsOf(block: ObjectValue): Settings {
  const findings = blockFindings(block);
  if (findings.length > 0) throw new FindingError(findings);
  const unknown = holdsUnknown(block);
  const props = propsOf(block, providerFields) as Readonly<Record<string, string>>;
  // The name of a provider says that its credentials are the only ones that count.
  const given = { ...props, ...(props.credentials === undefined ? {} : { provider: "mongofed" }) };
  return {
    config: (key) => (given as Readonly<Record<string, string | undefined>>)[key],
    drift: driftMode(props.drift),
    waitMs: waitLimit(props.wait),
    unknown,
  };
}

/** What can be said of the block alone. Never with a value: it may be the very secret that should not be there. */
function blockFindings(block: ObjectValue): Finding[] {
  const known = Object.fromEntries(Object.entries(block).filter(([, value]) => !holdsUnknown(value)));
  const props = propsOf(known, providerFields);
  const parsed = schema.safeParse(props);
  const issues = parsed.success ? [] : parsed.error.issues;
  const findings = issues.map((issue) => {
    const [path = ""] = issue.path.map(String);
    return path === "credentials"
      ? finding("FED415", { path, message: "credentials are given by the name of environment variables" })
      : finding("FED200", { path, message: `"${path}" is not valid: ${issue.message}` });
  });
  const address = (["baseUrl", "caFile"] as const).find((key) => props[key] !== undefined);
  if (address !== undefined && (block.credentials ?? null) === null) {
    findings.push(
      finding("FED200", {
        path: address,
        message: `"${address}" is given without "credentials"`,
        why: "A base URL and credentials come from one source together, so that no key is sent to a host that it was not meant for.",
        fix: 'Add the name of the environment variables: credentials = "env:MONGODB_ATLAS".',
      }),
    );
  }
  return [...findings, ...waitFindings(props)];
}

function waitFindings({ wait }: Readonly<Record<string, unknown>>): readonly Finding[] {
  try {
    waitLimit(wait as string | undefined);
    return [];
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    return error.findings.map((found) => ({ ...found, path: "wait" }));
  }
}
