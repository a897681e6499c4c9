import { z } from "zod";

const addressSchema = z.string().meta({ description: "An IP address, or a range of them in CIDR notation." });

/** Where a client must come from, and which server it must reach: each list that is given must hold the address. */
export const authenticationRestrictionSchema = z.strictObject({
  clientSource: z.array(addressSchema).optional(),
  serverAddress: z.array(addressSchema).optional(),
});
export type AuthenticationRestriction = z.infer<typeof authenticationRestrictionSchema>;
