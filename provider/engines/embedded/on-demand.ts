/**
 * Loaded into the processes of program and provider before all else. The SDK loads npm's package tree and the
 * TypeScript compiler at its start, more than half of all that it loads, only to turn functions into text: which a
 * program may never do, and our resources never need. Here they are loaded when the SDK first uses them.
 */

import Module from "node:module";
import { sep } from "node:path";

type Load = (request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean) => unknown;

/** What Node's own type declarations leave out; tools that watch what a program loads hook in here too. */
const loader = Module as unknown as { _load: Load };

const RARELY_USED = new Set(["@npmcli/arborist", "typescript"]);
const SDK = `${sep}@pulumi${sep}pulumi${sep}`;

const loadNow = loader._load;
loader._load = (request, parent, isMain) => {
  const load = () => loadNow.call(loader, request, parent, isMain);
  return RARELY_USED.has(request) && parent?.filename?.includes(SDK) ? onDemand(load) : load();
};

/** Both are used by their properties only. `__esModule` keeps `import *` of compiled code from copying them at once. */
function onDemand(load: () => unknown): object {
  let loaded: object | undefined;
  const get = (_: object, name: string | symbol): unknown => {
    if (name === "__esModule") {
      return true;
    }
    loaded ??= load() as object;
    return Reflect.get(loaded, name);
  };
  return new Proxy({}, { get });
}
