import { ConfidentialClientApplication, ManagedIdentityApplication } from "@azure/msal-node";
import type { OIDCCallbackFunction } from "mongodb";

/**
 * A managed identity where Azure has no metadata service of the kind that drivers know: App Service, Functions,
 * Container Apps. MSAL finds out which it is, and keeps tokens until they expire.
 */
export function entraManagedIdentity(settings: {
  /** The audience of the identity provider. */
  readonly resource: string;
  /** The client id of the identity, where there are several. */
  readonly clientId?: string;
}): OIDCCallbackFunction {
  const { resource, clientId } = settings;
  const application = new ManagedIdentityApplication(
    clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
  );
  return async () => answer(await application.acquireToken({ resource }));
}

/** A service principal of Entra ID, anywhere: with a certificate, or a secret from your secret store. */
export function entraServicePrincipal(settings: {
  readonly tenantId: string;
  /** The application (client) id of the program's own registration, not of the one that stands for MongoDB. */
  readonly clientId: string;
  readonly credential:
    | { readonly clientSecret: string }
    | { readonly clientCertificate: { readonly thumbprintSha256: string; readonly privateKey: string } };
  /** `{audience}/.default`. */
  readonly scope: string;
}): OIDCCallbackFunction {
  const { tenantId, clientId, credential, scope } = settings;
  const application = new ConfidentialClientApplication({
    auth: { clientId, authority: `https://login.microsoftonline.com/${tenantId}`, ...credential },
  });
  return async () => answer(await application.acquireTokenByClientCredential({ scopes: [scope] }));
}

function answer(result: { readonly accessToken: string; readonly expiresOn: Date | null } | null) {
  if (result === null) throw new Error("Entra ID gave no token");
  const { accessToken, expiresOn } = result;
  if (expiresOn === null) return { accessToken };
  return { accessToken, expiresInSeconds: Math.max(0, Math.floor((expiresOn.getTime() - Date.now()) / 1000)) };
}
