"""Swagger 2.0 documents for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Contract

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
