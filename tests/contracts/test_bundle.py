"""Bundles: one document, valid, that refers to nothing outside itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.document import Document, load_document
from beep_mock.errors import UnresolvableReferenceError
from tests.support.drafts import corpus_documents

MOCK = "http://127.0.0.1:9000/worlds"
HEAD = "openapi: 3.0.3\ninfo: {title: Worlds, version: '1'}\n"
JSON = "content: {application/json: {schema: "


def bundled(folder: Path, root: str, **files: str) -> dict[str, Any]:
    for name, text in {"root": HEAD + root, **files}.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return bundle(load_document(folder / "root.yaml"), MOCK)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def check_self_contained(result: dict[str, Any]) -> None:
    resolver = Registry().with_resource("urn:bundle", DRAFT202012.create_resource(result)).resolver("urn:bundle")
    for ref in set(references(result)):
        assert ref.startswith("#"), ref
        resolver.lookup(ref)


def check_valid(result: dict[str, Any]) -> None:
    validator = OpenAPIV30SpecValidator if result["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    errors = [error.message for error in validator(result).iter_errors()]
    assert not errors


def test_the_mock_comes_first_in_every_list_of_servers(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "servers: [{url: https://a.example}]\npaths:\n  /a:\n    servers: [{url: https://b.example}]\n"
        "    get: {servers: [{url: https://c.example}], responses: {'200': {description: x}}}\n",
    )
    item = result["paths"]["/a"]
    for holder, other in (
        (result, "https://a.example"),
        (item, "https://b.example"),
        (item["get"], "https://c.example"),
    ):
        assert [server["url"] for server in holder["servers"]] == [MOCK, other]
    check_valid(result)


@pytest.mark.parametrize("declared", ["", "servers: []\n", "servers: null\n", f"servers: [{{url: '{MOCK}'}}]\n"])
def test_the_mock_is_a_server_once(tmp_path: Path, declared: str) -> None:
    result = bundled(tmp_path, declared + "paths: {}\n")
    assert [server["url"] for server in result["servers"]] == [MOCK]
    assert list(result)[:3] == ["openapi", "info", "servers"]


def test_what_other_files_hold_becomes_components(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: {'/worlds/{id}': {$ref: 'paths/worlds.yaml#/one'}}\n"
        "components: {schemas: {World: {$ref: 'schemas/World.yaml'}, Error: {type: string}}}\n",
        paths__worlds="one:\n  parameters: [{$ref: '../common.yaml#/components/parameters/id'}]\n"
        f"  get:\n    responses:\n      '200': {{description: x, headers: {{X-A: {{$ref: '../common.yaml#/h'}}}},"
        f" {JSON}{{$ref: ../schemas/World.yaml}}, examples: {{e: {{$ref: '../common.yaml#/e'}}}}}}}}}}\n"
        "      default: {$ref: '../common.yaml#/components/responses/Error'}\n",
        schemas__World="type: object\nproperties: {twin: {$ref: '#'},\n"
        "  error: {$ref: '../common.yaml#/components/schemas/Error'}}\n",
        common="h: {schema: {type: string}}\ne: {value: {$ref: kept}}\ncomponents:\n"
        "  parameters: {id: {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/Id'}}}\n"
        "  schemas: {Id: {type: string}, Error: {type: object,\n"
        "    properties: {next: {$ref: '#/components/schemas/Error'}}}}\n"
        f"  responses: {{Error: {{description: x, {JSON}{{$ref: '#/components/schemas/Error'}}}}}}}}}}\n",
    )
    item = result["paths"]["/worlds/{id}"]
    assert item["parameters"] == [{"$ref": "#/components/parameters/id"}]
    responses = item["get"]["responses"]
    assert responses["200"]["headers"] == {"X-A": {"$ref": "#/components/headers/h"}}
    media = responses["200"]["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/World"}
    assert media["examples"] == {"e": {"$ref": "#/components/examples/e"}}
    assert responses["default"] == {"$ref": "#/components/responses/Error"}
    components = result["components"]
    assert components["schemas"]["World"]["properties"] == {
        "twin": {"$ref": "#/components/schemas/World"},
        "error": {"$ref": "#/components/schemas/Error_2"},
    }
    assert components["schemas"]["Error"] == {"type": "string"}
    assert components["schemas"]["Error_2"]["properties"] == {"next": {"$ref": "#/components/schemas/Error_2"}}
    assert components["schemas"]["Id"] == {"type": "string"}
    assert components["examples"] == {"e": {"value": {"$ref": "kept"}}}
    del components["examples"], media["examples"]  # data that looks like a reference
    check_self_contained(result)
    check_valid(result)


def test_discriminators_lead_to_where_their_schemas_went(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: {}\ncomponents:\n  schemas:\n    Cat: {type: string}\n    Pet:\n"
        "      oneOf: [{$ref: 'pets.yaml#/Cat'}, {$ref: 'pets.yaml#/Dog'}, {$ref: 'pets.yaml#/Fox'}]\n"
        "      discriminator: {propertyName: kind,\n"
        "        mapping: {dog: 'pets.yaml#/Dog', cat: Cat, owl: 'pets.yaml#/Owl'}}\n",
        pets="Cat: {type: object}\nDog: {type: object}\nFox: {type: object}\n"
        "Owl: {discriminator: {propertyName: kind, mapping: {dog: '#/Dog', own: Own}}}\n"
        "components: {schemas: {Own: {type: object}}}\n",
    )
    schemas = result["components"]["schemas"]
    assert schemas["Pet"]["oneOf"] == [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat_2", "Dog", "Fox")]
    assert schemas["Pet"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {
            "dog": "#/components/schemas/Dog",
            "cat": "Cat",
            "owl": "#/components/schemas/Owl",
            "Cat": "#/components/schemas/Cat_2",
        },
    }
    assert schemas["Owl"]["discriminator"]["mapping"] == {
        "dog": "#/components/schemas/Dog",
        "own": "#/components/schemas/Own",
    }
    check_self_contained(result)
    check_valid(result)


def test_references_in_odd_places_are_replaced_by_what_they_lead_to(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "x-info: {description: {$ref: 'texts.yaml#/about'}}\nx-own: {$ref: 'texts.yaml#/own'}\n"
        "paths:\n  /a:\n    get:\n      responses:\n"
        "        '200': {description: x, content: {$ref: 'texts.yaml#/content'}}\n"
        "components: {schemas: {$ref: 'texts.yaml#/schemas'}, x-loop: {$ref: 'texts.yaml#/loop'}}\n",
        texts="about: words\nown: {deep: {$ref: '#/about'}}\n"
        "content: {application/json: {schema: {$ref: '#/schemas/A'}}}\n"
        "schemas: {A: {type: object, properties: {b: {$ref: '#/schemas/B'}}}, B: {type: string}}\n"
        "loop: {next: {$ref: '#/loop'}}\n",
    )
    assert result["x-info"]["description"] == "words"
    assert result["x-own"] == {"deep": "words"}
    schema = result["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/A"}
    assert result["components"]["x-loop"]["next"] == {"description": "See texts.yaml#/loop."}
    check_self_contained(result)
    check_valid(result)


def test_no_reader_is_sent_out_by_a_reference_that_leads_nowhere(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: 'https://worlds.example/x.yaml#/A'}\n"
        "    B: {properties: {a: {$ref: nowhere.yaml}}, discriminator: {propertyName: a, mapping: {x: 'no.yaml'}}}\n",
    )
    assert list(references(result)) == []
    assert "https://worlds.example/x.yaml#/A" in result["components"]["schemas"]["A"]["description"]
    check_valid(result)


def test_references_through_references_lead_straight(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: 'o.yaml#/A'}\n"
        "    B: {$ref: '#/components/schemas/A/properties/b'}\n"
        "    C: {$ref: '#/components/schemas/D/properties/b'}\n    D: {$ref: '#/components/schemas/E'}\n"
        "    E: {properties: {b: {type: string}}}\n",
        o="A: {properties: {b: {type: integer}}}\n",
    )
    schemas = result["components"]["schemas"]
    assert schemas["B"] == {"type": "integer"}  # at home under the name the document gave it
    assert schemas["C"] == {"$ref": "#/components/schemas/E/properties/b"}
    check_self_contained(result)
    check_valid(result)


def test_siblings_of_references_stay(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths:\n  /a: {$ref: 'o.yaml#/item', summary: own}\n"
        "components: {schemas: {A: {$ref: 'o.yaml#/A', minLength: 1}}}\n",
        o="A: {type: string}\nitem: {summary: theirs, get: {responses: {'200': {description: x}}}}\n",
    )
    assert result["paths"]["/a"]["summary"] == "own"
    assert result["components"]["schemas"] == {
        "A": {"$ref": "#/components/schemas/A_2", "minLength": 1},
        "A_2": {"type": "string"},
    }


def test_places_are_percent_encoded(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths:\n  '/a/{id}':\n    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
        "    get: {responses: {'200': {description: x, content: {'a/b': {schema: {type: string}}}}}}\n"
        "components: {schemas:"
        " {A: {$ref: '#/paths/~1a~1{id}/get/responses/200/content/a~1b/schema'}}}\n",
    )
    ref = result["components"]["schemas"]["A"]["$ref"]
    assert ref == "#/paths/~1a~1%7Bid%7D/get/responses/200/content/a~1b/schema"
    check_self_contained(result)


def test_a_component_that_only_stands_for_another_file_keeps_the_name(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: {}\ncomponents: {schemas: {Mine: {$ref: 'o.yaml#/Theirs'}, Also: {$ref: 'o.yaml#/Theirs'}}}\n",
        o="Theirs: {properties: {again: {$ref: '#/Theirs'}}}\n",
    )
    assert result["components"]["schemas"] == {
        "Mine": {"properties": {"again": {"$ref": "#/components/schemas/Mine"}}},
        "Also": {"$ref": "#/components/schemas/Mine"},
    }


def test_a_schema_with_an_id_of_its_own_does_not_change_what_references_mean(tmp_path: Path) -> None:
    (tmp_path / "root.yaml").write_text(
        "openapi: 3.1.0\n$self: https://worlds.example/api\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n"
        "  schemas:\n    A: {$id: 'https://worlds.example/a', properties: {b: {$ref: '#/$defs/b'}}, $defs: {b: {}}}\n"
    )
    result = bundle(load_document(tmp_path / "root.yaml"), MOCK)
    assert result["components"]["schemas"]["A"]["properties"] == {"b": {"$ref": "#/components/schemas/A/$defs/b"}}
    assert "$self" not in result
    check_self_contained(result)


def test_a_broken_document_is_bundled_as_far_as_it_goes(tmp_path: Path) -> None:
    result = bundled(
        tmp_path,
        "paths: [1, {$ref: nowhere.yaml}]\n"
        "components: {schemas: [], parameters: null, responses: {a: 1, b: null, c: [x]}}\n",
    )
    assert result["components"] == {"schemas": [], "parameters": None, "responses": {"a": 1, "b": None, "c": ["x"]}}
    check_self_contained(result)


# --- the corpus


def expanded(document: Document, node: Any, at: str, levels: int) -> Any:
    """``node`` with its references replaced, ``levels`` levels deep."""
    if levels < 0:
        return "..."
    try:
        target, at = document.follow(node, at)
    except UnresolvableReferenceError:
        return "broken"
    if isinstance(target, dict) and target is not node:
        target = target | {key: value for key, value in node.items() if key != "$ref"}
    node = target
    if isinstance(node, dict):
        return {
            k: expanded(document, v, f"{at}/{k}", levels - 1)
            for k, v in node.items()
            if k not in ("servers", "mapping")
        }
    if isinstance(node, list):
        return [expanded(document, value, f"{at}/{index}", levels - 1) for index, value in enumerate(node)]
    return node


@pytest.mark.parametrize("path", corpus_documents(), ids=lambda path: path.name)
def test_every_document_of_the_corpus_becomes_one(path: Path, tmp_path: Path) -> None:
    document = load_document(path)
    before = copy.deepcopy(document.root)
    result = bundle(document, MOCK)
    assert document.root == before
    check_self_contained(result)
    assert result["servers"][0]["url"] == MOCK
    (tmp_path / "bundle.json").write_text(json.dumps(result), encoding="utf-8")
    again = load_document(tmp_path / "bundle.json")
    levels = 7 if path.stat().st_size > 300_000 else 9
    assert expanded(again, again.root["paths"], "#/paths", levels) == expanded(
        document, document.root["paths"], "#/paths", levels
    )
    assert bundle(again, MOCK) == result


@pytest.mark.parametrize(
    "path",  # the validator takes long over large ones, and knows no 3.2
    [path for path in corpus_documents() if path.stat().st_size < 150_000 and path.name != "redocly-cafe-32.yaml"],
    ids=lambda path: path.name,
)
def test_bundles_of_valid_documents_are_valid(path: Path) -> None:
    check_valid(bundle(load_document(path), MOCK))


def test_a_dynamic_reference_leads_to_its_first_target(tmp_path: Path) -> None:
    schemas = {
        "List": {
            "$id": "http://worlds.example/list",
            "items": {"$dynamicRef": "#item"},
            "$defs": {"any": {"$dynamicAnchor": "item", "type": "string"}},
        }
    }
    file = tmp_path / "openapi.json"
    root = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas}}
    file.write_text(json.dumps(root), encoding="utf-8")
    bundled = bundle(load_document(file), "http://127.0.0.1")["components"]["schemas"]["List"]
    assert bundled["items"] == {"$ref": "#/components/schemas/List/$defs/any"}
    assert bundled["$defs"]["any"]["type"] == "string"
