"""Many services at one address, mocked or real."""
