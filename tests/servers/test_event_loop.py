"""The server's own thread, in a server whose patience is short."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

LIMIT = 30  # seconds; only a failing test takes them
PROGRAM = """
    import json, time
    from beep_mock.servers import event_loop as front
    from beep_mock.servers.ports import claim_port
    from beep_mock.servers.production import Server
    from beep_mock.servers.deferred import DEFERS, delay_answer, later, later_to_compute

    front.BODY_SECONDS = 0.1
    front._TICK = 0.01
    front._WRITE_SECONDS = 0.1
    front._JOINED = 100
    front.WAITING_THREADS = 2

    def app(environ, start_response):
        path = environ["PATH_INFO"]
        status, body, headers = "200 OK", b"", []
        if path == "/-/health":
            body = b'{"instance": "mine"}'
        if path == "/echo":
            body = environ["wsgi.input"].read()
        if path == "/environ":
            body = json.dumps({k: v for k, v in environ.items() if isinstance(v, str)}).encode()
        if path == "/stage":
            body = str(environ.get(DEFERS)).encode()
        if path == "/status":
            status = environ["QUERY_STRING"] + " X"
        if path == "/raises":
            raise RuntimeError("inside")
        if path == "/computes":
            body = environ["wsgi.input"].read()
            if (put_off := later_to_compute(environ)) is not None:
                return put_off
            body += str(environ.get(DEFERS)).encode()
        if path == "/waits":
            body = environ["wsgi.input"].read()
            if (put_off := later(environ)) is not None:
                return put_off
            body += str(environ.get(DEFERS)).encode()
        if path == "/holds":
            assert delay_answer(environ, 0.01)
            body = b"held"
        if path == "/blocks":
            if (put_off := later(environ)) is not None:
                return put_off
            time.sleep(60)
        if path == "/large":
            body = b"x" * 50_000_000
        if path == "/streams":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return (b"x" * 1000 for _ in range(int(environ["QUERY_STRING"])))
        if path == "/breaks":
            def pieces():
                yield b"begun"
                raise OSError("the source has gone")
            start_response("200 OK", [("Content-Type", "text/plain")])
            return pieces()
        if path == "/closes":
            class Result:
                def __iter__(self):
                    return iter((b"a", b"b"))
                def close(self):
                    print("closed", flush=True)
            start_response("200 OK", [("Content-Length", "2")])
            return Result()
        start_response(status, headers)
        return [body]

    def load():
        return app

    if __name__ == "__main__":
        port = claim_port("127.0.0.1", 0)
        server = Server(load, host="127.0.0.1", port=port, instance="mine")
        server.run(lambda: print(port, flush=True))
