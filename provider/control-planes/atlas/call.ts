import type { EncodedPath, HttpMethod, Query } from "../../http/index.ts";

/**
 * Versions of the API that are asked for. Identity providers one by one need 2023-11-15: before it their path took
 * another id, and the answer knew SAML only. Clusters need 2024-08-05, which tells the tier of each region.
 */
type Version = "2023-01-01" | "2023-11-15" | "2024-08-05";

/** Which of Atlas's rate limits counts a call: those stop each other, the rest goes on. */
type Bucket =
  | "identity-providers"
  | "connected-organizations"
  | "organizations"
  | "projects"
  | "clusters"
  | "database-users"
  | "custom-roles";

export interface Call {
  /** The action, in a user's words; stands at the head of every error. */
  readonly operation: string;
  readonly method: HttpMethod;
  readonly path: EncodedPath;
  readonly version: Version;
  readonly query?: Query;
  readonly body?: unknown;
  readonly bucket: Bucket;
  /** A look at what an interrupted write has done: it still happens, briefly, after the run was told to stop. */
  readonly look?: boolean;
}
