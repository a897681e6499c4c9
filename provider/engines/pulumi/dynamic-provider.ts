import type { dynamic } from "@pulumi/pulumi";
import type { Finding } from "../../../schema/finding.ts";
import { type Phrase, phrase, word } from "../../../schema/phrase.ts";
import type { Report } from "../../../schema/report.ts";
import { connect } from "../../control-planes/connect.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import { planeNameOf } from "../../control-planes/credential-sources.ts";
import { errorText, findingsOf, formatFinding } from "../../findings.ts";
import { subjectPhrase } from "../../reports.ts";
import {
  type Context,
  type Created,
  type DeclaredContext,
  type Definition,
  IncompleteError,
  type Props,
} from "../../resources/definition.ts";
import { reportOnce } from "../../resources/findings.ts";
import { driftMode } from "../../resources/lifecycle/drift-mode.ts";
import { waitLimit } from "../../resources/lifecycle/rollout.ts";
import { RunMemory } from "../../resources/memory.ts";
import { ONLY_READ, objectKey } from "../../resources/object-key.ts";
import type { Owners } from "../../resources/owner.ts";
import type { OwnerEntry } from "../../resources/owners.ts";
import { fingerprint } from "../../resources/state/compare.ts";
import { boundPlane } from "../../resources/state/plane-binding.ts";
import { visible } from "../../resources/state/visible.ts";
import { finding } from "../../rules/index.ts";
import { currentRun, perRun } from "../../run-scope.ts";
import { adoptsAllEqual } from "./adopt-equal.ts";
import { providerChannel } from "./channel.ts";
import { newDeclarations, withOtherCollisions } from "./collisions.ts";
import { callsOfRun } from "./coming-calls.ts";
import { recordDrift, recordsDrift } from "./drift-file.ts";
import { recordFindings } from "./findings-file.ts";
import { ADOPTS, hiddenContext, hiddenTokens } from "./hidden.ts";
import { type Declarer, Holdings } from "./holdings.ts";
import { offlineReason, reportSkipped } from "./offline.ts";
import { overwriteCheck } from "./overwrite-check/answer.ts";
import { overwrittenFinding } from "./overwrite-check/finding.ts";
import { formatReport } from "./report-text.ts";
import { shutdown } from "./shutdown.ts";
import { toStruct } from "./struct.ts";
import { pulumiTerms } from "./terms.ts";
import { noteProject, recordUnmanaged } from "./unmanaged.ts";

/**
 * Pulumi's dynamic provider over one definition. All that is peculiar to Pulumi's provider process is dealt with here,
 * so that definitions stay free of it.
 */

/** Each kind of resource has an instance of the provider, and all instances of a run share this. */
const stateOfRun = perRun(() => ({
  memory: new RunMemory(),
  /** A program has said that this run only previews. A run without a program (refresh, destroy) never says it. */
  previews: false,
}));

/** The control planes that the run has called. */
const planesOfRun = perRun(() => new Set<ControlPlane>());

function noted(plane: ControlPlane): ControlPlane {
  planesOfRun().add(plane);
  return plane;
}

/** Changes of this run that another client has overwritten since. */
async function overwritten(): Promise<string[]> {
  return (await Promise.all([...planesOfRun()].map(async (plane) => (await plane.overwritten?.()) ?? []))).flat();
}

/** Where the text lies that Pulumi loads a provider from; part of the inputs and outputs of every resource. */
const ENTRY = "__provider";

/** The owners in an entry of the channel, by their object. A run asks for each of thousands. */
const byObject = new WeakMap<readonly OwnerEntry[], ReadonlyMap<string, readonly OwnerEntry[]>>();

/** The owners that the program has read from the state. `undefined` where no program runs. */
function ownersOfRun(): Owners | undefined {
  const told = providerChannel().told("owners").at(-1);
  if (told === undefined) return undefined;
  const { owners, trouble } = told;
  const index = byObject.get(owners) ?? Map.groupBy(owners, ({ object }) => object);
  byObject.set(owners, index);
  return { trouble, of: (kind, id) => index.get(objectKey(kind, id)) ?? [] };
}

