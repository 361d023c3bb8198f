from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import OverrideError
from beep_mock.mocks import mock as module
from beep_mock.mocks.answers import Answers
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import load_overrides
from beep_mock.servers.answers import PUT_OFF, Answer
from beep_mock.servers.deferred import DEFERS, DELAY, LATER, NO_WAITING, NOTHING_LONG
from beep_mock.servers.request_body import BODY, BODY_LIMIT
from tests.support.wsgi_client import call

Make = Callable[..., Contract]


def operation(*names: str, status: str = "200", **more: Any) -> dict[str, Any]:
    content = {"schema": {"type": "object"}, "examples": {n: {"value": {"name": n}} for n in names}}
    return {"responses": {status: {"description": "", "content": {"application/json": content}}}, **more}


WORLD_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
PATHS: dict[str, Any] = {
    "/worlds/{id}": {
        "get": operation("earth", "mars", parameters=[{**WORLD_ID, "examples": {"mars": {"value": 2}}}]),
        "delete": operation(status="204", parameters=[WORLD_ID]),
    },
    "/worlds": {"post": operation("made", status="201", requestBody={"content": {"application/json": {"schema": {}}}})},
    "/docs": {"get": operation("ours")},
    "/secret": {
        "get": {**operation(), "security": [{"header": []}, {"query": []}, {"cookie": []}]},
    },
}
SECRETS = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
}


@pytest.fixture
def contract_of(tmp_path: Path) -> Make:
    def make(paths: dict[str, Any] = PATHS, **more: Any) -> Contract:
        document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **more}
        document["components"] = {"securitySchemes": SECRETS}
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(document))
        return compile_contract(file)

    return make


@pytest.fixture
def mock(contract_of: Make) -> Mock:
    return Mock("world", contract_of(servers=[{"url": "https://example.com/api/v1"}]))


def test_another_contract_answers_after_a_swap_and_the_journal_stays(mock: Mock, contract_of: Make) -> None:
    assert call(mock, "GET", "/worlds/1").json == {"name": "earth"}
    mock.swap(contract_of({"/moons": {"get": operation("luna")}}))
    assert call(mock, "GET", "/worlds/1").status == 404
    assert call(mock, "GET", "/moons").json == {"name": "luna"}
    assert [e.status for e in mock.journal.entries()] == [200, 404, 200]


def test_preference_and_added_interactions_outlive_a_swap(mock: Mock, contract_of: Make) -> None:
    mock.prefer(example="mars")
    mock.override("GET", "/worlds/3", status=404, json={"gone": True})
    mock.swap(contract_of())
    assert call(mock, "GET", "/worlds/1").json == {"name": "mars"}
    mock.prefer()
    assert call(mock, "GET", "/worlds/3").json == {"gone": True}


def test_a_swap_brings_its_overrides(mock: Mock, tmp_path: Path) -> None:
    file = tmp_path / "mock.yaml"
    file.write_text("default: {'GET /worlds/{id}': mars, 'GET /none': x}")
    mock.swap(mock.contract, load_overrides(file, mock.contract))
    assert call(mock, "GET", "/worlds/7").json == {"name": "mars"}
    assert [f.rule for f in mock.findings] == ["override-operation-unknown"]


def test_an_answer_is_made_where_that_holds_nobody_up(mock: Mock) -> None:
    def put_off(stage: int, target: str) -> bool:
        path, _, query = target.partition("?")
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        return mock({**environ, DEFERS: stage, DELAY: 0.0}, lambda *_: None) is LATER

    for target in ("/worlds/1", "/worlds/2"):  # the first answer with each example
        assert put_off(NOTHING_LONG, target)
        assert not put_off(NO_WAITING, target)
        assert not put_off(NOTHING_LONG, target)
    assert not put_off(NOTHING_LONG, "/worlds/1?__example=mars")  # as before
    assert not put_off(NOTHING_LONG, "/worlds/x")  # a problem
    assert put_off(NOTHING_LONG, "/worlds/1?__dynamic=true")
    assert not put_off(NO_WAITING, "/worlds/1?__dynamic=true")
    assert put_off(NOTHING_LONG, "/worlds/1?__dynamic=true")


