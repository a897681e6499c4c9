import { createHash } from "node:crypto";
import { printableJson } from "../printable.ts";
import type { Problem } from "./problem.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

interface RuleText {
  readonly title: string;
  /** The reason, the fix, and where to read on. */
  readonly help?: string;
}

interface SarifOptions {
  readonly version: string;
  /** Texts of rules by their ids. A rule without one gets its name. */
  readonly rules: Readonly<Record<string, RuleText>>;
  /** False if the run ended before it had looked at everything. */
  readonly complete: boolean;
}

/** Problems as a SARIF 2.1.0 log, for code scanning. */
export function sarif(problems: readonly Problem[], { version, rules, complete }: SarifOptions): string {
  const used = new Map(problems.map((problem) => [problem.ruleId, problem]));
  const ids = [...used.keys()].sort();
  return `${printableJson({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "mongofed",
            version,
            rules: ids.map((id) => ruleOf(used.get(id)!, rules[id])),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { PROGRAM: { description: { text: "The folder of the program." } } },
        invocations: [{ executionSuccessful: complete }],
        results: problems.map((problem) => resultOf(problem, ids.indexOf(problem.ruleId))),
      },
    ],
  })}\n`;
}

function ruleOf({ ruleId, ruleName, docs }: Problem, text: RuleText | undefined): object {
  return {
    id: ruleId,
    name: ruleName,
    shortDescription: { text: text?.title ?? ruleName },
    ...(text?.help === undefined ? {} : { help: { text: text.help } }),
    ...(docs !== undefined && /^https:\/\/[^\s]+$/.test(docs) && URL.canParse(docs) ? { helpUri: docs } : {}),
  };
}

function resultOf(problem: Problem, ruleIndex: number): object {
  const { ruleId, severity, message, details, locations, subject } = problem;
  const [first, ...others] = locations;
  return {
    ruleId,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: [message, ...details].join("\n") },
    locations: [
      {
        ...(first === undefined ? {} : { physicalLocation: physical(first) }),
        logicalLocations: [{ fullyQualifiedName: subject, kind: "resource" }],
      },
    ],
    ...(others.length === 0
      ? {}
      : {
          relatedLocations: others.map((location, index) => ({
            id: index + 1,
            physicalLocation: physical(location),
            message: { text: location.note === undefined ? location.label : `${location.label} ${location.note}` },
          })),
        }),
    // Without the line, which moves with every edit above it.
    partialFingerprints: {
      "mongofed/v1": createHash("sha256").update(`${ruleId}\0${subject}\0${message}`).digest("hex"),
    },
  };
}

function physical({ file, line, column }: Problem["locations"][number]): object {
  const uri = file.split(/[\\/]/).map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, uriBaseId: "PROGRAM" }, region: { startLine: line, startColumn: column } };
}