/** Judges the deletions that the state and the program announce: a preview asks no provider about them. */
async function judgeDeletions(context: Context): Promise<void> {
  if (context.offline !== undefined || !context.memory.notices.firstTime("deletions")) return;
  const owners = providerChannel().told("owners").at(-1)?.owners ?? [];
  const leaving = owners.filter(({ fate, heir }) => fate === "leaves" && heir === undefined);
  const judged = providerChannel().told("deletion");
  for (const one of leaving) {
    if (one.continuedBy !== undefined || !["IdentityProvider", "OrgConnection"].includes(one.kind)) continue;
    if (judged.some(({ object }) => object === one.object)) continue;
    // Only now: most runs delete neither.
    const { warnOfDeletion } = await import("../../resources/live-rules/deletions.ts");
    if (await warnOfDeletion(context, one, leaving)) providerChannel().tell("deletion", { object: one.object });
  }
}

/** In one write: the lines of several writes get mixed with those of others. */
function report(one: Report): void {
  recordDrift(one);
  currentRun().print(formatReport(one));
}

/** Reports the access that a changed role gives to others, or takes from them. */
async function reportHoldersOutside(context: Context, inputs: Props): Promise<void> {
  const { holdersOutside } = await import("./role-holders.ts");
  const rows = await holdersOutside(context, inputs);
  if (rows.length > 0) report({ type: "access", effect: { rows, unknown: [] }, isOutside: true });
}

