"""Several services at one address, one of them real and hanging: the others answer all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.product.robustness.test_requests import QUICK
from tests.support.hostile import HOSTILE
from tests.support.running_server import Served, served

OPENAPI = (
    "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {/things: {get: {responses: {'200': {description: a}}}}}\n"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("world")
    for service in ("one", "two", "real"):
        (folder / "contracts" / service).mkdir(parents=True)
        (folder / "contracts" / service / "openapi.yaml").write_text(OPENAPI)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as hanging:  # takes connections, and says nothing
        real = f"real=http://127.0.0.1:{hanging.getsockname()[1]}"
        with served(["up", "--real", real], folder) as running:
            yield running


def answers(world: Served) -> None:
    """The mocked services and the pages answer."""
    assert world.ask("GET", "/one/things")[0] == 200
    assert world.ask("GET", "/two/things")[0] == 200
    assert world.ask("GET", "/-/health")[0] == 200


def test_a_hanging_peer_holds_nobody_else(world: Served) -> None:
    with ExitStack() as crowd:
        for _ in range(200):
            crowd.enter_context(world.connect()).sendall(b"GET /real/things HTTP/1.1\r\nHost: x\r\n\r\n")
        answers(world)
        # More than may wait are told so, those of mocks are not concerned.
        for _ in range(100):
            crowd.enter_context(world.connect()).sendall(b"GET /real/things HTTP/1.1\r\nHost: x\r\n\r\n")
        assert world.ask("GET", "/real/things")[0] == 503
        assert world.ask("GET", "/one/things")[0] == 200


@pytest.mark.parametrize("name", sorted(HOSTILE)[::4])
def test_hostile_requests(world: Served, name: str) -> None:
    workers = world.workers()
    for service in (b" /one/", b" /two/"):
        parts = [part.replace(b" /", service, 1) for part in HOSTILE[name]()]
        answer = world.send(*parts, patience=QUICK)
        assert answer == b"" or answer.startswith(b"HTTP/1."), answer[:200]
    assert world.ask("GET", "/one/things")[0] == 200
    assert world.workers() == workers
    assert "Traceback" not in world.words
