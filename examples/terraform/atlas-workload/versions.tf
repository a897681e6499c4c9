terraform {
  required_version = ">= 1.11"

  required_providers {
    mongofed = {
      source  = "mongofed.internal/mongofed/mongofed"
      version = "~> 0.1"
    }
  }
}
