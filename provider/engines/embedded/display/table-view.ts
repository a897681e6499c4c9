/**
 * The default view: one table of the resources that something happens to, then messages, outputs and the count.
 * On a terminal, a run that takes long tells each step as it ends; in a pipe there is the table only.
 */

import type { EngineEvent, StepMetadata } from "../events.ts";
import { diagnosticsText } from "./diagnostics.ts";
import { headlineText } from "./headline.ts";
import { isRootStack, nameOfUrn, OPERATIONS, typeOfUrn } from "./operations.ts";
import { outputsText } from "./outputs.ts";
import { PropertyPrinter } from "./property-printer.ts";
import { ResourceRows } from "./resource-rows.ts";
import { resourceTable } from "./resource-table.ts";
import { summaryText } from "./summary.ts";
import type { Display, DisplayOptions } from "./view.ts";

/** Shorter runs are over before a reader could follow. */
const QUIET_MS = 1000;

export class TableView implements Display {
  readonly #options: DisplayOptions;
  #planning = false;
  #rows: ResourceRows;
  #stackStep: StepMetadata | undefined;
  #began = 0;
  #open = false;

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#rows = new ResourceRows(options.project, options.stack);
  }

  onEvent(event: EngineEvent): void {
    const { stdout } = this.#options;
    switch (event.type) {
      case "prelude":
        this.#planning = event.dryRun;
        this.#rows = new ResourceRows(this.#options.project, this.#options.stack);
        this.#stackStep = undefined;
        this.#began = performance.now();
        this.#open = true;
        stdout.write(`${headlineText(event, stdout.paint)}\n`);
        break;
      case "diagnostic":
        this.#rows.message(event);
        break;
      case "step":
        this.#rows.begin(event.step);
        break;
      case "step-done":
        this.#rows.done(event.step);
        if (isRootStack(event.step)) this.#stackStep = event.step;
        this.#progress(event.step, false);
        break;
      case "step-failed":
        this.#rows.failed(event.step);
        this.#progress(event.step, true);
        break;
      case "summary":
        this.#open = false;
        this.#report();
        stdout.write(`${summaryText(event, this.#planning, this.#rows.errored, stdout.paint)}\n`);
    }
  }

  /** A run that broke off has no summary; what it said until then is all the more worth reading. */
  end(): void {
    if (this.#open) this.#report();
    this.#open = false;
  }

  #report(): void {
    const { stdout } = this.#options;
    const { paint } = stdout;
    const table = resourceTable(this.#rows, this.#planning, paint);
    if (table !== "") stdout.write(`${table}\n`);
    const messages = this.#rows.all().map((row) => ({ heading: `${row.type} (${row.name})`, messages: row.messages }));
    stdout.write(diagnosticsText(messages, paint));
    if (!this.#stackStep) return;
    const options = { indent: 1, planning: this.#planning, refresh: false };
    const outputs = outputsText(this.#stackStep, options, new PropertyPrinter(paint));
    if (outputs !== "") stdout.write(`${paint("headline", "Outputs:")}\n${outputs}\n`);
  }

  #progress(step: StepMetadata, failed: boolean): void {
    const { stderr } = this.#options;
    if (!stderr.isTTY || step.op === "same" || performance.now() - this.#began < QUIET_MS) return;
    const { symbol, style, plan, running, done } = OPERATIONS[step.op];
    const word = failed
      ? stderr.paint("error", `${running} failed`)
      : stderr.paint(style, this.#planning ? plan : done);
    stderr.write(` ${stderr.paint(style, symbol)} ${typeOfUrn(step.urn)} ${nameOfUrn(step.urn)} ${word}\n`);
  }
}
