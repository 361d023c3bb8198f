"""Pairs of contract versions whose label is known, made by operators."""
