import { isDeepStrictEqual } from "node:util";
import { aResource, phrase, program } from "../../schema/phrase.ts";
import { PhrasedError } from "../findings.ts";
import type { Declaration } from "../rules/index.ts";
import { judgeCheck, tokenLine } from "../tokens/index.ts";
import type {
  Checked,
  Context,
  DeclaredTokens,
  Definition,
  Difference,
  Props,
  Read,
  SentDeclaration,
} from "./definition.ts";
import { errorsOf } from "./findings.ts";
import { visible } from "./state/visible.ts";

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
  subject: (_props, { declared }) => ({
    kind: "TokenCheck",
    name: declared.name,
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

/**
 * Checks only tokens whose values became known after the gate. The gate has checked the others and does not send them.
 */
async function check(context: Context, _olds: Props, news: Props): Promise<Checked> {
  const inputs = visible(news);
  const { name = "" } = context.declared;
  const findings = errorsOf("TokenCheck", name, inputs);
  const { tokens } = context.declared;
  if (findings.length > 0 || tokens === undefined) return { inputs, findings };
  const label = `TokenCheck "${name}"`;
  const declaration = declarationOf({ kind: "TokenCheck", name, label }, inputs);
  const verdict = await judgeCheck({ declarations: declarationsIn(tokens) }, declaration, tokens.materials);
  if (context.memory.notices.firstTime(label)) {
    for (const one of [...verdict.advice, ...verdict.leftOut]) {
      context.report({ type: "finding", finding: { ...one, locations: [] } });
    }
    context.report({ type: "tokens", line: tokenLine(label, verdict) });
  }
  return { inputs, findings: verdict.unmet };
}

/** The declarations, each with its identity provider. */
function declarationsIn({ declarations, inputs }: DeclaredTokens): Declaration[] {
  const found: Declaration[] = [];
  // Identity providers first: the declarations that use one hold the very object.
  const ordered = declarations.map((each, index) => ({ ...each, index }));
  for (const each of ordered.sort((a, b) => Number(uses(a)) - Number(uses(b)))) {
    const { index, identityProvider } = each;
    const through = identityProvider === undefined ? undefined : found[identityProvider];
    found[index] = { ...declarationOf(each, inputs[index]), ...(through ? { identityProvider: through } : {}) };
  }
  return found;
}

function uses({ identityProvider }: SentDeclaration): boolean {
  return identityProvider !== undefined;
}

function declarationOf({ kind, name, label }: SentDeclaration, inputs: Props = {}): Declaration {
  return { kind, name, inputs: visible(inputs), location: { file: "", line: 1, column: 1, label } };
}

// Read

async function read(_context: Context, id: string, outputs: Props): Promise<Read> {
  if (outputs.tokens === undefined) {
    throw new PhrasedError(
      phrase`${aResource("TokenCheck")} exists on no server, so mongofed cannot read it\n  fix  Declare it in the ${program}.`,
    );
  }
  return { id, inputs: visible(outputs), outputs };
}
