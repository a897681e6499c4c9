import * as pulumi from "@pulumi/pulumi";
import { REFERENCE, type TokenCheckInputs } from "../../../../schema/token-check.ts";
import type { TokenExpectation } from "../../../../schema/token-expectation.ts";
import { accessName } from "../../../tokens/index.ts";
import { declarationOf } from "../gate/gate.ts";
import type { SampleTokens } from "../gate/token-checks.ts";
import { digestOf, type TextSource, textOf, UnreadableSource } from "../token-sources.ts";
import type { AnyIdentityProviderInput } from "./access.ts";
import type { FederatedUser } from "./federated-user.ts";
import { HeldResource } from "./held-resource.ts";
import type { Given } from "./inputs.ts";
import type { OidcRole } from "./oidc-role.ts";

/** What must become of a token. Whatever is left out is not looked at. */
export type TokenExpectationArgs = {
  readonly [K in keyof Omit<TokenExpectation, "accepted">]: Given<Exclude<TokenExpectation[K], undefined>> | undefined;
} & {
  /** The token gets in: through any identity provider (`true`), or through this one. */
  readonly accepted?: true | string | AnyIdentityProviderInput | undefined;
};

/** Where a token is used, and what must become of it. */
interface TokenUse {
  /**
   * When it is used: `"issuedAt"`, for tokens that are kept and have expired since, `"now"`, or a moment in ISO 8601.
   * Default: `"issuedAt"`.
   */
  readonly at?: pulumi.Input<string> | undefined;
  /** The MongoDB version of the clusters, `"7.0"` or newer. Default: `"8.0"`. */
  readonly serverVersion?: pulumi.Input<string> | undefined;
  /** The IP address from which the client connects, for authentication restrictions. Default: not known. */
  readonly clientAddress?: pulumi.Input<string> | undefined;
  /** The IP address that it connects to. Default: not known. */
  readonly serverAddress?: pulumi.Input<string> | undefined;
  /** The project whose clusters it is used on. Default: what is granted in any project counts. */
  readonly projectId?: pulumi.Input<string> | undefined;
  readonly expect: TokenExpectationArgs;
}

/** A signed token. */
export interface SignedTokenArgs extends TokenUse {
  /** `fromFile("dba.jwt")`, `fromEnv("DBA_JWT")`, or the text itself. */
  readonly token: TextSource | pulumi.Input<string>;
  /** The issuer's keys, a JWKS. Default: the signature is not checked. */
  readonly keys?: TextSource | pulumi.Input<object> | undefined;
  readonly claims?: never;
  readonly identityProvider?: never;
}

/** What would stand in a token. Nothing needs to be signed or kept, and nothing expires. */
export interface ClaimsArgs extends TokenUse {
  /** The claims. Issuer, audience and times are filled in where they are missing. */
  readonly claims: TextSource | Readonly<Record<string, unknown>> | pulumi.Output<Record<string, unknown>>;
  /** Who would issue them. Default: the one of `accepted`, or the only one that there is. */
  readonly identityProvider?: string | AnyIdentityProviderInput | undefined;
  readonly token?: never;
  readonly keys?: never;
}

export interface TokenCheckArgs {
  /** Sample tokens by title. */
  readonly tokens: Readonly<Record<string, SignedTokenArgs | ClaimsArgs>>;
  /** Narrows down what they are judged against. Default: every identity provider that the program declares. */
  readonly identityProviders?: readonly AnyIdentityProviderInput[] | undefined;
  /** Narrows down the access that they find. Default: all that the program declares. */
  readonly access?: readonly (OidcRole | FederatedUser)[] | undefined;
}

