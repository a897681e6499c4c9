/**
 * `npm run bench`: at which rate tokens are judged in full, as a share of the rate at which `node:crypto` verifies their
 * signatures alone. Both arms take turns of some milliseconds, within one run, since machines differ and are shared: of
 * the many ratios the median counts. The share by processor time is what is left where no second core is free: jose
 * verifies on other threads, by WebCrypto, which alone costs about as much again as the verification.
 */

import { generateKeyPairSync, sign, verify } from "node:crypto";
import { judge, screenKeys, serverOf } from "../../provider/tokens/index.ts";
import { tokenConfigSchema } from "../../schema/token-config.ts";
import { show, spread } from "./figures.ts";

/** So many tokens are judged at a time, as all tokens of a check are; and so many signatures verified. */
const AT_A_TIME = 100;
const TURNS = 300;
/** Turns in which the code becomes as fast as it gets. */
const WARM_UP = 60;
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
    for (let i = 0; i < AT_A_TIME; i++)
      if (!verify("sha256", data, publicKey, signature)) throw new Error("not signed");
  },
  async judgement() {
    const judged = await Promise.all(Array.from({ length: AT_A_TIME }, () => judge({ token }, { config, keys })));
    for (const { outcome, signature } of judged) {
      if (outcome !== "accepted" || signature !== "valid") throw new Error(`a good token is ${outcome}`);
    }
  },
};

/** Returns the time of one turn in microseconds: by the clock, and on all threads of this process together. */
async function cost(arm: () => Promise<void>): Promise<{ time: number; work: number }> {
  const began = performance.now();
  const before = process.cpuUsage();
  await arm();
  const { user, system } = process.cpuUsage(before);
  return { time: (performance.now() - began) * 1000, work: user + system };
}

const turns: { verification: { time: number; work: number }; judgement: { time: number; work: number } }[] = [];
for (let turn = -WARM_UP; turn < TURNS; turn++) {
  const costs = { verification: await cost(arms.verification), judgement: await cost(arms.judgement) };
  if (turn >= 0) turns.push(costs);
}

const ratios = (measure: "time" | "work") =>
  spread(
    turns.map(({ verification, judgement }) => verification[measure] / judgement[measure]),
    2,
  );
const rate = (arm: "verification" | "judgement") =>
  spread(
    turns.map((costs) => (AT_A_TIME / costs[arm].time) * 1e6),
    0,
  );
show("tokens judged / signatures verified", ratios("time"), `at least ${GOAL}`);
show("the same by processor time", ratios("work"));
show("tokens judged a second", rate("judgement"));
show("signatures verified a second", rate("verification"));
