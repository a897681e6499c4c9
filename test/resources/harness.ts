import type { Seed } from "../../provider/emulator/index.ts";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import type {
  Checked,
  Context,
  Created,
  DeclaredContext,
  Definition,
  Difference,
  Props,
} from "../../provider/resources/definition.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import { atlas, type World } from "../control-planes/atlas/harness.ts";
import { FEDERATION, PROJECT } from "../support/ids.ts";

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
  /** Starts a run as a new process: a new memory and no listings. */
  run(): Run;
}

export async function bench(options: { seed?: Seed } = {}): Promise<Bench> {
  const world = await atlas(options);
  return {
    ...world,
    run() {
      const plane = world.newPlane();
      return newRun(() => plane);
    },
  };
}

/** A run as a process of its own has it: with a new memory. */
export function newRun(plane: Context["plane"], changes: Partial<Run> = {}): Run {
  const told: string[] = [];
  return {
    plane,
    offline: undefined,
    waitMs: 60_000,
    drift: "correct",
    memory: new RunMemory(),
    declared: {},
    report: (one) => void told.push(formatReport(one)),
    told,
    ...changes,
  };
}

/** An identity provider of a project. */
export const projectWorkforce = {
  projectId: PROJECT,
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: "https://login.example.com/v2.0",
  audience: "api://corp",
  clientId: "client-1",
  authorizationType: "GROUP",
};

/** The keys of a program's props that are no inputs. */
export const NAME = "__name";
export const SECRETS = "__secrets";
export const IGNORED = "__ignored";
export const RELATED = "__related";

/** A run that knows the facts about one declaration, as an engine passes them. */
function declaredIn<T extends Context>(run: T, program: Props): T {
  const { [NAME]: name, [SECRETS]: secrets, [IGNORED]: ignored, [RELATED]: related } = program;
  return { ...run, declared: { name, secrets, ignored, related } as DeclaredContext };
}

/** State of one resource, as an engine keeps it. */
export interface State extends Created {
  readonly inputs: Props;
}

/** Checks a declaration that no state has yet. */
export function checkNew(definition: Definition, process: Context, program: Props): Promise<Checked> {
  return definition.check(declaredIn(process, program), {}, program);
}

/** Creates a resource as an engine does. */
export async function up(definition: Definition, process: Run, program: Props): Promise<State> {
  const run = declaredIn(process, program);
  const { inputs, findings } = await definition.check(run, {}, program);
  if (findings.length > 0) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return { inputs, ...(await definition.create(run, inputs)) };
}

/** Previews a resource as an engine does. */
export async function preview(definition: Definition, process: Run, state: State, program: Props): Promise<Difference> {
  const run = declaredIn(process, program);
  const { inputs, findings } = await definition.check(run, state.inputs, program);
  if (findings.length > 0) throw new Error(findings.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return await definition.diff(run, state.id, state.outputs, inputs);
}

/** Updates a resource in place as an engine does. */
export async function update(definition: Definition, process: Run, state: State, program: Props): Promise<State> {
  const run = declaredIn(process, program);
  const { inputs } = await definition.check(run, state.inputs, program);
  return { id: state.id, inputs, outputs: await definition.update(run, state.id, state.outputs, inputs) };
}

/** Refreshes a resource as an engine does. Returns `undefined` if the object is gone. */
export async function refresh(definition: Definition, run: Run, state: State): Promise<State | undefined> {
  return await definition.read(run, state.id, state.outputs);
}

export const same: Difference = { changes: false, replaces: [], deleteBeforeReplace: false };
export const changed: Difference = { changes: true, replaces: [], deleteBeforeReplace: false };
