import type { Problem } from "./problem.ts";

interface JUnitOptions {
  /** The name of the suite. */
  readonly suite: string;
  /** Set if the run ended before it had looked at everything. */
  readonly incomplete?: string | undefined;
}

/**
 * Problems as JUnit XML, for the test report of a pipeline. Each problem is a test case, and errors and warnings fail.
 * Without a problem, one case passes, because pipelines take an empty suite for a missing one.
 */
export function junit(problems: readonly Problem[], { suite, incomplete }: JUnitOptions): string {
  const failures = problems.filter(({ severity }) => severity !== "info").length;
  const cases = problems.map(caseOf);
  if (incomplete !== undefined) {
    cases.push(`    <testcase classname="mongofed" name="complete">
      <error type="incomplete" message="${xml(incomplete)}"/>
    </testcase>`);
  } else if (cases.length === 0) cases.push('    <testcase classname="mongofed" name="no findings"/>');
  const counts = `tests="${cases.length}" failures="${failures}" errors="${incomplete === undefined ? 0 : 1}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mongofed" ${counts}>
  <testsuite name="${xml(suite)}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}

function caseOf({ ruleId, ruleName, severity, message, details, locations, subject }: Problem): string {
  const [first] = locations;
  const place = first === undefined ? "" : ` file="${xml(first.file)}" line="${first.line}"`;
  const text = [
    ...locations.map(({ file, line, column, label, note }) =>
      [`${file}:${line}:${column}`, label, note ?? ""].join(" ").trim(),
    ),
    ...details,
  ].join("\n");
  const name = ruleId === ruleName ? ruleId : `${ruleId} ${ruleName}`;
  const open = `    <testcase classname="${xml(subject)}" name="${xml(`${name}: ${message}`)}"${place}>`;
  const body =
    severity === "info"
      ? `      <system-out>${xml(text)}</system-out>`
      : `      <failure type="${xml(ruleId)}" message="${xml(`${severity}: ${message}`)}">${xml(text)}</failure>`;
  return `${open}\n${body}\n    </testcase>`;
}

/** Text for XML 1.0, which has no form at all for most control characters. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\ufffe\uffff]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
    .replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`)
    .replaceAll("\n", "&#10;");
}
