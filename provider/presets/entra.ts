/** Options that both presets of Entra ID share, and its principals. */

import { z } from "zod";
import { ENTRA_HOSTS } from "../../schema/issuers.ts";
import { checkedOptions } from "./preset.ts";
import { uuid } from "./values.ts";

export type EntraCloud = keyof typeof ENTRA_HOSTS;

const OVERVIEW = "Entra admin center, App registrations, your application, Overview";

export const entraOptions = {
  tenantId: uuid("tenant id", `${OVERVIEW}, "Directory (tenant) ID"`).meta({
    description: `The directory: "Directory (tenant) ID" under ${OVERVIEW}.`,
  }),
  applicationId: uuid("application id", `${OVERVIEW}, "Application (client) ID"`).meta({
    description: `The app registration: "Application (client) ID" under ${OVERVIEW}. Not its object id, which the page shows below it.`,
  }),
  cloud: z
    .enum(Object.keys(ENTRA_HOSTS) as [EntraCloud, ...EntraCloud[]], "must be public, usGovernment or china")
    .default("public")
    .meta({
      description:
        "The cloud of the directory: `public`, `usGovernment` (portal.azure.us) or `china` (portal.azure.cn). Default: `public`.",
    }),
};

/** The issuer of version 2 tokens of one directory. */
export function entraIssuer(cloud: EntraCloud, tenantId: string): string {
  return `https://${ENTRA_HOSTS[cloud]}/${tenantId}/v2.0`;
}

/** The object that a principal or group of Entra ID is, by the function that names it, and where its id is shown. */
export const entraObjects = {
  entraManagedIdentity:
    'Azure portal, the managed identity, Overview, "Object (principal) ID"; of a system-assigned one: the virtual machine, Identity. Not the client id, which is for the driver',
  entraServicePrincipal:
    'Entra admin center, Enterprise applications, the application, Overview, "Object ID". Not the object id under App registrations, which is another',
  entraUser: 'Entra admin center, Users, the person, Overview, "Object ID"',
  entraGroup: 'Entra admin center, Groups, the group, Overview, "Object Id"',
} as const;

/** A principal or group of Entra ID as tokens carry it. @throws FindingError if it is not an object id */
export function entraObject(name: keyof typeof entraObjects, objectId: unknown): string {
  const schema = z.strictObject({ objectId: uuid("object id", entraObjects[name]) });
  return checkedOptions(name, schema, { objectId }).objectId;
}
