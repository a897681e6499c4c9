export { HttpClient } from "./client.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  addressProblem,
  type DocumentAnswer,
  type DocumentOptions,
  type DocumentProblem,
  type FetchedDocument,
  fetchDocument,
} from "./document.ts";
export * from "./errors.ts";
export { type EncodedPath, path, type Query } from "./path.ts";
export { redact, redactDeep, registerSecret } from "./redact.ts";
export type { Authentication, HttpClientOptions, HttpMethod, HttpRequest, HttpResponse, RetryPolicy } from "./types.ts";
