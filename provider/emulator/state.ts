import { z } from "zod";
import { applySecondsSchema, atlasWorldSchema } from "./atlas/world.ts";
import { cloudManagerWorldSchema } from "./cloud-manager/world.ts";
import { credentialSchema } from "./credentials.ts";

/**
 * Where the real answer is unknown the emulator does the stricter thing, and what takes time is done at once; these say
 * otherwise for a test. An edit sets all of them: what it leaves out is back at its default.
 */
export const behaviourSchema = z.strictObject({
  duplicateIdentityProviders: z.enum(["refuse", "allow"]).default("refuse").meta({
    description:
      "The answer to a second identity provider with the same issuer and audience in one federation. No document says what Atlas does.",
  }),
  applySeconds: applySecondsSchema.default(0).meta({
    description:
      "How many seconds clusters take to apply a change of users or roles. `never` leaves them `PENDING`. A cluster can have a time of its own.",
  }),
  overlappingRoleWrites: z.enum(["apply", "refuse", "lose"]).default("apply").meta({
    description:
      "The result of overlapping writes of user-defined roles in one project. `refuse`: the last to end gets 409. `lose`: the last to end undoes the other. `apply`: writes run one by one.",
  }),
  accessWithoutConnection: z.enum(["allow", "refuse"]).default("allow").meta({
    description:
      "The answer to access through an identity provider that the organization is not connected to. No document says what Atlas does.",
  }),
  maxDatabaseUsers: z.number().int().nonnegative().default(100).meta({
    description: "How many database users a project can have. MongoDB's support raises it on request.",
  }),
  maxCustomDbRoles: z
    .number()
    .int()
    .nonnegative()
    .default(100)
    .meta({ description: "How many user-defined roles a project can have. MongoDB's support raises it on request." }),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

/**
 * Everything that outlives a restart. One key per control plane; organizations and projects are those of Atlas for both.
 * It is never changed in place: a change makes a new state that shares what it did not touch, so that older states
 * stay readable (stale reads) for nothing.
 */
export const stateSchema = z.strictObject({
  credentials: z.array(credentialSchema),
  behaviour: behaviourSchema,
  atlas: atlasWorldSchema,
  cloudManager: cloudManagerWorldSchema.default({ deployments: [] }),
});
export type State = z.infer<typeof stateSchema>;
