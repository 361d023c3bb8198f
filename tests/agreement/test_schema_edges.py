from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.agreement.schema_edges import SchemaEdges, changed
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.interaction import MISSING

DOCUMENT = """
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths: {}
components:
  schemas:
    Pet:
      allOf:
        - $ref: '#/components/schemas/Named'
        - type: object
          required: [age]
          properties:
            age: {type: integer, minimum: 0, exclusiveMaximum: 30}
            tags: {type: array, minItems: 1, maxItems: 2, items: {type: string, maxLength: 3}}
            id: {type: integer, readOnly: true}
    Named:
      type: object
      required: [name]
      properties: {name: {type: string, minLength: 2}}
    Tree:
      type: object
      properties: {child: {$ref: '#/components/schemas/Tree'}, height: {type: number, multipleOf: 2}}
    Kind: {enum: [cat, dog]}
    Old: {type: integer, minimum: 1, exclusiveMinimum: true}
"""


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> SchemaEdges:
    file = tmp_path_factory.mktemp("contract") / "openapi.yaml"
    file.write_text(DOCUMENT, "utf-8")
    contract = compile_contract(file)
    return SchemaEdges(contract.document, Sampler(contract.document, contract.schemas))


def schema(name: str) -> Schema:
    return Schema({"$ref": f"#/components/schemas/{name}"}, "#/made")


PET = {"name": "Tom", "age": 3}


def test_each_limit_has_values_on_both_sides(edges: SchemaEdges) -> None:
    found = [*edges.changes(schema("Pet"), PET)]
    ages = [value for place, value in found if place == ("age",) and type(value) is int]
    assert {0, -1, 1, 30, 31, 29} <= {*ages}
    names = [value for place, value in found if place == ("name",) and isinstance(value, str)]
    assert {1, 2} <= {len(name) for name in names}


def test_what_is_there_can_go_and_what_is_not_can_come(edges: SchemaEdges) -> None:
    found = [*edges.changes(schema("Pet"), PET)]
    assert [place for place, value in found if value is MISSING] == [("name",), ("age",)]
    assert ("beepMock",) in [place for place, _ in found]
    tags = [value for place, value in found if place == ("tags",)]
    assert all(value != "" for value in tags)
    assert {0, 1, 3} <= {len(value) for value in tags if isinstance(value, list)}


def test_what_is_read_only_is_left_alone(edges: SchemaEdges) -> None:
    assert not [place for place, _ in edges.changes(schema("Pet"), PET) if place[:1] == ("id",)]
    assert "id" not in edges.filled(schema("Pet"), PET)


def test_other_types_and_values_that_are_not_listed(edges: SchemaEdges) -> None:
    values = [value for _, value in edges.changes(schema("Kind"), "cat")]
    assert "dog" in values
    assert "catbeep" in values
    assert {type(value) for value in values} >= {str, int, bool, type(None), list, dict}
    assert "cat" not in values


def test_a_flag_of_openapi_3_0_moves_its_limit(edges: SchemaEdges) -> None:
    assert {0, 1, 2} <= {value for _, value in edges.changes(schema("Old"), 5) if type(value) is int}


def test_a_schema_that_holds_itself_ends(edges: SchemaEdges) -> None:
    tree: dict[str, Any] = {"height": 4}
    assert any(value == 3 for place, value in edges.changes(schema("Tree"), tree) if place == ("height",))
    full = edges.filled(schema("Tree"), tree)
    assert full["height"] == 4
    assert "height" in full["child"]


def test_filled_and_pruned(edges: SchemaEdges) -> None:
    full = edges.filled(schema("Pet"), PET)
    assert set(full) == {"name", "age", "tags"}
    assert edges.pruned(schema("Pet"), full) == PET


VALUES = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, member in members for place in places(member, (*at, str(name))))]


@given(st.data(), VALUES)
@settings(max_examples=60, deadline=None)
def test_a_change_is_made_at_its_place_and_nowhere_else(data: st.DataObject, value: Any) -> None:
    before = repr(value)
    place = data.draw(st.sampled_from(places(value)))
    new = changed(value, (place, "new"))
    assert repr(value) == before
    for token in place:
        new = new[int(token)] if isinstance(new, list) else new[token]
    assert new == "new"
    if place:
        assert len(places(changed(value, (place, MISSING)))) < len(places(value))
        assert places(changed(value, (place, 1))) == [
            one for one in places(value) if one[: len(place)] != place or one == place
        ]
