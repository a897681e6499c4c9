import { z } from "zod";
import { baseUrlSchema, credentialsNameSchema } from "./credentials.ts";

/** What an explicit `Provider` may be given. Plain values only: nothing of it may be a secret. */
export const providerSchema = z.strictObject({
  plane: z
    .literal("atlas", {
      error: "the only control plane so far is atlas; Cloud Manager and Ops Manager are not served yet",
    })
    .default("atlas"),
  baseUrl: baseUrlSchema.optional(),
  caFile: z.string().min(1).optional(),
  credentials: credentialsNameSchema,
});
