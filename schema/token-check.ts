import { z } from "zod";
import { defineFields, shapeOf } from "./fields.ts";
import { objectIdSchema } from "./ids.ts";
import { DEFAULT_SERVER_VERSION, serverVersionSchema } from "./token-config.ts";
import { tokenExpectationSchema } from "./token-expectation.ts";

/** Represents a token, its claims or a key set in state: `sha256:` and the digest of the text. */
const digestSchema = z.string().min(1);

/** How an identity provider is named that the program does not make itself, before its configuration name. */
export const REFERENCE = "reference of ";

const momentSchema = z
  .string()
  .refine(
    (at) => at === "now" || at === "issuedAt" || !Number.isNaN(Date.parse(at)),
    'expected "now", "issuedAt" or a moment in ISO 8601',
  );

/** One sample token. */
export const sampleTokenFields = defineFields({
  token: {
    schema: digestSchema.optional(),
    description: "The signed token. State holds its digest only.",
    inPrograms: 'Use `fromFile("dba.jwt")`, `fromEnv("DBA_JWT")`, or the text itself.',
  },
  claims: {
    schema: digestSchema.optional(),
    description:
      "The claims of a token without a signature, instead of `token`. mongofed adds an issuer, an audience and times where they are missing.",
    inPrograms: 'Use an object, or `fromFile("claims.json")`.',
  },
  keys: {
    schema: digestSchema.optional(),
    description: "The signing keys of the issuer, as a JWKS. Only with `token`.",
    inPrograms: 'Use an object, or `fromFile("jwks.json")`.',
    default: "the signature is not verified",
  },
  at: {
    schema: momentSchema.optional(),
    description:
      'The time of the login: `"issuedAt"`, which suits tokens that are kept after they expire, `"now"`, or an ISO 8601 time.',
    example: "now",
    default: '`"issuedAt"`',
  },
  serverVersion: {
    schema: serverVersionSchema.optional(),
    description: "The MongoDB version of the clusters, `7.0` or later.",
    example: "8.0",
    default: `\`${DEFAULT_SERVER_VERSION}\``,
  },
  clientAddress: {
    schema: z.string().min(1).optional(),
    description: "The IP address of the client, for authentication restrictions.",
    example: "10.0.0.7",
    default: "unknown",
  },
  serverAddress: {
    schema: z.string().min(1).optional(),
    description: "The IP address of the server, for authentication restrictions.",
    example: "10.0.1.7",
    default: "unknown",
  },
  projectId: {
    schema: objectIdSchema.optional(),
    description: "The project whose clusters the login is for: 24 hexadecimal digits.",
    where: "The console shows the id under Project Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    default: "access in every project counts",
  },
  identityProvider: {
    schema: z.string().min(1).optional(),
    description: "The identity provider that issues the claims. Only with `claims`.",
    inPrograms: "Pass the resource, its `reference`, or its name in the program.",
    default: "the identity provider in `accepted`, or the only one",
  },
  expect: {
    schema: tokenExpectationSchema,
    description: "The expected result. mongofed checks only what it contains.",
    example: { accepted: true },
  },
});

/** One token of a check as it is recorded: nothing of the token itself. */
const checkedTokenSchema = shapeOf(sampleTokenFields).superRefine(({ token, claims, keys }, context) => {
  const custom = (message: string) => context.addIssue({ code: "custom", path: [], message });
  if ((token === undefined) === (claims === undefined)) custom("it has either a token or claims");
  if (claims !== undefined && keys !== undefined) custom("claims alone have no signature that keys could check");
});

export const tokenCheckFields = defineFields({
  tokens: {
    schema: z
      .record(z.string().min(1), checkedTokenSchema)
      .refine((tokens) => Object.keys(tokens).length > 0, "a check has at least one token"),
    description: "Sample tokens by title: where each is used, and the expected result.",
  },
  identityProviders: {
    schema: z.array(z.string().min(1)).optional(),
    description: "The identity providers that the tokens are checked against.",
    default: "every identity provider that is declared",
  },
  access: {
    schema: z.array(z.string().min(1)).optional(),
    description: "The access that the tokens are checked against: groups, and people or programs.",
    default: "all access that is declared",
  },
});
export const tokenCheckShape = shapeOf(tokenCheckFields);
export type TokenCheckInputs = z.output<typeof tokenCheckShape>;
