export type KeyType = "RSA" | "P-256" | "P-384";

/** The algorithms that the server has for a key: it looks at the token's `alg`, and at the key for the rest. */
const ALGORITHMS: Readonly<Record<KeyType, readonly string[]>> = {
  RSA: ["RS256", "RS384", "RS512", "PS256"],
  "P-256": ["ES256"],
  "P-384": ["ES384"],
};
const CURVE_ALGORITHMS = [...ALGORITHMS["P-256"], ...ALGORITHMS["P-384"]];

export function isRsaAlgorithm(alg: string): boolean {
  return ALGORITHMS.RSA.includes(alg);
}

export function isCurveAlgorithm(alg: string): boolean {
  return CURVE_ALGORITHMS.includes(alg);
}

export function signsWith(type: KeyType, alg: string): boolean {
  return ALGORITHMS[type].includes(alg);
}
