"""Pact files, read as interactions."""
