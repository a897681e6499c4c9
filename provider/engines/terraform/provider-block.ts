import { z } from "zod";
import { shapeOf } from "../../../schema/fields.ts";
import type { Finding } from "../../../schema/finding.ts";
import { providerFields } from "../../../schema/provider.ts";
import { FindingError } from "../../findings.ts";
import { DRIFT_MODES, driftMode } from "../../resources/lifecycle/drift-mode.ts";
import { waitLimit } from "../../resources/lifecycle/rollout.ts";
import { finding } from "../../rules/index.ts";
import { objectShape } from "../shared/shape.ts";
import type { ObjectValue } from "./protocol.ts";
import { holdsUnknown, propsOf } from "./values.ts";

/** The block `provider "mongofed" { … }`. Nothing of it may be a secret. */

const schema = shapeOf({
  ...providerFields,
  credentials: {
    ...providerFields.credentials,
    schema: providerFields.credentials.schema.optional(),
    default: "the variables of MongoDB's own tools, such as `MONGODB_ATLAS_CLIENT_ID`",
  },
  plane: { ...providerFields.plane, schema: providerFields.plane.schema.unwrap().optional(), default: "`atlas`" },
  drift: {
    schema: z.enum(DRIFT_MODES).optional(),
    description:
      "The handling of values that were changed elsewhere: `correct` restores them, `warn` keeps them, `fail` ends the plan, `off` does not read them.",
    default: "`correct`",
  },
  wait: {
    schema: z.string().optional(),
    description: "The longest wait for clusters to apply a change of users and roles: `90s`, `10m`, `1h`, or `off`.",
    default: "`10m`",
  },
});

export const blockFields = objectShape(schema).fields;

/** The settings as the core reads them, by the keys that they have in other engines. */
export interface Settings {
  readonly config: (key: string) => string | undefined;
  readonly drift: ReturnType<typeof driftMode>;
  readonly waitMs: number;
  /** A part of the block is unknown until apply, so the control plane cannot be asked. */
  readonly unknown: boolean;
}

/** @throws FindingError FED200, FED415 or FED420, of all that is wrong */
export function settingsOf(block: ObjectValue): Settings {
  const findings = blockFindings(block);
  if (findings.length > 0) throw new FindingError(findings);
  const unknown = holdsUnknown(block);
  const props = propsOf(knownIn(block), blockFields) as Readonly<Record<string, string>>;
  // The name of a provider says that its credentials are the only ones that count.
  const given = { ...props, ...(props.credentials === undefined ? {} : { provider: "mongofed" }) };
  return {
    config: (key) => (given as Readonly<Record<string, string | undefined>>)[key],
    drift: driftMode(props.drift),
    waitMs: waitLimit(props.wait),
    unknown,
  };
}

/** Returns findings on the block alone. They never quote a value: it may be a misplaced secret. */
function blockFindings(block: ObjectValue): Finding[] {
  const props = propsOf(knownIn(block), blockFields);
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

function knownIn(block: ObjectValue): ObjectValue {
  return Object.fromEntries(Object.entries(block).filter(([, value]) => !holdsUnknown(value)));
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
