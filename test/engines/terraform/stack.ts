/** A configuration and the emulator that it talks to, for whole lives under the real CLI. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Emulator, Seed } from "../../../provider/emulator/index.ts";
import { builtProvider } from "../../support/built-provider.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../../support/ids.ts";
import { type Outcome, type TerraformFolder, terraformFolder } from "../../support/terraform.ts";

const billing = { id: PROJECT, name: "billing", clusters: [{ name: "cluster0" }] };

/** Two organizations of a federation; one has a project in Atlas. */
const atlas: Seed = {
  organizations: [
    { id: ORG, name: "Platform", projects: [billing] },
    { id: OTHER_ORG, name: "Finance" },
  ],
  federations: [{ id: FEDERATION, connectedOrgs: [{ orgId: ORG }, { orgId: OTHER_ORG }] }],
};

export interface Stack {
  readonly emulator: Emulator;
  readonly folder: TerraformFolder;
  /** Runs a command that must go well, and answers with what it printed. */
  ok(...args: readonly string[]): Promise<string>;
  /** Runs one that must fail, and answers with its errors, without the frame that the CLI draws around them. */
  fails(...args: readonly string[]): Promise<string>;
  /** A plan that changes nothing. */
  unchanged(...args: readonly string[]): Promise<void>;
  /** All that the state file says. */
  state(): Promise<string>;
}

export async function stack(
  files: Readonly<Record<string, string>>,
  plane: "atlas" | "cloud-manager" = "atlas",
): Promise<Stack> {
  const emulator = await emulated(plane === "atlas" ? atlas : cloudManagerSeed({ agents: { goalMs: 200, authMs: 0 } }));
  const provider = await builtProvider();
  const head = `terraform {\n  required_providers {\n    mongofed = { source = "${provider.source}" }\n  }\n}\n\nprovider "mongofed" {\n  plane = "${plane}"\n  wait  = "off"\n}\n`;
  const folder = await terraformFolder({ "provider.tf": head, ...files }, provider, { env: emulator.env });
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const must = async (code: number, args: readonly string[]) => {
    const outcome = await folder.run(...args);
    expect(outcome, `${args.join(" ")}\n${outcome.stdout}\n${outcome.stderr}`).toMatchObject({ code });
    return outcome;
  };
  return {
    emulator,
    folder,
    ok: async (...args) => (await must(0, args)).stdout,
    fails: async (...args) => unframed(await must(1, args)),
    async unchanged(...args) {
      await must(0, ["plan", "-detailed-exitcode", ...args]);
    },
    state: () => readFile(join(folder.path, "terraform.tfstate"), "utf8"),
  };
}

/** The CLI wraps long lines, and draws a line at their left. */
function unframed({ stderr }: Outcome): string {
  return stderr.replace(/^[│╷╵] ?/gm, "").replace(/\n(?=\S)/g, " ");
}

/** Returns the writes, such as `POST databaseUsers`, and clears the list. */
export function writes(emulator: Emulator): string[] {
  const sent = emulator.requests().filter(({ method }) => method !== "GET");
  emulator.clearRequests();
  return sent.map(({ method, path }) => `${method} ${path.split("?")[0]?.split("/").slice(6).join("/")}`);
}
