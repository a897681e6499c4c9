import { type Phrase, phrase, setting as settingTerm, unsetConfig } from "../../../schema/phrase.ts";
import type { CredentialPlaces } from "../../control-planes/credential-sources.ts";
import { noCredentials } from "../../control-planes/credentials.ts";
import { FindingError } from "../../findings.ts";
import type { Context } from "../../resources/definition.ts";
import { finding } from "../../rules/index.ts";

/**
 * Returns why a preview does not ask the control plane, or `undefined` if it does. A build without access to secrets (a
 * pull request from a fork) has no credential at all. An incomplete or wrong credential is a mistake, and is reported.
 */
export function offlineReason(places: CredentialPlaces): Phrase | undefined {
  const setting = places.config("offline")?.trim() ?? "";
  if (setting === "true") return "the stack configuration says mongofed:offline";
  if (setting !== "" && setting !== "false") {
    const message = phrase`${settingTerm("offline")} is neither true nor false`;
    const fix = phrase`Set it to true, or ${unsetConfig("offline")}.`;
    throw new FindingError([finding("FED420", { message, fix })]);
  }
  return noCredentials(places);
}

/** Reports the checks that a run has left out, all at once. */
export function reportSkipped({ offline, memory, report }: Context): void {
  const { uncompared } = memory.notices;
  if (uncompared.size > 0) report({ type: "uncompared", references: [...uncompared] });
  if (offline !== undefined && memory.notices.skipped.length > 0)
    report({ type: "offline", why: offline, skipped: memory.notices.skipped });
}
