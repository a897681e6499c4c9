import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdentityProvider } from "mongofed";
import { expect, onTestFinished, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { seed } from "../../control-planes/cloud-manager/harness.ts";
import { emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { testFolder } from "../../support/program.ts";
import { bad, good, newStack } from "../../support/stack.ts";

const config = { "mongofed:plane": "cloud-manager", "mongofed:wait": "off" };

const documentOf = (emulator: Emulator) => emulator.world().cloudManager.deployments[0]?.automationConfig ?? "";
const withoutVersion = (text: string) => text.replace(/"version":\d+/, "");
/** Returns the later requests for the document, without those that only fetched a nonce. */
const asked = (emulator: Emulator) =>
  emulator
    .requests()
    .filter(({ path, status }) => path.endsWith("/automationConfig") && status !== 401)
    .map(({ method }) => method);

const program = (action: string, meanwhile = "") => `
import { readFileSync } from "node:fs";
import { runtime } from "@pulumi/pulumi";
new ProjectTls("tls", { projectId: "${PROJECT}", caFilePath: "/etc/mongodb/new-ca.pem" });
const staff = new IdentityProvider("staff", { projectId: "${PROJECT}", idpType: "WORKFORCE", configurationName: "corp",
  issuerUri: "https://idp.example.com", audience: "mongodb", clientId: "mongodb", authorizationType: "GROUP" });
const dba = new OidcRole("dba", { identityProvider: staff, group: "dba", roles: ["${action}@app"] });
${meanwhile}
`;

/** Somebody who read the document before this run writes it back whole, when all of this run is done and verified. */
const writesBack = (url: string) => `
dba.urn.apply(async () => {
  if (runtime.isDryRun()) return;
  await new Promise((resolve) => setTimeout(resolve, 200));
  const document = readFileSync("old.json", "utf8");
  const edit = { edit: "put-automation-config", projectId: "${PROJECT}", document };
  await fetch("${url}/_emulator/edits", { method: "POST", body: JSON.stringify(edit) });
});`;

describeEngines("a run whose changes somebody else writes over before it ends", (engine) => {
  test("fails with what was lost, which the next preview shows as drift; a quiet one reads once more", async () => {
    const emulator = await emulated(seed);
    const original = documentOf(emulator);
    const temporary = await mkdtemp(join(tmpdir(), "w-"));
    onTestFinished(() => rm(temporary, { recursive: true }));
    const env = { ...emulator.env, TMPDIR: temporary };
    const stack = await newStack(engine, { apart: true });
    await stack.write(program("read"));
    good(await stack.run("up", { env, config }));
    // A look after the write, and the last look.
    expect(asked(emulator).slice(asked(emulator).lastIndexOf("PUT"))).toEqual(["PUT", "GET", "GET"]);
    expect(JSON.parse(documentOf(emulator)).tls.CAFilePath).toBe("/etc/mongodb/new-ca.pem");

    await writeFile(join(stack.folder, "old.json"), documentOf(emulator));
    await stack.write(program("readWrite", writesBack(emulator.url)));
    const lost = bad(await stack.run("up", { env, config }));
    expect(lost.text).toContain(
      `FED265 overwritten: one change of this run, done and verified, that another client has overwritten since: role corp/dba@admin in project ${PROJECT}`,
    );
    expect(lost.text).toContain("everything was applied, but another client has overwritten some changes");

    await stack.write(program("readWrite"));
    const preview = good(await stack.run("preview", { env, config }));
    expect(preview.text).toMatch(/drift {2}OidcRole "dba" .* was changed outside this stack/);
    good(await stack.run("up", { env, config }));
    expect(documentOf(emulator)).toContain('"readWrite"');
    emulator.clearRequests();
    expect(good(await stack.run("up", { env, config })).text).toMatch(/4 unchanged/);
    expect(asked(emulator)).toEqual(["GET"]);

    // When the settings of TLS go back, last of all, nobody asks any more: it is said.
    emulator.clearRequests();
    const meanwhile = setInterval(() => {
      const since = asked(emulator);
      if (since.filter((method) => method === "PUT").length < 3 || since.at(-1) !== "GET") return;
      clearInterval(meanwhile);
      emulator.edit({
        edit: "set-automation-keys",
        projectId: PROJECT,
        at: "tls",
        keys: { CAFilePath: "/theirs.pem" },
      });
    }, 1);
    const gone = good(await stack.run("destroy", { env, config }));
    clearInterval(meanwhile);
    expect(gone.text).toMatch(/warning {2}FED265 overwritten: one change .*: the TLS settings in project/);
    emulator.edit({
      edit: "set-automation-keys",
      projectId: PROJECT,
      at: "tls",
      keys: { CAFilePath: "/etc/mongodb/ca.pem" },
    });
    expect(withoutVersion(documentOf(emulator))).toBe(withoutVersion(original));
    expect(readdirSync(temporary).filter((name) => name.startsWith("mongofed-"))).toEqual([]);
  });

  test("fails as a program of the Automation API too, and ends without if nothing is lost", async () => {
    const emulator = await emulated(seed);
    const original = documentOf(emulator);
    const cwd = await testFolder();
    const run = (meanwhile: () => void) =>
      engine.run({
        command: "up",
        inline: async () => {
          const staff = new IdentityProvider("staff", {
            projectId: PROJECT,
            idpType: "WORKFORCE",
            configurationName: "corp",
            issuerUri: "https://idp.example.com",
            audience: "mongodb",
            clientId: "mongodb",
            authorizationType: "GROUP",
          });
          staff.urn.apply(meanwhile);
          return {};
        },
        project: "written",
        cwd,
        stack: "dev",
        stateDir: join(cwd, "state"),
        env: { PULUMI_CONFIG_PASSPHRASE: "test", ...emulator.env },
        config,
        flags: { skipPreview: true },
      });
    const lost = await run(() => {
      if (asked(emulator).includes("PUT"))
        emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document: original });
    });
    expect(lost.stdout + lost.stderr).toContain(`overwritten since: identity provider corp in project ${PROJECT}`);
    expect(lost.exitCode).not.toBe(0);

    const again = await run(() => {});
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    expect(documentOf(emulator)).toContain('"authNamePrefix":"corp"');
  });
});
