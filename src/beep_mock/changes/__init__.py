"""Two versions of a contract: what has changed, whether it breaks, and whom."""
