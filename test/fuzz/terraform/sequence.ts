/** Runs a sequence of edits and commands under the real Terraform, and checks what every command must keep. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { type Emulator, type Seed, startEmulator } from "../../../provider/emulator/index.ts";
import { builtProvider } from "../../support/built-provider.ts";
import { atlasSeed, cloudManagerSeed } from "../../support/emulator.ts";
import { PROJECT } from "../../support/ids.ts";
import { type Outcome, type TerraformFolder, terraformFolder } from "../../support/terraform.ts";
import {
  type Configuration,
  type Declared,
  declaredIn,
  type Edit,
  edited,
  edits,
  FIRST,
  type Plane,
  textOf,
} from "./configuration.ts";

interface Turn {
  readonly edits: readonly Edit[];
  /** Before the run: taints, or forgets, the address that comes at this index of the state. */
  readonly state?: { readonly command: "taint" | "rm"; readonly at: number };
  readonly run: "plan" | "apply" | "saved" | "destroy";
  readonly refresh: boolean;
  /** The index of an address of the state. */
  readonly replace?: number;
  readonly target?: number;
  /** The write that fails. */
  readonly fails?: number;
  /** Somebody deletes this object. */
  readonly lost?: number;
}

export interface Sequence {
  readonly plane: Plane;
  readonly turns: readonly Turn[];
}

const index = fc.nat({ max: 5 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq: number) => fc.option(arbitrary, { nil: undefined, freq });
const turn: fc.Arbitrary<Turn> = fc
  .record({
    edits: fc.array(edits, { minLength: 1, maxLength: 2 }),
    state: maybe(fc.record({ command: fc.constantFrom("taint" as const, "rm" as const), at: index }), 4),
    run: fc.constantFrom("plan", "apply", "apply", "saved", "saved", "destroy"),
    refresh: fc.boolean(),
    replace: maybe(index, 5),
    target: maybe(index, 6),
    fails: maybe(fc.integer({ min: 1, max: 3 }), 4),
    lost: maybe(index, 8),
  })
  .map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown as Turn);

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  plane: fc.constantFrom("atlas", "cloud-manager"),
  turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
});

/** The runs of Terraform so far. */
export const counted = { sequences: 0, commands: 0, refused: 0, applied: 0 };

interface Instance {
  readonly address: string;
  readonly object: string;
  readonly tainted: boolean;
}

export async function runSequence({ plane, turns }: Sequence): Promise<void> {
  const emulator = await startEmulator({ seed: seedOf(plane) });
  const provider = await builtProvider();
  const head = `terraform {\n  required_providers {\n    mongofed = { source = "${provider.source}" }\n  }\n}\nprovider "mongofed" {\n  plane = "${plane}"\n  wait  = "off"\n}\n`;
  const folder = await terraformFolder({ "provider.tf": head }, provider, { env: emulator.env });
  counted.sequences += 1;
  try {
    const model = new Model(plane, emulator, folder);
    await model.begin();
    for (const one of turns) await model.turn(one);
    await model.end();
  } finally {
    await folder[Symbol.asyncDispose]();
    await emulator.close();
  }
}

function seedOf(plane: Plane): Seed {
  if (plane === "cloud-manager") return cloudManagerSeed();
  return atlasSeed({
    clusters: [{ name: "cluster0" }],
    customDbRoles: [{ roleName: "foreign", actions: [], inheritedRoles: [{ role: "read", db: "other" }] }],
  });
}

class Model {
  readonly #plane: Plane;
  readonly #emulator: Emulator;
  readonly #folder: TerraformFolder;
  readonly #foreign: string;
  #now = FIRST;
  #applied = FIRST;
  #log: string[] = [];

  constructor(plane: Plane, emulator: Emulator, folder: TerraformFolder) {
    this.#plane = plane;
    this.#emulator = emulator;
    this.#folder = folder;
    this.#foreign = this.#world().foreign;
  }

  async begin(): Promise<void> {
    await this.#write(this.#now);
    const applied = await this.#terraform("apply", "-auto-approve");
    this.#must(applied.code === 0, "the first apply fails", applied);
  }

