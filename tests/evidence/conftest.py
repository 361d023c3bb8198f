"""A workspace with one provider."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from beep_mock.workspace import Workspace

DOCUMENT = """
    openapi: 3.1.0
    info: {title: Shop, version: "1"}
    paths:
      /goods/{id}:
        get:
          parameters:
            - name: id
              in: path
              required: true
              schema: {type: integer}
              examples: {tea: {value: 7}, out: {value: 8}}
            - {name: lang, in: query, schema: {type: string}, examples: {tea: {value: en}}}
          responses:
            '200':
              description: One
              content:
                application/json:
                  schema: {$ref: 'common.yaml#/Good'}
                  examples: {tea: {value: {id: 7, name: Tea}}}
            '404':
              description: None
              content: {application/json: {examples: {out: {value: {gone: true}}}}}
        delete:
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses: {'204': {description: Gone}}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "shop workspace"
    (root / "contracts/shop").mkdir(parents=True)
    (root / "providers/shop").mkdir(parents=True)
    document = textwrap.dedent(DOCUMENT)
    (root / "contracts/shop/openapi.yaml").write_text(document, "utf-8")
    (root / "contracts/shop/common.yaml").write_text("Good: {type: object}\n", "utf-8")
    (root / "providers/shop/app.py").write_text("1\n", "utf-8")
    return Workspace(root)
