from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.app import service_pages
from beep_mock.mocks.mock import Mock
from tests.support.receiver import receiving
from tests.support.wsgi_client import Reply, call

DOCUMENT = {
    "openapi": "3.1.1",
    "info": {"title": "t", "version": "1"},
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "webhooks": {
        "world/made": {
            "post": {
                "security": [{"key": []}],
                "parameters": [{"name": "X-Key", "in": "header", "schema": {"type": "string"}, "example": "secret"}],
                "requestBody": {"content": {"application/json": {"examples": {"a": {"value": 1}, "b": {"value": 2}}}}},
                "responses": {"204": {"description": ""}},
            }
        }
    },
}


@pytest.fixture
def mock(tmp_path: Path) -> Mock:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    return Mock("world", compile_contract(file))


def fire(mock: Mock, wish: Any, name: str = "world/made", service: str = "world") -> Reply:
    app = Flask(__name__)
    app.register_blueprint(service_pages({"world": mock}.get, mock.journal))
    return call(app, "POST", f"/-/control/{service}/fire/{name}", body=json.dumps(wish).encode())


def test_a_webhook_is_sent_told_and_journaled_without_its_secrets(mock: Mock) -> None:
    with receiving() as receiver:
        receiver.status = "500 Internal Server Error"
        reply = fire(mock, {"to": f"{receiver.url}/in?x=1", "example": "b"})
        taken = receiver.next()
    assert (taken.body, taken.headers["x-key"], reply.status) == (b"2", "secret", 200)
    assert (reply.json["response"]["status"], reply.json["source"]) == (500, "example b")
    assert [violation["code"] for violation in reply.json["violations"]] == ["status"]
    (exchange,) = mock.journal.entries()
    assert (exchange.direction, exchange.source, exchange.status) == ("outgoing", "webhook world/made", 500)
    assert (exchange.path, exchange.query, exchange.note) == (f"{receiver.url}/in", "x=1", "sent: example b")
    assert ("X-Key", "***") in exchange.request_headers
    assert len(exchange.violations) == 1


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ({"to": "http://192.0.2.1/"}, 502, "not sent: 192.0.2.1 is not this machine"),
        ({"to": "nonsense"}, 502, "no absolute http or https URL"),
        ({"to": "http://127.0.0.1:9/", "example": "c"}, 422, "no request example 'c'"),
        ({"to": "http://127.0.0.1:9/", "method": "put"}, 422, "not sent by PUT"),
        ({"example": "a"}, 422, "send an object of strings"),
        ({"to": 1}, 422, "send an object of strings"),
        ({"to": "http://127.0.0.1:9/", "from": "x"}, 422, "send an object of strings"),
        ([], 422, "send an object of strings"),
    ],
)
def test_what_cannot_be_fired_is_a_problem(mock: Mock, wish: Any, status: int, said: str) -> None:
    reply = fire(mock, wish)
    assert reply.status == status
    assert said in reply.json["detail"]
    assert mock.journal.entries() == []


def test_what_is_not_there_is_a_problem(mock: Mock) -> None:
    assert fire(mock, {"to": "http://127.0.0.1:9/"}, name="none").status == 422
    assert fire(mock, {"to": "http://127.0.0.1:9/"}, service="none").status == 404
