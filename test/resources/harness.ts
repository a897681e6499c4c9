import type { Seed } from "../../provider/emulator/index.ts";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import type { Context, Created, Definition, Difference, Props } from "../../provider/resources/definition.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import { atlas, type World } from "../control-planes/atlas/harness.ts";
import { FEDERATION } from "../support/ids.ts";

export const workforce: Props = {
  federationSettingsId: FEDERATION,
  idpType: "WORKFORCE",
  configurationName: "corp-entra",
  description: "people",
  issuerUri: "https://login.example.com/v2.0",
  audience: "api://corp",
  clientId: "client-1",
  requestedScopes: ["openid", "offline_access"],
  associatedDomains: ["example.com"],
  authorizationType: "GROUP",
};

export const workload: Props = {
  federationSettingsId: FEDERATION,
  idpType: "WORKLOAD",
  configurationName: "apps",
  issuerUri: "https://accounts.example.com",
  audience: "api://apps",
  authorizationType: "USER",
};

export interface Run extends Context {
  /** Blocks told to the user. */
  readonly told: string[];
}

export interface Bench extends World {
  /** What a process of its own would be: a new memory, and nothing listed yet. */
  run(): Run;
}

export async function bench(options: { seed?: Seed } = {}): Promise<Bench> {
  const world = await atlas(options);
  return {
    ...world,
    run() {
      const told: string[] = [];
      const plane = world.newPlane();
      return {
        plane: () => plane,
        offline: undefined,
        waitMs: 60_000,
        drift: "correct",
        memory: new RunMemory(),
        report: (one) => void told.push(formatReport(one)),
        told,
      };
    },
  };
}

/** State of one resource, as an engine keeps it. */
export interface State extends Created {
  readonly inputs: Props;
}

/** What an engine does for a new resource. */
export async function up(definition: Definition, run: Run, program: Props): Promise<State> {
  const { inputs, findings } = await definition.check(run, {}, program);
  if (findings.length > 0) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return { inputs, ...(await definition.create(run, inputs)) };
}

/** What an engine asks in a preview. */
export async function preview(definition: Definition, run: Run, state: State, program: Props): Promise<Difference> {
  const { inputs, findings } = await definition.check(run, state.inputs, program);
  if (findings.length > 0) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return await definition.diff(run, state.id, state.outputs, inputs);
}

/** What an engine does for a resource that is updated in place. */
export async function update(definition: Definition, run: Run, state: State, program: Props): Promise<State> {
  const { inputs } = await definition.check(run, state.inputs, program);
  return { id: state.id, inputs, outputs: await definition.update(run, state.id, state.outputs, inputs) };
}

/** What an engine does in a refresh; `undefined` where the object is gone. */
export async function refresh(definition: Definition, run: Run, state: State): Promise<State | undefined> {
  return await definition.read(run, state.id, state.outputs);
}

export const same: Difference = { changes: false, replaces: [], deleteBeforeReplace: false };
export const changed: Difference = { changes: true, replaces: [], deleteBeforeReplace: false };
