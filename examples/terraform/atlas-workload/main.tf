# Credentials come from MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or from those of an API key.
provider "mongofed" {}

# An application of its own for each environment, and so an identity provider of its own.
resource "mongofed_identity_provider" "apps" {
  federation_settings_id = var.federation_settings_id
  idp_type               = "WORKLOAD"
  configuration_name     = "azure-apps-${var.environment}"
  description            = "Programs on Azure"
  issuer_uri             = "https://login.microsoftonline.com/${var.tenant_id}/v2.0"
  audience               = var.application_id
  authorization_type     = "USER"
}

resource "mongofed_org_connection" "apps" {
  org_id            = var.org_id
  identity_provider = mongofed_identity_provider.apps.reference
}

resource "mongofed_federated_user" "service" {
  for_each = var.services

  project_id = var.project_id
  # Through the connection: it is there before the access, and goes after it.
  identity_provider = mongofed_org_connection.apps.identity_provider
  principal         = each.value.object_id
  roles             = each.value.roles
  description       = "The service ${each.key}"
}

# Judged in every plan, without a server: what a managed identity's token says, and what it must be good for.
resource "mongofed_token_check" "who_gets_in" {
  tokens = merge(
    {
      for name, service in var.services : "the service ${name}" => {
        claims = jsonencode({ sub = service.object_id })
        expect = { accepted = mongofed_identity_provider.apps.configuration_name, roles = service.roles }
      }
    },
    {
      "a program of nobody" = {
        claims = jsonencode({ sub = "00000000-0000-4000-8000-000000000000" })
        expect = { refused = "FED207" }
      }
    },
  )
  identity_providers = [mongofed_identity_provider.apps.configuration_name]
  access             = [for user in mongofed_federated_user.service : user.principal]
}

output "usernames" {
  description = "The names that the programs have in MongoDB, for audit logs."
  value       = { for name, user in mongofed_federated_user.service : name => user.username }
}
