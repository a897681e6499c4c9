import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { Phrase } from "../../schema/phrase.ts";
import { HttpClient } from "../http/index.ts";
import { currentRun, perRun } from "../run-scope.ts";
import { atlasControlPlane } from "./atlas/plane.ts";
import { cloudManager } from "./cloud-manager/plane.ts";
import type { ComingCalls } from "./coming-calls.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { CredentialPlaces } from "./credential-sources.ts";
import { resolveCredentials } from "./credentials.ts";

export interface ConnectOptions extends CredentialPlaces {
  /** Aborted when the run is to stop: requests are given up then. */
  readonly signal?: AbortSignal | undefined;
  /** Gets what is odd about the credentials, once for each plane. */
  readonly warn?: ((text: Phrase) => void) | undefined;
  /** The calls that the engine is about to make. */
  readonly coming?: ComingCalls | undefined;
}

/** All resources of a run share what one of them has listed, and its token. */
const planesOfRun = perRun(() => new Map<string, ControlPlane>());

/**
 * The control plane that an explicit `Provider` or the stack configuration names, with the credentials that are there for
 * it: the same one for the same product, base URL, credentials and CA file. Sends nothing by itself.
 *
 * @throws FindingError where there are no credentials, or the base URL is missing, not acceptable or not confirmed.
 */
export function connect({ signal, warn, coming, ...places }: ConnectOptions): ControlPlane {
  const { plane: name, baseUrl, authentication, caFile: named, source, host, warnings } = resolveCredentials(places);
  // A provider runs in the program's folder. The path is absolute, so that a message tells where the file should be.
  const caFile = named === undefined ? undefined : resolve(currentRun().workDir, named);
  const key = createHash("sha256")
    .update(JSON.stringify([name, baseUrl, authentication, caFile, host]))
    .digest("base64");
  const planes = planesOfRun();
  const known = planes.get(key);
  if (known !== undefined) return known;
  const http = new HttpClient({ baseUrl, authentication, caFile, env: places.env });
  const options = { http, credentialsSource: source, signal };
  const plane = {
    ...(name === "atlas" ? atlasControlPlane(options) : cloudManager({ ...options, name, coming })),
    host,
  };
  planes.set(key, plane);
  for (const text of warnings) warn?.(text);
  return plane;
}