def test_an_answer_that_is_made_while_it_is_asked_for_is_not_put_off_for_ever(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored(answers: Answers, *asked: Any, **how: Any) -> Answer | None:
        found = real(answers, *asked, **how)
        if found is PUT_OFF:  # another thread makes it at this moment
            call(mock, "POST", "/worlds", {"Content-Type": "application/json"}, b"{}")
        return found

    real = Answers.stored
    call(mock, "POST", "/worlds", {"Content-Type": "text/plain"}, b"x")  # compiled, and not answered from
    monkeypatch.setattr(Answers, "stored", stored)
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/worlds", "CONTENT_TYPE": "application/json", BODY: b"{}"}
    asked = {**environ, "CONTENT_LENGTH": "2", DEFERS: NOTHING_LONG, DELAY: 0.0}
    assert mock(dict(asked), lambda *_: None) is LATER
    assert mock(dict(asked), lambda *_: None) is not LATER


@pytest.mark.parametrize("code", [101, 199, 600])
def test_a_preference_is_for_a_final_status(mock: Mock, code: int) -> None:
    with pytest.raises(ValueError, match="final"):
        mock.prefer(code=code)


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [("example=mars", 'example="mars"'), ("code=404", None), ("example=venus", None), ("dynamic=true", "dynamic=true")],
)
def test_only_what_was_applied_is_said_to_be(mock: Mock, prefer: str, applied: str | None) -> None:
    said = call(mock, "GET", "/worlds/1", {"Prefer": prefer}).header("Preference-Applied")
    assert said == applied or said == (applied or "").replace('"', "")


def test_the_name_of_an_example_is_sent_as_a_header_may_be(contract_of: Make) -> None:
    mock = Mock("cities", contract_of({"/": {"get": operation("東京", "a\r\nX-Evil: y")}}))
    for name in ("東京", "a\r\nX-Evil: y"):
        mock.prefer(example=name)
        reply = call(mock, "GET", "/")
        assert reply.json == {"name": name}
        assert all(value.isascii() and value.isprintable() for _, value in reply.headers)


def test_what_is_secret_is_not_shown_where_it_is_refused(contract_of: Make) -> None:
    schema = {"type": "string", "pattern": "^[0-9]+$"}
    places = (("query", "key"), ("header", "X-Key"), ("cookie", "sid"))
    parameters = [{"name": name, "in": place, "schema": schema} for place, name in places]
    mock = Mock("world", contract_of({"/": {"get": {**operation("a"), "parameters": parameters}}}))
    reply = call(mock, "GET", "/?key=hidden", {"X-Key": "hidden", "Cookie": "sid=hidden"})
    assert (reply.status, len(reply.json["validation"])) == (422, 3)
    assert "hidden" not in json.dumps([exchange.as_dict() for exchange in mock.journal.entries()])


def test_a_standing_preference_gives_way_to_the_requests_own(mock: Mock) -> None:
    mock.prefer(example="mars")
    assert call(mock, "GET", "/worlds/1").header("Preference-Applied") == "example=mars"
    assert call(mock, "GET", "/worlds/1", {"Prefer": "example=earth"}).json == {"name": "earth"}
    # What the request prefers is not about the mock.
    assert call(mock, "GET", "/worlds/1", {"Prefer": "respond-async"}).json == {"name": "mars"}
    mock.reset()
    assert call(mock, "GET", "/worlds/1").json == {"name": "earth"}


def test_an_added_interaction_answers_until_reset(mock: Mock) -> None:
    mock.override("GET", "/worlds/{id}", status=404, json={"title": "any"})
    mock.override("GET", "/worlds/2", example="earth")
    assert call(mock, "GET", "/worlds/5").json == {"title": "any"}
    assert call(mock, "GET", "/worlds/2").json == {"name": "earth"}
    mock.drop_added()
    assert call(mock, "GET", "/worlds/2").json == {"name": "mars"}


