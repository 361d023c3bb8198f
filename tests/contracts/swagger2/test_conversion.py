"""Swagger 2.0 documents as OpenAPI 3.0: valid, and complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.document import load_document
from tests.support.drafts import CORPUS
from tests.support.swagger2_drafts import HEAD, VALID, compiled, converted, places

SCENARIOS = Path(__file__).resolve().parents[2] / "product" / "scenarios"


def test_all_parts_of_a_document_have_their_place_in_openapi_3(tmp_path: Path) -> None:
    new = converted(tmp_path, VALID)
    assert new["openapi"] == "3.0.3"
    assert [s["url"] for s in new["servers"]] == ["https://worlds.example:8443/v1", "wss://worlds.example:8443/v1"]
    assert (new["x-team"], new["externalDocs"], new["tags"]) == (
        "worlds", {"url": "https://docs.example"}, [{"name": "a"}],
    )  # fmt: skip
    components = new["components"]
    assert list(components["schemas"]) == ["Error", "World"]
    assert components["schemas"]["World"] == {
        "type": "object",
        "discriminator": {"propertyName": "kind"},
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string"},
            "sun": {"x-nullable": True, "nullable": True, "allOf": [{"$ref": "#/components/schemas/World"}]},
            "size": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "x-nullable": True, "nullable": True},
            "icon": {"type": "string", "readOnly": True, "xml": {"attribute": True},
                     "externalDocs": {"url": "https://docs.example"}},
        },
    }  # fmt: skip
    assert components["securitySchemes"] == {
        "login": {"type": "http", "scheme": "basic", "description": "Name and password", "x-realm": "worlds"},
        "key": {"type": "apiKey", "in": "query", "name": "key"},
        "implicit": {"type": "oauth2", "flows": {
            "implicit": {"authorizationUrl": "https://a.example", "scopes": {"read": "Reads"}}}},
        "password": {"type": "oauth2", "flows": {"password": {"tokenUrl": "https://t.example", "scopes": {}}}},
        "application": {"type": "oauth2", "flows": {
            "clientCredentials": {"tokenUrl": "https://t.example", "scopes": {}}}},
        "code": {"type": "oauth2", "flows": {"authorizationCode": {
            "authorizationUrl": "https://a.example", "tokenUrl": "https://t.example", "scopes": {}}}},
    }  # fmt: skip
    assert components["parameters"] == {
        "Limit": {
            "name": "limit", "in": "query", "example": 5,
            "schema": {"type": "integer", "format": "int32", "default": 3},
        },
    }  # fmt: skip
    error = {"schema": {"$ref": "#/components/schemas/Error"}}
    why = {"X-Why": {"schema": {"type": "array", "items": {"type": "string"}}, "explode": False}}
    assert components["responses"] == {
        "Missing": {
            "description": "Missing", "headers": why,
            "content": {"application/json": error, "application/xml": error},
        },
        "Missing_2": {"description": "Missing", "headers": why, "content": {"application/hal+json": error}},
    }  # fmt: skip
    path = new["paths"]["/worlds/{id}"]
    assert path["parameters"] == [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"$ref": "#/components/parameters/Limit"},
    ]
    world = {"schema": {"$ref": "#/components/schemas/World"}}
    assert path["get"] == {
        "tags": ["a"], "summary": "One", "operationId": "one", "deprecated": True, "x-rate": 5,
        "x-produces": ["application/json", "application/xml"],
        "servers": [{"url": "http://worlds.example:8443/v1"}],
        "security": [{"key": []}, {"implicit": ["read"]}],
        "responses": {
            "200": {"description": "OK", "x-seen": 1, "content": {
                "application/json": {**world, "examples": {"application/json": {"value": {"kind": "World"}}}},
                "application/xml": world,
            }},
            "default": {"$ref": "#/components/responses/Missing"},
        },
    }  # fmt: skip
    assert path["put"]["requestBody"] == {
        "description": "A world", "required": True, "content": {"application/json": world},
        "x-codegen-request-body-name": "world",
    }  # fmt: skip
    assert path["post"] == {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
            "type": "object",
            "properties": {"name": {"type": "string"},
                           "file": {"type": "string", "format": "binary", "description": "A file"}},
            "required": ["name"],
        }}}},
        "responses": {
            "200": {"description": "File", "content": {
                "application/hal+json": {"schema": {"type": "string", "format": "binary"}}}},
            "404": {"$ref": "#/components/responses/Missing_2"},
        },
        "x-produces": ["application/hal+json"],
    }  # fmt: skip


def documents() -> list[Any]:
    found = [pytest.param(yaml.safe_load(HEAD + VALID), id="valid")]
    for file in sorted(SCENARIOS.glob("swagger2*.yaml")):
        found.append(pytest.param(yaml.safe_load(file.read_text())["document"], id=file.stem))
    if CORPUS.is_dir():
        for name in ("alertmanager-v2.yaml", "docker-engine-v2.yaml"):
            found.append(pytest.param(yaml.safe_load((CORPUS / name).read_text()), id=name))
    return found


@pytest.mark.parametrize("document", documents())
def test_what_is_served_to_other_tools_is_valid_openapi_3(document: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "swagger.json"
    file.write_text(json.dumps(document))
    whole = json.loads(json.dumps(bundle(load_document(file), "http://127.0.0.1/")))
    assert [str(error.message) for error in OpenAPIV30SpecValidator(whole).iter_errors()] == []


def test_valid_documents_have_no_findings(tmp_path: Path) -> None:
    no_files = (HEAD + VALID).replace("type: file", "type: string")  # the validator does not know them
    OpenAPIV2SpecValidator(yaml.safe_load(no_files)).validate()
    contract = compiled(tmp_path, VALID)
    assert places(contract) == []
    assert (contract.openapi, contract.document.version) == ("2.0", "3.0.3")


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", None),
        ("basePath: /", ["/"]),
        ("basePath: /v1/", ["/v1"]),
        ("host: a.example", ["//a.example"]),
        ("host: a.example\nbasePath: /v1\nschemes: [HTTP]", ["http://a.example/v1"]),
        ("schemes: [https]", None),
        ("schemes: [https]\nbasePath: /v1", ["/v1"]),
        ("host: https://a.example/x\nbasePath: v1\nschemes: [https, ftp]", ["https://a.example/v1"]),
    ],
)
def test_servers(tmp_path: Path, text: str, urls: list[str] | None) -> None:
    new = converted(tmp_path, f"{text}\npaths: {{}}\n")
    assert ([server["url"] for server in new["servers"]] if "servers" in new else None) == urls


def test_literal_data_stays_as_it_is(tmp_path: Path) -> None:
    data = {"$ref": "#/definitions/a", "discriminator": "x", "type": "file", "x-nullable": True}
    text = yaml.safe_dump(
        {"definitions": {"a": {"type": "object", "example": data, "default": data, "enum": [data]}},
         "paths": {"/a": {"get": {"produces": ["application/json"], "responses": {
             "200": {"description": "d", "examples": {"application/json": {"data": data}}}}}}}}
    )  # fmt: skip
    new = converted(tmp_path, text)
    assert new["components"]["schemas"]["a"] == {"type": "object", "example": data, "default": data, "enum": [data]}
    media = new["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
    assert media["examples"]["application/json"]["value"] == {"data": data}


def test_properties_named_like_keywords_are_properties(tmp_path: Path) -> None:
    properties = {"discriminator": {"type": "string"}, "type": {"type": "string"}, "example": {"x-nullable": True}}
    text = yaml.safe_dump({"definitions": {"a": {"properties": properties}}, "paths": {}})
    assert converted(tmp_path, text)["components"]["schemas"]["a"]["properties"] == {
        **properties,
        "example": {"x-nullable": True, "nullable": True},
    }


def test_a_schema_that_is_not_in_definitions_can_be_referred_to(tmp_path: Path) -> None:
    contract = compiled(tmp_path, """
