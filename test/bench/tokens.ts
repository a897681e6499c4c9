/**
 * `npm run bench`: what the full judgement of a token costs, as a share of the rate at which `node:crypto` verifies its
 * signature alone. Both arms run alternately, within one run, since machines differ and are shared; the median counts.
 */

import { generateKeyPairSync, sign, verify } from "node:crypto";
import { judge, screenKeys, serverOf } from "../../provider/tokens/index.ts";
import { tokenConfigSchema } from "../../schema/token-config.ts";

const COUNT = 2000;
/** So many tokens are judged at a time, as all tokens of a check are. */
const AT_A_TIME = 50;
const REPEATS = 9;
/** Full judgement, as a share of the rate of bare verification. */
const GOAL = 0.45;

const NOW = 1_800_000_000;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const groups = Array.from({ length: 10 }, (_, index) => `0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1${10 + index}`);
const claims = {
  iss: "https://idp.example.com",
  aud: "mongodb",
  sub: "ada",
  groups,
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
};
const signed = `${encode({ alg: "RS256", kid: "key-1", typ: "JWT" })}.${encode(claims)}`;
const signature = sign("sha256", Buffer.from(signed), privateKey);
const token = `${signed}.${signature.toString("base64url")}`;

const config = tokenConfigSchema.parse({
  identityProviders: [
    {
      name: "corp",
      prefix: "corp",
      idpType: "WORKFORCE",
      issuerUri: claims.iss,
      audience: "mongodb",
      authorizationType: "GROUP",
    },
  ],
  // Of the token's ten groups two are granted something; so are others.
  groups: [...groups.slice(0, 2), ..."abcdefgh"].map((group) => ({
    identityProvider: "corp",
    group,
    roles: ["readWrite@app", "orders@admin"],
  })),
  databaseRoles: [{ roleName: "orders", roles: ["read@billing"] }],
});
const keys = screenKeys({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "key-1" }] }, serverOf("8.0"));

const arms = {
  async verification() {
    const data = Buffer.from(signed);
    for (let i = 0; i < COUNT; i++) if (!verify("sha256", data, publicKey, signature)) throw new Error("not signed");
  },
  async judgement() {
    for (let i = 0; i < COUNT; i += AT_A_TIME) {
      const judged = await Promise.all(Array.from({ length: AT_A_TIME }, () => judge({ token }, { config, keys })));
      for (const { outcome, signature } of judged) {
        if (outcome !== "accepted" || signature !== "valid") throw new Error(`a good token is ${outcome}`);
      }
    }
  },
};

async function rate(arm: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await arm();
  return (COUNT / (performance.now() - began)) * 1000;
}

const ratios: number[] = [];
let rates = { judgement: 0, verification: 0 };
for (let repeat = 0; repeat <= REPEATS; repeat++) {
  rates = { verification: await rate(arms.verification), judgement: await rate(arms.judgement) };
  // The first round warms up.
  if (repeat > 0) ratios.push(rates.judgement / rates.verification);
}
ratios.sort((a, b) => a - b);
const [least, median, most] = [0, Math.floor(REPEATS / 2), REPEATS - 1].map((index) => ratios[index]?.toFixed(2));
console.log(
  `${`tokens judged / signatures verified (goal: at least ${GOAL})`.padEnd(72)} ${median} (${least} to ${most})`,
);
console.log(
  `${"tokens judged a second, in the last round".padEnd(72)} ${Math.round(rates.judgement)} (${Math.round(rates.verification)} verified)`,
);
