import { TLS_MODES } from "../../../schema/automation-config.ts";
import type { TlsMode } from "../../../schema/project-tls.ts";
import type { TlsProcess } from "../../control-planes/control-plane.ts";

/** The modes that processes get in one write, by name. */
export type ModeStep = Readonly<Record<string, TlsMode>>;

/**
 * The way of all processes to a mode, in MongoDB's order: members that differ by one mode can reach each other, and
 * others cannot. Processes with a lower mode come first, so that none falls further behind.
 */
export function modeSteps(processes: readonly TlsProcess[], wanted: TlsMode): readonly ModeStep[] {
  const levels = processes.map(({ mode }) => levelOf(mode));
  const goal = levelOf(wanted);
  const upwards = TLS_MODES.filter((_, level) => level > Math.min(...levels) && level <= goal);
  const downwards = TLS_MODES.filter((_, level) => level < Math.max(...levels) && level >= goal).reverse();
  return [
    ...upwards.map((mode) => stepTo(mode, below(processes, mode))),
    ...downwards.map((mode) => stepTo(mode, above(processes, mode))),
  ];
}

export function below(processes: readonly TlsProcess[], mode: TlsMode): readonly TlsProcess[] {
  return processes.filter((process) => levelOf(process.mode) < levelOf(mode));
}

export function above(processes: readonly TlsProcess[], mode: TlsMode): readonly TlsProcess[] {
  return processes.filter((process) => levelOf(process.mode) > levelOf(mode));
}

/** Whether a mode is on the way from one to another: a run that was interrupted has left it there. */
export function isBetween(mode: unknown, from: unknown, to: unknown): boolean {
  const [at, start, end] = [mode, from, to].map((one) => TLS_MODES.indexOf(one as TlsMode)) as [number, number, number];
  return at !== -1 && ((start < at && at < end) || (end < at && at < start));
}

function levelOf(mode: TlsMode): number {
  return TLS_MODES.indexOf(mode);
}

function stepTo(mode: TlsMode, processes: readonly TlsProcess[]): ModeStep {
  return Object.fromEntries(processes.map(({ name }) => [name, mode]));
}
