import { MongoClient, type MongoClientOptions, type OIDCCallbackFunction } from "mongodb";

/** Two outputs of a stack: `connection(…).uri` and `connection(…).options`. Neither holds a secret. */
export interface Connection {
  readonly uri: string;
  readonly options: MongoClientOptions;
}

/**
 * A client whose tokens come from `callback`. The driver keeps a token and calls again when the server wants a new one,
 * so a callback need not.
 */
export function clientWith({ uri, options }: Connection, callback: OIDCCallbackFunction): MongoClient {
  const authMechanismProperties = { ...options.authMechanismProperties, OIDC_CALLBACK: callback };
  return new MongoClient(uri, { ...options, authMechanismProperties });
}
