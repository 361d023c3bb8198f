"""Requests to others: to checked addresses only, bounded in time and size, never redirected."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from beep_mock.outgoing import sending
from beep_mock.outgoing.reach import LOOPBACK, Reach, is_loopback
from beep_mock.outgoing.sending import RECEIVED_LIMIT, SendError, send, target_of
from tests.support.receiver import LIMIT, receiving

ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody's


@contextmanager
def talking(*pieces: bytes, hold: bool = False) -> Iterator[str]:
    """A server that sends these bytes to the first client, whatever it asks, and with ``hold`` keeps the line."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with closing(listener.accept()[0]) as connection:
            connection.settimeout(LIMIT)
            connection.recv(65536)
            for piece in pieces:
                connection.sendall(piece)
            if hold:
                connection.recv(1)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(LIMIT)


def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name mean these addresses; returned is what was asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, port: int, **how: Any) -> list[Any]:
        asked.append(host)
        return [entry for address in addresses for entry in real(address, port, **how)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize(
    ("url", "target", "address"),
    [
        ("http://127.0.0.1:5000/a?b=c", "http://127.0.0.1:5000/a?b=c", "http://127.0.0.1:5000"),
        ("HTTP://LocalHost", "http://localhost/", "http://localhost"),
        ("https://[::1]:443/", "https://[::1]/", "https://[::1]"),
        ("http://h:80/", "http://h/", "http://h"),
        ("http://user:secret@h/x", "http://h/x", "http://h"),
        ("http://h/a b\u00fc?q=1 2#there", "http://h/a%20b%C3%BC?q=1%202", "http://h"),
        ("http://h/%2F?a=%26", "http://h/%2F?a=%26", "http://h"),
        ("http://b\u00fccher.example/", "http://xn--bcher-kva.example/", "http://xn--bcher-kva.example"),
    ],
)
def test_urls_are_taken_apart(url: str, target: str, address: str) -> None:
    found = target_of(url)
    assert (str(found), found.address) == (target, address)


@pytest.mark.parametrize(
    "url", ["", "/relative", "//h/x", "ftp://h/", "file:///etc/passwd", "http://", "http://h:0/", "http://h:99999/",
            "http://h:x/", "http://[::1/", "javascript:alert(1)", "nonsense"],
)  # fmt: skip
def test_what_is_no_url_to_call(url: str) -> None:
    with pytest.raises(SendError, match="is no"):
        target_of(url)


@pytest.mark.parametrize(
    ("address", "here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", False),  # noqa: S104
     ("10.0.0.1", False), ("169.254.169.254", False), ("::", False), ("::ffff:10.0.0.1", False),
     ("fe80::1%eth0", False), ("localhost", False), ("", False)],
)  # fmt: skip
def test_which_addresses_are_this_machine(address: str, here: bool) -> None:
    assert is_loopback(address) is here
    assert LOOPBACK.allows("any", address) is here


def test_what_is_allowed_beyond_it() -> None:
    assert Reach(("Consumer.test", "[2001:db8::1]")).allows("consumer.test", ELSEWHERE)
    assert Reach(("consumer.test", "[2001:db8::1]")).allows("2001:db8::1", "2001:db8::1")
    assert not Reach(("consumer.test",)).allows("other.test", ELSEWHERE)
    assert Reach(anywhere=True).allows("other.test", ELSEWHERE)


def test_a_request_arrives_whole_and_its_answer_comes_back() -> None:
    with receiving() as receiver:
        receiver.status, receiver.headers, receiver.body = "202 Accepted", [("X-Seen", "yes")], b"taken"
        target = target_of(f"{receiver.url}/in?a=1").asking("b=2")
        received = send(target, "PUT", [("X-One", "1"), ("Content-Type", "text/plain")], b"body")
        taken = receiver.next()
    assert (taken.method, taken.path, taken.query, taken.body) == ("PUT", "/in", "a=1&b=2", b"body")
    assert (taken.headers["x-one"], taken.headers["content-type"]) == ("1", "text/plain")
    assert taken.headers["host"] == receiver.url.removeprefix("http://")
    assert (received.status, received.reason, received.body, received.cut) == (202, "Accepted", b"taken", False)
    assert ("X-Seen", "yes") in received.headers


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with receiving() as receiver:
        receiver.status, receiver.headers = "307 Temporary Redirect", [("Location", f"{receiver.url}/elsewhere")]
        assert send(target_of(f"{receiver.url}/in"), "POST", [], b"").status == 307
        assert receiver.next().path == "/in"
        assert receiver.untouched


