from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import response_examples
from beep_mock.contracts.model import Contract, Schema
from beep_mock.contracts.samples import generation
from beep_mock.contracts.samples import repair as module
from beep_mock.contracts.samples.repair import repaired
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError
from beep_mock.contracts.schemas.store import Direction
from beep_mock.contracts.validator import validator_of
from beep_mock.interaction import MISSING, Json
from tests.support.corpus import FOLDER
from tests.support.corpus import documents as real_documents
from tests.support.judged import Judge
from tests.support.made_schemas import documents, values


def object_of(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def repair(value: Json, schema: Any, version: str = "3.1.0", /, **others: Any) -> Json:
    judge = Judge(schema, version, **others)
    before = json.dumps(value)
    result = repaired(value, judge.schema(), "response", Sampler(judge.document, judge.store))
    assert judge.accepts(result)
    assert json.dumps(value) == before, "what is written is left as it is"
    return result


TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
ANIMALS = {
    "oneOf": [
        object_of("kind", "purrs", kind={"const": "cat"}, purrs={"type": "boolean"}),
        object_of("kind", "barks", kind={"const": "dog"}, barks={"type": "boolean"}),
    ]
}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        ("1", WHOLE, 1),
        ("1.5", NUMBER, 1.5),
        (1, TEXT, "1"),
        (5.0, WHOLE, 5.0),
        (4.6, WHOLE, 5),
        (True, TEXT, "true"),
        ("true", {"type": "boolean"}, True),
        (0, {"type": "boolean"}, False),
        ('{"a": "1"}', object_of("a", a=WHOLE), {"a": 1}),
        ('[{"a": 1}]', {"type": "array", "items": object_of("a", a=WHOLE)}, [{"a": 1}]),
        ("null", {"type": ["object", "null"]}, None),
        ("a", {"type": "array", "items": TEXT}, ["a"]),
        (["a"], TEXT, "a"),
        ({"a": 1}, {"type": "array", "items": object_of("a", a=WHOLE)}, [{"a": 1}]),
        ("Approved", {"enum": ["new", "approved"]}, "approved"),
        ("in progress", {"enum": ["new", "in_progress"]}, "in_progress"),
        ("ok", {"const": "OK"}, "OK"),
        (12, {**WHOLE, "maximum": 10}, 10),
        (-1, {**WHOLE, "exclusiveMinimum": 0}, 1),
        (7, {**WHOLE, "multipleOf": 5}, 5),
        (0.17, {**NUMBER, "multipleOf": 0.05}, 0.15),
        (3_000_000_000, {**WHOLE, "format": "int32"}, 2**31 - 1),
        ("abcdef", {**TEXT, "maxLength": 3}, "abc"),
        (" a ", {**TEXT, "maxLength": 1}, "a"),
        ("2026-01-02 03:04:05", {**TEXT, "format": "date-time"}, "2026-01-02T03:04:05Z"),
        ("2026-01-02", {**TEXT, "format": "date-time"}, "2026-01-02T00:00:00Z"),
        ("2026-01-02T03:04:05.5+0200", {**TEXT, "format": "date-time"}, "2026-01-02T03:04:05.5+02:00"),
        ("2026-01-02T03:04:05Z", {**TEXT, "format": "date"}, "2026-01-02"),
        ("2026/1/2", {**TEXT, "format": "date"}, "2026-01-02"),
        ("03:04", {**TEXT, "format": "time"}, "03:04:00Z"),
        (1392731331, {**TEXT, "format": "date-time"}, "2014-02-18T13:48:51Z"),
        (1392731331000, {**TEXT, "format": "date-time"}, "2014-02-18T13:48:51Z"),
        ("2014-02-18T13:48:51Z", WHOLE, 1392731331),
        ("example.com/a b", {**TEXT, "format": "uri"}, "https://example.com/a%20b"),
        ("f93ecfa8d08a4325869489aeb89c8f85", {**TEXT, "format": "uuid"}, "f93ecfa8-d08a-4325-8694-89aeb89c8f85"),
        ("YQ", {**TEXT, "format": "byte"}, "YQ=="),
        ("ab c", {**TEXT, "pattern": "^[A-Z]{2}-[A-Z]$"}, None),
        ("de", {**TEXT, "pattern": "^[A-Z]{2}$"}, "DE"),
        ({"a": 1, "b": "x"}, object_of("a", a=TEXT, b=TEXT), {"a": "1", "b": "x"}),
        ({"a": None, "b": "x"}, object_of("b", a=TEXT, b=TEXT), {"b": "x"}),
        ({"a": "x", "b": "y"}, {**object_of("a", a=TEXT), "additionalProperties": False}, {"a": "x"}),
        ({"firstName": "Ada"}, {**object_of("first_name", first_name=TEXT), "additionalProperties": False},
         {"first_name": "Ada"}),
        ({"error": {"code": 4, "why": "x"}}, object_of("code", "why", code=WHOLE, why=TEXT), {"code": 4, "why": "x"}),
        ({"code": 4}, object_of("error", error=object_of("code", code=WHOLE)), {"error": {"code": 4}}),
        ({"a": 1, "b": 2, "c": 3}, {"type": "object", "maxProperties": 2, "required": ["c"]}, {"a": 1, "c": 3}),
        ({"a": {"b": [1, "2"]}}, object_of(a=object_of(b={"type": "array", "items": WHOLE})), {"a": {"b": [1, 2]}}),
        ([1, 2, 2, 3], {"type": "array", "uniqueItems": True}, [1, 2, 3]),
        ([1, 2, 3], {"type": "array", "maxItems": 2}, [1, 2]),
        ([1, "2", 3], {"type": "array", "prefixItems": [WHOLE, WHOLE], "items": False}, [1, 2]),
        ({"kind": "dog", "barks": "yes"}, ANIMALS, {"kind": "dog", "barks": True}),
        ({"kind": "Dog", "barks": True}, ANIMALS, {"kind": "dog", "barks": True}),
        ({"a": 1, "b": 2}, {**object_of(a=WHOLE), "unevaluatedProperties": False}, {"a": 1}),
        ({"k": "1", "x": 2}, {"type": "object", "patternProperties": {"^k": WHOLE}}, {"k": 1, "x": 2}),
        ({"k": "1"}, {"type": "object", "additionalProperties": WHOLE}, {"k": 1}),
        ({"a": {"id": "7"}, "b": 1}, {"allOf": [object_of(a=object_of(id=WHOLE)), object_of(b=TEXT)]},
         {"a": {"id": 7}, "b": "1"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_replaced_by_what_it_means(value: Json, schema: Any, expected: Json) -> None:
    found = repair(value, schema)
    if expected is not None:
        assert json.dumps(found) == json.dumps(expected)


def test_what_is_missing_is_sampled_and_what_is_optional_is_not_added() -> None:
    found = repair({"name": "Ada"}, object_of("id", "name", id=WHOLE, name=TEXT, note=TEXT))
    assert found["name"] == "Ada"
    assert set(found) == {"id", "name"}
    assert isinstance(found["id"], int)


def test_a_null_that_is_required_is_sampled() -> None:
    assert isinstance(repair({"a": None}, object_of("a", a=TEXT))["a"], str)


@pytest.mark.parametrize("value", ["1e400", "-1e999", "9" * 400, "[" * 5000, "NaN", "\u0000", {"a": "1e400"}, 10**400])
@pytest.mark.parametrize("schema", [WHOLE, NUMBER, object_of("a", a=NUMBER), {"type": "array", "items": NUMBER}])
def test_absurd_values_are_no_fault(value: Json, schema: Any) -> None:
    repair(value, schema)


def test_what_another_property_requires_is_added() -> None:
    schema = {**object_of(a=TEXT, b=WHOLE), "dependentRequired": {"a": ["b"]}}
    assert set(repair({"a": "x"}, schema)) == {"a", "b"}


def test_a_valid_value_is_returned_as_it_is() -> None:
    value = {"a": [1, {"b": None}]}
    judge = Judge({"type": "object"})
    assert repaired(value, judge.schema(), "response", Sampler(judge.document, judge.store)) is value


def test_parts_that_are_right_are_kept_beside_what_cannot_be_kept() -> None:
    good = {"id": 7, "tags": ["a", "b"], "extra": {"deep": [1, None]}}
    schema = object_of("bad", id=WHOLE, tags={"type": "array", "items": TEXT}, bad=object_of("x", x=WHOLE))
    found = repair({**good, "bad": "no object"}, schema)
    assert {name: found[name] for name in good} == good
    assert isinstance(found["bad"]["x"], int)


def test_openapi_3_0_keeps_its_null() -> None:
    schema = object_of("a", "b", a={"type": "string", "nullable": True}, b=TEXT)
    found = repair({"a": None, "b": None}, schema, "3.0.3")
    assert found["a"] is None
    assert isinstance(found["b"], str)


def test_recursion_is_followed_as_far_as_the_value_goes() -> None:
    schema = object_of("id", id=WHOLE, children={"type": "array", "items": {"$ref": "#/components/schemas/S"}})
    value: Json = {"id": "5"}
    expected: Json = {"id": 5}
    for _ in range(12):
        value, expected = {"id": "1", "children": [value]}, {"id": 1, "children": [expected]}
    assert repair(value, schema) == expected


def test_alternatives_that_overlap_are_told_apart_and_the_rest_is_kept() -> None:
    special = object_of(subtype={"type": "string", "enum": ["datacube"]})
    found = repair({"type": "number"}, {"oneOf": [{"title": "generic"}, special], "type": "object"})
    assert found["type"] == "number"


def test_a_dynamic_reference_is_followed_to_the_outermost_of_its_name() -> None:
    items = {"type": "array", "items": {"$dynamicRef": "#item"}}
    page = {
        "$id": "https://example.com/page",
        **object_of("items", items=items),
        "$defs": {"item": {"$dynamicAnchor": "item"}},
    }
    item = {"$dynamicAnchor": "item", **object_of("id", id={**WHOLE, "minimum": 500})}
    pets = {"$id": "https://example.com/pets", "$ref": "https://example.com/page", "$defs": {"item": item}}
    assert repair({"items": [{"id": "600"}, {"id": 3}]}, pets, Page=page) == {"items": [{"id": 600}, {"id": 500}]}


def test_nothing_is_near_what_nothing_satisfies() -> None:
    with pytest.raises(UnsatisfiableError):
        repair({"a": 1}, {"type": "string", "pattern": "^a$", "minLength": 2})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_whatever_is_written_is_repaired(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "_EXAMPLES", 5)  # what has no value is none of this test's

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(version), values, st.sampled_from(["request", "response"]))
    def check(schemas: dict[str, Any], value: Json, direction: Direction) -> None:
        judge = Judge(schemas["S"], version, A=schemas["A"], B=schemas["B"])
        sampler = Sampler(judge.document, judge.store)
        try:
            sampler.sample(judge.schema(), direction)
        except UnsatisfiableError:
            return
        found = repaired(value, judge.schema(), direction, sampler)
        assert judge.accepts(found, direction)
        assert json.dumps(repaired(value, judge.schema(), direction, sampler)) == json.dumps(found)

    check()


def lying(contract: Contract) -> Iterator[tuple[Schema, Json]]:
    validator_of(contract).register_all()
    for operation in contract.operations.values():
        for response in operation.responses:
            for media in response.content:
                for example in response_examples(media, contract.document):
                    if media.schema is not None and example.value is not MISSING and media.name == "application/json":
                        yield media.schema, example.value


@pytest.mark.skipif(not real_documents(), reason=f"no corpus at {FOLDER}")
@pytest.mark.parametrize("document", real_documents(), ids=lambda path: path.name)
def test_examples_of_real_documents_are_repaired_and_mostly_kept(document: Path) -> None:
    contract = compile_contract(document)
    sampler = Sampler(contract.document, contract.schemas)
    for schema, value in list(lying(contract))[:400]:
        if sampler.violations(value, schema, "response"):
            found = repaired(value, schema, "response", sampler)
            assert sampler.violations(found, schema, "response") == []
            assert found is not sampler.sample(schema, "response"), "something of it is kept"


def test_what_cannot_be_mended_is_not_walked_through_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[int] = []

    class Counted(module._Repair):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            walks.append(1)

    monkeypatch.setattr(module, "_Repair", Counted)
    branch = {"type": "object", "properties": {"n": {"type": "array", "items": {"type": "integer"}}}, "required": ["n"]}
    judge = Judge({"anyOf": [{"oneOf": [branch, {**branch, "minProperties": 1}]}, {"const": "other"}]})
    value = {"n": [str(n) for n in range(600)]}
    numbers = []
    for most in (100_000, 1000):
        monkeypatch.setattr(module, "_MOST_VALUES", most)
        assert repaired(value, judge.schema(), "response", Sampler(judge.document, judge.store)) == "other"
        numbers.append(len(walks))
        walks.clear()
    assert numbers[0] > 2 * numbers[1]
