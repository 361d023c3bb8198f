"""Reasons are given for what can be explained, and nothing keeps a worker busy."""

from __future__ import annotations

from typing import Any

import pytest

from beep_mock.contracts.schemas.messages import HURRIED, PATIENT, deepest_member, is_affordable, measured
from tests.support.judged import Judge

SELF = {"$ref": "#/components/schemas/S"}


def nested(depth: int, innermost: Any) -> Any:
    for _ in range(depth):
        innermost = {"n": innermost}
    return innermost


@pytest.mark.parametrize(
    "schema",
    [
        {
            "anyOf": [
                {"type": "object", "properties": {"n": SELF}, "required": ["z"]},
                {"type": "object", "properties": {"n": SELF}, "required": ["q"]},
                {"type": "integer"},
            ]
        },
        {"type": "object", "properties": {"n": {"oneOf": [SELF, SELF, {"type": "integer"}]}}},
        {"allOf": [{"properties": {"n": SELF}}, {"properties": {"n": SELF}}], "type": ["object", "null"]},
        {"allOf": [{"properties": {"n": SELF}}, {"properties": {"n": SELF}}], "unevaluatedProperties": False},
    ],
)
def test_a_recursive_schema_with_alternatives_is_judged_however_deep_the_value(schema: dict[str, Any]) -> None:
    judge = Judge({**schema, "maxProperties": 1}) if "anyOf" not in schema else Judge(schema)
    value = nested(200, {"m": 3, "k": 3})
    assert not judge.accepts(value)
    reason = judge.violations(value)[-1]
    assert (reason.pointer, reason.keyword) == (("n",), "schema")


def test_what_is_wrong_beside_it_is_told() -> None:
    tree = {
        "anyOf": [
            {"type": "object", "properties": {"n": {"$ref": "#/components/schemas/T"}}, "required": [name]}
            for name in ("p", "q")
        ]
    }
    judge = Judge(
        {
            "properties": {"tree": {"$ref": "#/components/schemas/T"}, "a": {"type": "string"}},
            "required": ["tree", "b"],
        },
        T=tree,
    )
    value = {"tree": nested(100, {}), "a": 1}
    assert {(reason.pointer, reason.keyword) for reason in judge.violations(value)} == {
        (("a",), "type"),
        ((), "required"),
        (("tree",), "schema"),
    }


def test_a_deep_value_of_a_simple_schema_is_explained_to_the_end() -> None:
    judge = Judge({"type": "object", "properties": {"n": SELF}})
    assert [reason.pointer for reason in judge.violations(nested(200, 3), seconds=PATIENT)] == [("n",) * 200]
    assert not judge.violations(nested(200, {}))


def test_many_deep_members_cost_no_more_than_one() -> None:
    tree = {"anyOf": [{"additionalProperties": SELF, "required": [name]} for name in ("p", "q")], "type": "object"}
    judge = Judge(tree)
    value = {f"m{number}": nested(60, {}) for number in range(500)}
    reasons = judge.violations(value)
    assert reasons[-1].keyword == "schema"
    assert len(reasons) <= 3


def test_depth_and_size() -> None:
    assert measured(1) == (0, 1)
    assert measured([[], {"a": [1]}]) == (3, 5)
    assert deepest_member({"a": 1, "b": [[]], "c": []}) == "b"
    assert deepest_member([1, [], 2]) == "1"


def test_what_is_explained_first_is_cut_off() -> None:
    seen: list[Any] = []
    value = nested(7, [1])
    assert is_affordable(seen.append, value, *measured(value), HURRIED)
    assert seen == [nested(4, None), nested(5, None), nested(6, None), nested(7, None)]
