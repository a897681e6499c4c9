import { fileURLToPath } from "node:url";
import { previewProgram, upProgram } from "mongofed/testing";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL(".", import.meta.url));
const orgId = "5f1ed0c0ffee5f1ed0c0ffe1";
const contractorsOrgId = "5f1ed0c0ffee5f1ed0c0ffe9";

test("the rules have nothing to say about the stack", async () => {
  await using preview = await previewProgram(program, { stack: "demo", emulator: true });
  expect(preview.findings).toEqual([]);
  expect(preview.ok).toBe(true);
});

test("everybody in the company logs in through one identity provider", async () => {
  await using up = await upProgram(program, { stack: "demo", emulator: true });
  expect(up.outputs.corp).toMatchObject({ configurationName: "corp", idpType: "WORKFORCE" });

  const again = await previewProgram(program, { stack: "demo", state: up });
  expect(again.changes).toEqual({ same: 3 });
});

test("contractors cannot be let into the organization of the staff", async () => {
  await using preview = await previewProgram(program, {
    stack: "demo",
    config: { contractorsOrgId: orgId },
    emulator: true,
  });
  expect(preview.ok).toBe(false);
  expect(preview.findings).toEqual([expect.objectContaining({ code: "FED203", severity: "error" })]);
});

test("contractors have an organization of their own", async () => {
  await using up = await upProgram(program, {
    stack: "demo",
    config: { contractorsOrgId },
    emulator: {
      organizations: [
        { id: orgId, name: "Staff" },
        { id: contractorsOrgId, name: "Contractors" },
      ],
      federations: [{ id: "5f1ed0c0ffee5f1ed0c0ffe3", connectedOrgs: [{ orgId }, { orgId: contractorsOrgId }] }],
    },
  });
  expect(up.ok).toBe(true);
  expect(up.changes).toEqual({ create: 5 });
});
