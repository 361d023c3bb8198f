"""What a provider proves: pacts replayed at it."""
