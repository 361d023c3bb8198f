"""OpenAPI documents, read and compiled into contracts."""
