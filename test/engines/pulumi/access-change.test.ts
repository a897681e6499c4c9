import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plannedIn } from "../../../provider/access/engine-files.ts";
import { accessEffect } from "../../../provider/access/resources.ts";
import { databaseRole, identityProvider, oidcRole, orgConnection } from "../../support/declarations.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, type Outcome } from "../../support/stack.ts";

/** The lines of the access block, without their indentation. Columns are one space apart. */
function accessBlock({ text }: Outcome): string[] {
  const lines = text.split("\n").map((line) => line.trim().replace(/ +/g, " "));
  const start = lines.findIndex((line) => line.startsWith("access "));
  if (start < 0) return [];
  const rows = lines.slice(start + 1);
  const end = rows.findIndex((line) => !/^[+~-] (?:group|person|program) |^not known: /.test(line));
  return [lines[start] ?? "", ...rows.slice(0, end < 0 ? undefined : end)];
}

describeEngines("the access block of a preview", (engine) => {
  test("lists who gains and who loses access, and is absent where access stays", async () => {
    const { env } = await emulatorWithProject();
    const stack = await newStack(engine);
    const base = [identityProvider("staff"), orgConnection("staff"), databaseRole("reader")];
    const all = [...base, oidcRole("dba", "staff", 'roles: ["reader"]'), oidcRole("dev", "staff")];
    await stack.write(...all);
    expect(accessBlock(good(await stack.run("preview", { env })))).toEqual([
      "access 2 groups gain access",
      `+ group dba (staff) project ${PROJECT} reader@admin`,
      `+ group dev (staff) project ${PROJECT} readWrite@app`,
    ]);
    good(await stack.run("up", { env }));
    expect(accessBlock(good(await stack.run("preview", { env })))).toEqual([]);

    await writeFile(join(stack.folder, "names.csv"), `dev,Developers\n${PROJECT},billing\n`);
    const wider = databaseRole("reader", 'roles: ["read@shop"]');
    await stack.write(...base.slice(0, 2), wider, oidcRole("dba", "staff", 'roles: ["reader"]'));
    const config = { "mongofed:names": "names.csv" };
    const changed = [
      "access 1 group gains access, 1 group loses access",
      "+ group dba (staff) project billing read@shop (reader@admin)",
      "- group dev (Developers) (staff) project billing readWrite@app",
    ];
    const preview = good(await stack.run("preview", { env, config, flags: { json: true } }));
    const { diagnostics } = JSON.parse(preview.stdout) as { diagnostics: { message: string }[] };
    expect(accessBlock({ ...preview, text: diagnostics.map(({ message }) => message).join("\n") })).toEqual(changed);

    // The document lists only changed resources, so it does not show who has the wider role.
    const { before, after, isPartial } = plannedIn(preview.stdout);
    expect(isPartial).toBe(true);
    expect(accessEffect(before, after).rows).toEqual([
      expect.objectContaining({ effect: "loses", who: "dev", through: "staff", differences: ["- readWrite@app"] }),
    ]);
  });

  test("lists those whom a changed role concerns, and whose grants are not in the stack", async () => {
    const emulator = await emulatorWithProject();
    const { env } = emulator;
    const stack = await newStack(engine);
    const base = [identityProvider("staff"), orgConnection("staff")];
    await stack.write(...base, databaseRole("reader"), oidcRole("dba", "staff", 'roles: ["reader"]'));
    good(await stack.run("up", { env }));
    const [idp] = emulator.world().atlas.federations[0]?.identityProviders ?? [];
    const roles = [{ roleName: "reader", databaseName: "admin" }];
    emulator.edit({
      edit: "add-database-user",
      projectId: PROJECT,
      user: { username: `${idp?.id}/elsewhere`, databaseName: "admin", oidcAuthType: "IDP_GROUP", roles },
    });
    await stack.write(
      ...base,
      databaseRole("reader", 'roles: ["read@shop"]'),
      oidcRole("dba", "staff", 'roles: ["reader"]'),
    );
    const { text } = good(await stack.run("preview", { env }));
    expect(text.replace(/ +/g, " ")).toContain(
      `access 1 group gains access through a role of this stack, by grants that it does not manage\n + group elsewhere (staff) project ${PROJECT} read@shop (reader@admin)`,
    );
  });

  test("speaks of Cloud Manager too, and not of a program that fails", async () => {
    const { env } = await emulated(cloudManagerSeed());
    const stack = await newStack(engine);
    const local = (name: string) =>
      identityProvider(name).replace(/federationSettingsId: "[^"]*"/, `projectId: "${PROJECT}"`);
    const config = { "mongofed:plane": "cloud-manager" };
    await stack.write(local("staff"), oidcRole("dba", "staff"));
    const first = good(await stack.run("preview", { env, config }));
    expect(accessBlock(first)).toEqual([
      "access 1 group gains access",
      `+ group dba (staff) project ${PROJECT} readWrite@app`,
    ]);
    await stack.write(local("staff"), oidcRole("dba", "staff", 'roles: ["nowhere@app@"]'));
    expect(accessBlock(bad(await stack.run("preview", { env, config })))).toEqual([]);
  });
});
