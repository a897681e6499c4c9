/**
 * Standard output belongs to the handshake: Terraform reads one line there, and takes whatever comes first for it. So
 * what any other code prints goes to standard error, which Terraform shows in its log. In force once this is imported,
 * which is before any part of the provider is loaded.
 */

import { writeSync } from "node:fs";

const STDOUT = 1;

process.stdout.write = process.stderr.write.bind(process.stderr);

/** The handshake, or the reason why there is none: Terraform shows the user a line that it does not understand. */
export function announce(line: string): void {
  writeSync(STDOUT, `${line}\n`);
}
