"""What is wrong with Swagger 2.0 documents is told where their authors wrote it, and spares the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.contracts.reading.positions import line_of
from tests.support.swagger2_drafts import compiled, places


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
