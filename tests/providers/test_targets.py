from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from beep_mock.contracts.encoding import RawRequest
from beep_mock.errors import VerificationError
from beep_mock.providers.in_process import Bounded
from beep_mock.providers.targets import app_target, url_target
from beep_mock.servers.threaded import ThreadServer


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    text = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']} {environ.get('HTTP_X_KEY')} "
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Twice", "1"), ("X-Twice", "2")])
    return [text.encode("latin-1"), body]


REQUEST = RawRequest("PUT", "/a%20b", "q=1", [("X-Key", "own")], b"body")


def test_an_application_answers_in_process_and_is_served_only_when_its_address_is_asked_for() -> None:
    with app_target(echo, timeout=5) as target:
        reply = target.send(REQUEST)
        assert (reply.status, reply.body) == (201, b"PUT /a b?q=1 own body")
        assert [value for name, value in reply.headers if name.lower() == "x-twice"] == ["1", "2"]
        assert target.ours
        assert target.url.startswith("http://127.0.0.1:")
        with url_target(target.url, timeout=5) as other:
            assert other.send(REQUEST, headers=(("x-key", "given"),)).body == b"PUT /a b?q=1 given body"
            assert not other.ours


def broken(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
    raise KeyError("name")


def broken_generator(environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
    yield environ["KeyError"]


def broken_half_way(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [])
    yield b"{"
    raise KeyError("name")


def leaving(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
    sys.exit("KeyError")


def not_started(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
    return [b"KeyError"]


def without_status(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("KeyError", [])
    return []


@pytest.mark.parametrize("app", [broken, broken_generator, broken_half_way, leaving, not_started, without_status])
def test_an_application_that_fails_answers_500(app: Any) -> None:
    with app_target(app, timeout=5) as target:
        reply = target.send(REQUEST)
        assert reply.status == 500
        assert b"KeyError" in reply.body or app is not_started
        bounded = Bounded(app, 5)
        assert b"".join(bounded({}, lambda *_: None)) == reply.body


def test_an_endless_body_is_read_no_further_than_it_may_be_long() -> None:
    def endless(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        while True:
            yield b"x" * 2**20

    with app_target(endless, timeout=5) as target, pytest.raises(VerificationError, match="longer than"):
        target.send(REQUEST)


def test_headers_beyond_ascii_are_sent_and_answered() -> None:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("X-Name", environ["HTTP_X_NAME"])])
        return [environ["PATH_INFO"].encode("latin-1")]

    with app_target(app, timeout=5) as target:
        reply = target.send(RawRequest("GET", "/caf%C3%A9", headers=[("X-Name", "J\xf6rg")]))
        assert reply.headers == (("x-name", "J\xf6rg"),)
        assert reply.body == "/caf\xe9".encode()


def test_an_asgi_application_is_one_too() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        message = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": scope["path"].encode() + b" " + message["body"]})

    with app_target(app, timeout=5) as target:
        assert target.send(REQUEST).body == b"/a b body"


class Asgi:
    """Ready after its startup, as applications are that open a pool of connections there."""

    def __init__(self, *, failing: bool = False) -> None:
        self.failing = failing
        self.loop: Any = None
        self.seen: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(scope["type"])
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            body = f"{self.loop is asyncio.get_running_loop()} {scope['state']}"
            await send({"type": "http.response.body", "body": body.encode()})
            scope["state"]["pool"] = "spoiled"
            return
        while True:
            message = await receive()
            self.seen.append(message["type"])
            if message["type"] == "lifespan.shutdown":
                await send({"type": "lifespan.shutdown.complete"})
                return
            if self.failing:
                await send({"type": "lifespan.startup.failed", "message": "no database"})
                return
            self.loop = asyncio.get_running_loop()
            scope["state"]["pool"] = "open"
            await send({"type": "lifespan.startup.complete"})


def test_an_asgi_application_has_its_lifespan_around() -> None:
    app = Asgi()
    with app_target(app, timeout=5) as target:
        assert app.seen == ["lifespan", "lifespan.startup"]
        for _ in range(2):
            assert target.send(REQUEST).body == b"True {'pool': 'open'}"
    assert app.seen == ["lifespan", "lifespan.startup", "http", "http", "lifespan.shutdown"]


def test_an_asgi_application_whose_startup_fails_is_a_fault() -> None:
    with pytest.raises(VerificationError, match="no database"), app_target(Asgi(failing=True), timeout=5):
        pass


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    never = threading.Event()

    def hanging(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        never.wait(30)
        start_response("200 OK", [])
        return []

    with app_target(hanging, timeout=0.1) as target:
        for _ in range(2):
            assert not target.is_gone()
            with pytest.raises(VerificationError, match="no answer to PUT"):
                target.send(REQUEST)
        assert target.is_gone()
        never.set()


def test_a_service_that_has_gone_is_noticed() -> None:
    server = ThreadServer(echo).start()
    with url_target(server.url, timeout=5) as target:
        assert target.send(REQUEST).status == 201
        server.stop()
        with pytest.raises(VerificationError):
            target.send(REQUEST)
        assert target.is_gone()


def test_nobody_at_an_address_is_a_fault() -> None:
    server = ThreadServer(echo).start()
    server.stop()
    with pytest.raises(VerificationError, match="cannot be reached"), url_target(server.url, timeout=1):
        pass
