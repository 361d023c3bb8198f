from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beep_mock import create_app
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
def app(tmp_path: Path) -> Iterator[Any]:
    file = tmp_path / "contracts/world/openapi.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(DOCUMENT))
    app = create_app(tmp_path)
    yield app
    app.extensions["beep_mock"].close()


@pytest.fixture
def mock(app: Any) -> Mock:
    mock = app.extensions["beep_mock"].services["world"].mock
    assert isinstance(mock, Mock)
    return mock


def fire(app: Any, wish: Any, name: str = "world/made", service: str = "world") -> Reply:
    return call(app, "POST", f"/-/control/{service}/fire/{name}", body=json.dumps(wish).encode())


def test_a_webhook_is_sent_told_and_journaled_without_its_secrets(app: Any, mock: Mock) -> None:
    with receiving() as receiver:
        receiver.status = "500 Internal Server Error"
        reply = fire(app, {"to": f"{receiver.url}/in?x=1", "example": "b"})
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
        ({"to": "http://192.0.2.1/"}, 422, "not sent: 192.0.2.1 is not this machine"),
        ({"to": "nonsense"}, 422, "not an absolute http or https URL"),
        ({"to": "http://127.0.0.1:9/", "example": "c"}, 422, "no request example 'c'"),
        ({"to": "http://127.0.0.1:9/", "method": "put"}, 422, "not sent by PUT"),
        ({"example": "a"}, 422, 'body: "to" is missing'),
        ({"to": 1}, 422, "body.to: 1 is not a string"),
        ({"to": "http://127.0.0.1:9/", "from": "x"}, 422, 'body: undeclared: "from"'),
        ([], 422, "body: [] is not an object"),
    ],
)
def test_what_cannot_be_fired_is_a_problem(app: Any, mock: Mock, wish: Any, status: int, said: str) -> None:
    reply = fire(app, wish)
    assert reply.status == status
    assert said in reply.json["detail"]
    assert mock.journal.entries() == []


def test_what_is_not_there_is_a_problem(app: Any) -> None:
    assert fire(app, {"to": "http://127.0.0.1:9/"}, name="none").status == 422
    assert fire(app, {"to": "http://127.0.0.1:9/"}, service="none").status == 404
