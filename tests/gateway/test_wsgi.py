from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beep_mock.gateway.app import app_of_world, create_app
from beep_mock.gateway.plan import Entry, Plan
from beep_mock.gateway.world import World
from beep_mock.workspace import Workspace
from tests.support.wsgi_client import call


@pytest.fixture
def app(workspace: Workspace) -> Any:
    return create_app(workspace)


@pytest.fixture
def single(workspace: Workspace) -> Iterator[Any]:
    plan = Plan((Entry("world", workspace.contract_path("world")),), workspace.root, single=True)
    world = World(plan)
    world.load()
    yield app_of_world(world)
    world.close()


def test_the_first_segment_names_the_service(app: Any) -> None:
    assert call(app, "GET", "/world/worlds/1").json == {"name": "Earth"}
    assert call(app, "GET", "/people/people").json == ["ada"]


@pytest.mark.parametrize("host", ["world", "world:9000", "world.localhost", "World.Localhost:80", "world.localhost."])
def test_the_host_names_the_service(app: Any, host: str) -> None:
    assert call(app, "GET", "/worlds/2", {"Host": host}).json == {"name": "Mars"}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9000", "other", "[::1]:9000", "[::1]"])
def test_other_hosts_name_none(app: Any, host: str) -> None:
    assert call(app, "GET", "/world/worlds/2", {"Host": host}).json == {"name": "Mars"}


def test_a_declared_base_path_may_be_there(app: Any) -> None:
    assert call(app, "GET", "/world/api/v1/worlds/2").json == {"name": "Mars"}


def test_a_service_is_asked_for_its_root_with_and_without_slash(app: Any) -> None:
    for path in ("/world", "/world/"):
        assert call(app, "GET", path).json["code"] == "NO_PATH_MATCHED_ERROR"


@pytest.mark.parametrize("path", ["/mars/worlds", "/worldly/worlds/1", "/", "", "//", "/-", "/-/nothing"])
def test_other_paths_go_to_the_pages(app: Any, path: str) -> None:
    reply = call(app, "GET", path)
    assert reply.header("Beep-Mock-Source") is None
    assert reply.header("X-Content-Type-Options") == "nosniff"


def test_docs_and_document_are_pages_of_a_service(app: Any) -> None:
    assert "text/html" in str(call(app, "GET", "/world/docs").header("Content-Type"))
    assert call(app, "GET", "/world/openapi.json").json["servers"][0]["url"] == "http://127.0.0.1/world"
    reply = call(app, "GET", "/openapi.json", {"Host": "world.localhost:9000"})
    assert reply.json["servers"][0]["url"] == "http://world.localhost:9000"


def test_a_declared_operation_beats_a_page(app: Any) -> None:
    assert call(app, "GET", "/people/docs").json == ["passport"]
    assert "text/html" in str(call(app, "GET", "/-/docs/people").header("Content-Type"))


def test_a_page_is_only_read(app: Any) -> None:
    assert call(app, "POST", "/world/docs").status == 404


def test_reserved_paths_answer_by_any_host(app: Any) -> None:
    assert call(app, "GET", "/-/health", {"Host": "world.localhost"}).status == 200


def test_a_single_document_answers_at_the_root(single: Any) -> None:
    assert call(single, "GET", "/worlds/1").json == {"name": "Earth"}
    assert call(single, "GET", "/openapi.json").json["servers"][0]["url"] == "http://127.0.0.1"
    assert call(single, "GET", "/-/docs").status == 200


def test_the_root_of_a_single_document_is_a_page_for_browsers_only(single: Any) -> None:
    assert b"<h1>" in call(single, "GET", "/", {"Accept": "text/html,*/*"}).body
    assert call(single, "GET", "/").json["code"] == "NO_PATH_MATCHED_ERROR"


def test_a_failure_of_ours_is_a_problem(app: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(app.extensions["beep_mock"].services["world"], "respond", fail)
    reply = call(app, "GET", "/world/worlds/1")
    assert (reply.status, reply.json["code"]) == (500, "INTERNAL_ERROR")
    assert "inside" not in reply.body.decode()
    assert "RuntimeError: inside" in capsys.readouterr().err


def test_flask_test_client_takes_the_same_way(app: Any) -> None:
    answer = app.test_client().get("/world/worlds/1")
    assert answer.json == {"name": "Earth"}
    assert answer.headers["Beep-Mock-Source"] == "example earth"


def test_what_an_answer_says_of_its_own_urls_leads_back_to_the_service(tmp_path: Path) -> None:
    headers = {name: {"schema": {"type": "string"}, "example": value} for name, value in _URLS.items()}
    operation = {"responses": {"202": {"description": "accepted", "headers": headers}}}
    got = {"responses": {"200": {"description": "ok", "content": {"application/json": {"example": {"id": 42}}}}}}
    paths = {"/jobs": {"post": operation}, "/jobs/42": {"get": got}}
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": paths}
    (tmp_path / "contracts" / "shop").mkdir(parents=True)
    (tmp_path / "contracts" / "shop" / "openapi.json").write_text(json.dumps(document))
    app = create_app(Workspace(tmp_path))
    reply = call(app, "POST", "/shop/jobs")
    assert {name: reply.header(name) for name in _URLS} == {
        "Location": "/shop/jobs/42",
        "Link": "</shop/jobs?page=2>; rel=next",
        "Set-Cookie": "a=1; Path=/shop/jobs",
    }
    assert call(app, "GET", reply.header("Location") or "").json == {"id": 42}
    assert call(app, "POST", "/jobs", {"Host": "shop.localhost"}).header("Location") == "/jobs/42"
    recorded = app.extensions["beep_mock"].journal[0]
    assert ("Location", "/shop/jobs/42") in recorded.response_headers


_URLS = {"Location": "/jobs/42", "Link": "</jobs?page=2>; rel=next", "Set-Cookie": "a=1; Path=/jobs"}
