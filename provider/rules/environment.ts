import { isLoopback, secretSettings } from "../../schema/credentials.ts";
import {
  explicitProvider,
  phrase,
  program,
  setSecretConfig,
  setting,
  stack,
  unsetConfig,
} from "../../schema/phrase.ts";
import { type Codes, family, type Verdict } from "./rule.ts";
import { ATLAS_API, AUTOMATION_CONFIG_API, MONGOCLI_DOCS } from "./sources.ts";

/** The rules over credentials, settings and the run itself. */

const codes = {
  FED410: {
    slug: "missing-credentials",
    severity: "error",
    title: "Provide complete credentials from one source.",
    why: "The control plane refuses requests without credentials.",
    fix: "Atlas: set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET of a service account with Organization Owner. Cloud Manager and Ops Manager: set MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY of an API key with Project Owner or Project Automation Admin.",
    source: `${ATLAS_API}, security schemes; ${MONGOCLI_DOCS}, environment variables`,
  },
  FED411: {
    slug: "refused-credentials",
    severity: "error",
    title: "Use credentials that the control plane knows.",
    why: "It answered 401: the key or secret is wrong, expired or revoked.",
    fix: "Check the credentials at the named source, or create new ones.",
    source: `${ATLAS_API}, response 401`,
  },
  FED412: {
    slug: "missing-permission",
    severity: "error",
    title: "Give the credentials the role that the operation needs.",
    why: "The control plane refused the operation for this role or this address.",
    fix: "Give the key or service account the role that the message names, and add this address to its access list.",
    source: `${ATLAS_API}, tags Federated Authentication, Database Users and Custom Database Roles; ${AUTOMATION_CONFIG_API}`,
  },
  FED413: {
    slug: "unsafe-base-url",
    severity: "error",
    title: "Send credentials over https only.",
    why: "Plain http shows them on every hop of the network path.",
    fix: "Use https. Plain http is allowed only for a control plane on this machine.",
    source: "RFC 9110, section 4.2.2",
  },
  FED414: {
    slug: "no-base-url",
    severity: "error",
    title: "Set the base URL of Ops Manager.",
    why: "Every organization runs its own Ops Manager, so there is no default address.",
    fix: phrase`Set the base URL where the credentials are: MCLI_OPS_MANAGER_URL in the environment, ${setting("baseUrl")}, or ${explicitProvider}.`,
    source: `${MONGOCLI_DOCS}, environment variables`,
  },
  FED415: {
    slug: "credentials-in-program",
    severity: "error",
    title: phrase`Name credentials, and never write them in the ${program}.`,
    why: phrase`The ${program} and the state record the value. They may hold names of environment variables, but no secrets.`,
    fix: 'Put the credentials into environment variables with one prefix, such as OPS_EU_CLIENT_ID and OPS_EU_CLIENT_SECRET. Then name the prefix: "env:OPS_EU".',
    example: 'new Provider("ops-eu", { credentials: "mdb_sa_sk_…" })',
    source: "mongofed",
  },
  FED416: {
    slug: "plain-text-secret",
    severity: "error",
    title: phrase`Store secrets of the ${stack} configuration encrypted.`,
    why: "Each reader of the configuration file or its Git history can use the credential.",
    fix: "Set the value again as a secret. If the file was committed, create a new secret at MongoDB first.",
    example: "pulumi config set mongofed:privateKey …",
    source: "Pulumi documentation, secrets",
  },
  FED417: {
    slug: "unconfirmed-host",
    severity: "error",
    title: "Confirm the host of a credential in the environment that holds it.",
    why: phrase`The ${program} names the host, and the environment holds the key. A changed line would send the key to another server.`,
    fix: "Set the variable beside the key, such as OPS_EU_BASE_URL or OPS_EU_CA_FILE, or correct the host.",
    example: 'new Provider("ops-eu", { credentials: "env:OPS_EU", baseUrl: "https://ops.elsewhere.example.com" })',
    source: "mongofed",
  },
  FED420: {
    slug: "invalid-setting",
    severity: "error",
    title: "Give every setting a known value.",
    why: "mongofed would otherwise do something else than you intend.",
    fix: "Use one of the named values, or remove the setting.",
    source: "mongofed",
  },
  FED421: {
    slug: "clusters-not-ready",
    severity: "error",
    title: "Wait until the clusters have applied a change of users and roles.",
    why: "Atlas answers before its clusters apply a change. Until then the new access does not work.",
    fix: phrase`Check the clusters in Atlas, then run again: mongofed waits again. ${setting("wait")} sets the limit (90s, 10m, 1h), or turns waiting off.`,
    source: `${ATLAS_API}, ClusterStatus.changeStatus`,
  },
  FED490: {
    slug: "never-ready",
    severity: "error",
    title: "Give every declaration inputs that resolve.",
    why: "A promise among the inputs never settles, or declarations wait for each other. The engine would delete a resource that is never registered.",
    fix: "Look for a promise that never resolves, and for declarations that use each other's outputs.",
    source: "Pulumi deletes what a program does not register",
  },
  FED492: {
    slug: "internal-error",
    severity: "error",
    title: "Report an internal error of mongofed.",
    why: phrase`This is a defect of mongofed, not of your ${program}. mongofed registered nothing, so that nothing is deleted by mistake.`,
    fix: "Run again with MONGOFED_DEBUG=1 and report the output. It holds no secrets.",
    source: "mongofed",
  },
} as const satisfies Codes;

/** FED416: secrets that stand in the stack configuration in plain text. Those for a control plane on this machine may. */
export function plainSecrets(
  read: (name: string) => string | undefined,
  isSecret: (name: string) => boolean,
): Verdict[] {
  if (isLoopback(read("mongofed:baseUrl")?.trim() ?? "")) return [];
  return secretSettings
    .filter((name) => read(name)?.trim() && !isSecret(name))
    .map((name) => ({
      message: `${name} of the stack configuration is stored in plain text`,
      fix: phrase`To encrypt it, ${setSecretConfig(name.replace("mongofed:", ""))}. If the file was committed, create a new secret at MongoDB first.`,
    }));
}

/** FED420: settings of an explicit `Provider` in the stack configuration, where they would send a key to any host. */
export function providerSettings(read: (name: string) => string | undefined): Verdict[] {
  return ["provider", "credentials"]
    .filter((name) => read(`mongofed:${name}`) !== undefined)
    .map((name) => ({
      message: phrase`${setting(name)} is not a setting of the ${stack} configuration`,
      fix: phrase`To name credentials, use ${explicitProvider}. To remove the setting, ${unsetConfig(name)}.`,
    }));
}

export const environmentRules = family({ codes });