def test_the_latest_of_equal_interactions_wins(mock: Mock) -> None:
    mock.override("POST", "/worlds", body={"a": 1}, status=201, json={"n": 1})
    mock.override("POST", "/worlds", body={"a": 1}, status=201, json={"n": 2})
    mock.override("POST", "/worlds", status=201, json={"n": 3})
    headers = {"Content-Type": "application/json"}
    assert call(mock, "POST", "/worlds", headers, b'{"a": 1, "b": 2}').json == {"n": 2}
    assert call(mock, "POST", "/worlds", headers, b'{"a": 2}').json == {"n": 3}


def test_an_answer_that_breaks_the_contract_is_told_and_given(mock: Mock) -> None:
    (finding,) = mock.override("GET", "/worlds/2", status=200, json=[1], response_headers={"X-A": "b"})
    assert finding.rule == "override-response-invalid"
    reply = call(mock, "GET", "/worlds/2")
    assert (reply.json, reply.header("X-A")) == ([1], "b")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/moons", {}),
        ("/worlds/2", {"example": "pluto"}),
        ("/worlds/2", {"query": {"undeclared": [1]}}),
        ("/worlds/2", {"status": 101}),
    ],
)
def test_what_cannot_be_added_is_a_fault(mock: Mock, path: str, more: dict[str, Any]) -> None:
    with pytest.raises(OverrideError):
        mock.override("GET", path, **more)


def test_no_change_is_lost_among_threads(mock: Mock) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: mock.override("GET", f"/worlds/{i}", status=404, json=i), range(100, 200)))
    assert [call(mock, "GET", f"/worlds/{i}").json for i in range(100, 200)] == list(range(100, 200))


def test_a_delay_is_waited_for(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(module, "sleep", waited.append)
    mock.override("GET", "/worlds/2", example="mars", delay=30)
    assert call(mock, "GET", "/worlds/2").status == 200
    assert call(mock, "GET", "/worlds/1").status == 200
    assert waited == [30.0]


@pytest.mark.parametrize(
    ("method", "path", "owned"),
    [
        ("GET", "/docs", True),
        ("HEAD", "/docs", True),
        ("POST", "/docs", False),
        ("GET", "/openapi.json", False),
        ("GET", "/api/v1/worlds/1", True),
        ("DELETE", "/api/v1/worlds/1", True),
        ("GET", "/api/v2/worlds/1", False),
        ("GET", "/api/v1", False),
        ("GET", "/api/v1worlds/1", False),
    ],
)
def test_owns(mock: Mock, method: str, path: str, owned: bool) -> None:
    assert mock.owns(method, path) is owned
    assert (call(mock, method, path).status not in (404, 405)) is owned


def test_what_the_journal_says(mock: Mock) -> None:
    call(mock, "GET", "/api/v1/worlds/2?x=1", {"X-Trace": "7"})
    call(mock, "GET", "/worlds/abc")
    call(mock, "GET", "/nowhere")
    call(mock, "OPTIONS", "/worlds/1", {"Origin": "http://a", "Access-Control-Request-Method": "DELETE"})
    found, invalid, unknown, preflight = mock.journal.entries("world")
    assert (found.operation, found.source, found.path, found.query) == (
        "GET /worlds/{id}",
        "example mars",
        "/api/v1/worlds/2",
        "x=1",
    )
    assert ("X-Trace", "7") in found.request_headers
    assert json.loads(found.response_body) == {"name": "mars"}
    assert (invalid.status, [v.location for v in invalid.violations]) == (422, [("path", "id")])
    assert (unknown.status, unknown.operation, unknown.source) == (404, "", "problem")
    assert (preflight.status, preflight.source) == (204, "preflight")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/secret", {"X-Key": "hidden"}),
        ("/secret?key=hidden", {}),
        ("/secret?k%65y=hidden", {}),
        ("/secret", {"Cookie": "sid=hidden"}),
        ("/secret", {"Authorization": "Bearer hidden"}),
        ("/nowhere?key=hidden", {"X-Key": "hidden"}),
    ],
)
def test_no_secret_gets_into_the_journal(mock: Mock, path: str, headers: dict[str, str]) -> None:
    call(mock, "GET", path, headers)
    (exchange,) = mock.journal.entries()
    assert "hidden" not in json.dumps(exchange.as_dict())


