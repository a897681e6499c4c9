import { z } from "zod";

/** Ids of Atlas: 24 hexadecimal digits, in lower case. */
export const objectIdSchema = z
  .string()
  .regex(/^[0-9a-f]{24}$/, "expected an Atlas id: 24 hexadecimal digits in lower case");

/** Twenty characters: the id that SAML providers carried before 2023-11-15 (`oktaIdpId`). The API has moved on. */
export const legacyIdentityProviderIdSchema = z.string().regex(/^0oa[0-9a-zA-Z]{17}$/);
