"""Swagger 2.0 documents as OpenAPI 3.0: valid, complete, and defects told where their authors wrote them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract
from beep_mock.contracts.positions import line_of
from tests.contracts.drafts import CORPUS

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
HEAD = "swagger: '2.0'\ninfo: {title: t, version: '1'}\n"


def compiled(folder: Path, text: str, **others: str) -> Contract:
    for name, content in others.items():
        (folder / f"{name}.yaml").write_text(content)
    file = folder / "swagger.yaml"
    file.write_text(HEAD + text)
    return compile_contract(file)


def converted(folder: Path, text: str) -> dict[str, Any]:
    file = folder / "swagger.yaml"
    file.write_text(HEAD + text)
    return load_document(file).root


def places(contract: Contract) -> list[tuple[str, str]]:
    """Rule and pointer of each finding."""
    return [(finding.rule, finding.where.pointer) for finding in contract.findings]


# --- what comes out


VALID = """
externalDocs: {url: 'https://docs.example'}
tags: [{name: a}]
host: worlds.example:8443
basePath: /v1
schemes: [https, wss]
consumes: [application/json]
produces: [application/json, application/xml]
x-team: worlds
security: [{login: []}]
securityDefinitions:
  login: {type: basic, description: Name and password, x-realm: worlds}
  key: {type: apiKey, in: query, name: key}
  implicit: {type: oauth2, flow: implicit, authorizationUrl: 'https://a.example', scopes: {read: Reads}}
  password: {type: oauth2, flow: password, tokenUrl: 'https://t.example', scopes: {}}
  application: {type: oauth2, flow: application, tokenUrl: 'https://t.example', scopes: {}}
  code: {type: oauth2, flow: accessCode, tokenUrl: 'https://t.example', authorizationUrl: 'https://a.example',
         scopes: {}}
parameters:
  Limit: {name: limit, in: query, type: integer, format: int32, default: 3, x-example: 5}
  World: {name: world, in: body, required: true, description: A world, schema: {$ref: '#/definitions/World'}}
  Name: {name: name, in: formData, type: string, required: true}
responses:
  Missing: {description: Missing, schema: {$ref: '#/definitions/Error'},
            headers: {X-Why: {type: array, items: {type: string}}}}
definitions:
  Error: {type: object, properties: {code: {type: integer}}}
  World:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      sun: {$ref: '#/definitions/World', x-nullable: true}
      size: {type: number, minimum: 0, exclusiveMinimum: true, x-nullable: true}
      icon: {type: string, readOnly: true, xml: {attribute: true}, externalDocs: {url: 'https://docs.example'}}
paths:
  /worlds/{id}:
    parameters: [{name: id, in: path, required: true, type: string}, {$ref: '#/parameters/Limit'}]
    get:
      tags: [a]
      summary: One
      operationId: one
      deprecated: true
      schemes: [http]
      security: [{key: []}, {implicit: [read]}]
      x-rate: 5
      responses: {'200': {description: OK, schema: {$ref: '#/definitions/World'}, x-seen: 1,
                          examples: {application/json: {kind: World}}},
                  default: {$ref: '#/responses/Missing'}}
    put: {parameters: [{$ref: '#/parameters/World'}], responses: {'204': {description: Fine}}}
    post:
      consumes: [multipart/form-data]
      produces: [application/hal+json]
      parameters: [{$ref: '#/parameters/Name'}, {name: file, in: formData, type: file, description: A file}]
      responses: {'200': {description: File, schema: {type: file}}, '404': {$ref: '#/responses/Missing'}}
