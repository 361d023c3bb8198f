"""The dialects of JSON Schema: what an independent library says of schemas with names, and of older drafts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.schemas.store import SchemaStore

VALIDATORS = {
    "http://json-schema.org/draft-04/schema#": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema#": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema.Draft202012Validator,
    "https://spec.openapis.org/oas/3.1/dialect/base": jsonschema.Draft202012Validator,
    "https://spec.openapis.org/oas/3.2/dialect/2025-09-17": jsonschema.Draft202012Validator,
}


def store_of(folder: Path, schemas: dict[str, Any], version: str = "3.1.0", **fields: Any) -> SchemaStore:
    """The schemas of a document that holds these, each registered under its name."""
    root = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}, **fields}
    root["components"] = {"schemas": schemas}
    file = folder / "openapi.json"
    file.write_text(json.dumps(root), encoding="utf-8")
    document = load_document(file)
    store = SchemaStore(document, version)
    for name in schemas:
        node, at = document.lookup(f"#/components/schemas/{name}")
        assert store.register(Schema(node, at), "request") == f"request #/components/schemas/{name}"
    return store


def accepts(store: SchemaStore, name: str, value: Any) -> bool:
    key = f"request #/components/schemas/{name}"
    verdict = store.checker(key)(value)
    assert verdict == (not store.violations(key, value))
    return verdict


@pytest.mark.parametrize("dialect", VALIDATORS)
@pytest.mark.parametrize("where", ["document", "schema"])
def test_what_a_dialect_knows_counts_and_nothing_else(tmp_path: Path, dialect: str, where: str) -> None:
    schemas: dict[str, Any] = {
        "tuple": {"items": [{"type": "string"}], "additionalItems": {"type": "integer"}},
        "prefix": {"prefixItems": [{"type": "string"}]},
        "names": {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
        "required": {"dependentRequired": {"a": ["b"]}},
        "conditional": {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "integer"}},
        "constant": {"const": 1},
        "contains": {"contains": {"type": "integer"}, "maxContains": 1},
        "propertyNames": {"propertyNames": {"maxLength": 1}},
        "unevaluated": {"properties": {"a": {}}, "unevaluatedProperties": False},
        "siblings": {"allOf": [{"$ref": "#/$defs/text", "minLength": 2}], "$defs": {"text": {"type": "string"}}},
    }
    if "draft-04" in dialect:
        schemas["exclusive"] = {"minimum": 1, "exclusiveMinimum": True}
    if "2020-12" in dialect or "oas" in dialect:
        del schemas["tuple"], schemas["names"]  # no schema of theirs, and no keyword of theirs
    named = {
        name: {"id" if "draft-04" in dialect else "$id": f"http://worlds.example/{name}", **schema}
        for name, schema in schemas.items()
    }
    if where == "schema":
        store = store_of(tmp_path, {name: {"$schema": dialect, **schema} for name, schema in named.items()})
    else:
        store = store_of(tmp_path, named, jsonSchemaDialect=dialect)
    values = [["a"], ["a", 1], ["a", "b"], [1], [1, 2], {"a": 1}, {"a": 1, "b": 1}, {"c": 1}, {"c": 1, "d": 1}]
    for name, schema in schemas.items():
        oracle = VALIDATORS[dialect](schema)
        for value in [*values, {"long": 1}, "a", "ab", 1, 2, None, []]:
            assert accepts(store, name, value) == oracle.is_valid(value), (name, value)
    lonely = any(draft in dialect for draft in ("draft-04", "draft-06", "draft-07"))
    assert {finding.rule for finding in store.findings()} == ({"reference-siblings"} if lonely else set())


def test_an_unknown_dialect_is_a_finding_and_the_default_counts(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"S": {"$schema": "https://worlds.example/dialect", "prefixItems": [{"const": 1}]}})
    assert not accepts(store, "S", [2])
    (finding,) = store.findings()
    assert (finding.rule, finding.where.pointer) == ("dialect-unknown", "/components/schemas/S/$schema")


LIST = {"type": "array", "items": {"$dynamicRef": "#item"}, "$defs": {"any": {"$dynamicAnchor": "item"}}}


@pytest.mark.parametrize("identified", [True, False])
def test_a_generic_list_is_one_of_what_it_is_come_to_from(tmp_path: Path, identified: bool) -> None:
    """OpenAPI 3.1.1, "Generic (Template) Data Structures"; many authors leave the ``$id`` out."""
    schemas: dict[str, Any] = {"List": LIST}
    for name, kind in (("Numbers", "number"), ("Texts", "string")):
        target = "list" if identified else "#/components/schemas/List"
        schemas[name] = {"$ref": target, "$defs": {"own": {"$dynamicAnchor": "item", "type": kind}}}
    schemas["Both"] = {
        "properties": {
            "n": {"$ref": "numbers" if identified else "#/components/schemas/Numbers"},
            "t": {"$ref": "texts" if identified else "#/components/schemas/Texts"},
        }
    }
    if identified:
        schemas = {name: {"$id": name.lower(), **schema} for name, schema in schemas.items()}
    store = store_of(tmp_path, schemas)
    assert accepts(store, "List", [1, "a"])
    assert accepts(store, "Numbers", [1])
    assert not accepts(store, "Numbers", ["a"])
    assert accepts(store, "Texts", ["a"])
    assert not accepts(store, "Texts", [1])
    assert accepts(store, "Both", {"n": [1], "t": ["a"]})
    assert not accepts(store, "Both", {"n": ["a"], "t": ["a"]})
    assert not accepts(store, "Both", {"n": [1], "t": [1]})
    assert {finding.rule for finding in store.findings()} == (set() if identified else {"anchor-ambiguous"})


TREES: list[tuple[str, str, dict[str, Any]]] = [
    ("https://json-schema.org/draft/2020-12/schema", "$dynamicRef", {"$dynamicAnchor": "node"}),
    ("https://json-schema.org/draft/2019-09/schema", "$recursiveRef", {"$recursiveAnchor": True}),
]


@pytest.mark.parametrize(("dialect", "word", "anchor"), TREES)
@pytest.mark.parametrize("anchored", ["both", "tree", "strict"])
def test_a_tree_is_as_strict_as_what_it_is_come_to_from(
    tmp_path: Path, dialect: str, word: str, anchor: dict[str, Any], anchored: str
) -> None:
    """The example of JSON Schema core, 8.2.3.2 and appendix C."""
    reference = "#node" if word == "$dynamicRef" and anchored != "strict" else "#"
    tree: dict[str, Any] = {
        "$id": "http://worlds.example/tree",
        "type": "object",
        "properties": {"data": True, "children": {"type": "array", "items": {word: reference}}},
        **(anchor if anchored != "strict" else {}),
    }
    strict: dict[str, Any] = {
        "$id": "http://worlds.example/strict",
        "$ref": "tree",
        "unevaluatedProperties": False,
        **(anchor if anchored != "tree" else {}),
    }
    store = store_of(tmp_path, {"Tree": tree, "Strict": strict}, jsonSchemaDialect=dialect)
    oracle = VALIDATORS[dialect]({"$id": "http://worlds.example/", "$ref": "strict", "$defs": {"t": tree, "s": strict}})
    for value in ({"daat": 1}, {"data": 1}, {"children": [{"daat": 1}]}, {"children": [{"data": 1, "children": []}]}):
        assert accepts(store, "Strict", value) == oracle.is_valid(value), value
    assert accepts(store, "Tree", {"children": [{"daat": 1}]})
    assert not store.findings()


names = st.sampled_from(["a", "b"])
leaf = st.sampled_from([{"type": "integer"}, {"type": "string"}, True])
dynamic = st.builds(lambda name: {"$dynamicRef": f"#{name}"}, names)
static = st.builds(lambda number: {"$ref": f"r{number}"}, st.integers(0, 3))
shapes = st.one_of(leaf, dynamic, static)


@st.composite
def resources(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Four resources that refer to each other, each with anchors of its own."""
    made = []
    for number in range(4):
        anchors = {f"d{name}": {"$dynamicAnchor": name, **draw(st.sampled_from(CONSTRAINTS))} for name in ("a", "b")}
        schema = {
            "$id": f"http://worlds.example/r{number}",
            "properties": {"p": draw(shapes), "q": draw(shapes)},
            "items": draw(shapes),
            "$defs": anchors,
        }
        made.append(schema)
    return made


