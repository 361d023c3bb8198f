from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from beep_mock.contracts.compiler import compile_contract
from beep_mock.exchanges.journal import Journal
from beep_mock.mocks import app as pages
from beep_mock.mocks.mock import Mock
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
    """One service and its pages, without a gateway."""

    def __init__(self, folder: Path) -> None:
        file = folder / "openapi.yaml"
        file.write_text(DOCUMENT, encoding="utf-8")
        self.mock = Mock("big", compile_contract(file), journal=Journal())
        self.app = Flask(__name__)
        self.app.register_blueprint(pages.service_pages({"big": self.mock}.get, self.mock.journal))

    def ask(self, path: str = "/n/1") -> Reply:
        return call(self.mock, "GET", path)

    def page(self, method: str, path: str, body: bytes = b"") -> Reply:
        return call(self.app, method, path, body=body)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_document_is_served_with_our_address_first(world: World) -> None:
    reply = world.page("GET", "/-/openapi/big.json")
    assert reply.json["servers"][0]["url"] == "http://127.0.0.1/big"
    assert b"123456789012345678901234567890" in reply.body


def test_scalar_is_configured_to_ask_nobody_else(world: World) -> None:
    if pages.scalar_script() is None:
        pytest.skip("the extra `docs` is not installed")
    page = world.page("GET", "/-/docs/big").body.decode()
    assert "&#34;withDefaultFonts&#34;: false" in page
    assert "&#34;telemetry&#34;: false" in page
    assert "http" not in page.replace("http://127.0.0.1/big", "")
    assert len(world.page("GET", "/-/static/scalar.js").body) > 100_000


def test_without_scalar_a_plain_page_lists_the_operations(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "scalar_script", lambda: None)
    page = world.page("GET", "/-/docs/big").body.decode()
    assert "/n/{id}" in page
    assert "deprecated" in page
    assert "Big &lt;b&gt;" in page
    assert "beep-mock[docs]" in page
    assert world.page("GET", "/-/static/scalar.js").status == 404


def test_the_journal_is_read_filtered_and_cleared(world: World) -> None:
    for path in ("/n/1", "/n/2", "/n/x"):
        world.ask(path)
    exchanges = world.page("GET", "/-/journal").json["exchanges"]
    assert [e["request"]["path"] for e in exchanges] == ["/n/1", "/n/2", "/n/x"]
    assert exchanges[2]["violations"][0]["location"] == ["path", "id"]
    assert len(world.page("GET", "/-/journal?limit=2").json["exchanges"]) == 2
    assert world.page("GET", f"/-/journal?after={exchanges[1]['id']}").json["exchanges"] == exchanges[2:]
    assert world.page("GET", "/-/journal?service=other").json["exchanges"] == []
    assert world.page("GET", f"/-/journal/{exchanges[0]['id']}").json == exchanges[0]
    assert world.page("DELETE", "/-/journal?service=big").status == 204
    assert world.page("GET", "/-/journal").json["exchanges"] == []
    assert world.page("GET", f"/-/journal/{exchanges[0]['id']}").status == 404


def test_a_preference_stands_until_it_is_dropped(world: World) -> None:
    assert world.page("POST", "/-/control/big/prefer", b'{"example": "big"}').status == 204
    assert world.ask().json == 123456789012345678901234567890
    assert world.page("POST", "/-/control/big/prefer", b'{"code": 404}').status == 204
    assert world.ask().status == 404
    assert world.page("DELETE", "/-/control/big/prefer").status == 204
    assert world.ask().json == 1


def test_an_override_stands_until_it_is_dropped(world: World) -> None:
    entry = b'{"operation": "GET /n/{id}", "request": {"path": {"id": 7}}, "response": {"status": 200, "body": 7}}'
    assert world.page("POST", "/-/control/big/overrides", entry).json == {"findings": []}
    assert world.ask("/n/7").json == 7
    assert world.page("DELETE", "/-/control/big/overrides").status == 204
    assert world.ask("/n/7").json == 1


def test_a_reset_drops_both(world: World) -> None:
    world.page("POST", "/-/control/big/prefer", b'{"code": 404}')
    world.page("POST", "/-/control/big/overrides", b'{"operation": "GET /n/7", "response": {"body": 7}}')
    assert world.page("DELETE", "/-/control/big").status == 204
    assert world.ask("/n/7").json == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("prefer", b"nothing"),
        ("prefer", b"[]"),
        ("prefer", b'{"status": 404}'),
        ("prefer", b'{"code": "404"}'),
        ("prefer", b'{"code": 99}'),
        ("prefer", b'{"dynamic": 1}'),
        ("overrides", b"{}"),
        ("overrides", b'{"operation": "GET /nowhere"}'),
    ],
)
def test_what_cannot_be_done_is_a_problem(world: World, path: str, body: bytes) -> None:
    reply: Any = world.page("POST", f"/-/control/big/{path}", body)
    assert (reply.status, reply.header("Content-Type")) == (422, "application/problem+json")
    assert world.ask().json == 1
