import type { AccessEffect } from "./access-change.ts";
import type { Finding } from "./finding.ts";
import type { AuthorizationType } from "./identity-provider.ts";
import type { Phrase } from "./phrase.ts";
import type { Kind } from "./resources.ts";

/** A resource as reports name it: by its kind, its name in the program where that is known, and its object. */
export interface Subject {
  readonly kind: Kind;
  readonly name: string | undefined;
  /** The object, as a user knows it: `group dba through corp-entra`. */
  readonly label: string;
}

/** One property that differs between the control plane and the declaration. */
export interface Difference {
  readonly property: string;
  readonly live: unknown;
  readonly wanted: unknown;
  /** The values must not be printed. */
  readonly secret: boolean;
}

/**
 * The future of a change that somebody made outside the stack: the object is as declared already, the run is refused,
 * the change stays, the next write reverts it, or the next write sets a value that the program has changed too.
 */
export type DriftOutcome = "as-wanted" | "refused" | "left" | "reverted" | "edited";

export interface Drift extends Difference {
  readonly recorded: unknown;
  /** False where a refresh has put the live value in place of the recorded one. */
  readonly recordedKnown: boolean;
  readonly outcome: DriftOutcome;
}

/** Everything that handlers tell a user besides their results. Each engine words it in one place. */
export type Report =
  /** A warning. */
  | { readonly type: "finding"; readonly finding: Finding }
  /** Properties were changed outside the stack. */
  | { readonly type: "drift"; readonly subject: Subject; readonly changes: readonly Drift[] }
  /** The object was deleted, or disconnected, outside the stack. */
  | {
      readonly type: "missing";
      readonly subject: Subject;
      /** The resource's id, if nothing else identifies the object. */
      readonly id?: string;
      readonly lost: "deleted" | "disconnected";
      readonly outcome: DriftOutcome;
      /** The next write creates an object with another id. */
      readonly newId?: true;
      /** The engine refuses that, because the old object counts as protected. */
      readonly isProtected?: boolean | undefined;
    }
  /** An existing object is taken over; the differences are changed. */
  | {
      readonly type: "adoption";
      readonly subject: Subject;
      readonly object: string;
      /** The name of the resource of this stack that hands it over. */
      readonly from?: string;
      readonly differences: readonly Difference[];
    }
  /** Settings that somebody else has changed, or that are in use, stay although the resource no longer declares them. */
  | {
      readonly type: "kept";
      readonly subject: Subject;
      readonly settings: readonly string[];
      readonly because: "changed" | "in-use";
    }
  /** A deletion is skipped, because the program declares the object as the resource `by`. */
  | { readonly type: "managed"; readonly subject: Subject; readonly by: string }
  /** A reference holds an older label of an identity provider of Atlas. */
  | { readonly type: "label"; readonly subject: Subject; readonly given: string; readonly live: string }
  /** The project of access comes with the reference of its identity provider, and the program does not name it. */
  | { readonly type: "project"; readonly projectId: string; readonly identityProvider: string }
  /** References that the credentials cannot compare with the live identity provider. */
  | { readonly type: "uncompared"; readonly references: readonly string[] }
  /** The program no longer adopts the object, so the engine no longer protects its resource from deletion. */
  | { readonly type: "unprotected"; readonly subject: Subject }
  /** Objects equal deleted ones under other names: an interrupted rename of this stack may have created them. */
  | { readonly type: "left-behind"; readonly objects: readonly string[] }
  /** A check that the credentials do not allow. */
  | { readonly type: "skipped"; readonly check: Phrase; readonly why: Phrase }
  /** The control plane is not asked in this preview. `skipped`: the checks left out, where they are known by then. */
  | { readonly type: "offline"; readonly why: Phrase; readonly skipped: readonly Phrase[] }
  /** Clusters that have not applied a change yet. */
  | { readonly type: "progress"; readonly clusters: readonly string[]; readonly seconds: number }
  /** A lockout that the program allows. */
  | { readonly type: "lockout-allowed"; readonly finding: Finding }
  /** Principals that a lockout check could not read. */
  | { readonly type: "lockout-unknown"; readonly change: Phrase; readonly unreadable: readonly string[] }
  /** Everybody who logged in through the identity provider is logged out. */
  | { readonly type: "revocation"; readonly subject: Subject; readonly input: string }
  /** A configuration gets another name, and everything named after it is replaced. */
  | {
      readonly type: "renaming";
      readonly from: string;
      readonly to: string;
      /** The roles and users that are named after it, those of this stack first. */
      readonly affected: readonly { readonly by: AuthorizationType; readonly who: string }[];
    }
  /** The TLS mode of a project's processes, by their names. */
  | { readonly type: "tls"; readonly subject: Subject; readonly modes: Readonly<Record<string, string>> }
  /** An earlier version recorded a setting, and wrote it where no server reads it. */
  | { readonly type: "unread"; readonly subject: Subject; readonly setting: string }
  /** The next modes of a project's processes, in the order of their writes. */
  | { readonly type: "tls-steps"; readonly subject: Subject; readonly steps: readonly string[] }
  /** Who gains and who loses access by the program. `isOutside`: their grants are not in the stack, and name a role of it. */
  | { readonly type: "access"; readonly effect: AccessEffect; readonly isOutside?: true }
  /** The verdict on a resource's sample tokens. */
  | { readonly type: "tokens"; readonly line: string }
  /** A problem that changes nothing, in words. */
  | { readonly type: "warning"; readonly text: Phrase };
