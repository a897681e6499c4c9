import type { Finding } from "../../../schema/finding.ts";
import { phrase } from "../../../schema/phrase.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Definition, Props } from "../../resources/definition.ts";
import { finding, type Kind } from "../../rules/index.ts";
import type { RunEntries } from "./run-entries.ts";
import { HAND_OVER } from "./terms.ts";

/** An object that goes, or a creation whose name is unknown until apply. */
export interface OpenName {
  readonly topic: "open name";
  readonly use: "leaves" | "comes";
  readonly kind: Kind;
  readonly address: string;
  /** The known parts of the name. */
  readonly parts: Readonly<Record<string, string>>;
  readonly label: string;
}

/** The inputs that make up the names of objects. */
const NAME_PARTS = [
  "federationSettingsId",
  "projectId",
  "orgId",
  "configurationName",
  "group",
  "principal",
  "roleName",
  "database",
];
/** Atlas knows an identity provider by these. Its configuration name is a label. */
const TWIN_PARTS = ["federationSettingsId", "issuerUri", "audience"];
/** Kinds whose objects no other resource can declare by an unknown name. */
const SETTLED: ReadonlySet<Kind> = new Set(["ProjectTls", "TokenCheck"]);

/**
 * The names of a plan that apply decides. A plan must not destroy an object that a resource turns out to declare during
 * the apply. Terraform asks in any order, so whichever of the two comes second finds the other one here.
 */
export class OpenNames {
  readonly #entries: RunEntries<OpenName>;
  readonly #own: OpenName[] = [];
  readonly #isOneWalk: boolean;

  /** @param isOneWalk whether all processes of the run serve the same walk, so that one that has ended counts too */
  constructor(entries: RunEntries<OpenName>, isOneWalk: boolean) {
    this.#entries = entries;
    this.#isOneWalk = isOneWalk;
  }

  /** Returns FED221 if a creation with an unknown name may be about an object that another address destroys. */
  add({ kind }: Definition, use: OpenName["use"], { address, label, props }: Named): Finding[] {
    const parts = partsOf(kind, props);
    if (SETTLED.has(kind) || parts === undefined) return [];
    const own: OpenName = { topic: "open name", use, kind, address, parts, label };
    const others = this.#entries.others("open name").filter(({ isRunning }) => isRunning || this.#isOneWalk);
    const met = [...this.#own, ...others.map(({ entry }) => entry)].find((other) => mayBeSame(own, other));
    this.#own.push(own);
    this.#entries.add(own);
    return met === undefined ? [] : [conflict(use === "leaves" ? own : met)];
  }
}

interface Named {
  readonly address: string;
  readonly label: string;
  readonly props: Props;
}

/** Whether apply decides which object a resource stands for. */
export function isNameOpen({ kind }: Definition, props: Props): boolean {
  return [...namePartsOf(kind, props).map((name) => props[name]), props.identityProvider].some(isUnknown);
}

function namePartsOf(kind: Kind, { projectId }: Props): readonly string[] {
  return kind === "IdentityProvider" && projectId === undefined ? TWIN_PARTS : NAME_PARTS;
}

/** The known parts; `undefined` where the identity provider does not exist yet, so that no object can be meant. */
function partsOf(kind: Kind, props: Props): Readonly<Record<string, string>> | undefined {
  const { identityProvider: reference } = props;
  const provider = typeof reference === "object" && reference !== null ? (reference as Props) : {};
  const { identityProviderId: id } = provider;
  if (isUnknown(id)) return undefined;
  const ofProvider = id === undefined ? ["projectId", "configurationName"] : ["identityProviderId"];
  return Object.fromEntries([
    ...knownTexts(props, namePartsOf(kind, props)),
    ...knownTexts(provider, ofProvider).map(([name, value]) => [`identityProvider.${name}`, value]),
  ]);
}

function knownTexts(props: Props, names: readonly string[]): [string, string][] {
  return names.flatMap((name) => {
    const value = props[name];
    return typeof value === "string" && !isUnknown(value) ? [[name, value]] : [];
  });
}

function mayBeSame(one: OpenName, other: OpenName): boolean {
  if (one.use === other.use || one.kind !== other.kind || one.address === other.address) return false;
  return Object.entries(one.parts).every(([part, value]) => (other.parts[part] ?? value) === value);
}

function conflict({ label }: OpenName): Finding {
  return finding("FED221", {
    message: `${label}: this configuration would delete it, and may declare it by a name that is unknown until apply`,
    why: "Terraform learns the name during apply. It could delete an object that the configuration declares.",
    fix: phrase`${HAND_OVER}\nIf they are different objects, delete the first one in a run of its own: terraform apply -target='<old>'`,
  });
}
