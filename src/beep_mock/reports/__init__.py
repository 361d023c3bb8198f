"""Render what a check found: one value, one module a format."""
