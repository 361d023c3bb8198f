"""Swagger 2.0 as OpenAPI 3.0: converted once, when it is loaded; no other module sees it."""
