import * as pulumi from "@pulumi/pulumi";
import { providerSchema } from "../../../../schema/provider.ts";
import { formatFinding } from "../../../findings.ts";
import { finding } from "../../../rules/index.ts";
import { recordFindings } from "../findings-file.ts";
import { noteProvider } from "../gate/hold.ts";
import { whereDeclared } from "../gate/location.ts";
import { noteSettings } from "../provider-settings.ts";
import { pulumiTerms } from "../terms.ts";
import type { ProviderArgs } from "./inputs/provider.ts";

/** Settings of the whole stack that are about how a run goes, not about who asks whom: they hold with any provider. */
const STACK_SETTINGS = ["offline", "drift", "wait"];

/**
 * A control plane and the name of the credentials for it, for programs that need more than one: pass it to resources as
 * `{ provider }`. Without one, the stack configuration names the control plane (`mongofed:plane`), and credentials come
 * from the environment or the stack configuration.
 *
 * @example
 * ```ts
 * const eu = new Provider("ops-eu", {
 *   plane: "ops-manager",
 *   baseUrl: "https://ops.eu.example.com:8443",
 *   caFile: "ca.pem",
 *   credentials: "env:OPS_EU",
 * });
 * new IdentityProvider("staff-eu", { projectId, … }, { provider: eu });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, options?: pulumi.ResourceOptions) {
    const { plane, baseUrl, caFile, credentials } = checked(name, args, new.target);
    const config = new pulumi.Config("mongofed");
    const settings = STACK_SETTINGS.map((key) => [`mongofed:${key}`, config.get(key)]);
    // The keys are those that a stack configuration has: Pulumi hands a dynamic provider either that or these. The name
    // tells the two apart.
    const inputs = {
      "mongofed:provider": name,
      "mongofed:plane": plane,
      "mongofed:baseUrl": baseUrl,
      "mongofed:caFile": caFile,
      "mongofed:credentials": credentials,
      ...Object.fromEntries(settings),
    };
    super("pulumi-nodejs", name, inputs, options);
    noteSettings(this, inputs);
    noteProvider(inputs);
  }
}

/** Thrown in the constructor: a provider is registered at once, and what it holds then stands in the state. */
function checked(name: string, args: ProviderArgs, type: typeof Provider) {
  const parsed = providerSchema.safeParse(args);
  if (parsed.success) return parsed.data;
  const locations = [whereDeclared(type as never, `Provider "${name}"`)];
  const findings = parsed.error.issues.map((issue) => {
    const [path = ""] = issue.path.map(String);
    // Never the value: it may be the very secret that should not be there.
    const found =
      path === "credentials"
        ? finding("FED415", { path, message: "credentials are given by the name of environment variables" })
        : finding("FED200", { path, message: issue.message });
    return { ...found, locations };
  });
  recordFindings(findings);
  throw new pulumi.RunError(findings.map((finding) => formatFinding(finding, pulumiTerms)).join("\n"));
}
