"""One service, `big`, and the built-in pages beside it."""

from __future__ import annotations

from pathlib import Path

from beep_mock import create_app
from tests.support.wsgi_client import Reply, call

DOCUMENT = """
openapi: 3.1.0
info: {title: 'Big <b>', version: '1'}
paths:
  /n/{id}:
    get:
      deprecated: true
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: A number
          content:
            application/json:
              examples: {one: {value: 1}, big: {value: 123456789012345678901234567890}}
        '404': {description: None of them, content: {application/json: {example: nothing}}}
"""


class World:
    """A running world of one service."""

    def __init__(self, folder: Path) -> None:
        file = folder / "contracts/big/openapi.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(DOCUMENT, encoding="utf-8")
        self.app = create_app(folder)
        self.running = self.app.extensions["beep_mock"]

    def ask(self, path: str = "/n/1") -> Reply:
        return call(self.app, "GET", f"/big{path}")

    def page(self, method: str, path: str, body: bytes = b"") -> Reply:
        return call(self.app, method, path, body=body)