export function dynamicProvider(definition: Definition): Required<dynamic.ResourceProvider> {
  // The SDK puts an instance to use before `configure` has ended, and goes on using it after `configure` has thrown.
  // So every call waits here, and gets the error of `configure` if there was one.
  const configured = Promise.withResolvers<(declared: DeclaredContext) => Context>();
  configured.promise.catch(() => {});

  // Pulumi passes hidden inputs to `check` alone. The calls that follow carry the inputs that `check` returned.
  const declarations = new Map<string, DeclaredContext & Declarer>();
  const declaredAs = (inputs: Props): DeclaredContext & { readonly urn?: string } =>
    declarations.get(fingerprint(visible(inputs))) ?? {};

  const holdings = new Holdings(definition);
  const ownersOf = (id: string) => {
    const owners = ownersOfRun();
    return owners?.trouble === undefined ? owners?.of(definition.kind, id) : undefined;
  };

  /** Runs one call of the SDK: waits for the configuration, cleans what comes back, and puts errors into form. */
  function call<T>(
    operation: string,
    props: Props,
    task: (context: Context) => Promise<T>,
    declared = declaredAs(props),
  ): Promise<T> {
    return shutdown().guard(async () => {
      let context: Context | undefined;
      try {
        context = (await configured.promise)(declared);
        return toStruct(await task(context)) as T;
      } catch (error) {
        recordFindings(findingsOf(error));
        throw toPulumiError(
          error,
          props,
          context && `${word(subjectPhrase(definition.subject(props, context)), pulumiTerms)}, ${operation}`,
        );
      }
    });
  }

  const compacted = (outputs: Props) => definition.compacted?.(outputs) ?? outputs;

  /** Claims the object of a declaration. Returns another declaration of it, whose name the preview did not know. */
  function claimed(plane: () => ControlPlane, inputs: Props, declarer: Declarer): Declarer | undefined {
    const names = holdings.wantedBy(inputs);
    holdings.claim(plane, names, declarer);
    return holdings.otherClaim(plane, names, declarer);
  }

  function declaredTwice(context: Context, inputs: Props, { name }: Declarer): Finding {
    const object = subjectPhrase(definition.subject(inputs, context));
    return finding("FED234", { message: phrase`${object} declares the same object as ${definition.kind} "${name}"` });
  }

  /** The same for a call that writes. The check at the end of the run verifies that its changes are still there. */
  async function write<T>(operation: string, props: Props, task: (context: Context) => Promise<T>): Promise<T> {
    return await call(operation, props, async (context) => {
      const end = callsOfRun().begin(definition.kind, visible(props), declaredAs(props).urn);
      try {
        return await task(context);
      } finally {
        end();
        if ([...planesOfRun()].some((plane) => plane.overwritten)) await overwriteCheck().offer(overwritten, report);
      }
    });
  }

  return {
    /** Must not fail and must not wait: see above. */
    async configure({ config }) {
      const { env } = currentRun();
      const state = stateOfRun();
      shutdown().listen();
      const { signal } = shutdown();
      const warn = (text: Phrase) => report({ type: "warning", text });
      const places = { env, config: (key: string) => config.get(`mongofed:${key}`) };
      try {
        // Every call reports an invalid setting of the control plane.
        planeNameOf(places);
        const drift = recordsDrift() ? "warn" : driftMode(places.config("drift"));
        const waitMs = waitLimit(places.config("wait"));
        const adoptsEqual = adoptsAllEqual(env);
        holdings.settings = Object.fromEntries(
          ["plane", "baseUrl"].map((key) => [`mongofed:${key}`, places.config(key)]),
        );
        let known: ControlPlane | undefined;
        // Credentials are resolved once, because each call needs the control plane several times.
        const plane = () => {
          known ??= noted(connect({ ...places, signal, warn, coming: callsOfRun() }));
          return known;
        };
        const contextOf = (declared: DeclaredContext): Context => ({
          plane,
          get offline() {
            return state.previews ? offlineReason(places) : undefined;
          },
          drift,
          waitMs,
          report,
          memory: state.memory,
          get owners() {
            return ownersOfRun();
          },
          declared,
          adoptsEqual,
          get destroys() {
            return providerChannel().told("program").length === 0;
          },
          isHeld: (id) => holdings.holder(plane, [id], ownersOf(id)) !== undefined,
        });
        shutdown().atEnd(async () => {
          reportSkipped(contextOf({}));
          reportLeftBehind(contextOf({}));
          recordUnmanaged(contextOf({}));
          const lost = await overwriteCheck().lookAtEnd(overwritten);
          if (lost.length > 0) report({ type: "finding", finding: overwrittenFinding(lost) });
        });
        configured.resolve(contextOf);
      } catch (error) {
        configured.reject(error);
      }
    },

    check(olds: Props, news: Props) {
      const state = stateOfRun();
      const { preview, folder, urn = "", saysProtect, ...declared } = hiddenContext(news);
      const tokens = hiddenTokens(news);
      state.previews ||= preview === true;
      overwriteCheck().noteFolder(folder);
      const check = async (context: Context) => {
        if (state.previews && definition.kind !== "TokenCheck") await judgeDeletions(context);
        const checked = await definition.check(context, withoutEntry(olds), visible(news));
        const { inputs, adopts } = checked;
        await noteProject(context, definition.kind, inputs);
        const collisions = await withOtherCollisions(context, checked.findings, () =>
          newDeclarations().filter((one) => one.urn !== urn && holdings.mayShare(one)),
        );
        const { name = "" } = declared;
        const twin = state.previews ? undefined : claimed(context.plane, inputs, { urn, name });
        const findings = twin === undefined ? collisions : [...collisions, declaredTwice(context, inputs, twin)];
        if (olds.adopt && !news.adopt && saysProtect === false)
          reportOnce(context, `${urn} unprotected`, {
            type: "unprotected",
            subject: definition.subject(visible(news), context),
          });
        declarations.set(fingerprint(visible(inputs)), { ...declared, address: urn, urn, name });
        const secrets = secretTexts([
          ...(declared.secrets ?? []).map((key) => news[key]),
          tokens?.materials,
          tokens?.secrets,
        ]);
        recordFindings(findings, (text) => masked(text, secrets));
        const failures = findings.map((finding) => ({
          property: NO_PROPERTY,
          reason: masked(formatFinding(finding, pulumiTerms), secrets),
        }));
        if (failures.length > 0) return { inputs, failures };
        return { inputs: preview === true && adopts !== undefined ? { ...inputs, [ADOPTS]: adopts } : inputs };
      };
      return call("check", news, check, { ...declared, address: urn, tokens });
    },

    diff: (id: string, olds: Props, news: Props) =>
      call("diff", news, async (context) => {
        const { recreates, ...difference } = await definition.diff(context, id, withoutEntry(olds), withoutEntry(news));
        // Pulumi does not replace a protected resource.
        const replaces = recreates ? [] : [...difference.replaces];
        // A refresh asks too, also for resources that the program no longer declares.
        const declarer = declarations.get(fingerprint(visible(news)));
        if (!difference.changes) callsOfRun().settle(definition.kind, visible(news), declarer?.urn);
        else if (definition.kind === "DatabaseRole" && stateOfRun().previews) await reportHoldersOutside(context, news);
        if (declarer !== undefined && !stateOfRun().previews) {
          const names = holdings.namesOf(id, olds);
          if (replaces.length > 0) holdings.announceReplacement(context.plane, names, declarer);
          // The server assigned the id, so the inputs do not name it.
          else if (definition.idOf?.(news) === undefined) holdings.claim(context.plane, names.slice(0, 1), declarer);
        }
        return { ...difference, replaces, deleteBeforeReplace: difference.deleteBeforeReplace && !recreates };
      }),

    create: (inputs: Props) =>
      write("create", inputs, async (context) => {
        for (const id of holdings.kept(context.plane)) context.memory.ownership.keep(id);
        const made = ({ id, outputs }: Created) => holdings.made(context.plane, holdings.namesOf(id, outputs));
        const { id, outputs } = await definition.create(context, withoutEntry(inputs)).catch((error: unknown) => {
          if (error instanceof IncompleteError) made(error);
          throw error;
        });
        made({ id, outputs });
        return { id, outs: compacted(outputs) };
      }),

    /** No id in the answer: gone. The SDK adds `__provider` to everything that it gets. */
    read: (id: string, props: Props = {}) =>
      call<dynamic.ReadResult>("read", props, async (context) => {
        stateOfRun().previews ||= hiddenContext(props).preview === true;
        const found = await definition.read(context, id, withoutEntry(props));
        if (found === undefined) return {};
        const refreshes = definition.recordedId?.(props) !== undefined;
        const outputs = refreshes ? found.outputs : { ...found.outputs, [ONLY_READ]: true };
        return { id: found.id, props: outputs, inputs: found.inputs };
      }),

    update: (id: string, olds: Props, news: Props) =>
      write("update", news, async (context) => ({
        outs: compacted(await definition.update(context, id, withoutEntry(olds), withoutEntry(news))),
      })),

    delete: (id: string, props: Props) =>
      write("delete", props, async (context) => {
        const outputs = withoutEntry(props);
        const names = holdings.namesOf(id, outputs);
        const plane = () => boundPlane(context, outputs);
        const by = holdings.holder(plane, names, names[0] === undefined ? [] : ownersOf(names[0]));
        if (by === undefined) return await definition.delete(context, id, outputs);
        holdings.keep(plane, names);
        const subject = definition.subject(props, { ...context, declared: {} });
        report({ type: "managed", subject, by: by.name });
      }),
  };
}

