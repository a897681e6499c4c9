/**
 * Identity providers that a program knows by their reference alone. It tells neither issuer nor audience, so no signed
 * token finds them; claims that are said to be theirs do, by these words, which no issuer has.
 */
const ISSUER = "<issuer of ";

export function unknownIssuer(name: string): string {
  return `${ISSUER}${name}>`;
}

export function unknownAudience(name: string): string {
  return `<audience of ${name}>`;
}

export function isReference({ issuerUri }: { readonly issuerUri: string }): boolean {
  return issuerUri.startsWith(ISSUER);
}
