"""The control interface below ``/-/``, described by ``openapi.yaml`` in this package."""
