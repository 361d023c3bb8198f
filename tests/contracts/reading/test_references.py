"""References: across files, by pointer, identifier and anchor, and those that lead nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Specification
from referencing.jsonschema import DRAFT202012

from beep_mock.contracts.document import load_document
from beep_mock.contracts.reading.references import encoded, pointer, tokens
from beep_mock.errors import UnresolvableReferenceError
from tests.support.many_files import HEAD, load, references, write


def test_references_across_files_mean_the_same_everywhere(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        api__root=HEAD
        + "a: {$ref: ./schemas/pet.yaml#/Pet}\nb: {$ref: '../common/errors.yaml'}\nc: {$ref: '#/d'}\nd: 1\n",
        api__schemas__pet="Pet: {x: {$ref: '#/Tag'}, y: {$ref: ../../common/errors.yaml#/E},\n"
        "  z: {$ref: ../root.yaml#/d}}\n"
        "Tag: t\n",
        common__errors="E: {e: {$ref: ../api/schemas/pet.yaml#/Tag}, f: {$ref: '#/E'}}\n",
    )
    document = load_document(root)
    pet, at = document.follow(document.root["a"], "#/a")
    assert at == "schemas/pet.yaml#/Pet"
    assert pet == {
        "x": {"$ref": "schemas/pet.yaml#/Tag"},
        "y": {"$ref": "../common/errors.yaml#/E"},
        "z": {"$ref": "#/d"},
    }
    whole, at = document.follow(document.root["b"], "#/b")
    assert at == "../common/errors.yaml#"
    assert whole["E"] == {"e": {"$ref": "schemas/pet.yaml#/Tag"}, "f": {"$ref": "../common/errors.yaml#/E"}}
    assert document.follow(whole["E"]["e"], f"{at}/E/e") == ("t", "schemas/pet.yaml#/Tag")
    assert document.follow(document.root["c"], "#/c") == (1, "#/d")
    assert document.where("../common/errors.yaml#/E").file == str(tmp_path / "common/errors.yaml")
    assert document.where("#/paths").pointer == "/paths"
    assert [file.name for file in document.files] == ["root.yaml", "pet.yaml", "errors.yaml"]
    assert document.canonical("./schemas/../x.yaml#/%7Bid%7D", "#") == "x.yaml#/{id}"
    assert document.canonical("x.yaml", "schemas/pet.yaml#/Pet") == "schemas/x.yaml#"
    assert not document.findings


def test_files_are_named_as_the_user_named_the_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, api__root=HEAD + "a: {$ref: ../e.yaml}\n", e="{$ref: api/root.yaml}\n")
    monkeypatch.chdir(tmp_path)
    document = load_document("api/root.yaml")
    document.lookup(document.root["a"]["$ref"])
    assert document.files == (Path("api/root.yaml"), Path("e.yaml"))
    assert document.where("../e.yaml#/x").file == "e.yaml"


def test_all_files_of_a_document_are_known_before_they_are_needed(tmp_path: Path) -> None:
    text = "a: {$ref: a.yaml}\nb: {$ref: 'http://x.example/y'}\nc: {$ref: '#/d'}\n"
    document = load(tmp_path, text, a="x: {$ref: b.yaml#/y}\nz: {$ref: root.yaml}\n", b="y: {$ref: no.yaml}\n")
    names = [file.name for file in document.files]
    assert names == ["root.yaml", "a.yaml", "b.yaml", "no.yaml"]
    assert not document.findings


def test_pointers_are_percent_encoded_and_escaped_in_references_only(tmp_path: Path) -> None:
    text = "paths: {'/w/{id}': {a~b: 1, 'a%b': 2}}\n"
    text += "r: [{$ref: '#/paths/~1w~1%7Bid%7D/a~0b'}, {$ref: '#/paths/~1w~1{id}/a%25b'}]\n"
    document = load(tmp_path, text + "f: {$ref: 'my%20file.yaml#/a'}\n", **{"my file": "a: 3\n"})
    assert [document.follow(node, "#/r") for node in document.root["r"]] == [
        (1, "#/paths/~1w~1{id}/a~0b"),
        (2, "#/paths/~1w~1{id}/a%b"),
    ]
    assert document.follow(document.root["f"], "#/f") == (3, "my file.yaml#/a")


def test_references_lead_through_references(tmp_path: Path) -> None:
    document = load(
        tmp_path, "a: {$ref: '#/b/c/1'}\nb: {$ref: other.yaml#/b}\n", other="b: {c: [1, {$ref: '#/e'}]}\ne: {f: 2}\n"
    )
    assert document.follow(document.root["a"], "#/a") == ({"f": 2}, "other.yaml#/e")
    assert document.lookup("#/b/c/1/f") == (2, "other.yaml#/e/f")


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("a: {$ref: '#/components/Pets'}\ncomponents: {Pet: 1}", "no 'Pets' in #/components", "#/components/Pet?"),
        ("a: {$ref: '#/a/$ref/x'}", "no 'x' in", ""),
        ("a: {$ref: 'nowhere.yaml#/x'}", "nowhere.yaml: no such file", ""),
        ("a: {$ref: '.'}", "Is a directory", ""),
        ("a: {$ref: 'bad.yaml#/x'}", "bad.yaml:1: not valid YAML", ""),
        ("a: {$ref: 'https://worlds.example/x.yaml#/y'}", "remote", "--allow-remote-refs"),
        ("a: {$ref: 'http://[x#/y'}", "remote", "--allow-remote-refs"),
        ('a: {$ref: "x\\0y"}', "null byte", ""),
        ("a: {$ref: '#/b'}\nb: {$ref: '#/c'}\nc: {$ref: '#/b'}", "in a circle", ""),
        ("a: {$ref: '#/a'}", "in a circle", ""),
        ("a: {$ref: '#/a/b'}", "in a circle", ""),
        ("a: {$ref: '#nowhere'}", "no such $anchor", ""),
        ("a: {$ref: 5}", "must be a string", ""),
        ("a: {$ref: '#/l/2'}\nl: [1, 2]", "no '2' in #/l", ""),
        ("a: {$ref: '#/l/-1'}\nl: [1, 2]", "no '-1' in #/l", ""),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_fault_and_a_finding(
    tmp_path: Path, text: str, words: str, hint: str
) -> None:
    document = load(tmp_path, text, bad="a: [")
    for _ in range(2):
        with pytest.raises(UnresolvableReferenceError) as caught:
            document.follow(document.root["a"], "#/a")
        assert words in caught.value.message
        assert hint in caught.value.hint
        assert caught.value.file == document.file
        assert caught.value.pointer
    (finding,) = document.findings
    assert (finding.rule, finding.where.pointer) == ("reference-unresolvable", "/a")


def test_a_property_called_ref_is_no_reference(tmp_path: Path) -> None:
    document = load(tmp_path, "a: {properties: {$ref: {type: string}}}\n")
    properties = document.root["a"]["properties"]
    assert document.follow(properties, "#/a/properties") == (properties, "#/a/properties")


def test_references_in_examples_are_data(tmp_path: Path) -> None:
    other = (
        "S: {properties: {example: {$ref: '#/T'}, default: {$ref: '#/T'}}, example: {$ref: '#/T'},"
        " default: {$ref: '#/T'}, enum: [{$ref: '#/T'}], examples: [{$ref: '#/T'}]}\n"
        "R: {responses: {default: {$ref: '#/T'}}}\nM: {examples: {one: {$ref: '#/T'}, two: {value: {$ref: '#/T'}}}}\n"
        "default: {$ref: '#/T'}\n"
    )
    document = load(tmp_path, "a: {$ref: other.yaml}\n", other=other)
    data, _ = document.follow(document.root["a"], "#/a")
    own, there = {"$ref": "#/T"}, {"$ref": "other.yaml#/T"}
    assert data["S"] == {
        "properties": {"example": there, "default": there},
        "example": own,
        "default": own,
        "enum": [own],
        "examples": [own],
    }
    assert data["R"] == {"responses": {"default": there}}
    assert data["M"] == {"examples": {"one": there, "two": {"value": own}}}
    assert data["default"] == there


def test_a_file_may_be_one_object(tmp_path: Path) -> None:
    """Its fields are not names that somebody chose, and the names in its fields are."""
    schema = (
        "type: object\nproperties: {value: {$ref: '#/$defs/T'}, default: {$ref: '#/$defs/T'}}\n"
        "enum: [{$ref: '#/$defs/T'}]\nexample: {$ref: '#/$defs/T'}\n$defs: {T: {type: string}}\n"
        "discriminator: {propertyName: kind, mapping: {t: '#/$defs/T'}}\n"
    )
    components = "schemas: {example: {$ref: '#/schemas/T'}, T: {}}\nexamples: {one: {value: {$ref: '#/schemas/T'}}}\n"
    document = load(tmp_path, "s: {$ref: schema.yaml}\nc: {$ref: all.yaml}\n", schema=schema, all=components)
    data, _ = document.follow(document.root["s"], "#/s")
    own, there = {"$ref": "#/$defs/T"}, {"$ref": "schema.yaml#/$defs/T"}
    assert data["properties"] == {"value": there, "default": there}
    assert (data["enum"], data["example"]) == ([own], own)
    assert data["discriminator"]["mapping"] == {"t": "schema.yaml#/$defs/T"}
    data, _ = document.follow(document.root["c"], "#/c")
    assert data["schemas"]["example"] == {"$ref": "all.yaml#/schemas/T"}
    assert data["examples"] == {"one": {"value": {"$ref": "#/schemas/T"}}}


def test_examples_of_a_schema_name_nothing(tmp_path: Path) -> None:
    schemas = "{T: {$id: 'https://x.example/t'}, S: {examples: [{$id: 'https://x.example/t'}]}}"
    document = load(tmp_path, f"a: {{$ref: 'https://x.example/t'}}\ncomponents: {{schemas: {schemas}}}\n")
    assert document.root["a"] == {"$ref": "#/components/schemas/T"}
    assert document.root["components"]["schemas"]["S"] == {"examples": [{"$id": "https://x.example/t"}]}


def test_discriminator_mappings_are_canonical(tmp_path: Path) -> None:
    mapping = "{a: '#/components/schemas/A', b: B, c: C, d: ./d.yaml, e: D.x}"
    schemas = "components: {schemas: {A: {}, B: {}}}\n"
    document = load(
        tmp_path,
        "r: {$ref: 'x/other.yaml#/S'}\ncomponents: {schemas: {C: {}}}\n",
        x__other=f"S: {{discriminator: {{mapping: {mapping}}}}}\n{schemas}",
    )
    schema, _ = document.follow(document.root["r"], "#/r")
    assert schema["discriminator"]["mapping"] == {
        "a": "x/other.yaml#/components/schemas/A",
        "b": "x/other.yaml#/components/schemas/B",
        "c": "C",
        "d": "x/d.yaml#",
        "e": "D.x",
    }


# --- schemas with names of their own (JSON Schema 2020-12, section 8.2)

NAMED = """
components:
  schemas:
    Pet:
      $id: https://worlds.example/schemas/pet
      $defs: {tag: {$anchor: label, type: string}, inner: {$id: inner, $ref: '#/x', x: {$ref: 'pet#label'}}}
      properties: {tag: {$ref: '#/$defs/tag'}, other: {$ref: '#label'}, self: {$ref: '#'}}
    Top: {$anchor: top}
    ById: {$ref: 'https://worlds.example/schemas/pet#/$defs/tag'}
    ByRelativeId: {$ref: 'https://worlds.example/schemas/inner'}
    ByAnchor: {$ref: '#top'}
