import { phrase, stack } from "../../../schema/phrase.ts";
import { type PlaneName, PRODUCTS } from "../../../schema/plane.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import { type CredentialHost, changedHostFindings, originOf } from "../../control-planes/pinned-hosts.ts";
import { FindingError } from "../../findings.ts";
import { catalogue, finding } from "../../rules/index.ts";
import type { Context, Props } from "../definition.ts";
import { refuse } from "../findings.ts";
import { visible } from "./visible.ts";

/**
 * Binds state to the control plane that it describes. Objects that are missing on another control plane were not deleted,
 * and a run must not create them there. It is a hidden output, so that it is never a change by itself. The next update
 * binds an older state.
 */
const BOUND = "__bound";

/** The recorded control plane, and the credentials that a `Provider` named for it. */
interface Bound extends Partial<CredentialHost> {
  readonly plane: PlaneName;
  readonly baseUrl: string;
}

/** The control plane that every create and update records. The federation is part of each resource's id. */
export function bindingOf({ name, baseUrl, host }: ControlPlane): Props {
  const named = host === undefined ? {} : visible({ credentials: host.credentials, caFile: host.caFile });
  return { [BOUND]: { plane: name, baseUrl: originOf(baseUrl), ...named } };
}

/** The hosts of named credentials that the outputs of resources record. */
export function recordedHosts(outputs: readonly Props[]): CredentialHost[] {
  const bound = outputs.map((each) => each[BOUND] as Bound | undefined);
  return bound.filter((each): each is Bound & CredentialHost => each?.credentials !== undefined);
}

/**
 * Returns the binding after a read. A refresh keeps the recorded binding, even an absent one. A read by id alone binds
 * the object.
 */
export function bindingIn(outputs: Props, plane: ControlPlane, refreshes: boolean): Props {
  if (outputs[BOUND] !== undefined) return { [BOUND]: outputs[BOUND] };
  return refreshes ? {} : bindingOf(plane);
}

/** Whether recorded outputs are of this control plane. Outputs that record none count as such. */
export function isBoundTo({ name, baseUrl, host }: ControlPlane, outputs: Props): boolean {
  const bound = outputs[BOUND] as Bound | undefined;
  // Those credentials are sent elsewhere now, as the environment confirms.
  const hasMoved = host !== undefined && host.credentials === bound?.credentials;
  // Atlas and Cloud Manager are two at one address.
  return bound === undefined || (bound.plane === name && (bound.baseUrl === originOf(baseUrl) || hasMoved));
}

/** The recorded binding alone. */
export function recordedBinding(outputs: Props): Props {
  return { [BOUND]: outputs[BOUND] };
}

/** The control plane, if it is the one that the state came from. */
export function boundPlane({ plane: connect }: Context, outputs: Props): ControlPlane {
  const plane = connect();
  const bound = outputs[BOUND] as Bound | undefined;
  const here = originOf(plane.baseUrl);
  if (bound === undefined) return plane;
  const { host } = plane;
  if (host !== undefined) refuse(changedHostFindings(host, recordedHosts([outputs])));
  if (isBoundTo(plane, outputs)) return plane;
  throw new FindingError([
    finding("FED227", {
      message: `the state was recorded at ${bound.baseUrl} (${PRODUCTS[bound.plane]}), and this run uses ${here} (${PRODUCTS[plane.name]}, credentials from ${plane.credentialsSource})`,
    }),
  ]);
}

/**
 * Looks into a federation or project of which the state says that it was there: one that cannot be found is out of
 * reach, not gone. `scope` is its name in the message: `federation 5f1e…`.
 */
export async function withinReach<T>(plane: ControlPlane, scope: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!isNotFoundAnswer(error)) throw error;
    throw new FindingError([
      finding("FED228", {
        message: `${scope}, which the state was recorded in, cannot be found at ${originOf(plane.baseUrl)} with the credentials from ${plane.credentialsSource}`,
        why: phrase`${error.message.split("\n")[0] ?? ""}\n${catalogue.FED228.why}`,
      }),
    ]);
  }
}

/**
 * FED229: all objects of one kind are gone, and the run has seen no other object in their federation or project. A
 * restored backup, or a federation made anew under the old id, looks like that. A provider process never sees the state,
 * so it knows only the objects that this run has asked for so far. The first missing object still counts as deleted.
 * A run that goes on after a killed one finds what that one has deleted.
 */
export function refuseVanished({ memory, adoptsEqual }: Context, what: string, scope: string, id: string): void {
  if (adoptsEqual === true) return;
  const gone = memory.ownership.noteGone(scope, what, id);
  if (gone.length < 2) return;
  refuse([
    finding("FED229", {
      message: phrase`all ${what} of this ${stack} in ${scope} that this run has read so far are missing at once: ${gone.map((one) => one.slice(one.indexOf("/") + 1)).join(", ")}`,
    }),
  ]);
}

/** An object of the state exists, so its federation or project is the recorded one. */
export function noteSeen({ memory }: Context, scope: string): void {
  memory.ownership.noteSeen(scope);
}

/** A 404 with the error body of the control plane itself. */
export function isNotFoundAnswer(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "status" in error &&
    error.status === 404 &&
    "errorCode" in error &&
    error.errorCode !== undefined
  );
}