def test_a_name_is_resolved_once_and_its_address_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        asked = resolved(monkeypatch, ELSEWHERE, "127.0.0.1")
        received = send(target_of(f"http://consumer.test:{port}/in"), "POST", [], b"")
        assert receiver.next().headers["host"] == f"consumer.test:{port}"
    assert received.status == 204
    assert asked == ["consumer.test"]  # and only the address that may be called was


def test_what_is_elsewhere_is_not_even_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, ELSEWHERE)
    monkeypatch.setattr(sending, "_connected", lambda *_: pytest.fail("a connection was made"))
    with pytest.raises(SendError, match=r"consumer\.test is not this machine \(192\.0\.2\.1\), and not allowed"):
        send(target_of("http://consumer.test/in"), "POST", [], b"", reach=Reach(("other.test",)))


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SendError, match=r"consumer\.test is not found: Name or service not known"):
        send(target_of("http://consumer.test/"), "GET", [], b"")


def test_nobody_listens() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SendError, match=f"nobody listens at http://127.0.0.1:{port}"):
        send(target_of(f"http://127.0.0.1:{port}/"), "POST", [], b"")


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [((), "closed the connection without an answer"), ((b"nonsense\r\n\r\n",), "http://127.0.0.1:"),
     ((b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",), None), ((b"HTTP/1.1 " + b"9" * 70000,), "http://127.0.0.1:")],
)  # fmt: skip
def test_an_answer_that_is_none(pieces: tuple[bytes, ...], reason: str | None) -> None:
    with talking(*pieces) as url:
        if reason is None:  # read to its end, as without a length
            assert send(target_of(url), "POST", [], b"").body == b""
            return
        with pytest.raises(SendError, match=reason):
            send(target_of(url), "POST", [], b"")


@pytest.mark.parametrize("pieces", [(), (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"a")])
def test_the_time_for_an_answer_is_bounded(pieces: tuple[bytes, ...]) -> None:
    with talking(*pieces, hold=True) as url, pytest.raises(SendError, match=r"no answer from .* within 0\.2 s"):
        send(target_of(url), "POST", [], b"", timeout=0.2)


def test_an_answer_is_read_up_to_a_limit() -> None:
    with receiving() as receiver:
        receiver.status, receiver.body = "200 OK", b"x" * (RECEIVED_LIMIT + 5)
        received = send(target_of(receiver.url), "GET", [], b"")
    assert (len(received.body), received.cut) == (RECEIVED_LIMIT, True)


@pytest.mark.parametrize(
    ("method", "headers"), [("BAD METHOD", []), ("POST", [("X", "a\r\nY: b")]), ("POST", [("X\n", "")])]
)
def test_nothing_is_smuggled(method: str, headers: list[tuple[str, str]]) -> None:
    with receiving() as receiver:
        with pytest.raises(SendError):
            send(target_of(receiver.url), method, headers, b"")
        assert receiver.untouched


def test_a_certificate_for_this_machine_need_not_be_signed_by_anybody(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-subj", "/CN=consumer"],
        check=True, capture_output=True, timeout=LIMIT,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
            connection.settimeout(LIMIT)
            asked = b""
            while not asked.endswith(b"{}"):  # what is left unread would end the connection with a reset
                asked += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        assert send(target_of(f"https://127.0.0.1:{listener.getsockname()[1]}/in"), "POST", [], b"{}").status == 204
        thread.join(LIMIT)