CONSTRAINTS: list[dict[str, Any]] = [{"type": "integer"}, {"type": "string"}, {"type": "object"}, {}]
instances = st.recursive(
    st.sampled_from([1, "a", None]),
    lambda inner: st.dictionaries(st.sampled_from("pq"), inner, max_size=2) | st.lists(inner, max_size=1),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resources(), st.lists(instances, min_size=4, max_size=6))
def test_dynamic_references_lead_where_an_independent_library_says(
    tmp_path: Path, made: list[dict[str, Any]], candidates: list[Any]
) -> None:
    store = store_of(tmp_path, {f"R{number}": schema for number, schema in enumerate(made)})
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "http://worlds.example/",
        "$defs": {f"R{number}": schema for number, schema in enumerate(made)},
    }
    for number in range(4):
        oracle = jsonschema.Draft202012Validator({**root, "$ref": f"r{number}"})
        for value in candidates:
            assert accepts(store, f"R{number}", value) == oracle.is_valid(value), (number, value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(resources(), st.lists(instances, min_size=4, max_size=6))
def test_they_lead_there_from_file_to_file(tmp_path: Path, made: list[dict[str, Any]], candidates: list[Any]) -> None:
    for number, schema in enumerate(made):
        (tmp_path / f"r{number}").write_text(json.dumps(schema), encoding="utf-8")
    store = store_of(tmp_path, {f"R{number}": {"$ref": f"r{number}"} for number in range(4)})
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "http://worlds.example/"}
    for number in range(4):
        oracle = jsonschema.Draft202012Validator({**root, "$ref": f"r{number}", "$defs": dict(enumerate(made))})
        for value in candidates:
            assert accepts(store, f"R{number}", value) == oracle.is_valid(value), (number, value)


def test_anchors_without_end_stay_bounded(tmp_path: Path) -> None:
    count = 24
    schemas = {
        f"R{number}": {
            "$id": f"http://worlds.example/r{number}",
            "properties": {
                **{f"to{other}": {"$ref": f"r{other}"} for other in range(count)},
                "here": {"$dynamicRef": f"#n{number % 8}"},
            },
            "$defs": {"own": {"$dynamicAnchor": f"n{number % 8}", "const": number}},
        }
        for number in range(count)
    }
    store = store_of(tmp_path, schemas)
    assert accepts(store, "R0", {"here": 0})
    assert not accepts(store, "R0", {"here": 1})
    assert {finding.rule for finding in store.findings()} == {"dynamic-excessive"}
