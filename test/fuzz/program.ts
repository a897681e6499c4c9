/** A program as data, and the edits that people make to it. Every program is valid: what an edit breaks goes away. */

import type { Kind } from "../../provider/rules/index.ts";

export type Plane = "atlas" | "cloud-manager";

/** One declaration. Others refer to it by `uid`, as variables of a real program do, whatever its name is. */
export interface Declaration {
  readonly uid: number;
  readonly kind: Kind;
  readonly name: string;
  /** The name of the component that it belongs to. */
  readonly parent?: string;
  /**
   * The natural key: the role's name, the group, the principal, the index of the organization, the audience of an
   * identity provider in Atlas, its configuration name in Cloud Manager.
   */
  readonly key: string;
  readonly audience?: string;
  readonly people?: boolean;
  /** The identity provider of a connection or a grant. */
  readonly through?: number;
  /** Which values the settings have: 0, 1 or 2. */
  readonly setting: number;
  readonly adopt?: true | "overwrite";
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: number;
  /** URNs. */
  readonly aliases?: readonly string[];
  readonly explicit?: boolean;
  readonly allowLockout?: boolean;
}

export interface Program {
  readonly plane: Plane;
  readonly declarations: readonly Declaration[];
}

export const STACK = "dev";
export const PROJECT_NAME = "fuzz";
export const COMPONENT = "fuzz:index:Team";

export function urnOf({ kind, name, parent }: Pick<Declaration, "kind" | "name" | "parent">): string {
  const type = `${parent === undefined ? "" : `${COMPONENT}$`}pulumi-nodejs:dynamic/mongofed:${kind}`;
  return `urn:pulumi:${STACK}::${PROJECT_NAME}::${type}::${name}`;
}

/** The keys of each kind. Few of them, so that declarations meet. */
const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  IdentityProvider: ["apps", "people", "jobs"],
  OrgConnection: ["0", "1"],
  OidcRole: ["g1", "g2"],
  FederatedUser: ["p1", "p2", "p3", "p4"],
  DatabaseRole: ["r1", "r2", "legacy"],
  ProjectTls: ["0"],
  TokenCheck: ["t1"],
};
/** The other names of a configuration in Cloud Manager. */
const RENAMED: Readonly<Record<string, string>> = { apps: "apps2", people: "people2", jobs: "jobs2" };
const NAMES = ["a", "b", "c", "d", "e"];
const PARENTS = ["red", "blue"];

const KINDS: Readonly<Record<Plane, readonly Kind[]>> = {
  atlas: ["DatabaseRole", "FederatedUser", "OidcRole", "OrgConnection", "IdentityProvider", "TokenCheck"],
  "cloud-manager": ["DatabaseRole", "FederatedUser", "OidcRole", "ProjectTls", "IdentityProvider", "TokenCheck"],
};

/** The edits that a person makes to a program. The numbers choose among what there is, so that an edit fits every program. */
export interface Edit {
  readonly edit: EditName;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

type Change = (program: Program, numbers: Omit<Edit, "edit">) => Program | undefined;

const at = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(items.length, 1)];

function change(program: Program, uid: number, more: Partial<Declaration>): Program {
  return {
    ...program,
    declarations: program.declarations.map((one) => (one.uid === uid ? withoutUndefined({ ...one, ...more }) : one)),
  };
}

function withoutUndefined(declaration: { [K in keyof Declaration]: Declaration[K] | undefined }): Declaration {
  return Object.fromEntries(Object.entries(declaration).filter(([, value]) => value !== undefined)) as never;
}

/** Adopts with protection off, as a person does who renames. */
const ADOPTS = [{}, { adopt: true, protect: false }, { adopt: "overwrite", protect: false }] as const;

/** Changes a name or a parent, with an alias. */
function readdressed(program: Program, one: Declaration, more: Partial<Declaration>): Program {
  const next = { ...one, ...more };
  const aliases = [...new Set([...(one.aliases ?? []), urnOf(one)])].filter((urn) => urn !== urnOf(next));
  return change(program, one.uid, { ...more, aliases });
}

