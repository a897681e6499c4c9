import * as pulumi from "@pulumi/pulumi";

/**
 * Who runs the program. `process`: an engine runs it in a process of its own (the Pulumi CLI, the embedded engine with
 * a project folder). `inline`: it is a function in a process that goes on living (Automation API, `mongofed/testing`).
 * `none`: nobody listens, as under `pulumi.runtime.setMocks`; there the gate stays open, or its findings would break
 * tests that are about something else.
 */
export type Host = "process" | "inline" | "none";

export function currentHost(): Host {
  const store = (globalThis as { asyncLocalStorage?: { getStore(): unknown } }).asyncLocalStorage?.getStore();
  if (store !== undefined) return "inline";
  return process.env.PULUMI_NODEJS_MONITOR !== undefined && pulumi.runtime.hasEngine() ? "process" : "none";
}

/** The code by which a program tells Pulumi's language host that the user has been told already: no more text follows. */
export const EXIT_USER_WAS_TOLD = 32;
