"""The thread server against raw sockets, httpx and wsgiref's validator."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any
from wsgiref.validate import validator

import httpx
import pytest

from beep_mock.errors import ServerStartError
from beep_mock.servers import http1_requests as request
from beep_mock.servers.threaded import ThreadServer

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
TEXT = [("Content-Type", "text/plain")]


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Everything that the server made of the request, in lines."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    lines = [f"{name}={value}" for name, value in sorted(environ.items()) if name.isupper()]
    start_response("200 OK", TEXT)
    return ["\n".join([*lines, f"body={body.decode('latin-1')}"]).encode("latin-1")]


def answer(*body: bytes, status: str = "200 OK", headers: list[tuple[str, str]] | None = None) -> App:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, [*TEXT, *(headers or [])])
        return list(body)

    return app


@contextmanager
def raw(app: App, request: bytes, end: bool = False) -> Iterator[socket.socket]:
    """A connection to a server of ``app`` on which ``request`` was sent (and, if ``end``, nothing will follow)."""
    with ThreadServer(app) as server, closing(socket.create_connection(("127.0.0.1", server.port), 5)) as connection:
        connection.sendall(request)
        if end:
            connection.shutdown(socket.SHUT_WR)
        yield connection


def everything(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def talk(app: App, request: bytes) -> bytes:
    with raw(app, request, end=True) as connection:
        return everything(connection)


def get(target: bytes = b"/", *fields: bytes, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    return b"\r\n".join([b"%b %b %b" % (method, target, version), b"Host: x", *fields, b"", b""])


def echoed(request: bytes) -> dict[str, str]:
    head, _, body = talk(validator(echo), request).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK"), head
    text = (
        httpx.Response(200, content=body).text if b"chunked" not in head.lower() else _dechunk(body).decode("latin-1")
    )
    return dict(line.partition("=")[::2] for line in text.splitlines())


def _dechunk(body: bytes) -> bytes:
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if not int(size, 16):
            return whole
        whole, body = whole + body[: int(size, 16)], body[int(size, 16) + 2 :]


def test_the_environ_is_that_of_pep_3333() -> None:
    got = echoed(
        get(b"/a%20b%2Fc/%C3%A9?x=%20&y", b"X-One: 1", b"x-one:  2 ", b"Cookie: a=1", b"Cookie: b=2", b"Expect: ")
    )
    assert got["PATH_INFO"] == "/a b/c/Ã©"
    assert got["QUERY_STRING"] == "x=%20&y"
    assert got["HTTP_X_ONE"] == "1,2"
    assert got["HTTP_COOKIE"] == "a=1; b=2"
    assert got["REMOTE_ADDR"] == "127.0.0.1"
    assert got["SCRIPT_NAME"] == ""
    assert got["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert "CONTENT_LENGTH" not in got


def test_an_absolute_target_replaces_the_host() -> None:
    got = echoed(get(b"http://world:80?x=1"))
    assert (got["HTTP_HOST"], got["PATH_INFO"], got["QUERY_STRING"]) == ("world:80", "/", "x=1")


def test_a_chunked_body_is_put_together() -> None:
    chunks = b"4;x=1\r\nab\r\n\r\n3\r\ncde\r\n0\r\nTrailer: t\r\n\r\n"
    got = echoed(get(b"/", b"Transfer-Encoding: chunked", method=b"POST") + chunks)
    assert got["CONTENT_LENGTH"] == "7"
    assert "HTTP_TRANSFER_ENCODING" not in got
    assert "HTTP_TRAILER" not in got


@pytest.mark.parametrize(("app", "size"), [(echo, 1), (echo, 2**20 + 1), (answer(b"unread"), 1)])
def test_a_chunked_body_is_let_go(monkeypatch: pytest.MonkeyPatch, app: App, size: int) -> None:
    made: list[Any] = []

    def make(limit: int) -> Any:
        made.append(SpooledTemporaryFile(limit))  # noqa: SIM115 - whether it is closed is the question
        return made[-1]

    monkeypatch.setattr(request, "SpooledTemporaryFile", make)
    head = get(b"/", b"Transfer-Encoding: chunked", method=b"POST")
    chunk = b"%x\r\n%b\r\n" % (size, b"x" * size)
    got = talk(app, (head + chunk + b"0\r\n\r\n") * 2 + head + chunk + b"no size\r\n")
    assert [got.count(b"HTTP/1.1 200 "), got.count(b"HTTP/1.1 400 ")] == [2, 1]
    assert [spool.closed for spool in made] == [True] * 3


def test_an_empty_transfer_coding_is_none() -> None:
    chunked = get(b"/", b"Transfer-Encoding: , Chunked ,", method=b"POST")
    assert echoed(chunked + b"1 \r\na\r\n0;x\r\n\r\n")["CONTENT_LENGTH"] == "1"


@pytest.mark.parametrize("length", range(64 * 1024 - 4, 64 * 1024 + 3))
def test_a_long_chunk_extension_is_no_data(length: int) -> None:
    line = b"5;".ljust(length, b"a")
    hidden = b"0\r\n\r\n" + get(b"/hidden")
    got = talk(echo, get(b"/", b"Transfer-Encoding: chunked", method=b"POST") + line + b"XXXXX\r\n" + hidden)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"hidden" not in got


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"G\x00T / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (get(b"/", b"Host: y"), 400),
        (get(b"world"), 400),
        (get(b"*"), 400),
        (get(b"/" + b"a" * 70_000), 414),
        (get(b"/", b"X: " + b"a" * 70_000), 431),
        (get(b"/", *[b"X: 1"] * 300), 431),
        (get(b"/", b"no colon"), 400),
        (get(b"/", b"X : 1"), 400),
        (get(b"/", b" folded"), 400),
        (get(b"/", b"X: a\rb"), 400),
        (get(b"/", b"Content-Length: -1"), 400),
        (get(b"/", b"Content-Length: 1", b"Content-Length: 2"), 400),
        (get(b"/", b"Content-Length: 1", b"Transfer-Encoding: chunked"), 400),
        (get(b"/", b"Transfer-Encoding: gzip, chunked"), 501),
        (get(b"/a\rb"), 400),
        (get(b"/a\x00b"), 400),
        (get(b"/a\x0bb"), 400),
        (get(b"/a\x7fb"), 400),
        (get(b"http://x/a\rb"), 400),
        (get(version=b"HTTP/1.1\r"), 400),
        (get(b"/", b"Transfer-Encoding: gzip"), 400),
        (get(b"/", b"Transfer-Encoding: chunked, gzip"), 400),
        (get(b"/", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 400),
        (get(b"/", b"Transfer-Encoding:"), 400),
        (get(b"/", b"Transfer-Encoding:", b"Content-Length: 0"), 400),
        (get(b"/", b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked\x85") + b"0\r\n\r\n", 400),
        (get(b"/", b"Content-Length: \x0b0"), 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"\x0b1\r\na\r\n0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"1;a\rb\r\na\r\n0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"1;a\na\r\n0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"1\r\na\n0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"1", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"-1\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"2\r\nabc\r\n0\r\n\r\n", 400),
        (get(b"/", b"Transfer-Encoding: chunked") + b"fffffffff\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused(request_: bytes, status: int) -> None:
    calls: list[Any] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        calls.append(environ)
        return echo(environ, start_response)

    got = talk(app, request_)
    assert got.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in got
    assert not calls


def test_connections_are_kept_and_requests_may_be_pipelined() -> None:
    post = get(b"/2", b"Content-Length: 3", method=b"POST") + b"abc"
    got = talk(echo, b"\r\n" + get(b"/1") + post + get(b"/3", b"Connection: close") + get(b"/4"))
    assert [n for n in (b"/1", b"/2", b"/3", b"/4") if b"PATH_INFO=" + n in got] == [b"/1", b"/2", b"/3"]
    assert got.count(b"Connection: close") == 1


def test_an_unread_body_is_not_the_next_request() -> None:
    post = get(b"/", b"Content-Length: 16", method=b"POST") + b"GET / HTTP/1.1\r\n"
    assert talk(answer(b"one"), post + get()).count(b"one") == 2


def test_http_1_0_is_closed_unless_asked_for() -> None:
    got = talk(answer(b"a", b"b"), get(version=b"HTTP/1.0"))
    assert got.endswith(b"\r\n\r\nab")
    assert b"chunked" not in got
    kept = talk(answer(b"a"), get(b"/", b"Connection: keep-alive", version=b"HTTP/1.0") * 2)
    assert kept.count(b"Connection: keep-alive") == 2


def test_continue_is_said_when_the_body_is_read() -> None:
    request = get(b"/", b"Content-Length: 3", b"Expect: 100-continue", method=b"POST")
    with raw(echo, request) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        connection.shutdown(socket.SHUT_WR)
        assert everything(connection).endswith(b"body=abc")


def test_continue_is_not_said_when_the_body_is_refused() -> None:
    request = get(b"/", b"Content-Length: 3", b"Expect: 100-continue", method=b"POST")
    with raw(answer(b"no", status="413 Content Too Large"), request) as connection:
        got = everything(connection)
    assert got.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in got


def test_a_refusal_reaches_a_client_that_still_sends() -> None:
    with ThreadServer(answer(b"too much", status="413 Content Too Large")) as server:
        got = httpx.post(server.url, content=b"x" * 12_000_000)
    assert (got.status_code, got.text) == (413, "too much")


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (answer(b"hello"), {"content-length": "5"}),
        (answer(), {"content-length": "0"}),
        (answer(b"he", b"", b"llo"), {"transfer-encoding": "chunked"}),
        (answer(b"hello", headers=[("Content-Length", "5")]), {"content-length": "5"}),
        (answer(status="204 No Content"), {}),
        (answer(status="304 Not Modified"), {}),
        (answer(b"x", headers=[("Transfer-Encoding", "gzip"), ("Upgrade", "h2c")]), {"content-length": "1"}),
    ],
)
def test_the_end_of_a_body_is_told(app: App, expected: dict[str, str]) -> None:
    with ThreadServer(app) as server, httpx.Client() as client:
        got, again = client.get(server.url), client.get(server.url)
        head = client.head(server.url)
    told = ("content-length", "transfer-encoding", "upgrade")
    assert {name: got.headers[name] for name in told if name in got.headers} == expected
    assert got.content == again.content
    assert head.content == b""
    if expected.get("content-length", "0") != "0":
        assert head.headers["content-length"] == got.headers["content-length"]


def test_nothing_is_sent_after_a_head() -> None:
    got = talk(answer(b"hello"), get(method=b"HEAD") + get(b"/", b"Connection: close"))
    assert got.count(b"hello") == 1
    assert got.count(b"Content-Length: 5") == 2


def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    raise RuntimeError("the app is broken")


def failing_late(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield b"begun"
    raise RuntimeError("the app is broken")


def refused_peer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    raise ConnectionRefusedError("the app is broken")


def failing_as_a_test(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    pytest.fail("the app is broken")


def silent(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    return [b"the app is broken"]


@pytest.mark.parametrize(
    "app",
    [
        failing,
        refused_peer,
        failing_as_a_test,
        silent,
        answer(b"x", status="the app is broken"),
        answer(b"x", headers=[("X", "the app is broken\r\nSet-Cookie: x")]),
        answer(b"x", headers=[("Content-Length", "the app is broken")]),
    ],
)
def test_a_failing_app_is_a_500_and_is_printed_once(app: App, capfd: pytest.CaptureFixture[str]) -> None:
    with ThreadServer(app) as server:
        got = httpx.get(server.url + "/broken")
    assert (got.status_code, got.text) == (500, "Internal Server Error\n")
    printed = capfd.readouterr().err
    assert printed.count("Traceback") == 1
    assert "GET /broken" in printed


def test_an_answer_that_fails_half_way_is_cut_off(capfd: pytest.CaptureFixture[str]) -> None:
    with ThreadServer(failing_late) as server, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(server.url)
    assert capfd.readouterr().err.count("Traceback") == 1


@pytest.mark.parametrize(("length", "sent"), [("3", b"abc"), ("9", b"abcde")])
def test_a_wrong_content_length_does_not_spoil_the_next_answer(
    length: str, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    got = talk(answer(b"abcde", headers=[("Content-Length", length)]), get() + get())
    assert got.endswith(b"\r\n\r\n" + sent)
    assert got.count(b"HTTP/1.1") == 1
    assert "than its Content-Length" in capfd.readouterr().err


def test_the_result_is_closed() -> None:
    closed = threading.Event()

    class Result:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x"])

        def close(self) -> None:
            closed.set()

    def app(environ: dict[str, Any], start_response: Any) -> Result:
        start_response("200 OK", TEXT)
        return Result()

    with ThreadServer(app) as server:
        assert httpx.get(server.url).text == "x"
    assert closed.is_set()


def test_many_clients_are_served_at_once() -> None:
    together = threading.Barrier(8)

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        together.wait(10)
        return echo(environ, start_response)

    with ThreadServer(app) as server:
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(httpx.get(server.url).status_code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [200] * 8


def test_stopping_ends_connections_and_does_not_wait_for_a_busy_app() -> None:
    entered, release = threading.Event(), threading.Event()

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        entered.set()
        release.wait(30)
        return echo(environ, start_response)

    server = ThreadServer(app).start()
    idle = socket.create_connection(("127.0.0.1", server.port), 5)
    busy = socket.create_connection(("127.0.0.1", server.port), 5)
    with closing(idle), closing(busy):
        busy.sendall(get())
        assert entered.wait(5)
        server.stop()
        assert idle.recv(1) == b""
        assert busy.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), 5)
        release.set()


def test_it_starts_again_but_not_twice() -> None:
    server = ThreadServer(echo)
    server.stop()
    with server:
        assert httpx.get(server.url).status_code == 200
        with pytest.raises(ServerStartError, match="running already"):
            server.start()
    with server:
        assert httpx.get(server.url).status_code == 200


def test_an_occupied_port_is_a_fault() -> None:
    with ThreadServer(echo) as server, pytest.raises(ServerStartError, match=str(server.port)):
        ThreadServer(echo, port=server.port).start()


def test_an_ipv6_address_is_bracketed() -> None:
    assert ThreadServer(echo, "::1", 80).url == "http://[::1]:80"


def test_the_body_reads_like_a_file() -> None:
    read: list[Any] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"]
        read.extend([body.readline(), body.readlines(2), body.read(2), list(body), body.read(5)])
        return echo({**environ, "CONTENT_LENGTH": ""}, start_response)

    with ThreadServer(validator(app)) as server:
        httpx.post(server.url, content=b"one\ntwo\nthree\nfour")
    assert read == [b"one\n", [b"two\n"], b"th", [b"ree\n", b"four"], b""]