"""


def test_schemas_are_found_by_id_and_anchor(tmp_path: Path) -> None:
    document = load(tmp_path, NAMED)
    schemas = document.root["components"]["schemas"]
    pet = "#/components/schemas/Pet"
    assert schemas["Pet"]["properties"] == {
        "tag": {"$ref": f"{pet}/$defs/tag"},
        "other": {"$ref": f"{pet}/$defs/tag"},
        "self": {"$ref": pet},
    }
    assert schemas["Pet"]["$defs"]["inner"] == {"$ref": f"{pet}/$defs/inner/x", "x": {"$ref": f"{pet}/$defs/tag"}}
    assert schemas["ById"] == {"$ref": f"{pet}/$defs/tag"}
    assert schemas["ByRelativeId"] == {"$ref": f"{pet}/$defs/inner"}
    assert schemas["ByAnchor"] == {"$ref": "#/components/schemas/Top"}
    assert all(document.follow(node, at) for node, at in references(document.root))


def test_resolution_by_name_agrees_with_an_independent_resolver(tmp_path: Path) -> None:
    document = load(tmp_path, NAMED)
    raw = yaml.safe_load(HEAD + NAMED)
    resolver = Registry().with_resource("urn:root", DRAFT202012.create_resource(raw)).resolver("urn:root")
    registry = (
        Registry().with_resource("urn:pet", DRAFT202012.create_resource(raw["components"]["schemas"]["Pet"])).crawl()
    )
    label = registry.resolver().lookup("https://worlds.example/schemas/pet#label").contents
    assert label == document.lookup(document.root["components"]["schemas"]["Pet"]["properties"]["other"]["$ref"])[0]
    assert resolver.lookup("#/components/schemas/Top").contents == document.lookup("#/components/schemas/Top")[0]


def test_an_anchor_in_another_file_is_found(tmp_path: Path) -> None:
    document = load(tmp_path, "a: {$ref: 'other.yaml#b'}\n", other="x: {y: {$anchor: b}}\n")
    assert document.follow(document.root["a"], "#/a") == ({"$anchor": "b"}, "other.yaml#/x/y")


def test_a_name_of_draft_04_is_found_in_another_file(tmp_path: Path) -> None:
    dialect = "jsonSchemaDialect: http://json-schema.org/draft-04/schema#\n"
    other = "definitions: {n: {id: '#number', type: integer}}\nproperties: {n: {$ref: '#number'}}\n"
    document = load(tmp_path, f"{dialect}a: {{$ref: other.yaml}}\n", other=other)
    data, at = document.follow(document.root["a"], "#/a")
    assert document.follow(data["properties"]["n"], at) == (
        {"id": "#number", "type": "integer"},
        "other.yaml#/definitions/n",
    )


def test_ids_mean_nothing_in_openapi_3_0(tmp_path: Path) -> None:
    path = write(tmp_path, root="openapi: 3.0.3\na: {$id: 'https://x.example/y', b: {$ref: '#/c'}}\nc: 1\n")
    document = load_document(path)
    assert document.root["a"] == {"$id": "https://x.example/y", "b": {"$ref": "#/c"}}


def test_self_names_the_document(tmp_path: Path) -> None:
    document = load(tmp_path, "$self: https://x.example/api\na: {$ref: 'https://x.example/api#/b'}\nb: 1\n")
    assert document.follow(document.root["a"], "#/a") == (1, "#/b")


# --- pointers


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text()))
def test_pointers_take_any_key(path: list[str]) -> None:
    assert tokens(pointer(path)) == path


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
def test_encoded_pointers_agree_with_an_independent_resolver(path: list[str]) -> None:
    data: Any = 1
    for key in reversed(path):
        data = {key: data}
    resolver = Registry().with_resource("urn:x", Specification.OPAQUE.create_resource(data)).resolver("urn:x")
    assert resolver.lookup(encoded("#" + pointer(path))).contents == 1
