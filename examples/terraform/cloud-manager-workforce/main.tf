# Credentials come from MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY. For Ops Manager: plane = "ops-manager".
provider "mongofed" {
  plane = "cloud-manager"
}

# Every process was raised to preferTLS by an earlier run, and all clients use TLS. Other TLS settings stay as they are.
resource "mongofed_project_tls" "this" {
  project_id              = var.project_id
  mode                    = "requireTLS"
  ca_file_path            = "/etc/mongodb/ca.pem"
  client_certificate_mode = "OPTIONAL"
}

# One of a project lets people in.
resource "mongofed_identity_provider" "staff" {
  project_id         = var.project_id
  idp_type           = "WORKFORCE"
  configuration_name = "corp-entra"
  issuer_uri         = "https://login.microsoftonline.com/${var.tenant_id}/v2.0"
  audience           = var.application_id
  client_id          = var.application_id
  requested_scopes   = ["${var.application_id}/.default", "offline_access"]
  user_claim         = "oid"
  authorization_type = "GROUP"
}

resource "mongofed_oidc_role" "dba" {
  identity_provider = mongofed_identity_provider.staff.reference
  group             = var.dba_group
  roles             = ["readWrite@orders", "clusterMonitor@admin"]
  # What no built-in role gives by itself: to end somebody's runaway query.
  privileges                  = [{ resource = { cluster = true }, actions = ["inprog", "killop"] }]
  authentication_restrictions = [{ client_source = var.networks }]
}

resource "mongofed_database_role" "support" {
  project_id = var.project_id
  role_name  = "order-support"
  privileges = [{ resource = { database = "orders", collection = "orders" }, actions = ["find", "update"] }]
}

resource "mongofed_oidc_role" "support" {
  identity_provider = mongofed_identity_provider.staff.reference
  group             = var.support_group
  roles             = ["${mongofed_database_role.support.role_name}@admin"]
}

output "roles" {
  description = "What the groups are called in MongoDB."
  value       = [mongofed_oidc_role.dba.username, mongofed_oidc_role.support.username]
}
