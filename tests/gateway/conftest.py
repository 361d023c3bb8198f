"""A small workspace: `world` asks `people`."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from beep_mock.workspace import Workspace

WORLD = """
    openapi: 3.1.0
    info: {title: The <World>, version: "1"}
    servers: [{url: 'https://world.example/api/v1'}]
    x-consumes: [people]
    paths:
      /worlds/{worldId}:
        get:
          summary: Read one world
          parameters:
            - name: worldId
              in: path
              required: true
              schema: {type: integer}
              examples: {earth: {value: 1}, mars: {value: 2}}
          responses:
            '200':
              description: A world
              content:
                application/json:
                  schema: {$ref: 'common.yaml#/World'}
                  examples:
                    earth: {value: {name: Earth}}
                    mars: {value: {name: Mars}}
      /worlds:
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema: {$ref: 'common.yaml#/World'}
          responses:
            '201':
              description: Created
              headers: {Location: {schema: {type: string}}}
              content: {application/json: {example: {name: Pluto}, schema: {$ref: 'common.yaml#/World'}}}
"""
COMMON = """
    World: {type: object, required: [name], properties: {name: {type: string}}}
"""
PEOPLE = """
    openapi: 3.0.3
    info: {title: People, version: "2"}
    paths:
      /docs:
        get:
          responses:
            '200': {description: Documents, content: {application/json: {example: [passport]}}}
      /people:
        get:
          responses:
            '200': {description: All, content: {application/json: {example: [ada]}}}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write(tmp_path / "contracts/world/openapi.yaml", WORLD)
    write(tmp_path / "contracts/world/common.yaml", COMMON)
    write(tmp_path / "contracts/people/openapi.yaml", PEOPLE)
    return Workspace(tmp_path)


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file
