""""""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples import generation
from beep_mock.contracts.samples import sampler as sampler_module
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError, lengthened
from beep_mock.contracts.samples.values import Draw
from beep_mock.contracts.schemas.store import SchemaStore
from tests.contracts.schemas.test_store_agreement import independent
from tests.support.judged import Judge
from tests.support.made_schemas import documents


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many of the made schemas have no value: that is looked for in vain, as briefly as can be."""
    monkeypatch.setattr(generation, "_EXAMPLES", 5)


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_sample_is_valid_elsewhere_too(version: str) -> None:
    found = []

    @QUICK
    @given(documents(version), st.integers(0, 3))
    def check(schemas: dict[str, Any], seed: int) -> None:
        judge = Judge(schemas["S"], version, **{name: schemas[name] for name in ("A", "B")})
        try:
            value = judge.sample(seed=seed)
        except UnsatisfiableError:
            found.append(False)
            return
        found.append(True)
        assert independent(version, judge.root).is_valid(value)
        # Another process, another walk: the same value.
        assert Judge(schemas["S"], version, A=schemas["A"], B=schemas["B"]).sample(seed=seed) == value

    check()
    assert sum(found) > len(found) / 2  # many of the made schemas contradict themselves


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{3}-[0-9]{2,4}$",
        "^(foo|ba[rz])+$",
        r"^\d{4}-\d{2}$",
        r"^\w+\s\S$",
        "^[^a-z]{5}$",
        r"^\p{Lu}\p{L}*$",
        "^$",
        "b",
        r"^(a)(b)\1$",
        r"^\/v[0-9]+\/$",
        "^(?=.*[A-Z])(?=.*[0-9]).{8,}$",
        "^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$",
    ],
)
def test_a_string_matches_its_pattern(pattern: str) -> None:
    values = {Judge({"type": "string", "pattern": pattern}).sample(seed=seed) for seed in range(3)}
    python = pattern.replace(r"\p{Lu}", "[A-Z]").replace(r"\p{L}", "[A-Za-z]")
    assert all(isinstance(value, str) and re.search(python, value) for value in values)


def test_lengths_and_a_pattern_are_kept_together() -> None:
    value = Judge({"type": "string", "pattern": "^[a-z]+$", "minLength": 20, "maxLength": 22}).sample()
    assert isinstance(value, str)
    assert 20 <= len(value) <= 22


@pytest.mark.parametrize("name", ["email", "date-time", "date", "uuid", "uri", "ipv4", "ipv6", "hostname", "byte"])
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_formats_are_kept(name: str, version: str) -> None:
    judge = Judge({"type": "string", "format": name}, version)
    assert all(independent(version, judge.root).is_valid(judge.sample(seed=seed)) for seed in range(5))


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"name": {"const": "n"}, "children": {"type": "array"}}}
    node["properties"]["children"]["items"] = {"$ref": "#/components/schemas/S"}  # type: ignore[index]
    value = Judge({**node, "required": ["name", "children"]}).sample()
    assert isinstance(value, dict)
    assert value["name"] == "n"


def test_parts_that_all_refer_to_one_schema_do_not_lead_back_to_it() -> None:
    """Composition is no recursion, however many decisions lead to the same base; a property may be of its type, too."""
    base: dict[str, Any] = {"type": "object", "properties": {"id": {"const": 7}}, "required": ["id"]}
    parts = [{"allOf": [reference("Base"), {"properties": {name: {"type": "string"}}}]} for name in "abcde"]
    schema = {"allOf": [*parts, {"properties": {"parent": reference("Base")}, "required": ["parent"]}]}
    for version in ("3.0.3", "3.1.0"):
        value = Judge(schema, version, Base=base).sample()
        assert isinstance(value, dict)
        assert value["id"] == value["parent"]["id"] == 7


def test_parts_that_double_at_each_step_are_made_once() -> None:
    steps = {f"L{i}": {"allOf": [reference(f"L{i + 1}"), reference(f"L{i + 1}")]} for i in range(12)}
    begun = time.thread_time()
    assert Judge(reference("L0"), **steps, L12={"const": 1}).sample() == 1
    assert time.thread_time() - begun < 1


def test_a_mapping_that_nothing_can_fill_is_left_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    never = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "pattern": "a$b"}}
    judge = Judge({"type": "object", "properties": {"tags": never, "name": {"type": "string"}}})
    monkeypatch.setattr(judge.store, "violations", lambda *_: pytest.fail("a value was made in vain"))
    value = Sampler(judge.document, judge.store).sample(judge.schema(), "response")
    assert isinstance(value, dict)
    assert list(value) == ["name"]


def test_schemas_that_contain_each_other_end() -> None:
    other = {"required": ["s"], "properties": {"s": {"oneOf": [{"$ref": "#/components/schemas/S"}, {"type": "null"}]}}}
    value = Judge({"required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A"}}}, A=other).sample()
    assert isinstance(value, dict)
    assert "s" in value["a"]


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "integer", "minimum": 5, "maximum": 3},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "string", "minLength": 4, "maxLength": 3},
        {"type": "string", "minLength": 2_000_000_000},
        {"type": "array", "minItems": 100_000_000, "items": {"type": "string"}},
        {"type": "object", "minProperties": 100_000_000},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "boolean"}},
        {"type": "object", "required": ["s"], "properties": {"s": {"$ref": "#/components/schemas/S"}}},
        {"oneOf": [{"const": 1}, {"const": 1}]},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
    ],
)
def test_what_has_no_value_or_too_large_a_one_is_told_with_its_place(schema: Any) -> None:
    with pytest.raises(UnsatisfiableError) as caught:
        Judge(schema).sample()
    assert caught.value.pointer == "/components/schemas/S"


KEYWORDS = (
    *("type", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "multipleOf", "minProperties"),
    *("required", "enum", "properties", "items", "prefixItems", "allOf", "oneOf", "anyOf", "pattern", "format", "$ref"),
    *("additionalProperties", "patternProperties", "propertyNames", "uniqueItems", "contains", "dependentRequired"),
    *("exclusiveMinimum", "exclusiveMaximum", "discriminator", "if", "then", "maxProperties", "example", "examples"),
)
ABSURD = st.sampled_from([None, True, False, -1, 0, 2.0, 1.5, "2", "(", [], ["x"], [3], {}, {"a": 5}, {"type": "no"}])


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_keywords_that_mean_nothing_are_no_fault(version: str) -> None:
    @QUICK
    @given(st.dictionaries(st.sampled_from(KEYWORDS), ABSURD, max_size=4), st.sampled_from(["object", "array", None]))
    def check(schema: dict[str, Any], kind: str | None) -> None:
        absurd = {"type": kind, "properties": {"a": schema}, "items": schema} if kind else schema
        judge = Judge(absurd, version)
        with suppress(UnsatisfiableError):
            assert judge.accepts(judge.sample())

    check()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 2.0, "maxItems": 3.0},
        {"type": "array", "contains": {"const": 1}, "minContains": 2.0},
        {"type": "string", "minLength": 30.0, "maxLength": 30.0},
        {"type": "object", "minProperties": 3.0, "maxProperties": 3.0},
        {"type": "object", "propertyNames": {"minLength": 3.0, "maxLength": 3.0}, "minProperties": 2.0},
    ],
)
def test_a_count_may_be_written_with_a_point(schema: dict[str, Any]) -> None:
    """JSON Schema core, 4.2.2: 2.0 and 2 are the same."""
    judge = Judge(schema)
    for seed in range(4):
        assert judge.accepts(judge.sample(seed=seed))


def test_a_pattern_that_cannot_be_used_counts_for_samples_as_little_as_for_values() -> None:
    assert isinstance(Judge({"type": "string", "pattern": "^(a{50000}){50000}$"}).sample(), str)


def test_a_sample_is_kept_and_so_is_that_there_is_none() -> None:
    judge = Judge({"type": "object", "properties": {"n": {"type": "integer"}}}, Bad=False)
    sampler = Sampler(judge.document, judge.store)
    assert sampler.sample(judge.schema(), "response") is sampler.sample(judge.schema(), "response")
    faults = []
    for _ in range(2):
        with pytest.raises(UnsatisfiableError) as caught:
            sampler.sample(judge.schema("Bad"), "response")
        faults.append(caught.value)
    assert faults[0] is faults[1]


def test_what_the_request_says_is_repeated_as_far_as_it_is_valid() -> None:
    properties = {"id": {"type": "integer"}, "name": {"type": "string", "maxLength": 5}, "size": {"type": "integer"}}
    judge = Judge({"type": "object", "properties": properties})
    sampler = Sampler(judge.document, judge.store)
    plain = dict(sampler.sample(judge.schema(), "response"))
    found = sampler.sample(judge.schema(), "response", known={"id": 7, "name": "too long", "size": 3, "other": 1})
    assert found == {**plain, "id": 7, "size": 3}
    assert sampler.sample(judge.schema(), "response") == plain


def test_many_examples_that_lie_are_replaced_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[int] = []

    class Counted(Draw):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            walks.append(1)

    monkeypatch.setattr(sampler_module, "Draw", Counted)
    lying = {f"p{n}": {"type": "integer", "example": "one"} for n in range(60)}
    assert Judge({"type": "object", "properties": lying, "required": list(lying)}).sample().keys() == lying.keys()
    assert len(walks) <= 3


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": ["a"], "minLength": 5, "maxLength": 2},
        {"oneOf": [{"type": "string", "format": ["a"]}, {"type": "string", "format": ["b"]}]},
        {"oneOf": [{"type": "object"}, {"type": "object", "properties": {"a": {"type": 5}}}]},
        {"discriminator": {"propertyName": "k"}, "properties": {"k": {"$ref": 5}}, "oneOf": [{"$ref": "#/x"}, {}]},
    ],
)
def test_schemas_that_mean_nothing_have_a_sample_or_none(schema: dict[str, Any]) -> None:
    judge = Judge(schema)
    with suppress(UnsatisfiableError):
        assert judge.accepts(judge.sample())
    judge.store.findings()


def test_alternatives_are_known_apart_though_their_places_are_the_same() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    first = {"type": "object", "required": ["x"], "properties": {"x": {"oneOf": [text, {**text, "title": "t"}]}}}
    second = {"type": "object", "required": ["x", "y"], "properties": {"y": number, "x": {"oneOf": [text, number]}}}
    assert Judge({"oneOf": [first, second]}).sample().keys() == {"x", "y"}


def test_names_are_no_notes() -> None:
    alternatives = [{"type": "object", "dependentRequired": {"title": [name]}, "required": ["title"]} for name in "ab"]
    assert Judge({"oneOf": alternatives}).sample().keys() & {"a", "b"}


ITEM = {"type": "integer"}


@pytest.mark.parametrize(
    ("whole", "value", "length"),
    [
        ({"type": "array"}, [1], 3),
        ({"type": "array"}, [1, 2, 3, 4], 4),
        ({"type": "array"}, [], 0),  # nothing was to be shown
        ({"type": "array", "maxItems": 2}, [1], 2),
        ({"type": "array", "maxItems": 1}, [1], 1),
        ({"type": "string"}, "text", 4),
    ],
)
def test_a_stream_has_a_few_items(tmp_path: Path, whole: Any, value: Any, length: int) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {}, "paths": {}, "components": {"schemas": {"I": ITEM}}}))
    document = load_document(file)
    store = SchemaStore(document, document.version)
    sampler = Sampler(document, store)
    item, schema = Schema(ITEM, "#/components/schemas/I"), Schema(whole, "#/whole")
    longer = lengthened(value, schema, item, store, lambda each, number: sampler.sample(each, "response", number))
    assert len(longer) == length
    assert longer[: len(value)] == value
    assert store.checker(store.register(schema, "response"))(longer)


def test_without_a_schema_of_items_nothing_is_added(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {}, "paths": {}}))
    document = load_document(file)
    store = SchemaStore(document, document.version)
    assert lengthened([1], Schema({}, "#/whole"), None, store, lambda _each, _number: 1) == [1]
