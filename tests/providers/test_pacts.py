"""Verification from end to end: real pacts, real servers, pact-python's real verifier."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from beep_mock.errors import VerificationError
from beep_mock.providers.pacts import StateHandling, VerificationReport, verify_pacts
from beep_mock.servers.threaded import ThreadServer
from beep_mock.states import ProviderStates, states_app
from tests.support.recorded import interaction, pact

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def answering(
    body: Any = None, status: str = "200 OK", headers: Iterable[tuple[str, str]] = ()
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    encoded = b"" if body is None else json.dumps(body).encode()
    kind = [] if body is None else [("Content-Type", "application/json")]

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [*kind, *headers, ("Content-Length", str(len(encoded)))])
        return [encoded]

    return app


def verified(folder: Path, app: WSGIApplication, *interactions: dict[str, Any]) -> VerificationReport:
    with ThreadServer(app) as server:
        return verify_pacts("stock", [pact(folder, *interactions)], url=server.url)


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of somebody who accepts connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_kept_pact_passes(tmp_path: Path) -> None:
    report = verified(tmp_path, answering({"id": 1, "more": True}), interaction(body={"id": 1}))
    assert report.passed
    assert [(result.consumer, result.interaction.name) for result in report.results] == [("shop", "a request")]


def test_every_mismatch_names_field_expected_and_got(tmp_path: Path) -> None:
    wanted = interaction(
        status=200,
        headers={"Location": "/a", "X-Missing": "here"},
        body={"id": 3, "name": "Earth", "gone": [1], "tags": ["a"]},
        rules={
            "body": {
                "$.id": {"combine": "AND", "matchers": [{"match": "integer"}]},
                "$.tags": {"combine": "AND", "matchers": [{"match": "type", "min": 2}]},
            }
        },
    )
    app = answering({"id": "x", "name": "Mars", "tags": ["b"]}, "201 Created", [("Location", "/b")])
    report = verified(tmp_path, app, wanted)
    assert not report.passed
    assert [(m.field, m.expected, m.actual) for m in report.results[0].mismatches] == [
        ("status", "200", "201"),
        ("header Location", "/a", "/b"),
        ("header X-Missing", "here", "nothing"),
        ("body $.gone", "[1]", "nothing"),
        ("body $.id", "an integer, such as 3", '"x"'),
        ("body $.name", '"Earth"', '"Mars"'),
        ("body $.tags", "to have minimum size of 2", '["\\"b\\""]'),
    ]


def test_a_body_that_is_not_there_is_one_mismatch_of_the_body(tmp_path: Path) -> None:
    report = verified(tmp_path, answering(), interaction(body={"id": 1}))
    assert ("body", "a body", "nothing") in [(m.field, m.expected, m.actual) for m in report.results[0].mismatches]


def test_secrets_are_not_told(tmp_path: Path) -> None:
    wanted = interaction(headers={"Set-Cookie": "s=hushed"}, body={"token": "whispered", "id": 1})
    app = answering({"token": "shouted", "id": 2}, headers=[("Set-Cookie", "s=yelled")])
    report = verified(tmp_path, app, wanted)
    told = repr(report.results[0].mismatches)
    assert "body $.token" in told
    assert "header Set-Cookie" in told
    assert not any(secret in told for secret in ("hushed", "whispered", "shouted", "yelled"))


def test_interactions_of_one_description_are_told_apart(tmp_path: Path) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return answering({"at": environ["PATH_INFO"]})(environ, start_response)

    report = verified(
        tmp_path,
        app,
        interaction("same", path="/a", body={"at": "/a"}, states=[]),
        interaction("same", path="/b", body={"at": "/x"}, states=[]),
        interaction("same", path="/c", body={"at": "/c"}, states=[]),
    )
    assert [result.passed for result in report.results] == [True, False, True]


def test_a_pending_interaction_may_be_broken(tmp_path: Path) -> None:
    report = verified(tmp_path, answering({"id": 2}), interaction(body={"id": 1}, pending=True))
    assert report.passed
    assert report.results[0].mismatches


def test_a_base_path_is_kept(tmp_path: Path) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return answering({"at": environ["PATH_INFO"]})(environ, start_response)

    with ThreadServer(app) as server:
        recorded = pact(tmp_path, interaction(path="/items", body={"at": "/api/items"}))
        assert verify_pacts("stock", [recorded], url=f"{server.url}/api/").passed


def test_states_are_arranged_and_taken_back_around_each_interaction(tmp_path: Path) -> None:
    states = ProviderStates()
    log: list[str] = []

    @states.state("there are items")
    def there_are_items(count: int) -> Iterator[None]:
        log.append(f"set up {count}")
        yield
        log.append(f"took back {count}")

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        log.append("asked")
        return answering()(environ, start_response)

    recorded = pact(
        tmp_path,
        interaction("one", states=[("there are items", {"count": 1})]),
        interaction("none"),
        interaction("two", states=[("there are items", {"count": 2})]),
    )
    with ThreadServer(app) as server, ThreadServer(states_app(states)) as endpoint:
        report = verify_pacts("stock", [recorded], url=server.url, states=StateHandling(endpoint.url))
    assert report.passed
    assert log == ["set up 1", "asked", "took back 1", "asked", "set up 2", "asked", "took back 2"]


def test_what_a_state_handler_gives_back_reaches_the_request(tmp_path: Path) -> None:
    states = ProviderStates()

    @states.state("an item exists")
    def an_item_exists() -> dict[str, Any]:
        return {"id": 77}

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return answering({"at": environ["PATH_INFO"]})(environ, start_response)

    one = interaction(path="/items/1", body={"at": "/items/77"}, states=[("an item exists", {})])
    one["request"]["generators"] = {
        "path": {"type": "ProviderState", "expression": "/items/${id}", "dataType": "STRING"}
    }
    with ThreadServer(app) as server, ThreadServer(states_app(states)) as endpoint:
        handling = StateHandling(endpoint.url)
        report = verify_pacts("stock", [pact(tmp_path, one)], url=server.url, states=handling)
    assert report.passed, str(report)


def test_a_failing_state_handler_is_a_fault_that_names_the_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    states = ProviderStates()

    @states.state("broken")
    def broken() -> None:
        raise LookupError("no database")

    endpoint = states_app(states)
    recorded = pact(tmp_path, interaction("one", states=[("broken", {})]), interaction("two"))
    with ThreadServer(answering()) as server, ThreadServer(endpoint) as arranged:
        handling = StateHandling(arranged.url, failures=endpoint.failures)
        report = verify_pacts("stock", [recorded], url=server.url, states=handling)
    one, two = report.results
    assert "LookupError: no database" in one.fault
    assert "test_pacts.py:" in one.fault
    assert two.passed


def test_an_interaction_with_an_objection_is_not_tried(tmp_path: Path) -> None:
    asked: list[str] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        return answering()(environ, start_response)

    recorded = pact(tmp_path, interaction("one", path="/one", states=[("s", {})]), interaction("two", path="/two"))
    with ThreadServer(app) as server, ThreadServer(states_app(ProviderStates())) as arranged:
        handling = StateHandling(arranged.url, objection=lambda one: "unheard of" if one.states else "")
        report = verify_pacts("stock", [recorded], url=server.url, states=handling)
    assert [result.fault for result in report.results] == ["unheard of", ""]
    assert asked == ["/two"]


@pytest.mark.parametrize(
    ("provider", "said"),
    [("stok", "no pact names the provider 'stok'"), ("stock", "holds no interactions")],
)
def test_nothing_verified_is_a_fault(tmp_path: Path, provider: str, said: str) -> None:
    with pytest.raises(VerificationError, match=said):
        verify_pacts(provider, [pact(tmp_path)], url="http://127.0.0.1:1")


def test_no_pacts_at_all_is_a_fault() -> None:
    with pytest.raises(VerificationError, match="nothing is verified"):
        verify_pacts("stock", [], url="http://127.0.0.1:1")


def test_messages_are_not_passed_over_in_silence(tmp_path: Path) -> None:
    message = {"type": "Asynchronous/Messages", "description": "an event", "contents": {}}
    with pytest.raises(VerificationError, match="only messages"):
        verified(tmp_path, answering(), message)
    report = verified(tmp_path, answering(), interaction(), message)
    assert [result.fault for result in report.results] == ["", "is a message, which cannot be verified yet"]
    assert not report.passed


def test_states_without_anybody_to_arrange_them_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="needs the provider state 'full'") as fault:
        verified(tmp_path, answering(), interaction(states=[("full", {})]))
    assert fault.value.pointer == "/interactions/0"


def test_an_unreachable_provider_is_a_fault(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(VerificationError, match="stock cannot be reached at"):
            verify_pacts("stock", [pact(tmp_path, interaction())], url=url)


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:80", "http://", "http://u:p@h", "http://h:x", "http://h/?a=1"])
def test_what_is_no_address_is_a_fault(tmp_path: Path, url: str) -> None:
    with pytest.raises(VerificationError, match="not the address of a provider"):
        verify_pacts("stock", [pact(tmp_path, interaction())], url=url)


def test_a_provider_that_hangs_is_asked_once(tmp_path: Path, deaf: str) -> None:
    recorded = pact(tmp_path, *(interaction(f"number {number}") for number in range(20)))
    report = verify_pacts("stock", [recorded], url=deaf, timeout=0.2)
    first, *others = report.results
    assert first.fault == "no answer within 0.2 s"
    assert {result.fault for result in others} == {"not tried, since before that: no answer within 0.2 s"}


def test_a_provider_that_hangs_later_keeps_its_earlier_results(tmp_path: Path) -> None:
    freed = Event()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            freed.wait(30)
        return answering()(environ, start_response)

    with ThreadServer(app) as server:
        recorded = pact(tmp_path, interaction("one"), interaction("two", path="/slow"))
        report = verify_pacts("stock", [recorded], url=server.url, timeout=0.3)
        freed.set()
    assert [result.passed for result in report.results] == [True, False]


def test_nothing_is_printed_and_the_environments_proxy_is_not_asked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert verified(tmp_path, answering({"id": 1}), interaction(body={"id": 1})).passed
    assert capfd.readouterr() == ("", "")


def test_a_file_called_pact_in_the_current_folder_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pact.py").write_text("raise SystemExit('not me')")
    monkeypatch.chdir(tmp_path)
    assert verified(tmp_path / "pacts", answering(), interaction()).passed


def test_a_verifier_that_does_not_start_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pact.py").write_text("raise ImportError('a broken installation')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]))
    with pytest.raises(VerificationError, match="did not start: ImportError: a broken installation"):
        verified(tmp_path, answering(), interaction())
