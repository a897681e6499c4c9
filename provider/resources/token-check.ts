import { isDeepStrictEqual } from "node:util";
import { DECLARATIONS, DECLARED_INPUTS, TOKEN_MATERIALS } from "../../schema/hidden.ts";
import type { Declaration } from "../rules/index.ts";
import { judgeCheck, type TokenMaterial, tokenLine } from "../tokens/index.ts";
import type { Checked, Context, Definition, Difference, Props, Read } from "./definition.ts";
import { errorsOf } from "./findings.ts";
import { hiddenOf, visible } from "./memory.ts";

/**
 * Sample tokens, and what must become of them. It touches no server: there is nothing to create, read or delete, and
 * no credentials are needed.
 *
 * ```ts
 * new TokenCheck("who gets in", { tokens: { "a DBA": { claims: { sub: "d-1" }, expect: { accepted: staff } } } });
 * ```
 */
export const tokenCheck: Definition = {
  kind: "TokenCheck",
  subject: (props, { memory }) => ({
    kind: "TokenCheck",
    name: hiddenOf(props).name ?? memory.nameOf("TokenCheck", props),
    label: "tokens",
  }),
  check,
  diff,
  read,
  create: async (_context, inputs) => ({ id: ID, outputs: inputs }),
  update: async (_context, _id, _outputs, inputs) => inputs,
  delete: async () => {},
};

// Inputs and outputs: `tokenCheckShape` in schema/token-check.ts. The outputs are the inputs.

/** The name that it has in the program is its identity, and engines know that by themselves. */
const ID = "token-check";

// Changes

async function diff(_context: Context, _id: string, outputs: Props, inputs: Props): Promise<Difference> {
  return { changes: !isDeepStrictEqual(visible(inputs), visible(outputs)), replaces: [], deleteBeforeReplace: false };
}

// Check

/** What the program gate could judge it has judged, and sends no token: here is what came to be known since. */
async function check(context: Context, _olds: Props, news: Props): Promise<Checked> {
  const inputs = visible(news);
  const { name = "" } = hiddenOf(news);
  context.memory.declare("TokenCheck", inputs, news);
  const findings = errorsOf("TokenCheck", name, inputs);
  const declarations = declarationsIn(news);
  if (findings.length > 0 || declarations === undefined) return { inputs, findings };
  const label = `TokenCheck "${name}"`;
  const declaration = declarationOf({ kind: "TokenCheck", name, label }, inputs);
  const materials = (news[TOKEN_MATERIALS] ?? {}) as Readonly<Record<string, TokenMaterial>>;
  const verdict = await judgeCheck({ declarations }, declaration, materials);
  if (context.memory.firstTime(label)) {
    for (const one of [...verdict.advice, ...verdict.leftOut]) {
      context.report({ type: "finding", finding: { ...one, locations: [] } });
    }
    context.report({ type: "tokens", line: tokenLine(label, verdict) });
  }
  return { inputs, findings: verdict.unmet };
}

/** The program as the gate sends it; `undefined` where there is nothing to judge. */
function declarationsIn(news: Props): Declaration[] | undefined {
  const sent = news[DECLARATIONS];
  const inputs = news[DECLARED_INPUTS];
  if (typeof sent !== "string" || !Array.isArray(inputs)) return undefined;
  const declarations: Declaration[] = [];
  // Identity providers first: those who use one hold the very object.
  const parsed = (JSON.parse(sent) as SentDeclaration[]).map((each, index) => ({ ...each, index }));
  for (const each of parsed.sort((a, b) => Number(uses(a)) - Number(uses(b)))) {
    const { index, identityProvider } = each;
    const through = identityProvider === undefined ? undefined : declarations[identityProvider];
    declarations[index] = { ...declarationOf(each, inputs[index]), ...(through ? { identityProvider: through } : {}) };
  }
  return declarations;
}

/** See `Sent` in engines/pulumi/gate/token-checks.ts. */
interface SentDeclaration {
  readonly kind: Declaration["kind"];
  readonly name: string;
  readonly label: string;
  readonly identityProvider?: number;
}

function uses({ identityProvider }: SentDeclaration): boolean {
  return identityProvider !== undefined;
}

function declarationOf({ kind, name, label }: SentDeclaration, inputs: unknown): Declaration {
  return { kind, name, inputs: visible(inputs as Props), location: { file: "", line: 1, column: 1, label } };
}

// Read

async function read(_context: Context, id: string, outputs: Props): Promise<Read> {
  if (outputs.tokens === undefined) {
    throw new Error("a TokenCheck is on no server, so there is none to be read\n  fix  Declare it in the program.");
  }
  return { id, inputs: visible(outputs), outputs };
}