  async turn(turn: Turn): Promise<void> {
    for (const edit of turn.edits) this.#now = edited(this.#now, edit, this.#applied);
    await this.#write(this.#now);
    const held = await this.#state();
    if (turn.lost !== undefined) this.#lose(held[turn.lost]);
    if (turn.state !== undefined) {
      const instance = held[turn.state.at];
      if (instance !== undefined)
        await this.#terraform(...(turn.state.command === "rm" ? ["state", "rm"] : ["taint"]), instance.address);
    }
    const flags = [
      ...(turn.refresh ? [] : ["-refresh=false"]),
      ...flag("replace", held[turn.replace ?? -1]),
      ...flag(
        "target",
        turn.target === undefined ? undefined : (declaredIn(this.#now)[turn.target] ?? held[turn.target]),
      ),
    ];
    await this.#run(turn, flags);
  }

  async #run({ run, fails }: Turn, flags: readonly string[]): Promise<void> {
    if (run === "destroy") {
      if (fails !== undefined) this.#inject(fails);
      const outcome = await this.#terraform(
        "destroy",
        "-auto-approve",
        ...flags.filter((one) => one.startsWith("-refresh")),
      );
      this.#emulator.clearFaults();
      const prevented = outcome.stderr.includes("prevent_destroy");
      if (fails === undefined && !prevented) this.#must(outcome.code === 0, "destroy fails", outcome);
      return;
    }
    const before = { state: await this.#state(), world: this.#world() };
    const planned = await this.#plan([...flags, ...(run === "saved" ? ["-out=saved"] : [])]);
    const isWhole = !flags.some((one) => one.startsWith("-target"));
    const replaced = flags.filter((one) => one.startsWith("-replace=")).map((one) => one.slice("-replace=".length));
    if (isWhole) this.#checkPlan(planned, before.state, before.world.objects, replaced);
    if (run === "plan") return;
    if (run === "saved" && planned.code !== 0) return;
    if (fails !== undefined) this.#inject(fails);
    const args = run === "saved" ? ["saved"] : ["-auto-approve", ...flags];
    const applied = await this.#terraform("apply", ...args);
    this.#emulator.clearFaults();
    const after = this.#world();
    const targets = flags.filter((one) => one.startsWith("-target=")).map((one) => one.slice("-target=".length));
    const tainted = before.state.filter((one) => one.tainted || replaced.includes(one.address));
    for (const { address, object } of declaredIn(this.#now)) {
      if (targets.length > 0 && !targets.includes(address)) continue;
      if (!before.world.objects.has(object) || tainted.some((one) => one.address === address)) continue;
      this.#must(after.objects.has(object), `${object} is deleted though ${address} declares it`, applied);
    }
    if (planned.code !== 0) this.#must(applied.code !== 0, "apply accepts what plan refuses", applied);
    else if (fails === undefined) this.#must(applied.code === 0, "apply refuses what plan accepts", applied);
    if (applied.code !== 0) return;
    counted.applied += 1;
    if (!isWhole) return;
    this.#applied = this.#now;
    await this.#checkApplied(after.objects, applied);
  }

  async #checkApplied(objects: ReadonlyMap<string, boolean>, outcome: Outcome): Promise<void> {
    const declared = declaredIn(this.#now);
    for (const { object, address, block } of declared) {
      this.#must(objects.get(object) === block.writes, `${object} of ${address} is not as declared`, outcome);
    }
    const held = (await this.#state()).map(({ address }) => address).sort();
    const wanted = declared.map(({ address }) => address).sort();
    this.#must(JSON.stringify(held) === JSON.stringify(wanted), `the state holds ${held}`, outcome);
  }

  /** Three times where something is refused. */
  async #plan(flags: readonly string[]): Promise<Outcome> {
    const first = await this.#terraform("plan", ...flags);
    if (first.code === 0) return first;
    counted.refused += 1;
    for (let again = 0; again < 2; again++) {
      const other = await this.#terraform("plan", ...flags);
      this.#must(other.code === first.code && refusals(other) === refusals(first), "plans differ", first, other);
    }
    return first;
  }

  #checkPlan(
    planned: Outcome,
    state: readonly Instance[],
    objects: ReadonlyMap<string, boolean>,
    replaced: readonly string[],
  ): void {
    const declared = declaredIn(this.#now);
    if (new Set(declared.map(({ object }) => object)).size < declared.length) return;
    const isPrevented = ({ address, object, block }: Declared) => {
      const held = state.find((one) => one.address === address);
      return (
        block.prevent === true &&
        held !== undefined &&
        (held.tainted || held.object !== object || replaced.includes(address))
      );
    };
    if (declared.some(isPrevented)) return;
    const verdicts = declared.map(({ address, object, block }) => {
      const owners = state.filter((one) => one.object === object);
      if (owners.some((one) => one.tainted && one.address !== address)) return "open";
      if (owners.some((one) => one.address !== address)) return "refused";
      if (owners.length > 0 || !objects.has(object)) return "accepted";
      if (block.adopt === undefined) return "refused";
      return block.adopt === "overwrite" || objects.get(object) === block.writes ? "accepted" : "refused";
    });
    const duplicates = new Set(state.map(({ object }) => object)).size < state.length;
    if (verdicts.includes("refused")) this.#must(/FED22[15]/.test(planned.stderr), "plan is not refused", planned);
    else if (!verdicts.includes("open") && !duplicates)
      this.#must(planned.code === 0, "plan is refused falsely", planned);
  }

  /** The way that refusals name leads to a state that equals the configuration. Then everything is destroyed. */
  async end(): Promise<void> {
    const seen = new Set<string>();
    const isFirst = ({ object }: Declared) => !seen.has(object) && seen.add(object) !== undefined;
    const blocks = Object.entries(this.#now.blocks).filter(([, block]) =>
      isFirst({ address: "", object: `${block.kind === "role" ? "role r" : "user u"}${block.key}`, block }),
    );
    this.#now = {
      blocks: Object.fromEntries(
        blocks.map(([name, block]) => [name, { ...block, adopt: "overwrite" as const, prevent: false }]),
      ),
      list: [],
      map: {},
      listAdopts: false,
    };
    await this.#write(this.#now);
    const declared = declaredIn(this.#now);
    const state = await this.#state();
    const conflicting = state.filter(({ address, object }) =>
      declared.some((one) => one.object === object && one.address !== address),
    );
    if (conflicting.length > 0)
      await this.#terraform("state", "rm", ...new Set(conflicting.map(({ address }) => address)));
    const applied = await this.#terraform("apply", "-auto-approve");
    this.#must(applied.code === 0, "the last apply fails", applied);
    await this.#checkApplied(this.#world().objects, applied);
    const destroyed = await this.#terraform("destroy", "-auto-approve");
    this.#must(destroyed.code === 0, "the last destroy fails", destroyed);
    this.#must((await this.#state()).length === 0, "the last destroy leaves something", destroyed);
  }

  async #terraform(...args: readonly string[]): Promise<Outcome> {
    counted.commands += 1;
    const outcome = await this.#folder.run(...args);
    this.#log.push(`$ terraform ${args.join(" ")}  # ${outcome.code} ${refusals(outcome)}`);
    const text = outcome.stdout + outcome.stderr;
    this.#must(!FAULTS.test(text), "the provider fails", outcome);
    this.#must(this.#world().foreign === this.#foreign, "something foreign is changed", outcome);
    return outcome;
  }

  async #write(configuration: Configuration): Promise<void> {
    const text = textOf(configuration, this.#plane);
    await this.#folder.write({ "main.tf": text });
    const lines = declaredIn(configuration).map(
      ({ address, object, block: { kind, key, ...rest } }) => `${address} = ${object} ${JSON.stringify(rest)}`,
    );
    this.#log.push(`write ${lines.join("; ")}`);
  }

  /** The resources of the state under test. */
  async #state(): Promise<Instance[]> {
    const text = await readFile(join(this.#folder.path, "terraform.tfstate"), "utf8").catch(() => '{"resources":[]}');
    const { resources } = JSON.parse(text) as {
      resources: {
        type: string;
        name: string;
        instances: { index_key?: string | number; status?: string; attributes: { id: string } }[];
      }[];
    };
    return resources
      .filter(({ type }) => type === "mongofed_database_role" || type === "mongofed_federated_user")
      .flatMap(({ type, name, instances }) =>
        instances.map(({ index_key: at, status, attributes: { id } }) => ({
          address: `${type}.${name}${at === undefined ? "" : `[${JSON.stringify(at)}]`}`,
          object: `${type === "mongofed_database_role" ? "role" : "user"} ${id.split("/").at(-1)}`,
          tainted: status === "tainted",
        })),
      );
  }

  /** The objects under test, with whether they may write, and everything else. */
  #world(): { readonly objects: ReadonlyMap<string, boolean>; readonly foreign: string } {
    const { atlas, cloudManager } = this.#emulator.world();
    const [document] = cloudManager.deployments.map(({ automationConfig }) => JSON.parse(automationConfig ?? "{}"));
    const users: Entry[] =
      this.#plane === "atlas"
        ? atlas.databaseUsers.map((one) => [`user ${one.username.split("/").at(-1)}`, one])
        : document.auth.usersWanted.map((one: { user: string }) => [`user ${one.user.split("/").at(-1)}`, one]);
    const roles: Entry[] =
      this.#plane === "atlas"
        ? atlas.customDbRoles.map((one) => [`role ${one.roleName}`, one])
        : document.roles.map((one: { role: string }) => [`role ${one.role}`, one]);
    const isOurs = ([object]: Entry) => /^(user u|role r)\d$/.test(object);
    // Users of an identity provider that was deleted carry an id that no new one gets.
    const prefixes = atlas.federations.flatMap(({ identityProviders }) => identityProviders.map(({ id }) => id));
    const isCurrent = ([, one]: Entry) =>
      !("username" in one) || prefixes.some((prefix) => String(one.username).startsWith(`${prefix}/`));
    const all = [...users, ...roles];
    const ours = all.filter((one) => isOurs(one) && isCurrent(one));
    return {
      objects: new Map(ours.map(([object, one]) => [object, JSON.stringify(one).includes("readWrite")])),
      foreign: JSON.stringify(all.filter((one) => !isOurs(one))),
    };
  }

  #lose(instance: Instance | undefined): void {
    if (instance === undefined || this.#plane !== "atlas") return;
    const [kind, name = ""] = instance.object.split(" ");
    if (kind === "role" && this.#world().objects.has(instance.object))
      this.#emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: name });
    this.#log.push(`lost ${instance.object}`);
  }

  #inject(nth: number): void {
    const write = this.#plane === "atlas" ? "POST" : "PUT";
    this.#emulator.inject({
      match: { method: write },
      fault: { kind: "status", status: 400, when: "before-commit" },
      nth,
    });
    this.#log.push(`${write} ${nth} fails`);
  }

  #must(holds: boolean, what: string, ...outcomes: readonly Outcome[]): void {
    if (holds) return;
    const printed = outcomes.map(({ stdout, stderr }) => `${stdout.split("Terraform will perform").at(-1)}\n${stderr}`);
    throw new Error([what, this.#plane, ...this.#log, ...printed].join("\n"));
  }
}

type Entry = [object: string, live: object];

const FAULTS =
  /produced (an )?(invalid|inconsistent|unexpected)|Plugin did not respond|The provider failed|panic:|TypeError/;

function flag(name: string, instance: { readonly address: string } | undefined): string[] {
  return instance === undefined ? [] : [`-${name}=${instance.address}`];
}

/** The codes and objects of the errors, in an order of their own. Whether Terraform adds its own depends on the address. */
function refusals({ stderr }: Outcome): string {
  const lines = stderr.replace(/^[│╷╵] ?/gm, "").split("\n");
  const errors = lines.filter((line) => line.startsWith("Error: "));
  const coded = errors.filter((line) => /FED\d+/.test(line));
  return (coded.length > 0 ? coded : errors)
    .map((line) => `${/FED\d+/.exec(line)?.[0] ?? line} ${/\b[ru]\d\b/.exec(line)?.[0] ?? ""}`)
    .sort()
    .join(", ");
}
