import { isIP } from "node:net";
import { z } from "zod";
import {
  automationConfigSchema,
  automationPrivilegeSchema,
  automationProcessSchema,
  automationRestrictionSchema,
  automationRoleReferenceSchema,
  automationRoleSchema,
  automationUserSchema,
  CONFIGURATION_NAME,
  EXTERNAL_DATABASE,
  OIDC_MECHANISM,
  oidcProviderConfigSchema,
  TLS_MODES,
} from "../../../schema/automation-config.ts";
import { AtlasError } from "../atlas/errors.ts";

/**
 * Refuses an invalid document. The server does not name the invalid entry, and neither does the emulator: clients must
 * cope with that. Code and text are guesses, because none is recorded.
 */
export function refuseInvalid(document: unknown): void {
  if (!configSchema.safeParse(document).success) {
    throw new AtlasError(400, "INVALID_AUTOMATION_CONFIG", "The automation configuration is invalid.");
  }
}

const restrictions = z
  .array(automationRestrictionSchema.refine((one) => addressesOf(one).length > 0 && addressesOf(one).every(isAddress)))
  .nullish();

function addressesOf({ clientSource, serverAddress }: z.infer<typeof automationRestrictionSchema>): string[] {
  return [...(clientSource ?? []), ...(serverAddress ?? [])];
}

function isAddress(text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

const privilege = automationPrivilegeSchema.refine(({ resource, actions }) => {
  if (actions.length === 0) return false;
  if (resource.cluster === undefined) return true;
  // The cluster, and nothing beside it.
  return resource.cluster === true && Object.keys(resource).length === 1;
});

const role = automationRoleSchema.extend({
  role: z.string().min(1),
  db: z.string().refine((db) => db !== "" && db !== EXTERNAL_DATABASE && db !== "local"),
  // Left out or null it is refused, even where there is none.
  privileges: z.array(privilege),
  authenticationRestrictions: restrictions,
});

const user = automationUserSchema
  .extend({
    user: z.string().min(1),
    roles: z.array(automationRoleReferenceSchema).nullish(),
    authenticationRestrictions: restrictions,
  })
  .refine(({ db, pwd, initPwd }) => db !== EXTERNAL_DATABASE || (pwd === undefined && initPwd === undefined));

const provider = oidcProviderConfigSchema
  .extend({
    authNamePrefix: z.string().regex(CONFIGURATION_NAME),
    issuerUri: z.url({ protocol: /^https?$/ }),
    audience: z.string().min(1),
    userClaim: z.string().min(1),
  })
  .refine(({ supportsHumanFlows, clientId }) => !supportsHumanFlows || Boolean(clientId))
  .refine(({ useAuthorizationClaim, groupsClaim }) => !useAuthorizationClaim || Boolean(groupsClaim));

const configSchema = automationConfigSchema
  .extend({
    roles: z
      .array(role)
      .refine((roles) => unique(roles.map((one) => `${one.role}@${one.db}`)))
      .nullish(),
    oidcProviderConfigs: z
      .array(provider)
      .refine((all) => unique(all.map(({ authNamePrefix }) => authNamePrefix)))
      .refine((all) => all.filter(({ supportsHumanFlows }) => supportsHumanFlows).length <= 1)
      .nullish(),
  })
  .refine(({ processes, tls }) =>
    (processes ?? []).every((entry) => isFit(entry, Boolean(tls?.CAFilePath || tls?.CAFilePathWindows))),
  )
  .refine(({ auth }) => {
    const users = z.array(user).nullish().safeParse(auth?.usersWanted);
    return users.success && unique((users.data ?? []).map((one) => `${one.user}@${one.db}`));
  })
  .refine(({ auth, oidcProviderConfigs }) => {
    const deployment = auth?.deploymentAuthMechanisms ?? [];
    const agent = auth?.autoAuthMechanisms ?? [];
    const providers = oidcProviderConfigs ?? [];
    if (agent.includes(OIDC_MECHANISM)) return false;
    if (deployment.includes(OIDC_MECHANISM) !== providers.length > 0) return false;
    if (auth?.disabled !== false) return providers.length === 0;
    // The Agent must get in, and cannot by OIDC.
    return agent.length > 0 && deployment.some((one) => one !== OIDC_MECHANISM);
  });

/** A mode that servers know in its section, a certificate where TLS is on, and a CA file beside a cluster CA file. */
function isFit(entry: unknown, hasCaFile: boolean): boolean {
  const { data } = automationProcessSchema.safeParse(entry);
  const { tls, ssl } = data?.args2_6?.net ?? {};
  const modes = [tls?.mode ?? "disabled", (ssl?.mode ?? "disabled").replace(/SSL$/, "TLS")];
  if (modes.some((mode) => !TLS_MODES.some((known) => known === mode))) return false;
  const certificate = [tls, ssl].some((one) => one?.certificateKeyFile || one?.PEMKeyFile || one?.certificateSelector);
  if (modes.some((mode) => mode !== "disabled") && !certificate) return false;
  return hasCaFile || [tls, ssl].every((one) => Boolean(one?.CAFile) || !one?.clusterCAFile);
}

function unique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
