import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { builtProvider } from "../../support/built-provider.ts";
import { describeTerraform, terraformFolder } from "../../support/terraform.ts";

describeTerraform("docs/terraform.md", () => {
  test("tells how the provider is installed, and a configuration that is valid", async () => {
    const page = await readFile(new URL("../../../docs/terraform.md", import.meta.url), "utf8");
    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    const [installation, configuration] = blocksOf(page);
    // The README continues the configuration of the page.
    const [grant] = blocksOf(readme);
    const provider = await builtProvider();
    const here = installation!.replace("/path/to/mongofed/dist/terraform", provider.folder);
    await using folder = await terraformFolder(
      { "main.tf": `${configuration!}${grant!}variable "project_id" {}\n` },
      provider,
    );
    await folder.write({ "cli.tfrc": here });
    expect(await folder.run("init")).toMatchObject({ code: 0, stderr: "" });
    expect(await folder.run("validate")).toMatchObject({ code: 0, stderr: "" });
  });
});

function blocksOf(page: string): string[] {
  return [...page.matchAll(/```hcl\n([\s\S]*?)```/g)].map(([, block]) => block!);
}
