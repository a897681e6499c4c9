import { z } from "zod";
import { baseUrlSchema, credentialsNameSchema } from "./credentials.ts";
import { DEFAULT_PLANE, planeSchema } from "./plane.ts";

/** What an explicit `Provider` may be given. Plain values only: nothing of it may be a secret. */
export const providerSchema = z.strictObject({
  plane: planeSchema.default(DEFAULT_PLANE),
  baseUrl: baseUrlSchema.optional(),
  caFile: z.string().min(1).optional(),
  credentials: credentialsNameSchema,
});