const CHANGES = {
  add(program, { a, b, c }) {
    const kind = at(KINDS[program.plane], a)!;
    const key = at(KEYS[kind], b)!;
    const providers = program.declarations.filter((one) => one.kind === "IdentityProvider");
    const through = at(
      providers.filter(
        ({ people = false }) => kind === "OrgConnection" || kind === "TokenCheck" || people === (kind === "OidcRole"),
      ),
      c,
    );
    if (["OrgConnection", "OidcRole", "FederatedUser", "TokenCheck"].includes(kind) && through === undefined) return;
    const added: Declaration = {
      uid: Math.max(0, ...program.declarations.map(({ uid }) => uid)) + 1,
      kind,
      key,
      name: at(NAMES, c)!,
      setting: c % 3,
      ...(kind === "IdentityProvider" ? { audience: key, people: key === "people" } : {}),
      ...(through === undefined || kind === "DatabaseRole" || kind === "ProjectTls" ? {} : { through: through.uid }),
      ...(c % 4 === 0 ? ADOPTS[1 + (a % 2)] : {}),
    };
    return { ...program, declarations: [...program.declarations, added] };
  },
  remove(program, { a }) {
    const gone = at(program.declarations, a);
    return { ...program, declarations: program.declarations.filter((one) => one !== gone) };
  },
  rename(program, { a, b }) {
    const one = at(program.declarations, a);
    return one && readdressed(program, one, { name: at(NAMES, b)! });
  },
  move(program, { a, b }) {
    const one = at(program.declarations, a);
    return one && readdressed(program, one, { parent: at([undefined, ...PARENTS], b) as string });
  },
  /** Without an alias, as people do at first, or with `adopt`. */
  renamePlainly(program, { a, b, c }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { name: at(NAMES, b)!, ...at(ADOPTS, c) });
  },
  movePlainly(program, { a, b, c }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { parent: at([undefined, ...PARENTS], b) as string, ...at(ADOPTS, c) });
  },
  swapNames(program, { a, b, c }) {
    const one = at(program.declarations, a);
    const other =
      one &&
      at(
        program.declarations.filter((two) => two.kind === one.kind && two !== one),
        b,
      );
    if (one === undefined || other === undefined) return undefined;
    const adopts = ADOPTS[c % 3];
    const swapped = change(program, one.uid, { name: other.name, parent: other.parent as string, ...adopts });
    return change(swapped, other.uid, { name: one.name, parent: one.parent as string, ...adopts });
  },
  /** The edit that a loop over a list makes when an element in front goes away, or comes. */
  shift(program, { a, b, c }) {
    const kind = at(["FederatedUser", "DatabaseRole", "OidcRole"] as const, a)!;
    const list = program.declarations.filter((one) => one.kind === kind);
    if (list.length < 2) return undefined;
    const rest = program.declarations.filter((one) => one.kind !== kind);
    const things = list.map(({ key, through, setting }) => ({ key, setting, ...(through ? { through } : {}) }));
    const free = KEYS[kind].filter((key) => things.every((thing) => thing.key !== key));
    const shifted = b % 2 === 0 ? things.slice(1) : [{ ...things[0]!, key: at(free, b) ?? "" }, ...things];
    const adopts = ADOPTS[c % 3];
    return {
      ...program,
      declarations: [
        ...rest,
        ...list.slice(0, shifted.length).map((one, index) => ({ ...one, ...shifted[index]!, ...adopts })),
      ].filter(({ key }) => key !== ""),
    };
  },
  rekey(program, { a, b }) {
    const one = at(program.declarations, a);
    if (one === undefined) return undefined;
    if (one.kind === "IdentityProvider") {
      if (program.plane === "atlas") return undefined;
      const audience = one.audience ?? "";
      return change(program, one.uid, { key: one.key === audience ? RENAMED[audience]! : audience });
    }
    return change(program, one.uid, { key: at(KEYS[one.kind], b)! });
  },
  rewire(program, { a, b }) {
    const one = at(
      program.declarations.filter(({ through }) => through !== undefined),
      a,
    );
    const providers = program.declarations.filter((other) => other.kind === "IdentityProvider");
    return one && change(program, one.uid, { through: at(providers, b)!.uid });
  },
  set(program, { a, b }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { setting: b % 3 });
  },
  adopt(program, { a, b }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, at([{ adopt: undefined as never }, ADOPTS[1], ADOPTS[2]], b)!);
  },
  protect(program, { a, b }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { protect: at([undefined, true, false], b) as boolean });
  },
  retain(program, { a }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { retainOnDelete: one.retainOnDelete ? (undefined as never) : true });
  },
  deletedWith(program, { a, b }) {
    const one = at(
      program.declarations.filter(({ through }) => through !== undefined),
      a,
    );
    return one && change(program, one.uid, { deletedWith: b % 2 === 0 ? one.through! : (undefined as never) });
  },
  explicit(program, { a }) {
    const one = at(program.declarations, a);
    return one && change(program, one.uid, { explicit: one.explicit ? (undefined as never) : true });
  },
  /** Aliases go when they have done their work. */
  dropAliases(program) {
    return {
      ...program,
      declarations: program.declarations.map((one) => withoutUndefined({ ...one, aliases: undefined })),
    };
  },
  reorder(program, { a }) {
    const { declarations } = program;
    const middle = a % Math.max(declarations.length, 1);
    return { ...program, declarations: [...declarations.slice(middle), ...declarations.slice(0, middle)] };
  },
} satisfies Record<string, Change>;