"""


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
        "tags": ["a"], "summary": "One", "operationId": "one", "deprecated": True, "x-rate": 5, "x-produces": ["application/json", "application/xml"],
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


# --- where findings are


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("paths: {}\nservers: []", [("field-unknown", "/servers")]),
        ("paths: {}\nhost: [a]", [("structure-invalid", "/host")]),
        ("paths: {}\nhost: http://a\nbasePath: v1\nschemes: [ftp]",
         [("host-invalid", "/host"), ("base-path-invalid", "/basePath"), ("scheme-invalid", "/schemes/0")]),
        ("paths: {}\nconsumes: json\nproduces: [json, 3]",
         [("structure-invalid", "/consumes"), ("media-type-invalid", "/consumes"),
          ("structure-invalid", "/produces/1"), ("media-type-invalid", "/produces/0")]),
        ("paths: {}\nsecurity: [{a: []}]", [("security-scheme-unknown", "/security/0/a")]),
        (("paths: {}\nsecurityDefinitions: {a: {type: oauth2, flow: x}, b: {type: basic, in: query}, c: {type: apiKey},"
         " d: {type: what}, e: 3, f: {type: oauth2, flow: implicit, scopes: {}}}"),
         [("security-scheme-invalid", "/securityDefinitions/a/flow"), ("field-unknown", "/securityDefinitions/b/in"),
          ("field-missing", "/securityDefinitions/f"), *[("field-missing", "/securityDefinitions/c")] * 2,
          ("security-scheme-invalid", "/securityDefinitions/d/type"), ("structure-invalid", "/securityDefinitions/e"),
          ]),
        ("paths: {/a: {get: {responses: {'200': {}}}}}", [("field-missing", "/paths/~1a/get/responses/200")]),
        ("paths: {/a: {get: {}}}", [("response-missing", "/paths/~1a/get")]),
        ("paths: {/a: {trace: {}, servers: []}}",
         [("field-unknown", "/paths/~1a/trace"), ("field-unknown", "/paths/~1a/servers")]),
        ("paths: {/a: {get: {requestBody: {}, responses: {'200': {description: d, content: {}}}}}}",
         [("field-unknown", "/paths/~1a/get/requestBody"),
          ("field-unknown", "/paths/~1a/get/responses/200/content")]),
        (("responses: {R: {schema: {type: object}}}\nproduces: [a/b]\n"
         "paths: {/a: {get: {responses: {'200': {$ref: '#/responses/R'}, '2000': {$ref: '#/responses/R'}}}}}"),
         [("field-missing", "/responses/R"), ("status-invalid", "/paths/~1a/get/responses/2000")]),
        ("paths: {/a: {get: {responses: {'200': {$ref: '#/responses/R'}}, parameters: [{$ref: '#/parameters/P'}]}}}",
         [("reference-unresolvable", "/paths/~1a/get/parameters/0"),
          ("reference-unresolvable", "/paths/~1a/get/responses/200")]),
        (("paths: {}\ndefinitions: {A: {discriminator: 3}, B: {discriminator: {propertyName: a}},"
         " C: {discriminator: a, properties: {}}}"),
         [("structure-invalid", "/definitions/A/discriminator"), ("structure-invalid", "/definitions/B/discriminator"),
          ("discriminator-undeclared", "/definitions/C/discriminator"),
          ("discriminator-optional", "/definitions/C/discriminator")]),
        (("paths: {}\nparameters: {A: 3, B: {name: a, in: query}, C: {name: c, in: query, type: object},"
         " D: {name: d, in: query, type: array, collectionFormat: no}}"),
         [("structure-invalid", "/parameters/A"), ("field-missing", "/parameters/B"),
          ("parameter-type-invalid", "/parameters/C/type"), ("field-missing", "/parameters/D"),
          ("collection-format-invalid", "/parameters/D/collectionFormat")]),
    ],
)  # fmt: skip
def test_findings_name_the_place_as_written(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    contract = compiled(tmp_path, text)
    assert places(contract) == found
    assert all(finding.where.file == str(tmp_path / "swagger.yaml") for finding in contract.findings)


PARAMETERS = """
consumes: [application/json]
paths:
  /a/{id}:
    parameters:
    - {name: id, in: path, type: string}
    post:
      parameters:
      - {name: first, in: body, schema: {type: integer}}
      - {name: q, in: query, type: string, pattern: '('}
      - {name: second, in: body, schema: {type: string}}
      - {name: f, in: formData, type: string}
      - name: h
        in: header
        type: array
        items: {type: string, pattern: '['}
        collectionFormat: multi
      - 3
      responses: {'204': {description: d}}
"""


def test_parameters_keep_their_places_when_others_become_bodies(tmp_path: Path) -> None:
    contract = compiled(tmp_path, PARAMETERS)
    operation = contract.operations["POST /a/{id}"]
    post = "/paths/~1a~1{id}/post/parameters"
    assert places(contract) == [
        ("collection-format-invalid", f"{post}/4/collectionFormat"),
        ("body-duplicate", f"{post}/2"),
        ("body-and-form", f"{post}/3"),
        ("path-parameter-optional", "/paths/~1a~1{id}/parameters/0"),
        ("structure-invalid", f"{post}/5"),
    ]
    assert operation.request_body is not None
    assert operation.request_body.content[0].schema is not None
    assert operation.request_body.content[0].schema.node == {"type": "integer"}
    where = contract.document.where
    assert where(operation.request_body.at).pointer == f"{post}/0"
    assert where(operation.request_body.content[0].schema.at).pointer == f"{post}/0/schema"
    for parameter in operation.parameters:
        if parameter.schema is not None:
            contract.schemas.register(parameter.schema, "request")
    assert [(f.rule, f.where.pointer) for f in contract.schemas.findings()] == [
        ("pattern-invalid", f"{post}/1/pattern"),
        ("pattern-invalid", f"{post}/4/items/pattern"),
    ]
    lines = [line_of(finding.where.file, finding.where.pointer) for finding in contract.findings]
    assert lines == [19, 13, 14, 8, 20]


def test_a_form_without_a_type_of_form(tmp_path: Path) -> None:
    contract = compiled(tmp_path, """
