"""Mutants of the demonstration's providers, and who catches them: what ``python -m benchmarks.mutants`` is made of."""
