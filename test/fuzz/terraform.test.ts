import fc from "fast-check";
import { expect, test } from "vitest";
import { describeTerraform } from "../support/terraform.ts";
import { counted, runSequence, sequences } from "./terraform/sequence.ts";

/**
 * Random edits and commands. `SEED` draws other ones, `TERRAFORM_SEQUENCES` more of them. A failing sequence is shrunk, and
 * printed with its commands.
 */
const SEQUENCES = Number(process.env.TERRAFORM_SEQUENCES ?? 0);
/** In the suite. */
const SECONDS = 20;
const SHRINK_SECONDS = 600;

describeTerraform("Terraform", () => {
  test("keeps declared and foreign objects through random edits and commands", {
    timeout: 24 * 3_600_000,
  }, async () => {
    const limit = SEQUENCES > 0 ? {} : { interruptAfterTimeLimit: SECONDS * 1_000, markInterruptAsFailure: false };
    await fc.assert(fc.asyncProperty(sequences, runSequence), {
      numRuns: SEQUENCES || 1_000,
      endOnFailure: process.env.TERRAFORM_SHRINK === "off",
      ...(SEQUENCES > 0 ? { interruptAfterTimeLimit: SEQUENCES * 60_000 + SHRINK_SECONDS } : limit),
    });
    console.log(`Terraform: ${JSON.stringify(counted)}`);
    expect(counted.sequences).toBeGreaterThan(0);
  });
});
