variable "environment" {
  description = "A part of what people see: `dev` or `prod`."
  type        = string
}

variable "federation_settings_id" {
  description = "In the address of Atlas's Federation Management Console."
  type        = string
}

variable "org_id" {
  description = "The organization of this environment."
  type        = string
}

variable "project_id" {
  description = "The project whose clusters the programs use."
  type        = string
}

variable "tenant_id" {
  description = "The directory, from the overview of the app registration."
  type        = string
}

variable "application_id" {
  description = "The application that stands for MongoDB in this environment: tokens are for it."
  type        = string
}

variable "services" {
  description = "Managed identities by the name of their program: the object id, which tokens carry, and what they may do."
  type        = map(object({ object_id = string, roles = list(string) }))
}
