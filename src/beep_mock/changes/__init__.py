"""Compare two versions of a contract: the differences, whether they break, and which consumers."""