produces: [application/json]
parameters: {B: {name: b, in: body, schema: {type: object, properties: {c: {type: integer, minimum: x}}}}}
paths:
  /a: {get: {responses: {'200': {description: d, schema: {$ref: '#/parameters/B/schema/properties/c'}}}}}
  /b: {get: {responses: {'200': {description: d, schema: {$ref: '#/paths/~1a/get/responses/200/schema'}}}}}
""")  # fmt: skip
    document = contract.document
    for path in ("/a", "/b"):
        schema = contract.operations[f"GET {path}"].responses[0].content[0].schema
        assert schema is not None
        node, at = document.follow(schema.node, schema.at)
        assert node["type"] == "integer"
        assert document.where(f"{at}/minimum").pointer == "/parameters/B/schema/properties/c/minimum"
    whole = json.dumps(bundle(document, "http://127.0.0.1/"))
    assert "leads nowhere" not in whole


def test_values_of_discriminators_by_extension(tmp_path: Path) -> None:
    new = converted(tmp_path, """
paths: {}
definitions:
  Pet: {discriminator: kind, required: [kind], properties: {kind: {type: string}}}
  Cat: {x-ms-discriminator-value: cat/1, allOf: [{$ref: '#/definitions/Pet'}]}
""")  # fmt: skip
    assert new["components"]["schemas"]["Pet"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"cat/1": "#/components/schemas/Cat"},
    }
