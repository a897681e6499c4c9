import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { entraWorkforce, entraWorkload, ping } from "../../provider/engines/pulumi/presets.ts";
import { entraManagedIdentity, githubRepository } from "../../provider/engines/pulumi/principals.ts";
import { githubRepositoryOptions } from "../../provider/presets/github-actions.ts";
import { presets } from "../../provider/presets/index.ts";
import { kubernetesServiceAccountOptions } from "../../provider/presets/kubernetes.ts";

const tenantId = "11111111-2222-4333-8444-555555555555";
const applicationId = "99999999-aaaa-4bbb-8ccc-dddddddddddd";

const settled = (value: unknown) => (pulumi.output(value) as unknown as { promise(): Promise<unknown> }).promise();

describe("arguments of a program", () => {
  test("plain values make plain values", () => {
    expect(entraWorkload({ tenantId, applicationId })).toMatchObject({ audience: applicationId, userClaim: "sub" });
    expect(entraManagedIdentity(tenantId)).toBe(tenantId);
  });

  test("outputs and promises make outputs, beside types that are plain in any case", async () => {
    const made = entraWorkforce({
      tenantId: pulumi.output(tenantId),
      applicationId: Promise.resolve(applicationId),
      authorizationType: "USER",
    });
    expect(made).toMatchObject({ idpType: "WORKFORCE", authorizationType: "USER" });
    expect(pulumi.Output.isInstance(made.issuerUri)).toBe(true);
    expect(await settled(made)).toEqual(entraWorkforce({ tenantId, applicationId, authorizationType: "USER" }));
    expect(await settled(entraWorkload({ tenantId: pulumi.output(tenantId), applicationId }))).toEqual(
      entraWorkload({ tenantId, applicationId }),
    );
    expect(await settled(entraManagedIdentity(pulumi.output(tenantId)))).toBe(tenantId);
    const branch = githubRepository({ owner: pulumi.output("o"), repository: "r", branch: "main" });
    expect(await settled(branch)).toBe("repo:o/r:ref:refs/heads/main");
  });

  test("plain mistakes are told at once, with their place in the program", () => {
    const wrong = () => entraWorkforce({ tenantId: "corp", applicationId: pulumi.output(applicationId) });
    expect(wrong).toThrow(/^FED200 invalid-input: "tenantId" of entraWorkforce is not the tenant id/);
    expect(wrong).toThrow(/^ {2}--> test\/presets\/arguments\.test\.ts:\d+:\d+ {3}entraWorkforce \. tenantId$/m);
    expect(wrong).toThrow(pulumi.RunError);
    expect(() => entraManagedIdentity("corp")).toThrow(/is not the object id.*\n {2}--> test\/presets\/arguments/);
  });

  test("all of them, each with why and fix", () => {
    const wrong = () => ping({ environmentId: "prod", clientId: "", audience: "a", scope: "s" });
    expect(wrong).toThrow(/"environmentId" of ping is not[\s\S]*"clientId" of ping is empty/);
    expect(wrong).toThrow(/^ {2}why {2}\S[\s\S]*^ {2}fix {2}\S/m);
  });
});

test.each(
  Object.entries({
    ...Object.fromEntries(Object.entries(presets).map(([name, { options }]) => [name, options])),
    githubRepository: githubRepositoryOptions,
    kubernetesServiceAccount: kubernetesServiceAccountOptions,
  }),
)("every option of %s has a description, which an editor shows", (_, { shape }) => {
  for (const [name, { description }] of Object.entries(shape)) expect(description, name).toBeTruthy();
});