consumes: [application/json]
paths:
  /a: {post: {parameters: [{name: f, in: formData, type: file}, {name: f, in: formData, type: string},
              {in: formData}], responses: {'204': {description: d}}}}
  /b: {post: {consumes: [application/x-www-form-urlencoded], parameters: [{name: f, in: formData, type: file}],
              responses: {'204': {description: d}}}}
  /c: {post: {consumes: [], parameters: [{name: f, in: formData, type: string}],
              responses: {'204': {description: d}}}}
""")  # fmt: skip
    post = "/paths/~1{}/post/parameters"
    assert places(contract) == [
        ("parameter-duplicate", post.format("a") + "/1"),
        ("structure-invalid", post.format("a") + "/2"),
        ("consumes-no-form", post.format("a")),
        ("consumes-no-form", post.format("b")),
    ]
    bodies = [operation.request_body for operation in contract.operations.values()]
    assert [[media.name for media in body.content] for body in bodies if body is not None] == [
        ["multipart/form-data"],
        ["multipart/form-data", "application/x-www-form-urlencoded"],
        ["application/x-www-form-urlencoded", "multipart/form-data"],
    ]
    assert all(operation.broken is None for operation in contract.operations.values())


def test_a_reference_that_leads_nowhere_is_named_as_written(tmp_path: Path) -> None:
    contract = compiled(tmp_path, """
produces: [application/json]
parameters: {Limit: {name: limit, in: query, type: integer}}
definitions: {World: {type: object}}
paths:
  /a: {get: {parameters: [{$ref: '#/parameters/Limits'}], responses: {'200': {description: d}}}}
  /b: {get: {responses: {'200': {description: d, schema: {$ref: '#/definitions/Worlds'}}}}}
""")  # fmt: skip
    broken = contract.operations["GET /a"].broken
    assert broken is not None
    assert broken.where.pointer == "/paths/~1a/get/parameters/0"
    assert (broken.message, broken.hint) == (
        "'#/parameters/Limits' leads nowhere: no 'Limits' in #/parameters",
        "did you mean #/parameters/Limit?",
    )
    schema = contract.operations["GET /b"].responses[0].content[0].schema
    assert schema is not None
    contract.schemas.register(schema, "response")
    (finding,) = contract.schemas.findings()
    assert finding.message == "'#/definitions/Worlds' leads nowhere: no 'Worlds' in #/definitions"
    assert finding.where.pointer == "/paths/~1b/get/responses/200/schema"


# --- many files


def test_nodes_in_other_files_are_converted_by_their_role(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "World.yaml").write_text(
        "type: object\nproperties: {sun: {$ref: '../common.yaml#/definitions/Sun'}, "
        "moon: {type: string, x-nullable: true}}"
    )
    contract = compiled(
        tmp_path,
        """
