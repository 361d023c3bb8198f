"""Swagger 2.0 documents of many files: what is in them is converted by the role it is referred to in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.compiler import compile_contract
from tests.support.swagger2_drafts import compiled, places


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
    worlds: list[dict[str, Any]] = [{"moon": None}, {"moon": 3}, {"sun": {}}]
    assert [schemas.checker(keys["world"])(world) for world in worlds] == [True, False, False]
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