/**
 * Sample tokens, and what must become of them: in every preview each is judged as a server would, with everything as it
 * would be after the change. One that fares otherwise ends the preview, before anything is changed. No server is
 * asked, and no credentials are needed. Of tokens, claims and keys the state holds digests only.
 *
 * @example
 * ```ts
 * new TokenCheck("who gets in", {
 *   tokens: {
 *     "a DBA": { claims: { sub: "d-1", groups: [dbaGroup] }, expect: { accepted: staff, can: ["insert app.orders"] } },
 *     "an intern": { claims: { sub: "i-1", groups: [] }, expect: { accepted: staff, cannot: ["find"] } },
 *     "a token of staging": { token: fromEnv("STAGING_JWT"), expect: { refused: "FED103" } },
 *   },
 * });
 * ```
 */
export class TokenCheck extends HeldResource {
  /** As they are recorded: digests in place of tokens, claims and keys. */
  declare readonly tokens: pulumi.Output<TokenCheckInputs["tokens"]>;

  constructor(name: string, args: TokenCheckArgs, options?: pulumi.CustomResourceOptions) {
    const { tokens, identityProviders, access, ...rest } = args;
    const materials: Record<string, Record<string, pulumi.Input<string>>> = {};
    const unreadable: { path: string; message: string }[] = [];
    const recorded = Object.entries(tokens ?? {}).map(([title, given]) => {
      const texts = textsOf(given, (key, { why }) =>
        unreadable.push({ path: `tokens.${title}.${key}`, message: `${JSON.stringify(title)}: ${why}` }),
      );
      materials[title] = texts;
      return [title, recordOf(given, texts)] as const;
    });
    const inputs = {
      ...rest,
      tokens: Object.fromEntries(recorded),
      ...(identityProviders === undefined ? {} : { identityProviders: identityProviders.map(nameOf) }),
      ...(access === undefined ? {} : { access: access.map(accessOf) }),
    };
    const samples: SampleTokens = { materials, unreadable };
    super({ kind: "TokenCheck", name, args: inputs, inputs, outputs: OUTPUTS, tokens: samples }, options);
  }
}

const OUTPUTS = ["tokens", "identityProviders", "access"] as const;
const TEXTS = ["token", "claims", "keys"] as const;

function textsOf(
  given: SignedTokenArgs | ClaimsArgs,
  report: (key: string, problem: UnreadableSource) => void,
): Record<string, pulumi.Input<string>> {
  const texts: Record<string, pulumi.Input<string>> = {};
  for (const key of TEXTS) {
    if (given[key] === undefined) continue;
    const text = textOf(given[key]);
    if (text instanceof UnreadableSource) report(key, text);
    texts[key] = text instanceof UnreadableSource ? "" : text;
  }
  return texts;
}

/** The token as it is registered: nothing of what it is made of. */
function recordOf(given: SignedTokenArgs | ClaimsArgs, texts: Readonly<Record<string, pulumi.Input<string>>>) {
  const { expect, identityProvider, ...rest } = given;
  const digests = Object.entries(texts).map(([key, text]) => [key, digestOf(text)] as const);
  const { accepted } = expect ?? {};
  return {
    ...rest,
    ...Object.fromEntries(digests),
    ...(identityProvider === undefined ? {} : { identityProvider: nameOf(identityProvider) }),
    expect: accepted === undefined || accepted === true ? expect : { ...expect, accepted: nameOf(accepted) },
  };
}

/** What the program calls it; of one that it does not make itself, the configuration name. */
function nameOf(given: string | AnyIdentityProviderInput): pulumi.Input<string> {
  if (typeof given === "string") return given;
  const declared = declarationOf(given);
  if (declared !== undefined) return declared.name;
  const reference = pulumi.output(given as pulumi.Input<{ configurationName: pulumi.Input<string> }>);
  return reference.apply(({ configurationName }) => pulumi.interpolate`${REFERENCE}${configurationName}`);
}

function accessOf(given: OidcRole | FederatedUser): string {
  // Without a gate (Pulumi's mocks) nothing is judged, and nobody looks for the name.
  return accessName(declarationOf(given) ?? { kind: "OidcRole", name: "?" });
}