export type EditName = keyof typeof CHANGES;
export const EDITS = Object.keys(CHANGES) as EditName[];

export function edited(program: Program, { edit, ...numbers }: Edit): Program {
  const changed = valid((CHANGES[edit] as Change)(program, numbers) ?? program);
  return edit !== "dropAliases" && losesAlias(program, changed) ? program : changed;
}

/** The program with another name for a declaration, and nothing else; `undefined` where the name is taken. */
export function renamedTo(
  program: Program,
  one: Declaration,
  b: number,
): { program: Program; urn: string } | undefined {
  const name = at(NAMES, b)!;
  const renamed = change(program, one.uid, { name });
  if (name === one.name || valid(renamed).declarations.length < program.declarations.length) return undefined;
  return { program: renamed, urn: urnOf({ ...one, name }) };
}

/** Another resource has got the name that an alias needs. */
function losesAlias(before: Program, after: Program): boolean {
  return before.declarations.some(({ uid, aliases = [] }) => {
    const now = after.declarations.find((one) => one.uid === uid);
    return now !== undefined && aliases.some((urn) => urn !== urnOf(now) && !now.aliases?.includes(urn));
  });
}

/** Leaves out what the rules refuse in every program: only ownership is the subject here. */
export function valid(program: Program): Program {
  const { plane, declarations } = program;
  const kept: Declaration[] = [];
  const providers = declarations.filter(({ kind }) => kind === "IdentityProvider");
  const rank = (kind: Kind) => (kind === "IdentityProvider" ? 0 : kind === "OrgConnection" ? 1 : 2);
  const taken = new Set<string>();
  const take = (names: readonly string[]) => {
    if (names.some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  };
  for (const one of declarations.toSorted((x, y) => rank(x.kind) - rank(y.kind))) {
    const through = providers.find(({ uid }) => uid === one.through);
    if (one.through !== undefined) {
      if (through === undefined || !kept.includes(through)) continue;
      const wantsPeople = one.kind === "OidcRole" ? true : one.kind === "FederatedUser" ? false : undefined;
      if (wantsPeople !== undefined && wantsPeople !== (through.people ?? false)) continue;
      const isGrant = wantsPeople !== undefined;
      if (isGrant && plane === "atlas" && !connects(kept, through.uid)) continue;
    }
    const things =
      one.kind === "IdentityProvider"
        ? [`name ${one.key}`, `audience ${one.audience}`]
        : [`${one.kind} ${one.key} ${one.through ?? ""}`];
    if (take([`urn ${urnOf(one)}`, ...things])) kept.push(one);
  }
  const has = (uid: number | undefined) => kept.some((one) => one.uid === uid);
  const cleaned = kept.map((one) => {
    // Pulumi refuses an alias that another resource has as its name or alias.
    const aliases = one.aliases?.filter((urn) => take([`urn ${urn}`]));
    const deletedWith = has(one.deletedWith) ? one.deletedWith : undefined;
    return withoutUndefined({ ...one, deletedWith, aliases: aliases?.length ? aliases : undefined });
  });
  // In the order of the program.
  const order = new Map(declarations.map(({ uid }, index) => [uid, index]));
  return { plane, declarations: cleaned.toSorted((x, y) => order.get(x.uid)! - order.get(y.uid)!) };
}

/** Projects belong to the first organization. */
function connects(declarations: readonly Declaration[], provider: number): boolean {
  return declarations.some(({ kind, through, key }) => kind === "OrgConnection" && through === provider && key === "0");
}

/** The program of a stack that works, to begin with. */
export function firstProgram(plane: Plane): Program {
  const base = { setting: 0 } as const;
  const declarations: Declaration[] = [
    { ...base, uid: 1, kind: "IdentityProvider", name: "a", key: "apps", audience: "apps", people: false },
    { ...base, uid: 2, kind: "OrgConnection", name: "a", key: "0", through: 1 },
    { ...base, uid: 3, kind: "FederatedUser", name: "a", key: "p1", through: 1 },
    { ...base, uid: 4, kind: "FederatedUser", name: "b", key: "p2", through: 1 },
    { ...base, uid: 5, kind: "DatabaseRole", name: "a", key: "r1" },
  ];
  return valid({ plane, declarations: declarations.filter(({ kind }) => KINDS[plane].includes(kind)) });
}

/** One line for each declaration, for reports. */
export function programText({ declarations }: Program): string {
  return declarations
    .map(({ uid, kind, name, parent, key, ...rest }) => {
      const others = Object.entries(rest).filter(([, value]) => value !== false || rest.protect === false);
      const options = others.map(([option, value]) => `${option}: ${JSON.stringify(value)}`).join(", ");
      return `    #${uid} ${kind} ${parent === undefined ? "" : `${parent}/`}${name} = ${key} { ${options} }`;
    })
    .join("\n");
}
