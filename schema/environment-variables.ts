import { type CredentialSource, environmentSources } from "./credentials.ts";

interface Variable {
  readonly name: string;
  readonly description: string;
  /** Commands and engines that read it. */
  readonly readBy: string;
}

/** The environment variables that mongofed reads, apart from those of credentials. */
const VARIABLES: readonly Variable[] = [
  {
    name: "MONGOFED_ADOPT",
    description: "`equal` lets `pulumi up` take over every object that equals its declaration, after a killed run.",
    readBy: "Pulumi",
  },
  {
    name: "MONGOFED_NAMES",
    description: "A file with names for the ids of groups, people and projects. The setting `mongofed:names` wins.",
    readBy: "previews, `mongofed access`",
  },
  {
    name: "MONGOFED_REQUIRE_PINNED_HOSTS",
    description: "`1` refuses every host of a `Provider` that no variable beside the credentials confirms.",
    readBy: "all engines",
  },
  {
    name: "MONGOFED_DEBUG",
    description: "`1` prints a line for each HTTP request, and stack traces. It prints no secrets and no tokens.",
    readBy: "all engines, `mongofed`",
  },
  {
    name: "MONGOFED_ACCESS_FILE",
    description: "A file to which a preview appends the change of access as JSON.",
    readBy: "Pulumi",
  },
  {
    name: "MONGOFED_FINDINGS_FILE",
    description: "A file to which a run appends its findings as JSON.",
    readBy: "Pulumi",
  },
  {
    name: "MONGOFED_DRIFT_FILE",
    description: "A file to which a preview appends drift as JSON. `mongofed drift` sets it.",
    readBy: "Pulumi",
  },
  {
    name: "MONGOFED_PROGRAM_FILE",
    description: "A file to which a preview writes its declarations. `mongofed token check --program` sets it.",
    readBy: "Pulumi, TypeScript",
  },
  {
    name: "MONGOFED_LOOPBACK_ONLY",
    description: "`1` refuses every control plane that is not on this machine. The embedded engine sets it.",
    readBy: "all engines",
  },
  { name: "HTTPS_PROXY", description: "The proxy for control planes and issuers.", readBy: "all engines, `mongofed`" },
  { name: "NO_PROXY", description: "Hosts that are reached without the proxy.", readBy: "all engines, `mongofed`" },
  { name: "PULUMI_COMMAND", description: "The Pulumi CLI. Default: `pulumi` on `PATH`.", readBy: "`mongofed drift`" },
  { name: "PULUMI_STACK", description: "The stack, where no option names one.", readBy: "`mongofed`" },
  {
    name: "PULUMI_CONFIG_PASSPHRASE",
    description: "Opens the secrets of a stack. `PULUMI_CONFIG_PASSPHRASE_FILE` names a file that holds it.",
    readBy: "embedded engine",
  },
  { name: "NO_COLOR", description: "Any value turns colors off. `--color` wins.", readBy: "`mongofed`" },
  {
    name: "FORCE_COLOR",
    description: "Any value but `0` turns colors on. `--color` and `NO_COLOR` win.",
    readBy: "`mongofed`",
  },
];

/** All environment variables that mongofed reads. */
export function environmentVariables(): readonly Variable[] {
  return [...environmentSources.flatMap(variablesOf), ...VARIABLES];
}

function variablesOf({ baseUrl, caFile, credentials }: CredentialSource): Variable[] {
  const readBy = "all engines, `mongofed`";
  const parts = credentials.flatMap(({ kind, id, secret }) => [
    { name: id, description: `The public part of an ${kind}.`.replace("an service", "a service"), readBy },
    { name: secret, description: `The secret of an ${kind}.`.replace("an service", "a service"), readBy },
  ]);
  return [
    ...parts,
    { name: baseUrl, description: "The address of the control plane, beside its credentials.", readBy },
    { name: caFile, description: "A file of PEM certificates to trust too, beside the credentials.", readBy },
  ];
}