def environ(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": io.BytesIO(), **more}


def status_of(mock: Mock, asked: dict[str, Any]) -> str:
    started: list[str] = []
    list(mock(asked, lambda status, _headers, _fault=None: started.append(status)))
    return started[0]


def test_a_body_that_is_too_long_is_refused_unread(mock: Mock) -> None:
    asked = environ("POST", "/worlds", CONTENT_LENGTH=str(BODY_LIMIT + 1), CONTENT_TYPE="application/json")
    del asked["wsgi.input"]  # reading would fail
    assert status_of(mock, asked).startswith("413 ")


class Endless(io.RawIOBase):
    """A chunked body that never ends; it counts what is taken of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.taken += size
        return b" " * size


def test_a_chunked_body_that_is_too_long_is_refused(mock: Mock) -> None:
    body = Endless()
    chunked = {"wsgi.input": body, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert status_of(mock, environ("POST", "/worlds", **chunked)).startswith("413 ")
    assert body.taken == BODY_LIMIT + 1


def test_a_body_of_the_greatest_length_is_read(mock: Mock) -> None:
    body = b'"' + b"x" * (BODY_LIMIT - 2) + b'"'
    assert call(mock, "POST", "/worlds", {"Content-Type": "application/json"}, body).status == 201
    (exchange,) = mock.journal.entries()
    assert len(exchange.request_body) == 64 * 1024


LATIN = st.text(st.characters(max_codepoint=255), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS", "QUERY", "x"]),
    path=st.sampled_from(["/worlds", "/worlds/2", "/secret", "/docs", "/api/v1/worlds"]) | LATIN.map(lambda t: "/" + t),
    query=LATIN | st.sampled_from(["__code=404", "__example=mars&__dynamic=true", "__code=999", "key=1"]),
    headers=st.dictionaries(st.sampled_from(["ACCEPT", "PREFER", "ORIGIN", "COOKIE", "AUTHORIZATION", "X_KEY"]), LATIN),
    kind=st.sampled_from(["", "application/json", "text/plain"]) | LATIN,
    body=st.binary(max_size=12) | st.sampled_from([b"{}", b"[" * 300, b'"\\ud800"', b"1e999"]),
)
def test_whatever_comes_in_a_proper_answer_goes_out(
    mock: Mock, method: str, path: str, query: str, headers: dict[str, str], kind: str, body: bytes
) -> None:
    sent: list[tuple[str, list[tuple[str, str]]]] = []
    asked = environ(method, path, CONTENT_TYPE=kind, CONTENT_LENGTH=str(len(body)), QUERY_STRING=query)
    asked |= {"wsgi.input": io.BytesIO(body), **{f"HTTP_{name}": value for name, value in headers.items()}}
    content = b"".join(mock(asked, lambda status, fields, _fault=None: sent.append((status, fields))))
    ((status, fields),) = sent
    assert status[:3].isdigit()
    assert 200 <= int(status[:3]) < 500
    assert all(part.isascii() and part.isprintable() for field in fields for part in field)
    assert method != "HEAD" or content == b""
    assert json.dumps(mock.journal.entries()[-1].as_dict())


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/worlds", 415), ("PATCH", "/worlds", 405), ("POST", "/moons", 404)]
)
def test_a_body_that_cannot_be_read_concerns_only_who_would_read_it(
    mock: Mock, method: str, path: str, status: int
) -> None:
    assert call(mock, method, path, {"Content-Encoding": "br"}, b"{}").status == status
