import { createRequire } from "node:module";
import { z } from "zod";

const published = createRequire(import.meta.url)("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

/** The schema of SARIF 2.1.0 as published. Zod takes a `uri-reference` for an absolute URL, so that format is left out. */
export const sarifSchema = z.fromJSONSchema(
  JSON.parse(
    JSON.stringify(published, (key, value) => (key === "format" && value === "uri-reference" ? undefined : value)),
  ),
);
