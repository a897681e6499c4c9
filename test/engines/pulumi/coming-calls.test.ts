import { expect, test } from "vitest";
import { type DeclaredEntry, providerChannel } from "../../../provider/engines/pulumi/channel.ts";
import { callsOfRun } from "../../../provider/engines/pulumi/coming-calls.ts";
import { inRun, PROCESS_SCOPE } from "../../../provider/run-scope.ts";
import { OTHER_PROJECT, PROJECT } from "../../support/ids.ts";

const apps = { projectId: PROJECT, configurationName: "apps" };
const users = Array.from({ length: 4 }, (_, index) => ({ identityProvider: apps, principal: `p${index}` }));
const entry = (kind: DeclaredEntry["kind"], name: string, inputs: DeclaredEntry["inputs"]): DeclaredEntry => ({
  urn: `urn:${name}`,
  kind,
  name,
  aliases: [],
  inputs,
  provider: {},
});
const program = [
  entry("IdentityProvider", "apps", apps),
  ...users.map((inputs, index) => entry("FederatedUser", `u${index}`, inputs)),
];

function aRun(parallel: number, body: (calls: ReturnType<typeof callsOfRun>) => void): void {
  inRun({ ...PROCESS_SCOPE, engineAddress: undefined, state: new Map() }, () => {
    providerChannel().tell("program", { preview: false, parallel, declarations: program });
    body(callsOfRun());
  });
}

test("changes of a kind come until all of its declarations are under way, written or unchanged", () => {
  aRun(16, (calls) => {
    const ends = [0, 1].map((index) => calls.begin("FederatedUser", users[index]!, `urn:u${index}`));
    expect(calls.mayCome(PROJECT)).toBe(true);
    expect(calls.mayCome(OTHER_PROJECT)).toBe(false);
    calls.settle("FederatedUser", users[2]!, "urn:u2");
    ends[0]?.();
    expect(calls.mayCome(PROJECT)).toBe(true);
    calls.begin("FederatedUser", users[3]!, "urn:u3");
    expect(calls.mayCome(PROJECT)).toBe(false);
  });
});

test("no more calls are expected than the engine has in flight", () => {
  aRun(2, (calls) => {
    const ends = [0, 1].map((index) => calls.begin("FederatedUser", users[index]!, `urn:u${index}`));
    expect(calls.mayCome(PROJECT)).toBe(false);
    ends[1]?.();
    expect(calls.mayCome(PROJECT)).toBe(true);
  });
});

test("an identity provider does not wait for the users that depend on it", () => {
  aRun(16, (calls) => {
    calls.begin("IdentityProvider", apps, "urn:apps");
    expect(calls.mayCome(PROJECT)).toBe(false);
  });
});

test("an engine that does not say how many calls it has in flight leaves open whether more come", () => {
  aRun(0, (calls) => {
    calls.begin("FederatedUser", users[0]!, "urn:u0");
    expect(calls.mayCome(PROJECT)).toBeUndefined();
    for (const index of [1, 2, 3]) calls.begin("FederatedUser", users[index]!, `urn:u${index}`);
    expect(calls.mayCome(PROJECT)).toBe(false);
  });
});

test("a run without a program says nothing", () => {
  inRun({ ...PROCESS_SCOPE, engineAddress: undefined, state: new Map() }, () => {
    callsOfRun().begin("FederatedUser", users[0]!, undefined);
    expect(callsOfRun().mayCome(PROJECT)).toBeUndefined();
  });
});
