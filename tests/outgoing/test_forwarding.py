from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from beep_mock.outgoing import forwarding
from beep_mock.outgoing.forwarding import Forwarder, PeerDown, UpstreamResponse, request_headers
from beep_mock.servers.threaded import ThreadServer

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


@contextmanager
def forwarder_to(app: App, path: str = "") -> Iterator[Forwarder]:
    with ThreadServer(app) as server:
        forwarder = Forwarder(server.url + path)
        yield forwarder
        forwarder.close()


@contextmanager
def scripted(*answers: bytes) -> Iterator[tuple[str, Queue[bytes]]]:
    """A server that reads a request a connection and sends these bytes; its URL, and what it had read by then."""
    read: Queue[bytes] = Queue()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    received = connection.recv(64 * 1024)
                    connection.sendall(answer)
                read.put(received)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", read
        thread.join(5)


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """What the peer has got, as its body."""
    raw = environ.get("RAW_URI") or environ["PATH_INFO"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answer = f"{environ['REQUEST_METHOD']} {raw}?{environ['QUERY_STRING']} {environ['HTTP_HOST']} ".encode() + body
    start_response("200 OK", [("Content-Length", str(len(answer))), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [answer]


def test_a_request_is_passed_on_and_its_answer_back() -> None:
    with forwarder_to(echo, "/base") as forwarder:
        reply = forwarder.send("PUT", "/a b/\xc3\xb6", "x=%2F&y=[1]", [("Content-Type", "text/plain")], b"hello")
    assert reply.status == 200
    assert reply.body == f"PUT /base/a b/\xc3\xb6?x=%2F&y=[1] {forwarder.authority} hello".encode()
    assert [v for n, v in reply.headers if n == "Set-Cookie"] == ["a=1", "b=2"]


def test_connections_are_kept() -> None:
    ports: list[str] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        ports.append(environ["REMOTE_PORT"])
        return echo(environ, start_response)

    with forwarder_to(note) as forwarder:
        for _ in range(3):
            forwarder.send("GET", "/", "", [], b"")
    assert len(set(ports)) == 1


def test_a_connection_that_was_closed_meanwhile_is_replaced() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"  # promises to stay open, and closes
    with scripted(answer, answer) as (url, read):
        forwarder = Forwarder(url)
        assert forwarder.send("POST", "/", "", [], b"").body == b"ok"
        assert b"Content-Length: 0" in read.get(timeout=5)
        assert forwarder.send("POST", "/", "", [], b"").body == b"ok"


def test_headers_of_one_connection_are_not_passed_back() -> None:
    head = b"Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-End: 2\r\n"
    with scripted(b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 0\r\n\r\n") as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
    assert reply.headers == (("X-End", "2"), ("Content-Length", "0"))


def test_headers_of_one_connection_are_not_passed_on() -> None:
    headers = request_headers(
        {
            "HTTP_HOST": "127.0.0.1:9000",
            "HTTP_CONNECTION": "keep-alive, X-Hop",
            "HTTP_X_HOP": "1",
            "HTTP_TE": "trailers",
            "HTTP_PROXY": "http://evil.example",
            "HTTP_EXPECT": "100-continue",
            "HTTP_AUTHORIZATION": "Bearer t",
            "HTTP_VIA": "1.0 front",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "5",
            "wsgi.url_scheme": "http",
        }
    )
    assert sorted(headers) == [
        ("Authorization", "Bearer t"),
        ("Content-Type", "text/plain"),
        ("Via", "1.0 front, 1.1 beep-mock"),
        ("X-Forwarded-Host", "127.0.0.1:9000"),
        ("X-Forwarded-Proto", "http"),
    ]


def test_what_the_client_says_of_the_gateway_before_is_not_said_twice() -> None:
    headers = request_headers({"HTTP_HOST": "here", "HTTP_X_FORWARDED_PROTO": "https", "wsgi.url_scheme": "http"})
    said = [(n, v) for n, v in headers if n.startswith("X-")]
    assert said == [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "here")]


def test_chunks_are_put_together() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with scripted(answer) as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
    assert (reply.body, reply.rest, reply.headers) == (b"abcde", None, ())


@pytest.mark.parametrize(
    "media_type",
    [
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
        "application/x-ndjson",
        "application/jsonl",
        "application/json-seq",
        "application/geo+json-seq",
        "multipart/x-mixed-replace; boundary=b",
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_a_sequence_is_passed_on_as_it_comes(media_type: str, *, chunked: bool) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        forwarder = Forwarder(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=5)
        replies: Queue[UpstreamResponse] = Queue()
        thread = Thread(target=lambda: replies.put(forwarder.send("GET", "/", "", [], b"")), daemon=True)
        thread.start()
        with listener.accept()[0] as peer:
            peer.recv(64 * 1024)
            framing = "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n" if chunked else "\r\n{}\n"
            peer.sendall((head + framing).encode())
            reply = replies.get(timeout=5)  # though the answer goes on
            assert reply.rest is not None
            assert (reply.body, next(reply.rest)) == (b"", b"{}\n")
            peer.sendall(b"3\r\n[]\n\r\n0\r\n\r\n" if chunked else b"[]\n")
        assert b"".join(reply.rest) == b"[]\n"


def test_a_sequence_that_is_all_there_is_held_to_be_judged() -> None:
    with scripted(b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\nContent-Length: 3\r\n\r\n{}\n") as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
    assert (reply.body, reply.rest) == (b"{}\n", None)


def test_what_takes_long_is_passed_on_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "HOLD_SECONDS", -1.0)
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with scripted(answer) as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
        assert reply.rest is not None
        assert (reply.body, b"".join(reply.rest)) == (b"abc", b"de")


@pytest.mark.parametrize("declared", [True, False])
def test_a_long_answer_is_not_held(monkeypatch: pytest.MonkeyPatch, *, declared: bool) -> None:
    monkeypatch.setattr(forwarding, "BODY_LIMIT", 10)
    length = b"Content-Length: 25\r\n" if declared else b""
    with scripted(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + b"x" * 25) as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
        assert reply.rest is not None
        assert len(reply.body) <= 11
        assert reply.body + b"".join(reply.rest) == b"x" * 25


@pytest.mark.parametrize(
    "framed",
    [
        b"Transfer-Encoding: chunked\r\n\r\na\r\n" + b"x" * 10 + b"\r\n",
        b"Transfer-Encoding: chunked\r\n\r\na\r\n" + b"x" * 10 + b"\r\na\r\nxx",
        b"Transfer-Encoding: chunked\r\n\r\na\r\n" + b"x" * 10 + b"\r\nno size\r\n",
        b"Content-Length: 25\r\n\r\n" + b"x" * 12,
    ],
)
@pytest.mark.parametrize("media_type", ["text/event-stream", "text/plain"])
def test_an_answer_that_breaks_off_does_not_look_whole(
    monkeypatch: pytest.MonkeyPatch, framed: bytes, media_type: str
) -> None:
    monkeypatch.setattr(forwarding, "BODY_LIMIT", 5)
    with scripted(b"HTTP/1.1 200 OK\r\nContent-Type: " + media_type.encode() + b"\r\n" + framed) as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
        assert reply.rest is not None
        with pytest.raises(PeerDown):
            b"".join(reply.rest)


def test_a_long_answer_ends_by_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "BODY_LIMIT", 5)
    with ThreadServer(echo) as server:  # keeps the connection
        reply = Forwarder(server.url, timeout=2).send("GET", "/", "", [], b"")
        assert reply.rest is not None
        assert b"".join(reply.rest).startswith(b"GET /")


def test_head_has_no_body_and_its_length() -> None:
    with scripted(b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n") as (url, _):
        reply = Forwarder(url).send("HEAD", "/", "", [], b"")
    assert (reply.body, reply.headers) == (b"", (("Content-Length", "25"),))


def test_what_comes_before_the_answer_is_skipped() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    with scripted(early + b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok") as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
    assert (reply.status, reply.body) == (200, b"ok")
    assert reply.headers == (("X-A", "b"), ("Content-Length", "2"))


def test_an_answer_may_have_many_headers() -> None:
    many = b"".join(b"X-%d: %d\r\n" % (i, i) for i in range(900))
    with scripted(b"HTTP/1.1 200 OK\r\n" + many + b"Content-Length: 0\r\n\r\n") as (url, _):
        reply = Forwarder(url).send("GET", "/", "", [], b"")
    assert len(reply.headers) == 901


def test_a_refused_connection_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PeerDown, match="refused"):
        Forwarder(f"http://127.0.0.1:{port}").send("GET", "/", "", [], b"")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "closed the connection"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "closed the connection"),
    ],
)
def test_what_does_not_answer_is_down(answer: bytes, reason: str) -> None:
    with scripted(answer) as (url, _), pytest.raises(PeerDown, match=reason) as caught:
        Forwarder(url).send("POST", "/", "", [], b"")
    assert not caught.value.timed_out


def test_silence_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # accepts, and says nothing
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(PeerDown) as caught:
            Forwarder(url, timeout=0.05).send("GET", "/", "", [], b"")
    assert caught.value.timed_out
