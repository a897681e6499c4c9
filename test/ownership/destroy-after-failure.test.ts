import { expect, test } from "vitest";
import { startFront } from "../fuzz/front.ts";
import { engines } from "../support/engines.ts";
import { good, newStack } from "../support/stack.ts";
import { controlPlaneOf, objectsIn, SCENARIOS, type Scenario } from "./scenarios.ts";

/** An `up` that fails at any of its writes, and the `destroy` after it. */

const [embedded] = engines();
const KINDS = ["IdentityProvider", "OrgConnection", "DatabaseRole", "FederatedUser", "ProjectTls"];

test.each([
  { plane: "atlas", atLeast: 8 },
  { plane: "cloud-manager", atLeast: 2 },
] as const)("destroy deletes everything after a failure at each write: $plane", async ({ plane, atLeast }) => {
  const scenarios = KINDS.flatMap((kind) => SCENARIOS.filter((one) => one.plane === plane && one.kind === kind));
  const declare = ({ kind, inputsOf }: Scenario, key: number) => `new ${kind}("${kind}-${key}", { ${inputsOf(key)} });`;
  const program = [
    scenarios.find(({ kind }) => kind === "FederatedUser")!.before,
    ...scenarios.filter(({ kind }) => kind !== "OrgConnection").map((one) => declare(one, 1)),
    ...scenarios.filter(({ kind }) => kind !== "ProjectTls").map((one) => declare(one, 2)),
  ];
  let hasFailed = true;
  let nth = 0;
  for (; hasFailed; nth++) {
    const { emulator, settings } = await controlPlaneOf(scenarios[0] as Scenario);
    const empty = objectsIn(emulator);
    const front = await startFront(emulator, () => new Map());
    const key = emulator.credentials.publicKey ?? "";
    const watch = (cut?: { readonly nth: number; readonly accident: "refuse" }) =>
      front.watch({ key, cut, onWrite: () => {}, onKill: () => {} });
    const env = { ...settings.env, MONGODB_ATLAS_BASE_URL: front.url, MCLI_OPS_MANAGER_URL: front.url };
    const stack = await newStack(embedded!);
    await stack.write(...program);
    watch({ nth: nth + 1, accident: "refuse" });
    const { exitCode } = await stack.run("up", { ...settings, env });
    hasFailed = front.hit;
    expect(exitCode === 0).toBe(!hasFailed);
    watch();
    good(await stack.run("destroy", { ...settings, env }));
    expect(objectsIn(emulator), `after write ${nth + 1}`).toEqual(empty);
    await front.close();
  }
  expect(nth).toBeGreaterThan(atLeast);
});
