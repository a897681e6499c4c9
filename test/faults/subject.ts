import type { EmulatorWorld } from "../../provider/emulator/index.ts";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import type { FaultWorld, PlaneKind } from "./world.ts";

export type Operation = "create" | "read" | "update" | "delete";
export const OPERATIONS: readonly Operation[] = ["create", "read", "update", "delete"];

export interface Route {
  readonly method: string;
  readonly path: string;
}

/** The requests about the objects of a list that has an address for each. */
export function objectRoutes(list: string): Record<Operation, Route> {
  return {
    create: { method: "POST", path: `${list}$` },
    read: { method: "GET", path: list },
    update: { method: "PATCH", path: `${list}/` },
    delete: { method: "DELETE", path: `${list}/` },
  };
}

/** All that the faults need to know of a resource. A new resource joins every test of this folder by one of these. */
export interface Subject {
  readonly definition: Definition;
  readonly plane: PlaneKind;
  /** Brings about what the resource needs before it can be created. */
  prepare(world: FaultWorld): void;
  /** The program, and the same program after an edit that is made in place. */
  readonly program: Props;
  readonly edited: Props;
  /** The request that carries an operation out; for a read, those that it may ask. */
  readonly routes: Readonly<Record<Operation, Route>>;
  /** Where one object is asked for by itself, and where all are listed. */
  readonly one: string;
  readonly all: string;
  /** The operations that read any list which comes in pages. */
  readonly paged: readonly Operation[];
  /** The ids, in the form of the resource's own, of what a program made; exactly one of them is what every test ends with. */
  made(world: EmulatorWorld): string[];
  /** Its object on the control plane, comparable with `holds`. */
  live(world: EmulatorWorld): unknown;
  /** The value of `live` once the program, or the edited one, is in force. */
  holds(program: Props): unknown;
  /** Its name in errors. */
  readonly name: RegExp;
  /** Others who were there first: what they did, what we say of it, and how they take it back. */
  readonly rivals: readonly {
    readonly what: string;
    appear(world: FaultWorld): void;
    readonly refusal: RegExp;
    leave(world: FaultWorld): void;
    /** Nobody can see it who comes between our look and our write: the API has no conditional write. */
    readonly unseen?: true;
  }[];
}
