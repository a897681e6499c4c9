import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { builtProvider } from "../../support/built-provider.ts";
import { describeTerraform, terraformFolder } from "../../support/terraform.ts";

describeTerraform("the README", () => {
  test("tells how the provider is installed, and a configuration that is valid", async () => {
    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    const [installation, configuration] = [...readme.matchAll(/```hcl\n([\s\S]*?)```/g)].map(([, block]) => block!);
    const provider = await builtProvider();
    const here = installation!.replace("/path/to/mongofed/dist/terraform", provider.folder);
    await using folder = await terraformFolder({ "main.tf": configuration! }, provider);
    await folder.write({ "cli.tfrc": here });
    expect(await folder.run("init")).toMatchObject({ code: 0, stderr: "" });
    expect(await folder.run("validate")).toMatchObject({ code: 0, stderr: "" });
  });
});
