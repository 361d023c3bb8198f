"""The measurement of docs/reference/diff.md in its short form: own contracts, two pairs an operator and direction."""

from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.changes.difference import Level
from benchmarks import changes
from benchmarks.changing.sites import schema_sites


@pytest.mark.parametrize("file", changes.OWN, ids=lambda file: file.parent.name)
def test_labels_are_met(file: Path) -> None:
    old = changes.compiled(file, changes.root_of(file))
    wrong, operators = [], set()
    for pair, changed in changes.sampled([file], share=2, seed=1):
        level, found = changes.judged(pair, changed, old)
        operators.add(pair.operator)
        if (level is Level.BREAKING) is not pair.breaking:
            wrong.append((pair.operator, pair.direction, pair.site, [one.rule for one in found]))
    assert wrong == []
    assert len(operators) >= 60


def test_a_mutant_changes_one_use_only() -> None:
    file = changes.OWN[0]
    root = changes.root_of(file)
    before = len(list(schema_sites(root)))
    next(changes.sampled([file], share=1, seed=3))
    assert len(list(schema_sites(root))) == before
