import * as pulumi from "@pulumi/pulumi";
import { entraWorkforce, IdentityProvider } from "mongofed";

const config = new pulumi.Config();

const staff = new IdentityProvider(
  "staff",
  {
    federationSettingsId: config.require("federationSettingsId"),
    configurationName: "corp-entra",
    description: "People of Example Corp",
    ...entraWorkforce({ tenantId: config.require("tenantId"), applicationId: config.require("applicationId") }),
  },
  // Every environment relies on it.
  { protect: config.getBoolean("protect") ?? true },
);

/** All that an environment needs. It names the identity provider and gives nobody any right over it. */
export const corp = staff.reference;
