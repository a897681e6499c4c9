import { z } from "zod";
import { applySecondsSchema, atlasWorldSchema } from "./atlas/world.ts";
import { cloudManagerWorldSchema } from "./cloud-manager/world.ts";
import { credentialSchema } from "./credentials.ts";

/**
 * Where the real answer is unknown the emulator does the stricter thing, and what takes time is done at once; these say
 * otherwise for a test. An edit sets all of them: what it leaves out is back at its default.
 */
export const behaviourSchema = z.strictObject({
  /**
   * A second identity provider of the same issuer and audience in one federation. Refused by default (a guess: no
   * document says so); `allow` shows what a blindly repeated POST does to a control plane that does not mind.
   */
  duplicateIdentityProviders: z.enum(["refuse", "allow"]).default("refuse"),
  /**
   * How long clusters take to apply a change of users or roles, in seconds of the emulator's clock; `never` leaves
   * them `PENDING`. A cluster can have a time of its own. Default: none, since most tests do not wait for it.
   */
  applySeconds: applySecondsSchema.default(0),
  /**
   * The result of overlapping writes of user-defined roles in one project. `refuse`: the last to end gets 409. `lose`:
   * both are accepted, and the last to end undoes the other. Clients have met both. With either, a write takes a while,
   * so that writes can overlap. By default, writes run one by one without delay.
   */
  overlappingRoleWrites: z.enum(["apply", "refuse", "lose"]).default("apply"),
  /**
   * A group or user of an identity provider that the project's organization is not connected to. Whether the API
   * looks is unknown; `refuse` shows what happens to a client that grants access too early.
   */
  accessWithoutConnection: z.enum(["allow", "refuse"]).default("allow"),
  /** How many a project can have. MongoDB's support raises it on request. */
  maxDatabaseUsers: z.number().int().nonnegative().default(100),
  maxCustomDbRoles: z.number().int().nonnegative().default(100),
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
