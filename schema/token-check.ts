import { z } from "zod";
import { objectIdSchema } from "./ids.ts";
import { serverVersionSchema } from "./token-config.ts";
import { tokenExpectationSchema } from "./token-expectation.ts";

/** What stands in state for a token, its claims or a key set: `sha256:` and the digest of the text. */
const digestSchema = z.string().min(1);

/** How an identity provider is named that the program does not make itself, before its configuration name. */
export const REFERENCE = "reference of ";

const momentSchema = z
  .string()
  .refine(
    (at) => at === "now" || at === "issuedAt" || !Number.isNaN(Date.parse(at)),
    'expected "now", "issuedAt" or a moment in ISO 8601',
  );

/** One token of a check as it is recorded: nothing of the token itself. */
export const checkedTokenSchema = z
  .strictObject({
    token: digestSchema.optional(),
    claims: digestSchema.optional(),
    keys: digestSchema.optional(),
    at: momentSchema.optional(),
    serverVersion: serverVersionSchema.optional(),
    clientAddress: z.string().min(1).optional(),
    serverAddress: z.string().min(1).optional(),
    projectId: objectIdSchema.optional(),
    identityProvider: z.string().min(1).optional(),
    expect: tokenExpectationSchema,
  })
  .superRefine(({ token, claims, keys }, context) => {
    const custom = (message: string) => context.addIssue({ code: "custom", path: [], message });
    if ((token === undefined) === (claims === undefined)) custom("it has either a token or claims");
    if (claims !== undefined && keys !== undefined) custom("claims alone have no signature that keys could check");
  });

export const tokenCheckShape = z.strictObject({
  tokens: z
    .record(z.string().min(1), checkedTokenSchema)
    .refine((tokens) => Object.keys(tokens).length > 0, "a check has at least one token")
    .meta({
      description:
        'Sample tokens by title. Each is a `token` (`fromFile("dba.jwt")`, `fromEnv("DBA_JWT")` or a text) or `claims` alone, which have no signature; with `keys` (a JWKS, or `fromFile`) the signature is checked. `at` is the moment: `"issuedAt"` (default), `"now"` or ISO 8601. `serverVersion`, `clientAddress`, `serverAddress`, `projectId` and, for claims that name no issuer, `identityProvider` say where it is used. `expect` says what must become of it: `accepted` or `refused`, `principal`, `roles`, `rolesAtLeast`, `can`, `cannot`.',
    }),
  identityProviders: z.array(z.string().min(1)).optional().meta({
    description: "The identity providers that the tokens are judged against. Default: all of the program.",
  }),
  access: z.array(z.string().min(1)).optional().meta({
    description:
      "The `OidcRole`s and `FederatedUser`s that the tokens are judged against. Default: all of the program.",
  }),
});
export type TokenCheckInputs = z.output<typeof tokenCheckShape>;
