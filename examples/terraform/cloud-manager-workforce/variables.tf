variable "project_id" {
  description = "The project of this environment in Cloud Manager."
  type        = string
}

variable "tenant_id" {
  description = "The directory, from the overview of the app registration."
  type        = string
}

variable "application_id" {
  description = "The application that people log in with."
  type        = string
}

variable "dba_group" {
  description = "The object id of the group of database administrators."
  type        = string
}

variable "support_group" {
  description = "The object id of the group of people who answer customers."
  type        = string
}

variable "networks" {
  description = "From where database administrators may log in, as CIDR ranges."
  type        = set(string)
}
