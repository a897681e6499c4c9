import { z } from "zod";
import { entraIssuer, entraOptions } from "./entra.ts";
import type { Preset, WorkforceSettings } from "./preset.ts";
import { authorizationType } from "./values.ts";

const options = z.strictObject({ ...entraOptions, authorizationType: authorizationType("GROUP") });

/** People of Entra ID. Version 2 tokens: their audience is the application that people log in with. */
export const entraWorkforce: Preset<typeof options, WorkforceSettings> = {
  name: "entraWorkforce",
  title: "Microsoft Entra ID, for people",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  options,
  settings: ({ tenantId, applicationId, cloud }) => ({
    issuerUri: entraIssuer(cloud, tenantId),
    audience: applicationId,
    clientId: applicationId,
    // A scope of the application itself: without one Entra ID issues a token for Microsoft Graph.
    requestedScopes: [`${applicationId}/.default`, "offline_access"],
    // The object id of the person. `sub` is another one for every application, mail address and login name change hands.
    userClaim: "oid",
  }),
};
