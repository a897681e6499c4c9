/**
 * Loaded into the processes and threads of program and provider before all else. At its start the SDK loads npm's
 * package tree and the TypeScript compiler, and connects to the inspector, only to turn functions into text. Few
 * programs do that, and mongofed's resources never need it. Here all this waits until the SDK uses it.
 */

import type { Session } from "node:inspector";
import Module from "node:module";
import { sep } from "node:path";

type Load = (request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean) => unknown;

/** A part that Node's type declarations leave out. Tools that watch the loading of modules hook in here too. */
const loader = Module as unknown as { _load: Load };

const RARELY_USED = new Set(["@npmcli/arborist", "typescript"]);
/** The SDK's module that asks the inspector about functions. */
const INSPECTION = /(^|\/)v8Hooks$/;
const SDK = `${sep}@pulumi${sep}pulumi${sep}`;

const loadNow = loader._load;
loader._load = (request, parent, isMain) => {
  const load = () => loadNow.call(loader, request, parent, isMain);
  if (!parent?.filename?.includes(SDK)) return load();
  if (INSPECTION.test(request)) return inspection;
  return RARELY_USED.has(request) ? onDemand(load) : load();
};

/** Stands in for `v8Hooks`: the inspector is asked when the first function is turned into text, and not at the start. */
const inspection = {
  isInitializedAsync: async () => {},
  getSessionAsync: () => (session ??= inspect()),
  getScriptUrl: (id: string) => scripts.get(id),
};
let session: Promise<Session> | undefined;
const scripts = new Map<string, string>();

async function inspect(): Promise<Session> {
  const inspector = await import("node:inspector");
  const made = new inspector.Session();
  made.connect();
  // The inspector reports the scripts that are loaded already, too: hence the listener comes first.
  made.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params.url));
  await new Promise<void>((resolve, reject) => {
    made.post("Debugger.enable", (error) => (error ? reject(error) : resolve()));
  });
  return made;
}

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
