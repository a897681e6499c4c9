import * as pulumi from "@pulumi/pulumi";
import { REFERENCE, type TokenCheckInputs } from "../../../../schema/token-check.ts";
import { accessName } from "../../../tokens/index.ts";
import { declarationOf } from "../gate/hold.ts";
import type { SampleTokens } from "../gate/token-checks.ts";
import { digestOf, textOf, UnreadableSource } from "../token-sources.ts";
import type { FederatedUser } from "./federated-user.ts";
import { GatedResource } from "./gated-resource.ts";
import type { IdentityProviderInput } from "./identity-provider-input.ts";
import type { ClaimsArgs, SignedTokenArgs, TokenCheckArgs } from "./inputs/token-check.ts";
import type { OidcRole } from "./oidc-role.ts";

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
export class TokenCheck extends GatedResource {
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

/** The token as state holds it: without the token itself, its claims and its keys. */
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

/** Returns the name in the program, or the configuration name of a provider that the program does not declare. */
function nameOf(given: string | IdentityProviderInput): pulumi.Input<string> {
  if (typeof given === "string") return given;
  const declared = declarationOf(given);
  if (declared !== undefined) return declared.name;
  const reference = pulumi.output(given as pulumi.Input<{ configurationName: pulumi.Input<string> }>);
  return reference.apply(({ configurationName }) => pulumi.interpolate`${REFERENCE}${configurationName}`);
}

function accessOf(given: OidcRole | FederatedUser): string {
  // Without a gate (Pulumi's mocks) no token is checked, and nothing needs the name.
  return accessName(declarationOf(given) ?? { kind: "OidcRole", name: "?" });
}
