import type { dynamic } from "@pulumi/pulumi";
import { databaseRole as databaseRoleDefinition } from "../../resources/database-role.ts";
import { federatedUser as federatedUserDefinition } from "../../resources/federated-user.ts";
import { identityProvider as identityProviderDefinition } from "../../resources/identity-provider.ts";
import { oidcRole as oidcRoleDefinition } from "../../resources/oidc-role.ts";
import { orgConnection as orgConnectionDefinition } from "../../resources/org-connection.ts";
import { projectTls as projectTlsDefinition } from "../../resources/project-tls.ts";
import { tokenCheck as tokenCheckDefinition } from "../../resources/token-check.ts";
import { dynamicProvider } from "./dynamic-provider.ts";

/**
 * `mongofed/provider`: what the text in every state loads (entry.ts). **The path and these names are frozen**: a state
 * that was written once must be readable for ever. The factories are synchronous, since the SDK would skip `configure`
 * of an asynchronous one, and nothing that this file loads may use top-level await, since it is loaded by `require`.
 */

export const identityProvider = () => dynamicProvider(identityProviderDefinition);
export const databaseRole = () => dynamicProvider(databaseRoleDefinition);
export const oidcRole = () => dynamicProvider(oidcRoleDefinition);
export const federatedUser = () => dynamicProvider(federatedUserDefinition);
export const orgConnection = () => dynamicProvider(orgConnectionDefinition);
export const projectTls = () => dynamicProvider(projectTlsDefinition);
export const tokenCheck = () => dynamicProvider(tokenCheckDefinition);

/**
 * No resource: what the gate registers to end an inline program in which it found errors. There is no exit code there,
 * and a failed check is what ends a run cleanly.
 */
export function program(): dynamic.ResourceProvider {
  const refuse = async (): Promise<never> => {
    throw new Error("this is no resource; it only ends a program in which mongofed found errors");
  };
  return {
    check: async (_olds, { text }) => ({ inputs: {}, failures: [{ property: "", reason: String(text) }] }),
    create: refuse,
    update: refuse,
    delete: async () => {},
  };
}
