"""Checks, and the reports they make."""
