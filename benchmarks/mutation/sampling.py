"""Which mutants there are, and which are tried: every operator has its share, and a seed says which sites."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.mutation.answer_operators import answer_mutants
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.request_operators import request_mutants
from benchmarks.mutation.source_operators import source_mutants

__all__ = ["KINDS", "PROVIDERS", "all_mutants", "sample"]

PROVIDERS = ("world", "people")
KINDS = ("wire", "source")


def all_mutants() -> list[Mutant]:
    """Every operator at every site; two that make the same are one."""
    made = (
        mutant
        for provider in PROVIDERS
        for operators in (answer_mutants, request_mutants, source_mutants)
        for mutant in operators(provider)
    )
    return list({mutant.name: mutant for mutant in made}.values())


def sample(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """``count`` of them (0: all), one of each operator and provider before the second of any."""
    if not count:
        return list(mutants)
    groups: dict[tuple[str, str], list[Mutant]] = {}
    for one in mutants:
        groups.setdefault((one.operator, one.provider), []).append(one)
    chance = random.Random(seed)
    for sites in groups.values():
        chance.shuffle(sites)
    order = list(groups.values())
    chance.shuffle(order)
    rounds = [sites[turn] for turn in range(max(map(len, order), default=0)) for sites in order if turn < len(sites)]
    return rounds[:count]
