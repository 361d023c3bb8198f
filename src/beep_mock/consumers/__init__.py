"""Record the pacts of consumers."""
