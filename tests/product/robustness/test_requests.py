"""Requests that nobody should send, to a server that answers all of them, and everybody else too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.hostile import DOCUMENT, HOSTILE
from tests.support.requests_made import requests
from tests.support.running_server import Served, served

MIB = 2**20
GROWTH = 200 * MIB
QUICK = 0.15  # seconds that a connection may stay silent before the test goes on; no answer is a right answer too


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "openapi.yaml").write_text(DOCUMENT)
    with served(["serve", "openapi.yaml"], folder) as running:
        running.ask("GET", "/worlds/1")
        yield running


def judge(server: Served, answer: bytes, other: str = "/worlds/1") -> None:
    """The answer is HTTP, no 500 without a problem, and tells nothing of our insides; ``other`` requests are served."""
    assert answer == b"" or answer.startswith(b"HTTP/1."), answer[:200]
    assert b"Traceback" not in answer
    for match in re.finditer(rb"HTTP/1\.\d 500 [^\r]*\r\n(.*?)\r\n\r\n", answer, re.DOTALL):
        assert b"application/problem+json" in match[1], answer[:500]
    assert server.ask("GET", other)[0] == 200
    words = server.new_words()
    assert not any(word in words for word in ("Traceback", "panicked", "Exception")), words


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_requests(server: Served, name: str) -> None:
    before, workers = server.memory(), server.workers()
    judge(server, server.send(*HOSTILE[name](), patience=2.0 if "slow" in name else QUICK * 4))
    assert server.workers() == workers
    assert server.memory() - before < GROWTH


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_made_requests(server: Served, request: bytes) -> None:
    judge(server, server.send(request, patience=QUICK))


def test_the_journal_of_all_that_can_be_read(server: Served) -> None:
    status, body = server.ask("GET", "/-/journal")
    assert status == 200
    assert json.loads(body)["exchanges"]
