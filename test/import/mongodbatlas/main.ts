/**
 * Stands for MongoDB's own provider while its state moves to mongofed: Terraform asks it for its schema, and to upgrade and
 * read its state. It refuses everything else, such as a destroy.
 */

import { serve } from "../../../provider/engines/terraform/plugin/serve.ts";
import type { ObjectValue, ProviderHandlers, Schema } from "../../../provider/engines/terraform/protocol.ts";

const schemaOf = (...names: readonly string[]): Schema => ({
  version: 0,
  block: {
    attributes: {
      id: { type: "string", computed: true },
      ...Object.fromEntries(names.map((name) => [name, { type: "string", optional: true } as const])),
    },
  },
});

const resources = {
  mongodbatlas_federated_settings_identity_provider: schemaOf("federation_settings_id", "idp_id", "protocol"),
  mongodbatlas_database_user: schemaOf("project_id", "username", "oidc_auth_type"),
  mongodbatlas_custom_db_role: schemaOf("project_id", "role_name"),
  mongodbatlas_federated_settings_org_config: schemaOf("federation_settings_id", "org_id"),
};

async function refuse(): Promise<never> {
  throw new Error("MongoDB's own provider was asked for a change");
}

const handlers: ProviderHandlers = {
  schema: () => ({ provider: { version: 0, block: { attributes: {} } }, resources, dataSources: {} }),
  validateProviderConfig: async () => ({}),
  validateResourceConfig: async () => ({}),
  validateDataResourceConfig: async () => ({}),
  upgradeResourceState: async ({ rawState }) => ({ upgradedState: rawState as ObjectValue }),
  configureProvider: async () => ({}),
  readResource: async ({ currentState }) => ({ newState: currentState }),
  planResourceChange: refuse,
  applyResourceChange: refuse,
  importResourceState: refuse,
  moveResourceState: refuse,
  readDataSource: refuse,
};

void serve(async () => handlers);
