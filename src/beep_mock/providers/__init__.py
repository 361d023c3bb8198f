"""Verify providers: replay pacts and examples, and send generated requests."""
