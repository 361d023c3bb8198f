"""Clients that are slow, many or rude: others get their answers all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.running_server import Served, served

MIB = 2**20
DOCUMENT = """
openapi: 3.1.0
info: {title: Small, version: 1.0.0}
paths:
  /worlds/{worldId}:
    get:
      parameters: [{name: worldId, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses: {'200': {description: a, content: {application/json: {example: {id: 1}}}}}
  /worlds:
    post:
      requestBody: {content: {application/json: {schema: {type: object, required: [name]}}}}
      responses: {'201': {description: a, content: {application/json: {example: {id: 2}}}}}
  /big:
    get:
      responses: {'200': {description: a, content: {text/plain: {example: "%s"}}}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("slow")
    (folder / "openapi.yaml").write_text(DOCUMENT % ("x" * 256 * 1024))
    with served(["serve", "openapi.yaml"], folder) as running:
        yield running


def answers(server: Served) -> None:
    """It answers mocked requests, pages and control."""
    assert server.ask("GET", "/worlds/1") == (200, b'{"id":1}')
    assert server.ask("GET", "/worlds/x")[0] == 422
    body = b'{"name": "Pluto"}'
    assert server.ask("POST", "/worlds", "Content-Type: application/json\r\n", body) == (201, b'{"id":2}')
    assert server.ask("GET", "/-/health")[0] == 200


HEAD = b"POST /worlds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="idle"),
        pytest.param(b"GET /worlds/1 HTTP/1.1\r\nHost: x\r\nX-A: b", id="head"),
        pytest.param(HEAD + b'Content-Length: 99\r\n\r\n{"name":', id="body"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", id="chunk"),
        pytest.param(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n", id="reader"),
        pytest.param(b"GET /-/docs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", id="page"),
    ],
)
def test_slow_clients_hold_nobody(server: Served, sent: bytes) -> None:
    with ExitStack() as crowd:
        for _ in range(200):
            crowd.enter_context(server.connect()).sendall(sent)
        answers(server)


def test_all_of_them_at_once_and_a_thousand_idle_ones(server: Served) -> None:
    before = server.memory()
    workers = server.workers()
    with ExitStack() as crowd:
        for sent in (b"", HEAD + b'Content-Length: 99\r\n\r\n{"name":', b"GET /worlds/1 HTTP/1.1\r\nHost: x\r\nX-A: b"):
            for _ in range(1000 if not sent else 100):
                crowd.enter_context(server.connect()).sendall(sent)
        answers(server)
        assert server.memory() - before < 64 * MIB
    assert server.workers() == workers
    assert "Traceback" not in server.words


def test_those_that_leave_early_are_forgotten(server: Served) -> None:
    for sent in (HEAD + b'Content-Length: 99\r\n\r\n{"name":', b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n"):
        for _ in range(100):
            with server.connect() as connection:
                connection.sendall(sent)
                # An abrupt end: RST instead of FIN.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    answers(server)
    assert "Traceback" not in server.words


def test_delayed_answers_hold_nobody(server: Served) -> None:
    entry = b'{"operation": "GET /worlds/7", "response": {"status": 200, "body": {"id": 7}}, "delay": 30}'
    status, _ = server.ask("POST", "/-/control/openapi/overrides", "Content-Type: application/json\r\n", entry)
    assert status == 201
    with ExitStack() as crowd:
        for _ in range(300):
            crowd.enter_context(server.connect()).sendall(b"GET /worlds/7 HTTP/1.1\r\nHost: x\r\n\r\n")
        answers(server)


def test_a_delayed_answer_comes(server: Served) -> None:
    entry = b'{"operation": "GET /worlds/8", "response": {"status": 200, "body": {"id": 8}}, "delay": 0.01}'
    server.ask("POST", "/-/control/openapi/overrides", "Content-Type: application/json\r\n", entry)
    assert server.ask("GET", "/worlds/8") == (200, b'{"id":8}')


def test_bodies_of_both_kinds_are_read(server: Served) -> None:
    chunked = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = server.send(chunked + b'9\r\n{"name": \r\n', b'9\r\n"Pluto"  \r\n1\r\n}\r\n0\r\n\r\n')
    assert answer.startswith(b"HTTP/1.1 201 ")
    large = b'{"name": "' + b"x" * 5 * MIB + b'"}'
    assert server.ask("POST", "/worlds", "Content-Type: application/json\r\n", large)[0] == 201


def test_too_long_a_body_is_refused(server: Served) -> None:
    answer = server.send(HEAD + b"Connection: close\r\nContent-Length: 99999999999999999999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    answer = server.send(HEAD + b"Connection: close\r\nContent-Length: 99999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer
    chunk = b"100000\r\n" + b"x" * MIB + b"\r\n"
    answer = server.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([chunk] * 11))
    assert answer.startswith(b"HTTP/1.1 413 ")
    answers(server)


def test_a_body_is_asked_for_only_where_it_is_wanted(server: Served) -> None:
    expects = HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 17\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(expects)
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"name": "Pluto"}')
        assert connection.recv(1024).startswith(b"HTTP/1.1 201 ")
    refused = HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n"
    assert server.send(refused).startswith(b"HTTP/1.1 413 ")


def test_pipelined_requests_are_answered_in_order(server: Served) -> None:
    some = [b"GET /worlds/%d HTTP/1.1\r\nHost: x\r\n" % n for n in (1, 0)] * 20
    answer = server.send(b"\r\n".join(some) + b"Connection: close\r\n\r\n")
    statuses = [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"422"] * 20


def test_its_files_are_not_all_for_connections(server: Served) -> None:
    limits = Path(f"/proc/{server.workers()[0]}/limits").read_text(encoding="ascii")
    soft = next(int(line.split()[3]) for line in limits.splitlines() if line.startswith("Max open files"))
    assert soft >= 1024
