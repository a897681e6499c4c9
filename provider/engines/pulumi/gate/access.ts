import { appendFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { AccessResource } from "../../../access/resources.ts";
import { currentRun } from "../../../run-scope.ts";
import { readNames } from "../names.ts";
import { formatReport } from "../report-text.ts";
import { destroysStack } from "./destroys.ts";
import { programOf } from "./program.ts";
import { say } from "./report.ts";
import type { Run } from "./state.ts";

/**
 * Reports who gains and who loses access by the program, compared with the state. Only a preview does, and it prints
 * nothing where access does not change.
 */
export async function reportAccess(run: Run): Promise<void> {
  run.isAccessDue = false;
  const state = await run.stackState;
  if ("trouble" in state || destroysStack(run)) return;
  // A program that does not preview never needs these.
  const { accessEffect, programResources } = await import("../../../access/resources.ts");
  const { ONLY_READ } = await import("../../../resources/object-key.ts");
  const { withoutSecrets } = await import("../../../resources/state/record.ts");
  const before = state.resources
    .filter(({ outputs }) => outputs[ONLY_READ] !== true)
    .map(({ urn, kind, name, outputs }): AccessResource => {
      return { kind, name, values: withoutSecrets(outputs), addresses: [urn] };
    });
  const program = programOf(run);
  const urns = new Map(program.declarations.map((declaration, index) => [declaration, run.all[index]?.urns?.()]));
  const { names, trouble } = await readNames(pulumi.runtime.getConfig("mongofed:names"));
  if (trouble !== undefined) await say(trouble, "warning");
  const after = programResources(program, (declaration) => urns.get(declaration) ?? []);
  const effect = accessEffect(before, after, { names });
  const file = currentRun().env.MONGOFED_ACCESS_FILE;
  if (file !== undefined && file !== "") appendFileSync(file, `${JSON.stringify(effect)}\n`);
  if (effect.rows.length > 0) await say(formatReport({ type: "access", effect }), "info");
}
