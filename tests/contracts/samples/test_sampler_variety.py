"""A sample that is asked for by chance shows more than one branch of what a client has to cope with."""

from __future__ import annotations

from typing import Any

from tests.support.judged import Judge

SEEDS = range(1, 30)
CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}}}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}}}


def listed(item: dict[str, Any]) -> Judge:
    return Judge({"type": "array", "minItems": 3, "items": item})


def test_a_flag_is_mostly_what_its_name_says() -> None:
    flags = [one for seed in SEEDS for one in listed({"type": "boolean"}).sample(seed=seed)]
    assert len(flags) / 2 < flags.count(True) < len(flags)
    assert listed({"type": "boolean"}).sample() == [True, True, True]


def test_flags_that_differ_are_found() -> None:
    judge = Judge({"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "boolean"}})
    assert all(sorted(judge.sample(seed=seed)) == [False, True] for seed in SEEDS)


def test_items_have_different_values_of_an_enum_and_different_alternatives() -> None:
    judges = listed({"enum": ["new", "sold", "lost"]}), listed({"oneOf": [CAT, DOG]})
    for seed in SEEDS:
        assert len(set(judges[0].sample(seed=seed))) == 3
        assert len({one["kind"] for one in judges[1].sample(seed=seed)}) == 2


def test_the_plain_sample_has_the_first_of_both() -> None:
    assert listed({"enum": ["new", "sold", "lost"]}).sample() == ["new", "new", "new"]
    assert listed({"oneOf": [CAT, DOG]}).sample() == [{"kind": "cat"}] * 3