/** Reports the objects that equal deleted ones under other names, unless this run has deleted them too. */
function reportLeftBehind({ memory }: Context): void {
  const left = [...memory.notices.likenesses].filter(([id]) => !memory.ownership.isRemoved(id));
  if (left.length > 0) report({ type: "left-behind", objects: left.map(([, object]) => object) });
}

/** Naming an input would make Pulumi print its value beside the text, secret or not; the path stands in the text. */
const NO_PROPERTY = "";

/** The texts in secret inputs and tokens. A rule repeats the value that it objects to. */
function secretTexts(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}

function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

function withoutEntry(props: Props): Props {
  const { [ENTRY]: _, ...rest } = props;
  return rest;
}

/** The error that Pulumi expects: a message, and the id and properties to record if the object exists nevertheless. */
interface PulumiError extends Error {
  id?: string;
  properties?: Record<string, unknown>;
  reasons?: string[];
}

/**
 * The SDK prints text and stack of most errors beside passing them on. A stack of ours would be noise with our file
 * names in it, so it is the message; and the text names the resource, which Pulumi leaves out there.
 */
function toPulumiError(error: unknown, props: Props, where: string | undefined): PulumiError {
  const cause = error instanceof Error ? error : new Error(String(error));
  const text = errorText(cause, pulumiTerms);
  const message = where === undefined ? text : `${text}\n  in   ${where}`;
  const result: PulumiError = new Error(message, { cause });
  result.name = cause.name;
  result.stack = currentRun().env.MONGOFED_DEBUG === "1" ? (cause.stack ?? message) : message;
  Object.defineProperty(result, "toString", { value: () => where ?? "mongofed", enumerable: false });
  if (cause instanceof IncompleteError) {
    result.id = cause.id;
    // The SDK adds `__provider` to every answer but this one. Without it, Pulumi cannot read or delete the object.
    result.properties = { ...(toStruct(cause.outputs) as object), [ENTRY]: props[ENTRY] };
    result.reasons = [message];
  }
  return result;
}
