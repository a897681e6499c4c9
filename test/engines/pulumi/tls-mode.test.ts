import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, good, newStack } from "../../support/stack.ts";

const config = { "mongofed:plane": "cloud-manager", "mongofed:drift": "correct" };
const PROCESSES = ["orders-0", "orders-1", "orders-2"];

const tls = (inputs: string) =>
  `export const tls = new ProjectTls("tls", { projectId: "${PROJECT}", ${inputs} });\nexport const mode = tls.mode;`;

const documentOf = (emulator: Emulator) => emulator.world().cloudManager.deployments[0]?.automationConfig ?? "";
const modesOf = (emulator: Emulator): unknown =>
  JSON.parse(documentOf(emulator)).processes.map((one: { args2_6: { net: { tls: unknown } } }) => one.args2_6.net.tls);

function byHand(emulator: Emulator, keys: Record<string, string | null>, names: readonly string[] = PROCESSES): void {
  for (const process of names) emulator.edit({ edit: "set-process-tls", projectId: PROJECT, process, keys });
}

const all = (mode: string) => PROCESSES.map(() => ({ mode, PEMKeyFile: "/etc/mongodb/server.pem" }));

describeEngines("the TLS mode of a project", (engine) => {
  test("rises in two runs, shows drift, and stays when the stack is destroyed", async () => {
    const emulator = await emulated(cloudManagerSeed({ agents: { goalMs: 300, authMs: 0 } }));
    byHand(emulator, { mode: "disabled" });
    byHand(emulator, { PEMKeyFile: null }, ["orders-1"]);
    const { env } = emulator;
    const stack = await newStack(engine);
    const run = (command: "preview" | "up" | "destroy") => stack.run(command, { env, config });

    await stack.write(tls('mode: "requireTLS"'));
    const refused = bad(await run("preview"));
    expect(refused.text).toMatch(/FED266[\s\S]*orders-1 of project \w+ has no certificate/);
    expect(refused.text).toMatch(/FED267[\s\S]*orders-0 \(disabled\), orders-1 \(disabled\), orders-2 \(disabled\)/);

    byHand(emulator, { PEMKeyFile: "/etc/mongodb/server.pem" }, ["orders-1"]);
    await stack.write(tls('mode: "preferTLS", caFilePath: "/etc/mongodb/new-ca.pem"'));
    expect(good(await run("preview")).text).toContain("up sets mode to allowTLS, then preferTLS");
    const raised = good(await run("up"));
    expect(raised.text).toMatch(/mode *: "preferTLS"/);
    expect(modesOf(emulator)).toEqual(all("preferTLS"));
    expect(good(await run("preview")).text).toMatch(/2 unchanged/);

    await stack.write(tls('mode: "requireTLS", caFilePath: "/etc/mongodb/new-ca.pem"'));
    expect(good(await run("preview")).text).toMatch(/FED268[\s\S]*clients that connect without TLS to orders-0/);
    good(await run("up"));
    expect(modesOf(emulator)).toEqual(all("requireTLS"));

    byHand(emulator, { mode: "preferTLS" }, ["orders-2"]);
    expect(good(await run("preview")).text).toMatch(
      /drift [\s\S]*mode +live "requireTLS on orders-0, orders-1; preferTLS on orders-2" +recorded "requireTLS"/,
    );
    good(await run("up"));
    expect(modesOf(emulator)).toEqual(all("requireTLS"));

    await stack.write(tls('mode: "allowTLS"'));
    expect(bad(await run("preview")).text).toMatch(/FED269[\s\S]*mode allowTLS is lower than that of orders-0/);
    good(await run("destroy"));
    expect(modesOf(emulator)).toEqual(all("requireTLS"));
    expect(JSON.parse(documentOf(emulator)).tls.CAFilePath).toBe("/etc/mongodb/ca.pem");
  });

  test("is recorded where a run stops, and the next run goes on from there", async () => {
    const emulator = await emulated(cloudManagerSeed({ agents: { goalMs: 0, authMs: 0 } }));
    byHand(emulator, { mode: "disabled" });
    const { env } = emulator;
    const stack = await newStack(engine);
    const waits = { env, config: { ...config, "mongofed:wait": "2s" } };
    await stack.write(tls('mode: "preferTLS"'));
    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: ["orders-1"] });
    expect(bad(await stack.run("up", waits)).text).toMatch(/FED421[\s\S]*waits for orders-1/);
    expect(modesOf(emulator)).toEqual(all("allowTLS"));

    emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: [] });
    const preview = good(await stack.run("preview", waits));
    expect(preview.text).toContain("up sets mode to preferTLS");
    expect(preview.text).not.toMatch(/drift {2}/);
    good(await stack.run("up", waits));
    expect(modesOf(emulator)).toEqual(all("preferTLS"));
    expect(good(await stack.run("preview", waits)).text).toMatch(/2 unchanged/);
  });
});
