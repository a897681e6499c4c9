import { z } from "zod";
import { atlasWorldSchema } from "./atlas/world.ts";
import { cloudManagerWorldSchema } from "./cloud-manager/world.ts";
import { credentialSchema } from "./credentials.ts";

/** Where the real answer is unknown the emulator does the stricter thing; these say otherwise for a test. */
export const behaviourSchema = z.strictObject({
  /**
   * A second identity provider of the same issuer and audience in one federation. Refused by default (a guess: no
   * document says so); `allow` shows what a blindly repeated POST does to a control plane that does not mind.
   */
  duplicateIdentityProviders: z.enum(["refuse", "allow"]).default("refuse"),
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
