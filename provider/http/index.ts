export { HttpClient } from "./client.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  addressProblem,
  type DocumentProblem,
  type FetchedDocument,
  fetchDocument,
} from "./document.ts";
export * from "./errors.ts";
export { type EncodedPath, path, type Query } from "./path.ts";

export type { Authentication, HttpClientOptions, HttpMethod, HttpRequest, HttpResponse } from "./types.ts";
