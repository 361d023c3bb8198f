from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from beep_mock.errors import BeepMockError, InvalidDocumentError
from beep_mock.gateway.app import app_of_world
from beep_mock.gateway.plan import Plan, choose_services
from beep_mock.gateway.world import World
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.gateway.conftest import COMMON, WORLD, write
from tests.support.wsgi_client import call

WAIT = 10  # seconds; only a failing test takes them


class Running:
    """A world with its application, and what it says."""

    def __init__(self, workspace: Workspace, **how: Any) -> None:
        self.said: Queue[str] = Queue()
        real = how.pop("real", None)
        plan = Plan(choose_services(workspace, real=real), workspace.root, **how)
        self.world = World(plan, tell=self.said.put)
        self.world.load()
        self.world.start()
        self.app = app_of_world(self.world)

    def heard(self, *words: str) -> str:
        """The next message that has these words."""
        while True:
            message = self.said.get(timeout=WAIT)
            if all(word in message for word in words):
                return message

    def get(self, path: str) -> Any:
        return call(self.app, "GET", path)


def silent(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("204 No Content", [])
    return []


Run = Callable[..., Running]


@pytest.fixture
def run(workspace: Workspace) -> Iterator[Run]:
    started: list[Running] = []

    def run(**how: Any) -> Running:
        started.append(Running(workspace, **how))
        return started[-1]

    yield run
    for running in started:
        running.world.close()


def test_a_save_is_served_and_the_journal_stays(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    assert running.get("/world/worlds/1").json == {"name": "Earth"}
    write(workspace.contract_path("world"), WORLD.replace("name: Earth", "name: Terra"))
    running.heard("world", "loaded again")
    assert running.get("/world/worlds/1").json == {"name": "Terra"}
    assert len(running.world.journal) == 2


def test_a_save_that_does_not_parse_keeps_the_last_good_contract(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    write(workspace.contract_path("world"), WORLD + "\n    paths: [")
    said = running.heard("ALERT", "last good contract")
    assert "openapi.yaml:" in said
    assert running.get("/world/worlds/1").json == {"name": "Earth"}
    assert "openapi.yaml:" in running.get("/-/services").json["services"][1]["fault"]
    write(workspace.contract_path("world"), WORLD)
    running.heard("loaded again")
    assert running.get("/-/services").json["services"][1]["fault"] == ""


def test_a_mistake_of_ours_does_not_end_the_watching(
    run: Run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = run(watch=True)
    with monkeypatch.context() as patch:
        patch.setattr(running.world.services["world"], "load", lambda: 1 // 0)
        write(workspace.contract_path("world"), WORLD + "\n")
        running.heard("ALERT", "ZeroDivisionError")
    write(workspace.contract_path("world"), WORLD.replace("name: Earth", "name: Terra"))
    running.heard("loaded again")
    assert running.get("/world/worlds/1").json == {"name": "Terra"}


def test_so_does_one_of_a_file_that_is_referred_to(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    common = workspace.contract_path("world").with_name("common.yaml")
    write(common, "World: [")
    assert "common.yaml:" in running.heard("ALERT", "last good contract")
    assert running.get("/world/worlds/1").json == {"name": "Earth"}
    write(common, COMMON.replace("name:", "title:").replace("[name]", "[title]"))
    running.heard("loaded again")
    assert running.get("/-/openapi/world.json").json["components"]["schemas"]["World"]["required"] == ["title"]


def test_one_that_is_invalid_is_served_as_far_as_it_goes(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    broken = WORLD.replace("schema: {$ref: 'common.yaml#/World'}}}\n", "schema: {$ref: '#/nowhere'}}}\n")
    assert broken != WORLD
    write(workspace.contract_path("world"), broken)
    running.heard("loaded again")
    assert "openapi.yaml:" in running.heard("nowhere")
    assert running.get("/world/worlds/1").json == {"name": "Earth"}


def test_overrides_are_loaded_when_they_appear(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    override = "default: {'GET /worlds/{worldId}': mars}"
    write(workspace.mocks / "world.yaml", override)
    running.heard("loaded again")
    assert running.get("/world/worlds/5").json == {"name": "Mars"}
    write(workspace.mocks / "world.yaml", "default: [")
    assert "world.yaml:" in running.heard("ALERT")
    assert running.get("/world/worlds/5").json == {"name": "Mars"}


def test_what_was_added_to_a_mock_outlives_a_save(run: Run, workspace: Workspace) -> None:
    running = run(watch=True)
    mock = running.world.services["world"].mock
    assert mock is not None
    mock.prefer(example="mars")
    write(workspace.contract_path("world"), WORLD.replace("name: Mars", "name: Ares"))
    running.heard("loaded again")
    assert running.get("/world/worlds/1").json == {"name": "Ares"}


def test_findings_are_told_with_their_line(workspace: Workspace, run: Run) -> None:
    write(
        workspace.contract_path("world"),
        WORLD.replace("{name: Mars}", "{title: Mars}").replace("type: integer", "type: int"),
    )
    assert "openapi.yaml:" in run().heard("world", "int")


def test_the_schemas_of_a_large_document_are_not_judged_at_the_start(
    workspace: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace.contract_path("world"), WORLD.replace("type: integer", "type: int"))
    service = run().world.services["world"]
    assert any("int" in finding.message for finding in service.findings_at_start)
    monkeypatch.setattr("beep_mock.gateway.service._LARGE", 1)
    assert not service.findings_at_start
    assert any("int" in finding.message for finding in service.findings)


def test_a_real_peer_that_goes_down_is_an_alert_until_it_is_back(run: Run) -> None:
    with ThreadServer(silent) as server:
        running = run(real={"world": server.url})
        port = server.port
    running.heard("ALERT", "world", server.url, "is down")
    assert running.get("/-/health").json["status"] == "degraded"
    assert "is down" in running.get("/").body.decode()
    with ThreadServer(silent, port=port):
        running.heard("world", "is up again")
        assert running.get("/-/health").json["status"] == "up"


def test_a_tolerant_world_serves_the_others_until_the_contract_is_mended(run: Run, workspace: Workspace) -> None:
    write(workspace.contract_path("world"), "openapi: [")
    running = run(watch=True, tolerant=True)
    reply = running.get("/world/worlds/1")
    assert (reply.status, reply.json["code"]) == (503, "CONTRACT_UNAVAILABLE")
    assert running.get("/people/people").json == ["ada"]
    assert running.get("/").status == 200
    write(workspace.contract_path("world"), WORLD)
    running.heard("world", "loaded again")
    assert running.get("/world/worlds/1").json == {"name": "Earth"}


def test_a_world_of_which_nothing_can_be_served_is_a_fault(workspace: Workspace) -> None:
    for name in workspace.services:
        write(workspace.contract_path(name), "openapi: [")
    world = World(Plan(choose_services(workspace), workspace.root, tolerant=True), tell=print)
    with pytest.raises(InvalidDocumentError):
        world.load()


def test_a_world_that_is_not_tolerant_needs_all(workspace: Workspace) -> None:
    write(workspace.mocks / "people.yaml", "interactions: {")
    with pytest.raises(BeepMockError, match="people"):
        World(Plan(choose_services(workspace), workspace.root), tell=print).load()