produces: [application/json]
consumes: [application/json]
definitions: {Code: {type: integer, maximum: 5}}
responses: {Missing: {$ref: 'common.yaml#/responses/Missing'}}
paths:
  /worlds: {$ref: 'paths.yaml#/worlds'}
  /others: {$ref: paths.yaml#/worlds, delete: {responses: {'204': {description: d}}}}
""",
        paths="""
worlds:
  parameters: [{$ref: 'common.yaml#/parameters/limit'}]
  get:
    responses: {'200': {description: d, schema: {$ref: schemas/World.yaml},
                        examples: {application/json: {$ref: example.json}}},
                '404': {$ref: 'common.yaml#/responses/Missing'}}
  post:
    parameters: [{$ref: 'common.yaml#/parameters/world'}, {$ref: 'common.yaml#/parameters/limit'}]
    responses: {'201': {$ref: 'common.yaml#/responses/Made'}}
""",
        common="""
parameters:
  limit: {name: limit, in: query, type: integer, pattern: 3}
  world: {name: world, in: body, schema: {$ref: schemas/World.yaml}}
responses:
  Made: {description: d, schema: {$ref: '#/responses/Missing/schema'}}
  Missing: {schema: {type: object, properties: {code: {$ref: 'swagger.yaml#/definitions/Code'}}}}
definitions: {Sun: {type: object, discriminator: kind, required: [kind],
                    properties: {kind: {type: string, pattern: '('}}}}
""",
        example='{"moon": null}',
    )
    (tmp_path / "example.json").write_text('{"moon": null}')
    contract = compile_contract(tmp_path / "swagger.yaml")
    assert list(contract.operations) == ["GET /worlds", "POST /worlds", "GET /others", "POST /others", "DELETE /others"]
    assert all(operation.broken is None for operation in contract.operations.values())
    get, post = contract.operations["GET /worlds"], contract.operations["POST /worlds"]
    assert [p.key for p in get.parameters] == ["query.limit"] == [p.key for p in post.parameters]
    assert get.responses[0].content[0].examples[0].value == {"moon": None}
    found = {(f.rule, f.where.file.rpartition("/")[2], f.where.pointer) for f in contract.findings}
    assert found == {
        ("field-missing", "common.yaml", "/responses/Missing"),
        ("reference-misplaced", "paths.yaml", "/worlds/get/responses/200/examples/application~1json"),
    }
    schemas = contract.schemas
    keys = {}
    for name, response in (("world", get.responses[0]), ("missing", get.responses[1]), ("made", post.responses[0])):
        schema = response.content[0].schema
        assert schema is not None
        keys[name] = schemas.register(schema, "response")
    assert [schemas.checker(keys["world"])(v) for v in ({"moon": None}, {"moon": 3}, {"sun": {}})] == [
        True,
        False,
        False,
    ]
    assert [schemas.checker(keys[n])({"code": 6}) for n in ("missing", "made")] == [False, False]
    assert [(f.rule, f.where.file, f.where.pointer) for f in schemas.findings()] == [
        ("pattern-invalid", str(tmp_path / "common.yaml"), "/definitions/Sun/properties/kind/pattern"),
    ]
    assert {file.name for file in contract.document.files} == {
        "swagger.yaml", "paths.yaml", "common.yaml", "World.yaml", "example.json",
    }  # fmt: skip
    whole = json.loads(json.dumps(bundle(contract.document, "http://127.0.0.1/")))
    assert ".yaml" not in json.dumps(whole["components"])


def test_a_file_that_is_missing_spares_the_rest(tmp_path: Path) -> None:
    contract = compiled(tmp_path, """
paths:
  /a: {$ref: nowhere.yaml}
  /b: {get: {parameters: [{$ref: nowhere.yaml}], responses: {'200': {$ref: nowhere.yaml}}}}
  /c: {get: {responses: {'204': {description: d}}}}
""")  # fmt: skip
    assert [(o.key, o.broken is None) for o in contract.operations.values()] == [("GET /b", False), ("GET /c", True)]
    assert {pointer for _, pointer in places(contract)} == {
        "/paths/~1a", "/paths/~1b/get/parameters/0", "/paths/~1b/get/responses/200",
    }  # fmt: skip


@pytest.mark.parametrize("text", [
    "paths: 3", "paths: {/a: 3}", "paths: {/a: {get: 3}}", "paths: {/a: {parameters: 3, get: {parameters: {}}}}",
    "paths: {/a: {get: {parameters: [3, null, []], responses: 3}}}", "paths: {/a: {get: {responses: {'200': 3}}}}",
    "paths: {/a: {get: {responses: {'200': {headers: 3, examples: 3, schema: 3}}}}}\nproduces: [a/b]",
    "paths: {/a: {get: {responses: {'200': {headers: {a: 3, b: {type: array, items: 3}}}}}}}",
    "paths: {/a: {$ref: '#/paths/~1a'}}", "paths: {/a: {get: {parameters: [{in: body, schema: 3, name: 3}]}}}",
    "paths: {/a: {get: {parameters: [{in: formData, name: a, type: array, items: 3}]}}}", "definitions: 3\npaths: {}",
    "definitions: {a: 3}\nparameters: 3\nresponses: {a: 3}\nsecurityDefinitions: 3\npaths: {}", "paths: {}\nschemes: 3",
    "paths: {}\nparameters: {a: {$ref: '#/parameters/b'}, b: {$ref: '#/parameters/a'}}", "paths: {}\nconsumes: {}",
    "paths: {}\nparameters: {a: {name: a, in: query, type: array, items: {$ref: '#/definitions/a'}}}",
    "paths: {/a: {get: {parameters: [{name: a, in: query, type: [integer, string], schema: 3}]}}}",
])  # fmt: skip
def test_no_document_is_too_wrong(tmp_path: Path, text: str) -> None:
    contract = compiled(tmp_path, text)
    assert contract.findings
    contract.schemas.findings()
    json.dumps(bundle(contract.document, "http://127.0.0.1/"))
