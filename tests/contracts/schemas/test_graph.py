"""Schemas that no value can keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.judged import Judge
from tests.support.made_schemas import documents, values

OTHER = {"$ref": "#/components/schemas/Other"}


SEVERAL: tuple[Any, ...] = (1, "a", "abcd", None, [], {}, {"a": 1}, True, 1.5)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 1}, "'minimum' is 3, 'maximum' is 1"),
        ({"type": ["string", "array"], "minLength": 3, "maxLength": 1, "minItems": 2, "maxItems": 1}, "is 3|is 2"),
        ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "'a' is required and may have no value"),
        ({"type": "object", "additionalProperties": False, "required": ["a"]}, "'a' is required, and neither"),
        ({"allOf": [{"type": "integer"}, {"type": "string"}]}, "different types"),
        ({"allOf": [OTHER, {"type": "string"}]}, "different types"),
        ({"type": "string", "enum": [1, 2]}, "'enum' has no value of the type"),
        ({"allOf": [OTHER, {"const": "a"}]}, "'const' has no value of the type"),
        ({"allOf": [{"type": "string", "minLength": 3}, {"maxLength": 2}]}, "'minLength' is 3, 'maxLength' is 2"),
        ({"allOf": [False]}, "allows nothing"),
    ],
)
def test_a_contradiction_is_a_finding_and_refuses_everything(schema: dict[str, Any], reason: str) -> None:
    judge = Judge(schema, Other={"type": "integer"})
    judge.store.register(judge.schema(), "request")
    (finding,) = judge.store.findings()
    assert (finding.rule, finding.where.pointer) == ("schema-impossible", "/components/schemas/S")
    assert any(part in finding.message for part in reason.split("|"))
    assert not any(map(judge.accepts, SEVERAL))


@pytest.mark.parametrize(
    "schema",
    [
        {"minimum": 3, "maximum": 1},
        {"type": ["integer", "null"], "minimum": 3, "maximum": 1},
        {"type": "object", "patternProperties": {"^a": True}, "additionalProperties": False, "required": ["a"]},
        {"type": "number", "enum": [1, "a"]},
        {"type": "integer", "const": 1.0},
        {"allOf": [{"type": "integer"}, {"type": "number"}]},
        {"allOf": [{"$ref": "#/components/schemas/S"}, {"type": "string"}]},
        {"properties": {"a": False}},
        {"type": "object", "properties": {"a": {"not": {}}}},
    ],
)
def test_what_some_value_keeps_is_not_reported(schema: dict[str, Any]) -> None:
    assert not Judge(schema, Other={"type": "integer"}).rules()


def test_a_part_of_a_schema_is_reported_where_it_stands() -> None:
    judge = Judge({"properties": {"a": {"items": {"type": "string", "minLength": 2, "maxLength": 1}}}})
    assert judge.rules() == [("schema-impossible", "/components/schemas/S/properties/a/items")]
    assert judge.rules() == [("schema-impossible", "/components/schemas/S/properties/a/items")]


def test_a_property_that_requests_leave_out_is_no_contradiction_there() -> None:
    own = {"type": "integer", "readOnly": True}
    assert not Judge({"type": "object", "required": ["id"], "properties": {"id": own}}).rules()


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_nothing_fits_what_is_called_impossible(version: str) -> None:
    @settings(max_examples=100, deadline=None)
    @given(documents(version), st.lists(values, min_size=4, max_size=8))
    def check(schemas: dict[str, Any], candidates: list[Any]) -> None:
        judge = Judge(schemas["S"], version, **{name: schemas[name] for name in ("A", "B")})
        if ("schema-impossible", "/components/schemas/S") in judge.rules():
            assert not any(judge.accepts(value, "request") for value in candidates)

    check()