"""


class Running:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.said = process.stdout
        self.port = int(self.said.readline())

    def peers(self) -> set[int]:
        """The ports of the clients that the server has established connections with."""
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        pairs = [(line.split()[1][9:], line.split()[2][9:], line.split()[3]) for line in lines]
        return {int(peer, 16) for local, peer, state in pairs if int(local, 16) == self.port and state == "01"}

    def connect(self, sent: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), LIMIT)
        connection.sendall(sent)
        return connection

    def ask(self, target: str, body: bytes = b"", headers: str = "", method: str = "POST") -> tuple[int, bytes]:
        head = f"{method} {target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{headers}"
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        with self.connect(head.encode() + b"\r\n" + body) as connection:
            first, _, rest = everything(connection).partition(b"\r\n\r\n")
        return int(first[9:12]), rest


def everything(connection: socket.socket) -> bytes:
    answer = b""
    while data := connection.recv(64 * 1024):
        answer += data
    return answer


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()


def test_bodies_of_any_length(running: Running) -> None:
    for size in (0, 1, 65536, 65537, 3_000_000):
        assert running.ask("/echo", b"x" * size) == (200, b"x" * size)


@pytest.mark.parametrize(("length", "status"), [("0" * 30 + "3", 200), ("0" * 30, 200), ("0" * 5000 + "3", 200)])
def test_zeros_before_a_length_mean_nothing(running: Running, length: str, status: int) -> None:
    sent = b"abc"[: int(length[-1])]
    head = f"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    with running.connect(head.encode() + sent) as connection:
        first, _, body = everything(connection).partition(b"\r\n\r\n")
    assert (int(first[9:12]), body) == (status, sent)


def test_what_is_packed_is_unpacked_where_it_holds_nobody_up(running: Running) -> None:
    at_once, elsewhere = running.ask("/stage", b"a"), running.ask("/stage", b"a", "Content-Encoding: gzip\r\n")
    assert at_once > elsewhere


@pytest.mark.parametrize("framing", [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"])
def test_a_body_that_does_not_come_is_a_408_and_the_connection_ends(running: Running, framing: bytes) -> None:
    with running.connect(b"POST /echo HTTP/1.1\r\nHost: x\r\n" + framing) as connection:
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert json.loads(body)["code"] == "REQUEST_TIMEOUT"


@pytest.mark.parametrize("chunks", [b"ZZ\r\n", b"5\r\nhello\r\nZZ\r\n", b"5\r\nhelloX0\r\n\r\n"])
def test_a_malformed_chunk_makes_no_body(running: Running, chunks: bytes) -> None:
    with running.connect(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    ) as connection:
        assert everything(connection)[:12] in (b"", b"HTTP/1.1 400")
    assert running.ask("/echo", b"a") == (200, b"a")


@pytest.mark.parametrize("chunks", [b"", b"5", b"5\r\nhel", b"5\r\nhello\r\n", b"5\r\nhello\r\n0\r\n"])
def test_a_chunked_body_that_breaks_off_is_none(running: Running, chunks: bytes) -> None:
    with running.connect(
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    ) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert everything(connection)[:12] in (b"", b"HTTP/1.1 400")


def test_a_chunked_body_is_read_whole(running: Running) -> None:
    chunks = b"5;x=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n"
    with running.connect(head + chunks) as connection:
        assert everything(connection).partition(b"\r\n\r\n")[2] == b"hello world"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost:\r\n", b"200"),
        (b"GET / HTTP/1.0\r\n", b"200"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", b"501"),
    ],
)
def test_what_http_demands_of_a_head(running: Running, head: bytes, status: bytes) -> None:
    """RFC 9112, sections 3.2 and 6.1."""
    with running.connect(
        head + b"Connection: close\r\n\r\n" + (b"0\r\n\r\n" if b"chunked" in head else b"")
    ) as connection:
        assert everything(connection)[9:12] == status


def test_a_connection_is_used_again(running: Running) -> None:
    request = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
    with running.connect(request + request) as connection:
        answer = b""
        while answer.count(b"\r\n\r\nab") < 2:
            data = connection.recv(1024)
            assert data, answer
            answer += data


@pytest.mark.parametrize("status", ["99", "100", "101", "199"])
def test_what_is_no_final_status_does_not_end_the_process(running: Running, status: str) -> None:
    code, body = running.ask(f"/status?{status}")
    assert (code, json.loads(body)["code"]) == (500, "INVALID_STATUS")
    assert running.ask("/echo", b"a") == (200, b"a")


def test_a_mistake_is_a_problem(running: Running) -> None:
    status, body = running.ask("/raises")
    assert (status, json.loads(body)["code"]) == (500, "INTERNAL_ERROR")
    assert b"inside" not in body


def test_what_is_put_off_sees_the_same_body(running: Running) -> None:
    assert running.ask("/computes", b"body") == (200, b"body1")
    assert running.ask("/waits", b"body") == (200, b"bodyNone")


def test_what_is_held_comes(running: Running) -> None:
    assert running.ask("/holds") == (200, b"held")


def test_an_answer_in_pieces(running: Running) -> None:
    status, body = running.ask("/streams?3")
    assert (status, body.count(b"x")) == (200, 3000)
    assert running.ask("/closes") == (200, b"ab")
    assert running.said.readline() == "closed\n"


def test_an_answer_that_breaks_off_does_not_look_whole(running: Running) -> None:
    status, body = running.ask("/breaks", method="GET")
    assert (status, body) == (200, b"5\r\nbegun\r\n")  # RFC 9112, section 8: no last chunk
    assert running.ask("/echo", b"a") == (200, b"a")


def test_a_client_that_reads_nothing_is_given_up(running: Running) -> None:
    with running.connect(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        connection.recv(1)  # its answer is on the way
        own = connection.getsockname()[1]
        deadline = time.monotonic() + LIMIT
        while own in running.peers():
            assert time.monotonic() < deadline
        with pytest.raises(ConnectionError):  # what it reads now is cut short
            everything(connection)
    assert running.ask("/echo", b"a") == (200, b"a")


def test_more_than_may_wait_is_a_503(running: Running) -> None:
    with ExitStack() as crowd:
        # Those who do not read are waited for only so long; those who wait fill the threads.
        for _ in range(3):
            crowd.enter_context(running.connect(b"GET /streams?100000 HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert running.ask("/echo", b"a") == (200, b"a")
        blocked = [crowd.enter_context(running.connect(b"GET /blocks HTTP/1.1\r\nHost: x\r\n\r\n")) for _ in range(6)]
        assert any(b"503 Service Unavailable" in connection.recv(1024) for connection in blocked[::-1][:1])
        assert running.ask("/echo", b"a") == (200, b"a")


def test_the_environ_is_as_pep_3333_wants_it(running: Running) -> None:
    headers = "X-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\nContent-Type: text/plain\r\n"
    _, body = running.ask("/environ?a=%20&b=é", b"ab", headers)
    environ = json.loads(body)
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "a=%20&b=é"
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "2")
    assert environ["REMOTE_ADDR"] == environ["SERVER_NAME"] == "127.0.0.1"
    assert environ["HTTP_HOST"] == "here"
    assert "HTTP_CONTENT_TYPE" not in environ


def test_an_absolute_target_names_the_host(running: Running) -> None:
    _, body = running.ask("http://there:80/environ", method="GET")
    assert (json.loads(body)["HTTP_HOST"], json.loads(body)["PATH_INFO"]) == ("there:80", "/environ")


def test_a_path_is_its_decoded_bytes(running: Running) -> None:
    status, _ = running.ask("/%C3%A9%00%2F")
    assert status == 200
