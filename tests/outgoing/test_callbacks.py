"""A mock calls back: after its answer, where the request says, once, and the journal tells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from threading import enumerate as threads
from typing import Any
from urllib.parse import quote

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.exchanges.exchange import Exchange
from beep_mock.mocks.mock import Mock
from beep_mock.outgoing import callbacks as module
from beep_mock.outgoing.reach import Reach
from beep_mock.outgoing.sending import SendError
from beep_mock.servers.threaded import ThreadServer
from tests.support.drafts import CORPUS
from tests.support.receiver import LIMIT, Receiver, receiving
from tests.support.wsgi_client import call

Make = Callable[..., Mock]
JSON_TYPE = {"Content-Type": "application/json"}

EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "kind"],
    "properties": {"id": {"type": "integer"}, "kind": {"type": "string", "enum": ["made", "lost"]}},
}
HOOK: dict[str, Any] = {
    "requestBody": {"content": {"application/json": {"schema": EVENT}}},
    "responses": {
        "200": {
            "description": "",
            "content": {"application/json": {"schema": {"type": "object", "required": ["ok"]}}},
        },
        "204": {"description": ""},
    },
}
SUBSCRIPTION: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "example": 41}},
}


def subscribing(hook: Any = HOOK, url: str = "{$request.body#/url}", **more: Any) -> dict[str, Any]:
    return {
        "/subs/{world}": {
            "post": {
                "parameters": [
                    {"name": "world", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {
                    "201": {
                        "description": "",
                        "headers": {"Location": {"schema": {"type": "string", "example": "/subs/41"}}},
                        "content": {"application/json": {"schema": SUBSCRIPTION}},
                    },
                    "409": {"description": ""},
                },
                "callbacks": {"onEvent": {url: {"post": hook}}},
                **more,
            }
        }
    }


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def mock(paths: dict[str, Any] | None = None, name: str = "service", **how: Any) -> Mock:
        document = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": paths or subscribing()}
        file = tmp_path / "openapi.json"
        file.write_text(json.dumps(document))
        return Mock(name, compile_contract(file), **how)

    return mock


def subscribe(mock: Mock, url: str | None, headers: dict[str, str] | None = None, **body: Any) -> int:
    """Ask for callbacks, and wait until they are journaled."""
    content = body if url is None else {"url": url, **body}
    reply = call(mock, "POST", "/subs/earth", {**JSON_TYPE, **(headers or {})}, json.dumps(content).encode())
    assert mock.callbacks_settled(LIMIT)
    return reply.status


def outgoing(mock: Mock) -> list[Exchange]:
    return [exchange for exchange in mock.journal.entries() if exchange.direction == "outgoing"]


def test_a_callback_is_sent_where_the_request_says_and_journaled(make: Make) -> None:
    mock = make()
    with receiving() as receiver:
        assert subscribe(mock, f"{receiver.url}/in?x=1") == 201
        taken = receiver.next()
    assert (taken.method, taken.path, taken.query) == ("POST", "/in", "x=1")
    assert taken.headers["content-type"] == "application/json"
    assert json.loads(taken.body) == {"id": 41, "kind": "made"}  # the id of what was just made
    answered, sent = mock.journal.entries()
    assert (answered.direction, answered.status) == ("incoming", 201)
    assert (sent.direction, sent.method, sent.path, sent.query) == ("outgoing", "POST", f"{receiver.url}/in", "x=1")
    assert (sent.status, sent.source, sent.operation) == (204, "callback onEvent", "POST /subs/{world} onEvent")
    assert (sent.note, sent.violations, sent.request_body) == ("sent: sample", (), taken.body)
    assert sent.as_dict()["direction"] == "outgoing"


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("{$request.query.to}", "/q"),
        ("{$request.header.X-To}", "/h"),
        ("{$request.body#/deep/0/url}", "/b"),
        ("{$request.query.base}/{$request.path.world}/{$response.body#/id}/{$statusCode}/{$method}",
         "/earth/41/201/POST"),
        ("{$request.query.base}{$response.header.Location}", "/subs/41"),
        ("{$request.query.base}?of={$url}", "/"),
    ],
)  # fmt: skip
def test_every_part_of_an_exchange_may_say_where(make: Make, expression: str, path: str) -> None:
    mock = make(subscribing(url=expression))
    with receiving() as receiver:
        asked = f"/subs/earth?to={quote(receiver.url + '/q')}&base={quote(receiver.url)}"
        body = json.dumps({"deep": [{"url": f"{receiver.url}/b"}]}).encode()
        reply = call(mock, "POST", asked, {**JSON_TYPE, "X-To": f"{receiver.url}/h"}, body)
        taken = receiver.next()
        assert mock.callbacks_settled(LIMIT)
    assert (reply.status, taken.path) == (201, path)
    assert ("/subs/earth" in taken.query) is expression.endswith("{$url}")


@pytest.mark.parametrize("city", ["Zürich", "東京", "Ã¼", "a b"])
def test_what_the_exchange_says_stays_what_it_is(make: Make, city: str) -> None:
    """Also where it was sent without percent-encoding, which a server hands on as bytes in Latin-1 (PEP 3333)."""
    raw = city.encode().decode("latin-1")
    where = "{$request.body#/url}/{$request.path.world}/{$request.query.to}/{$request.header.X-To}"
    mock = make(subscribing(url=where))
    with receiving() as receiver:
        for query in (f"to={quote(city)}", f"to={raw}"):
            body = json.dumps({"url": receiver.url}).encode()
            assert call(mock, "POST", f"/subs/{quote(city)}?{query}", {**JSON_TYPE, "X-To": raw}, body).status == 201
            assert receiver.next().path == f"/{raw}/{raw}/{raw}"


def test_a_form_may_say_where(make: Make) -> None:
    form = {"application/x-www-form-urlencoded": {"schema": {"properties": {"url": {"type": "string"}}}}}
    mock = make(subscribing(requestBody={"content": form}))
    with receiving() as receiver:
        sent = f"url={quote(receiver.url, safe='')}%2Fform".encode()
        call(mock, "POST", "/subs/earth", {"Content-Type": "application/x-www-form-urlencoded"}, sent)
        assert receiver.next().path == "/form"


def test_the_callback_goes_after_the_answer(make: Make) -> None:
    """The receiver answers only when the answer has arrived: a mock that called back before it would never answer."""
    mock = make()
    arrived = Event()

    class Waiting(Receiver):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            assert arrived.wait(LIMIT)
            return super().__call__(environ, start_response)

    receiver = Waiting()
    with ThreadServer(receiver) as server:
        content = json.dumps({"url": server.url}).encode()
        assert call(mock, "POST", "/subs/earth", JSON_TYPE, content).status == 201
        arrived.set()
        receiver.next()
        assert mock.callbacks_settled(LIMIT)
    assert [exchange.status for exchange in outgoing(mock)] == [204]


def test_written_examples_are_sent_as_they_are_the_one_of_the_answers_name_first(make: Make) -> None:
    examples = {"one": {"value": {"id": 1, "kind": "made"}}, "two": {"value": {"id": 2, "kind": "lost"}}}
    hook = {**HOOK, "requestBody": {"content": {"application/json": {"schema": EVENT, "examples": examples}}}}
    answers = {"201": {"description": "", "content": {"application/json": {"schema": SUBSCRIPTION, "examples": {
        "other": {"value": {"id": 9}}, "two": {"value": {"id": 8}}}}}}}  # fmt: skip
    mock = make(subscribing(hook, responses=answers))
    with receiving() as receiver:
        subscribe(mock, receiver.url)
        assert json.loads(receiver.next().body)["id"] == 1
        subscribe(mock, receiver.url, {"Prefer": "example=two"})
        assert json.loads(receiver.next().body)["id"] == 2
    assert [exchange.note for exchange in outgoing(mock)] == ["sent: example one", "sent: example two"]


def test_parameters_of_the_callback_are_filled(make: Make) -> None:
    def parameter(name: str, location: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "in": location, "schema": {"type": "string"}, **more}

    hook = {**HOOK, "parameters": [
        parameter("X-Trace", "header"), parameter("world", "query"), parameter("sign", "query", example="a b"),
        parameter("need", "header", required=True), parameter("left-out", "query"),
        {**parameter("n", "query"), "required": True, "schema": {"type": "integer", "minimum": 5}},
    ]}  # fmt: skip
    mock = make(subscribing(hook))
    with receiving() as receiver:
        subscribe(mock, f"{receiver.url}/?own=1", {"X-Trace": "t-1"})
        taken = receiver.next()
    assert taken.headers["x-trace"] == "t-1"  # as the request had it
    assert "need" in taken.headers
    own, world, sign, number = taken.query.split("&")
    assert (own, world, sign) == ("own=1", "world=earth", "sign=a%20b")
    assert int(number.removeprefix("n=")) >= 5


def test_an_answer_that_was_refused_is_not_called_back_for(make: Make) -> None:
    mock = make()
    with receiving() as receiver:
        assert subscribe(mock, receiver.url, {"Prefer": "code=409"}) == 409
        assert call(mock, "POST", "/subs/earth", JSON_TYPE, b"[").status == 422
        assert mock.callbacks_settled(LIMIT)
        assert receiver.untouched
    assert outgoing(mock) == []


def test_what_was_not_asked_for_is_not_sent_and_not_journaled(make: Make) -> None:
    mock = make()
    assert subscribe(mock, None) == 201
    assert outgoing(mock) == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (
            "http://192.0.2.1/in",
            "not sent: 192.0.2.1 is not this machine (192.0.2.1), and not allowed (--allow-callbacks-to 192.0.2.1)",
        ),
        ("/in", "not sent: '/in' is not an absolute http or https URL"),
        ("ftp://127.0.0.1/", "not sent: 'ftp://127.0.0.1/' is not an absolute http or https URL"),
    ],
)
def test_what_may_not_be_sent_is_journaled_with_the_reason(make: Make, url: str, why: str) -> None:
    mock = make()
    assert subscribe(mock, url) == 201
    (exchange,) = outgoing(mock)
    assert (exchange.status, exchange.path, exchange.note) == (0, url, why)


@pytest.mark.parametrize(
    ("headers", "note"),
    [
        ({"Origin": "https://evil.example"},
         "not sent: a page of another site made the request (--allow-callbacks-to evil.example)"),
        ({"Origin": "null"}, "not sent: a page of another site made the request"),
        ({"Sec-Fetch-Site": "cross-site"}, "not sent: a page of another site made the request"),
        ({"Origin": "http://localhost:3000"}, "sent: sample"),
        ({"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "cross-site"}, "sent: sample"),
        ({"Sec-Fetch-Site": "same-origin"}, "sent: sample"),
        ({"Origin": "https://app.example"}, "sent: sample"),
    ],
)  # fmt: skip
def test_a_page_of_another_site_makes_no_mock_call_back(make: Make, headers: dict[str, str], note: str) -> None:
    mock = make(callbacks=Reach(("app.example",)))
    with receiving() as receiver:
        assert subscribe(mock, f"{receiver.url}/in", headers) == 201
    (exchange,) = outgoing(mock)
    assert exchange.note == note


def test_a_receiver_that_is_not_there(make: Make) -> None:
    mock = make()
    with receiving() as receiver:
        url = receiver.url
    subscribe(mock, url)
    assert [exchange.note for exchange in outgoing(mock)] == [f"not sent: nobody listens at {url}"]


def test_an_answer_of_the_receiver_against_the_contract_is_a_violation(make: Make) -> None:
    mock = make()
    with receiving() as receiver:
        receiver.status = "500 Internal Server Error"
        subscribe(mock, receiver.url)
        receiver.status, receiver.headers, receiver.body = "200 OK", [("Content-Type", "application/json")], b"{}"
        subscribe(mock, receiver.url)
    first, second = outgoing(mock)
    assert [(v.location, v.code) for v in first.violations] == [(("status",), "status")]
    assert [(v.location, v.code) for v in second.violations] == [(("body",), "required")]


def test_callbacks_can_be_switched_off_and_a_host_be_allowed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = make(callbacks=None)
    reached: list[Reach] = []
    open_ = make(callbacks=Reach(("192.0.2.1",)))

    def send(*_: Any, reach: Reach, **__: Any) -> Any:
        reached.append(reach)
        raise SendError("enough")

    monkeypatch.setattr(module, "send", send)
    with receiving() as receiver:
        assert subscribe(silent, receiver.url) == 201
    assert outgoing(silent) == []
    subscribe(open_, "http://192.0.2.1/")
    assert reached == [Reach(("192.0.2.1",))]


def test_several_callbacks_and_expressions_are_all_sent(make: Make) -> None:
    more = {"a": {"{$request.body#/url}/1": {"post": HOOK, "put": HOOK}, "{$request.body#/url}/2": {"post": HOOK}},
            "b": {"{$request.body#/url}/3": {"post": HOOK}, "{$request.body#/none}": {"post": HOOK}}}  # fmt: skip
    mock = make(subscribing(callbacks=more))
    with receiving() as receiver:
        subscribe(mock, receiver.url)
        taken = [receiver.next() for _ in range(4)]
        assert receiver.untouched
    assert [(t.method, t.path) for t in taken] == [("POST", "/1"), ("PUT", "/1"), ("POST", "/2"), ("POST", "/3")]


def test_a_callback_that_cannot_be_made_says_so(make: Make) -> None:
    never = {"allOf": [{"type": "string"}, {"type": "integer"}]}
    impossible = {"requestBody": {"content": {"application/json": {"schema": never}}}}
    broken: Any = {"requestBody": {"content": []}}
    mock = make(subscribing(callbacks={"a": {"{$request.body#/url}": {"post": impossible, "put": broken}}}))
    with receiving() as receiver:
        subscribe(mock, receiver.url)
        assert receiver.untouched
    notes = [exchange.note for exchange in outgoing(mock)]
    assert notes[0].startswith("not sent: no valid value was found")
    assert notes[1].startswith("not sent: its part of the contract cannot be used")


def test_a_circle_of_callbacks_ends(make: Make) -> None:
    mock = make(subscribing(url="{$url}"))
    with ThreadServer(mock) as server:
        import httpx

        assert httpx.post(f"{server.url}/subs/earth", json={}).status_code == 201
        assert mock.callbacks_settled(LIMIT)
    assert sorted((e.status, e.note) for e in outgoing(mock)) == [
        (0, "not sent: mocks call back in a circle"),
        *[(201, "sent: sample")] * 3,
    ]


def test_what_waits_is_bounded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAITING", 2)
    monkeypatch.setattr(module, "_THREADS", 1)
    held, begun = Event(), Event()

    def send(*_: Any, **__: Any) -> Any:
        begun.set()
        assert held.wait(LIMIT)
        raise SendError("let go")

    monkeypatch.setattr(module, "send", send)
    mock = make()
    content = json.dumps({"url": "http://127.0.0.1:9/"}).encode()
    call(mock, "POST", "/subs/earth", JSON_TYPE, content)
    assert begun.wait(LIMIT)  # the only thread has its hands full
    for _ in range(4):
        assert call(mock, "POST", "/subs/earth", JSON_TYPE, content).status == 201
    held.set()
    assert mock.callbacks_settled(LIMIT)
    notes = sorted(exchange.note for exchange in outgoing(mock))
    assert notes == ["not sent: 2 others are waiting"] * 2 + ["not sent: let go"] * 3


def test_a_thread_with_nothing_to_send_ends(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDLE", 0.0)
    mock = make(name="brief")
    with receiving() as receiver:
        for _ in range(2):
            subscribe(mock, receiver.url)
            receiver.next()
            for thread in threads():
                if thread.name == "callbacks of brief":
                    thread.join(LIMIT)
                    assert not thread.is_alive()
    assert [exchange.status for exchange in outgoing(mock)] == [204, 204]


def test_a_mistake_of_ours_does_not_end_the_sending(
    make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "_THREADS", 1)
    mock = make()
    with receiving() as receiver:
        with monkeypatch.context() as patch:
            patch.setattr(module, "known_values", lambda *_: 1 / 0)
            subscribe(mock, receiver.url)
        subscribe(mock, receiver.url)
        receiver.next()
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert [exchange.status for exchange in outgoing(mock)] == [204]


def test_a_document_without_callbacks_costs_nothing(make: Make) -> None:
    paths = subscribing()
    del paths["/subs/{world}"]["post"]["callbacks"]
    mock = make(paths, "quiet")
    assert subscribe(mock, "http://127.0.0.1:9/") == 201
    assert not [thread for thread in threads() if thread.name == "callbacks of quiet"]
    look = (
        "import sys; from beep_mock.mocks.mock import Mock; "
        "sys.exit(any(m in sys.modules for m in ('beep_mock.outgoing.callbacks', 'beep_mock.outgoing.sending')))"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False, timeout=LIMIT).returncode == 0


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not there")
def test_the_example_of_the_initiative_calls_back() -> None:
    mock = Mock("streams", compile_contract(CORPUS / "oai-callback-example.yaml"))
    with receiving() as receiver, ThreadServer(mock) as server:
        import httpx

        receiver.status = "202 Accepted"
        reply = httpx.post(f"{server.url}/streams", params={"callbackUrl": receiver.url})
        taken = receiver.next()
        assert mock.callbacks_settled(LIMIT)
    assert reply.status_code == 201
    assert (taken.method, taken.path) == ("POST", "/data")
    assert json.loads(taken.body).keys() == {"timestamp", "userData"}
    assert [(e.status, e.violations) for e in outgoing(mock)] == [(202, ())]
