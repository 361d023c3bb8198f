from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beep_mock.gateway.app import create_app
from beep_mock.workspace import Workspace
from tests.gateway.conftest import write
from tests.support.wsgi_client import call


@pytest.fixture
def app(workspace: Workspace) -> Iterator[Any]:
    app = create_app(workspace)
    yield app
    app.extensions["beep_mock"].close()


def test_a_workspace_may_be_given_as_a_folder_in_it(workspace: Workspace) -> None:
    app = create_app(str(workspace.root / "contracts"), services=["people"])
    assert [s["name"] for s in call(app, "GET", "/-/services").json["services"]] == ["people"]


def test_the_index_shows_services_and_exchanges(app: Any) -> None:
    call(app, "GET", "/world/worlds/1?a=b")
    call(app, "GET", "/world/worlds/abc")
    page = call(app, "GET", "/").body.decode()
    assert "The &lt;World&gt;" in page
    assert "/worlds/1?a=b" in page
    assert "example earth" in page
    assert "path.worldId:" in page
    assert 'href="/-/docs/people"' in page


def test_the_index_escapes_what_was_sent(app: Any) -> None:
    call(app, "GET", "/world/%3Cscript%3Ealert(1)%3C/script%3E?%3Cb%3E=<b>")
    page = call(app, "GET", "/").body
    assert b"alert(1)" in page
    assert b"<script>alert" not in page
    assert b"<b>" not in page


def test_the_index_shows_paths_in_their_letters(app: Any) -> None:
    call(app, "GET", "/world/w%C3%B6rld")
    assert "/wörld" in call(app, "GET", "/").body.decode()


def test_pages_forbid_the_browser_to_go_elsewhere(app: Any) -> None:
    for path in ("/", "/-/docs/world", "/-/journal"):
        assert "default-src 'none'" in str(call(app, "GET", path).header("Content-Security-Policy"))


def test_mocked_traffic_is_open_to_other_origins_and_pages_are_not(app: Any) -> None:
    foreign = {"Origin": "http://front.example"}
    assert call(app, "GET", "/world/worlds/1", foreign).header("Access-Control-Allow-Origin") == "http://front.example"
    for method, path in (("GET", "/-/journal"), ("DELETE", "/-/journal"), ("GET", "/"), ("GET", "/world/docs")):
        reply = call(app, method, path, foreign)
        assert (reply.status, reply.header("Access-Control-Allow-Origin")) == (403, None)


def test_pages_do_not_answer_to_a_foreign_host(app: Any) -> None:
    assert call(app, "GET", "/-/journal", {"Host": "evil.example"}).json["code"] == "FORBIDDEN"


def test_health_names_the_instance(app: Any) -> None:
    assert call(app, "GET", "/-/health").json == {"status": "up", "instance": app.extensions["beep_mock"].instance}


def test_services_count_what_was_asked(app: Any) -> None:
    call(app, "GET", "/world/worlds/1")
    call(app, "GET", "/world/worlds/abc")
    before = call(app, "GET", "/-/services").json
    counted = {s["name"]: (s["exchanges"], s["violations"]) for s in before["services"]}
    assert counted == {"people": (0, 0), "world": (2, 1)}
    call(app, "GET", "/people/people")
    assert call(app, "GET", "/-/services").json["state"] != before["state"]


def test_an_unknown_service_is_told_the_known_ones(app: Any) -> None:
    reply = call(app, "GET", "/mars/worlds")
    assert (reply.status, reply.header("Content-Type")) == (404, "application/problem+json")
    assert "people, world" in reply.json["detail"]


def test_a_page_asked_with_the_wrong_method_says_which_it_takes(app: Any) -> None:
    reply = call(app, "PUT", "/-/journal")
    assert reply.status == 405
    assert {"GET", "DELETE"} <= set(str(reply.header("Allow")).split(", "))


def test_docs_and_document_of_the_interface_are_not_those_of_a_service(app: Any) -> None:
    assert b"The control interface of beep-mock" in call(app, "GET", "/-/docs").body
    assert call(app, "GET", "/-/openapi.json").json["info"]["title"] == "The control interface of beep-mock"


@pytest.mark.parametrize("path", ["/-/docs/mars", "/-/openapi/mars.json", "/-/control/mars"])
def test_pages_of_an_unknown_service_are_not_there(app: Any, path: str) -> None:
    assert call(app, "DELETE" if "control" in path else "GET", path).json["code"] == "NO_SUCH_SERVICE"


def test_a_contract_that_cannot_be_read_is_a_fault(workspace: Workspace, tmp_path: Path) -> None:
    from beep_mock.errors import InvalidDocumentError

    write(workspace.contracts / "mars/openapi.yaml", "openapi: [")
    with pytest.raises(InvalidDocumentError):
        create_app(Workspace(workspace.root))


def test_the_application_of_a_document_answers_at_the_root(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    answer = "{description: d, content: {application/json: {example: 7}}}"
    paths = f"{{/a: {{get: {{responses: {{'200': {answer}}}}}}}}}"
    document.write_text(f"{{openapi: 3.1.0, info: {{title: t, version: '1'}}, paths: {paths}}}")
    app = create_app(document)
    assert app.test_client().get("/a").get_json() == 7
    with pytest.raises(ValueError, match="not for a single document"):
        create_app(document, services=["a"])
