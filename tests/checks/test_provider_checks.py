from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from beep_mock.checks.provider_checks import AGAINST_MOCK, KINDS, VerificationRequest, Verified, verify
from beep_mock.checks.verifying import is_untried, report_of
from beep_mock.errors import BeepMockError, VerificationError, WorkspaceError
from beep_mock.providers.verification import load_service
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace

DEMONSTRATION = Workspace(Path(__file__).parents[2])
DOCUMENT = """
openapi: 3.1.0
info: {title: Greetings, version: '1'}
paths:
  /greeting:
    get:
      security: [{}, {key: []}]
      parameters: [{name: to, in: query, schema: {type: string, minLength: 1}}]
      responses:
        '200':
          description: A greeting
          content: {application/json: {schema: {type: string}, examples: {hello: {value: Hello}}}}
        '400': {description: Nobody is greeted}
    delete:
      responses: {'204': {description: Nobody is greeted any more}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
"""


class Greetings:
    """Keeps the contract above, but for what a test makes it ``do``."""

    def __init__(self, do: Callable[[dict[str, Any]], tuple[str, bytes] | None] = lambda _: None) -> None:
        self.do = do
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen.append(environ)
        status, body = self.do(environ) or self.answer(environ)
        start_response(status, [("Content-Type", "application/json"), ("Allow", "GET, DELETE")])
        return [body]

    def answer(self, environ: dict[str, Any]) -> tuple[str, bytes]:
        if environ["PATH_INFO"] != "/greeting":
            return "404 No", b"null"
        if environ["REQUEST_METHOD"] == "DELETE":
            return "204 Gone", b""
        if environ["REQUEST_METHOD"] != "GET":
            return "405 No", b"null"
        return ("400 No", b"null") if "to=" in environ["QUERY_STRING"].split("&") else ("200 OK", b'"Hello"')


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace of one contract, which no pact names."""
    folder = tmp_path / "contracts" / "greetings"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(DOCUMENT, "utf-8")
    return Workspace(tmp_path)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], str]:
    """Makes an application one that ``--app`` can name."""

    def give(app: Any) -> str:
        module = ModuleType("given_application")
        module.app = app  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "given_application", module)
        return "given_application:app"

    return give


def ran(found: Verified) -> list[str]:
    results = (found.pacts, found.examples, found.properties, found.agreement)
    return [kind for kind, result in zip((*KINDS, AGAINST_MOCK), results, strict=True) if result is not None]


@pytest.mark.parametrize("kinds", [("pacts",), ("examples",), ("examples", "pacts"), (AGAINST_MOCK, "examples")])
def test_the_kinds_that_are_named_are_run_in_their_order(kinds: tuple[str, ...]) -> None:
    told: list[str] = []
    found = verify(DEMONSTRATION, "people", VerificationRequest(kinds=kinds), told.append)
    assert ran(found) == [kind for kind in (*KINDS, AGAINST_MOCK) if kind in kinds]
    assert len(told) == len(kinds)
    assert not found.notes
    assert report_of(found).exit_code == 0


def test_without_a_name_all_kinds_run_but_the_comparison(workspace: Workspace, given: Callable[[Any], str]) -> None:
    app_name = given(Greetings())
    found = verify(workspace, "greetings", VerificationRequest(app_name=app_name, max_examples=2, max_time=5))
    assert ran(found) == ["examples", "properties"]
    assert found.notes == ["no pact names greetings: no consumer's expectations were verified"]


def test_a_provider_that_runs_already_is_not_written_to_unasked(workspace: Workspace) -> None:
    app = Greetings()
    with ThreadServer(app) as server:
        found = verify(workspace, "greetings", VerificationRequest(url=server.url))
        assert ran(found) == ["examples"]
        assert any("--properties" in note for note in found.notes)
        app.seen.clear()
        found = verify(workspace, "greetings", VerificationRequest(kinds=(AGAINST_MOCK,), url=server.url))
        assert {environ["REQUEST_METHOD"] for environ in app.seen} == {"GET"}
        assert "DELETE /greeting; --writes asks them" in found.notes[0]
        verify(workspace, "greetings", VerificationRequest(kinds=(AGAINST_MOCK,), url=server.url, writes=True))
        assert "DELETE" in {environ["REQUEST_METHOD"] for environ in app.seen}


def test_a_note_is_no_failure(workspace: Workspace, given: Callable[[Any], str]) -> None:
    found = verify(workspace, "greetings", VerificationRequest(kinds=("examples",), app_name=given(Greetings())))
    found.notes.append("something was left out")
    report = report_of(found)
    assert report.exit_code == 0
    assert [finding.message for finding in report.findings] == ["something was left out"]
    assert not is_untried(found)


def test_what_was_seen_before_a_provider_hangs_is_kept(workspace: Workspace, given: Callable[[Any], str]) -> None:
    waiting = threading.Event()

    def hang(environ: dict[str, Any]) -> None:
        if environ["REQUEST_METHOD"] == "GET" and len(app.seen) > 1:
            waiting.wait()

    app = Greetings(hang)
    document = workspace.contracts / "greetings" / "openapi.yaml"
    more = ", ".join(f"more{number}: {{value: Hello}}" for number in range(4))
    document.write_text(DOCUMENT.replace("{hello: {value: Hello}}", f"{{hello: {{value: Hello}}, {more}}}"), "utf-8")
    try:
        asked = VerificationRequest(kinds=("examples", AGAINST_MOCK), app_name=given(app), timeout=0.2)
        found = verify(workspace, "greetings", asked)
    finally:
        waiting.set()
    assert ran(found) == ["examples"]
    assert found.examples is not None
    assert found.examples[0].passed
    assert found.partial.startswith("examples: the provider is gone after GET /greeting, 200")
    assert is_untried(found)
    report = report_of(found)
    assert report.partial == found.partial
    assert "verification-partial" in [finding.rule for finding in report.findings]
    assert found.coverage is not None
    assert "examples" in found.coverage.operations[0].kinds


@pytest.mark.parametrize(
    ("provider", "asked", "error", "said"),
    [
        ("hello", VerificationRequest(kinds=("pacts",)), VerificationError, "no pact names the provider 'hello'"),
        ("nobody", VerificationRequest(), VerificationError, "no pact names the provider 'nobody'"),
        ("nobody", VerificationRequest(kinds=("examples",)), WorkspaceError, "no service 'nobody'"),
        ("people", VerificationRequest(url="http://127.0.0.1:1"), VerificationError, "cannot be reached"),
        ("people", VerificationRequest(app_name="people"), VerificationError, "names no application"),
    ],
)
def test_where_nothing_can_be_verified_it_is_a_fault(
    provider: str, asked: VerificationRequest, error: type[BeepMockError], said: str
) -> None:
    with pytest.raises(error, match=said):
        verify(DEMONSTRATION, provider, asked)


def test_coverage_says_which_kinds_have_reached_what() -> None:
    found = verify(DEMONSTRATION, "people", VerificationRequest(kinds=("pacts", "examples")))
    assert found.coverage is not None
    rows = {row.operation: row for row in found.coverage.operations}
    person = rows["GET /people/{personId}"]
    assert person.consumers == {"world"}
    assert person.statuses == {status: {"pacts", "examples"} for status in ("200", "404", "422")}
    assert person.media_types["404 application/problem+json"] == {"pacts", "examples"}
    assert person.parameters == {"path.personId": {"pacts", "examples"}}
    assert found.coverage.unreached == ()
    found = verify(DEMONSTRATION, "people", VerificationRequest(kinds=("pacts",)))
    assert found.coverage is not None
    reached = {row.operation: row.kinds for row in found.coverage.operations}
    assert reached == {"GET /people": {"pacts"}, "GET /people/{personId}": {"pacts"}}


def test_what_is_answered_and_not_declared_is_covered_as_such(
    workspace: Workspace, given: Callable[[Any], str]
) -> None:
    teapot = Greetings(lambda environ: ("418 No", b'"no"') if environ["REQUEST_METHOD"] == "GET" else None)
    found = verify(workspace, "greetings", VerificationRequest(kinds=("examples",), app_name=given(teapot)))
    assert found.coverage is not None
    assert found.coverage.operations[0].undeclared == {418: {"examples"}}
    assert "GET /greeting 200" in found.coverage.unreached
    assert found.coverage.unused == ("GET /greeting", "DELETE /greeting")
    assert report_of(found).exit_code == 1


def test_headers_go_with_examples_and_made_requests(workspace: Workspace, given: Callable[[Any], str]) -> None:
    app = Greetings()
    asked = VerificationRequest(kinds=("examples", AGAINST_MOCK), app_name=given(app), headers=(("X-Key", "secret"),))
    found = verify(workspace, "greetings", asked)
    keys = [environ.get("HTTP_X_KEY") for environ in app.seen]
    assert keys.count("secret") > len(keys) / 2
    assert "secret" not in repr(report_of(found))


def test_peers_are_mocked_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEOPLE_URL", raising=False)
    seen: list[str] = []
    found = verify(
        DEMONSTRATION,
        "world",
        VerificationRequest(kinds=("examples",)),
        lambda _: seen.append(os.environ["PEOPLE_URL"]),
    )
    assert report_of(found).exit_code == 0
    assert seen[0].startswith("http://127.0.0.1:")
    assert "PEOPLE_URL" not in os.environ


def test_a_peer_that_somebody_has_named_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadServer(load_service(DEMONSTRATION, "people")) as people:
        monkeypatch.setenv("PEOPLE_URL", people.url)
        found = verify(DEMONSTRATION, "world", VerificationRequest(kinds=("examples",)))
    assert os.environ["PEOPLE_URL"] == people.url
    assert report_of(found).exit_code == 0


def test_each_difference_is_a_case_with_its_command(workspace: Workspace, given: Callable[[Any], str]) -> None:
    lax = Greetings(lambda environ: ("200 OK", b'"Hi"') if "to=" in environ["QUERY_STRING"] else None)
    document = workspace.contracts / "greetings" / "openapi.yaml"
    document.write_text(DOCUMENT.replace("minLength: 1", "enum: [me, you]"), "utf-8")
    found = verify(workspace, "greetings", VerificationRequest(kinds=(AGAINST_MOCK,), app_name=given(lax)))
    report = report_of(found)
    failed = [case for case in report.cases if not case.passed]
    assert [case.name for case in failed] == ["GET /greeting, difference 1 of 1"]
    assert [finding.rule for finding in failed[0].findings] == ["agreement-verdict"]
    assert failed[0].reproduce.endswith("\"$PROVIDER\"'/greeting?to=mebeep'")
    assert [case.name for case in report.cases if case.passed] == ["DELETE /greeting"]
