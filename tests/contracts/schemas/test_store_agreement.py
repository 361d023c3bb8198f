"""Verdicts on made schemas and values: ours and those of an independent library, with OpenAPI's dialects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.support.judged import Judge
from tests.support.made_schemas import documents, values

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ORACLES = {"3.0.3": (OAS30Validator, oas30_format_checker), "3.1.0": (OAS31Validator, oas31_format_checker)}


def independent(version: str, root: dict[str, Any]) -> Any:
    validator, formats = ORACLES[version]
    registry = Registry().with_resource("urn:root", DRAFT202012.create_resource(root))
    schema = {"$ref": "urn:root#/components/schemas/S"}
    return validator(schema, registry=registry, format_checker=formats)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_verdicts_agree(version: str) -> None:
    @QUICK
    @given(documents(version), st.lists(values, min_size=4, max_size=8))
    def check(schemas: dict[str, Any], candidates: list[Any]) -> None:
        judge = Judge(schemas["S"], version, **{name: schemas[name] for name in ("A", "B")})
        oracle = independent(version, judge.root)
        for value in candidates:
            assert judge.accepts(value) == oracle.is_valid(value), value

    check()


def without(node: Any, word: str) -> Any:
    """A schema in which the properties with ``word`` are neither required nor judged: the rule, told once more."""
    if isinstance(node, list):
        return [without(item, word) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: without(value, word) for key, value in node.items()}
    hidden = [
        name for name, schema in node.get("properties", {}).items() if isinstance(schema, dict) and schema.get(word)
    ]
    if "required" in node:
        node["required"] = [name for name in node["required"] if name not in hidden]
    for name in hidden:
        node["properties"][name] = {}
    return node


marks = st.fixed_dictionaries({}, optional={"readOnly": st.just(True), "writeOnly": st.just(True)})
leaves = st.builds(lambda mark, kind: {"type": kind, **mark}, marks, st.sampled_from(["string", "integer"]))
directed = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda properties, required, closed, mark: {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": not closed,
            **mark,
        },
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        st.lists(st.sampled_from("abc"), unique=True, max_size=3),
        st.booleans(),
        marks,
    ),
    max_leaves=6,
)


@QUICK
@given(directed, st.lists(values, min_size=4, max_size=8))
def test_each_direction_leaves_out_what_the_other_is_for(schema: dict[str, Any], candidates: list[Any]) -> None:
    judge = Judge(schema)
    request = Draft202012Validator(without(schema, "readOnly"))
    response = Draft202012Validator(without(schema, "writeOnly"))
    for value in candidates:
        assert judge.accepts(value, "request") == request.is_valid(value)
        assert judge.accepts(value, "response") == response.is_valid(value)
