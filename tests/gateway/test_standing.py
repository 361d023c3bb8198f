"""Worlds and their evidence: what the pages show, and that no broken store stops a mock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.evidence.recording import Tried, record_results
from beep_mock.evidence.store import Store
from beep_mock.gateway.app import create_app
from beep_mock.gateway.plan import Plan, choose_services, plan_document
from beep_mock.gateway.standing import Knowledge
from beep_mock.gateway.world import World
from beep_mock.workspace import Workspace
from tests.support.wsgi_client import call


@pytest.fixture
def store(workspace: Workspace) -> Store:
    """What was found at `world`: earth is kept, mars is not."""
    store = Store.open(workspace.root / "evidence.db")
    contract = compile_contract(workspace.contract_path("world"))
    operation = contract.operations["GET /worlds/{worldId}"]
    tried = [Tried(i, i.name == "earth", "example") for i in interactions_of(contract, operation)]
    record_results(workspace, "world", tried, store=store, version="1.4.2")
    return store


def described(app: Any, name: str) -> dict[str, Any]:
    services = call(app, "GET", "/-/services").json["services"]
    return next(service for service in services if service["name"] == name)


def test_pages_show_what_is_known_operation_by_operation(workspace: Workspace, store: Store) -> None:
    app = create_app(workspace, evidence=store.shown)
    rows = {row["operation"]: row["standings"] for row in described(app, "world")["evidence"]}
    assert rows["GET /worlds/{worldId}"] == {"refuted": 1, "verified": 1}
    assert rows["POST /worlds"].keys() == {"specification-only"}
    assert described(app, "people")["evidence"] == []
    page = call(app, "GET", "/").body.decode()
    assert '<span class="tag bad"> refuted</span>' in page
    assert "earth: verified world@1.4.2 20" in page
    assert "beep-mock verify people" in page


def test_without_a_store_pages_say_how_to_make_evidence(workspace: Workspace) -> None:
    app = create_app(workspace)
    assert described(app, "world")["evidence"] == []
    assert "beep-mock verify world" in call(app, "GET", "/").body.decode()


def test_a_refuted_answer_is_told_on_the_terminal_and_the_index(workspace: Workspace, store: Store) -> None:
    told: list[str] = []
    world = World(Plan(choose_services(workspace), workspace.root, evidence=store.shown), tell=told.append)
    world.load()
    mock = world.services["world"].mock
    assert mock is not None
    assert call(mock, "GET", "/worlds/1").header("Beep-Mock-Evidence") is not None
    assert not told
    assert call(mock, "GET", "/worlds/2").header("Beep-Mock-Evidence") == "refuted world@1.4.2"
    assert [line.partition(" of ")[0] for line in told] == ["warning: world: example mars"]
    assert [alert.service for alert in world.alerts] == ["evidence"]


def test_a_broken_store_stops_nothing_and_is_told_once_for_all(workspace: Workspace) -> None:
    (workspace.root / "evidence.db").write_text("nothing of the kind", "utf-8")
    told: list[str] = []
    plan = Plan(choose_services(workspace), workspace.root, evidence=str(workspace.root / "evidence.db"))
    world = World(plan, tell=told.append)
    world.load()
    mock = world.services["world"].mock
    assert mock is not None
    reply = call(mock, "GET", "/worlds/1")
    assert (reply.status, reply.header("Beep-Mock-Evidence")) == (200, "specification-only")
    assert len(told) == 1
    assert "not a database" in told[0]


def test_what_is_watched(workspace: Workspace, store: Store) -> None:
    sources = workspace.root / "providers/world"
    sources.mkdir(parents=True)
    (sources / "app.py").write_text("1", "utf-8")
    path = workspace.root / "evidence.db"
    entries = choose_services(workspace)
    knowledge = Knowledge(Plan(entries, workspace.root, evidence=str(path)), print)
    assert knowledge.files() == (path, sources / "app.py")
    missing = workspace.root / "none.db"  # it may be made later
    assert Knowledge(Plan(entries, workspace.root, evidence=str(missing)), print).files() == (missing,)
    assert Knowledge(Plan(entries, workspace.root, evidence="none"), print).files() == ()


def test_a_document_served_alone_is_the_service_of_its_workspace(workspace: Workspace, store: Store) -> None:
    document = str(workspace.contract_path("world"))
    plan = Plan(plan_document(document, Path.cwd()), Path.cwd(), single=True, evidence=store.shown)
    trust = Knowledge(plan, print).trust(plan.entries[0])
    assert (trust.service, {evidence.standing for evidence in trust.verdicts.values()}) == (
        "world",
        {"verified", "refuted"},
    )
