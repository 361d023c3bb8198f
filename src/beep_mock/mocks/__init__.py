"""The mock of one service."""
