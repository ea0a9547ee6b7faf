"""What the core answers to, as an OpenAPI document: built in code, served at /openapi.json."""
