environment            = "prod"
federation_settings_id = "5f1ed0c0ffee5f1ed0c0ffe3"
org_id                 = "5f1ed0c0ffee5f1ed0c0f3e1"
project_id             = "5f1ed0c0ffee5f1ed0c0f3e2"
tenant_id              = "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b"
application_id         = "1e0f9a8b-7c6d-4e5f-8a1b-2c3d4e5f6a7b"

services = {
  billing = { object_id = "7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d", roles = ["readWrite@billing"] }
  reports = { object_id = "3c2b1a09-8f7e-4d6c-b5a4-938271605f4e", roles = ["read@billing", "readWrite@reports"] }
}
