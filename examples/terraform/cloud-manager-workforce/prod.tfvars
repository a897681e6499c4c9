project_id     = "5f1ed0c0ffee5f1ed0c0f3e3"
tenant_id      = "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b"
application_id = "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a"
dba_group      = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
support_group  = "7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d"
networks       = ["10.20.0.0/16"]
