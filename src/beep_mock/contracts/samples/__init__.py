"""Generate sample values for schemas, and repair examples that violate their schema."""
