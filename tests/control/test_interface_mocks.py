from __future__ import annotations

from typing import Any

import pytest

from tests.support.one_service import World


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
