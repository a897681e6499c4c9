import { version } from "./version.ts";

/** The schema as JSON. The bundle holds the text instead, because the field tables take long to load. */
export async function schemaText(): Promise<string> {
  const { packageSchema } = await import("./schema.ts");
  return JSON.stringify(packageSchema(version));
}
