from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from beep_mock.checks.blast_radius import BlastRadius, Breakage
from beep_mock.workspace import Workspace

CONTRACT = """
openapi: 3.1.0
info: {title: World, version: '1'}
paths:
  /worlds/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200':
          description: A world
          content:
            application/json:
              schema: {type: object, properties: {name: {type: string}, moons: {type: integer}}}
"""


def pact(consumer: str, body: object) -> str:
    interaction = {
        "description": "a world",
        "request": {"method": "GET", "path": "/worlds/1"},
        "response": {"status": 200, "body": body},
    }
    return json.dumps({"consumer": {"name": consumer}, "provider": {"name": "world"}, "interactions": [interaction]})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    contract = tmp_path / "contracts" / "world" / "openapi.yaml"
    contract.parent.mkdir(parents=True)
    contract.write_text(CONTRACT)
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "hello.json").write_text(pact("hello", {"name": "Mars"}))
    (tmp_path / "pacts" / "moonlight.json").write_text(pact("moonlight", {"moons": 2}))
    return Workspace(tmp_path)


@pytest.fixture
def told() -> SimpleQueue[Breakage]:
    return SimpleQueue()


@pytest.fixture
def radius(workspace: Workspace, told: SimpleQueue[Breakage]) -> Iterator[BlastRadius]:
    found = BlastRadius(workspace, told.put)
    found.start()
    yield found
    found.stop()


def save(workspace: Workspace, file: str, text: str) -> None:
    (workspace.root / file).write_text(text)


def test_a_saved_contract_tells_whom_it_breaks_and_at_which_field(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    assert (radius.interactions, list(radius.standing())) == (2, [])
    save(workspace, "contracts/world/openapi.yaml", CONTRACT.replace("moons:", "satellites:"))
    found = told.get(timeout=20)
    assert (found.file, set(found.broken), found.mended, found.interactions) == (
        "contracts/world/openapi.yaml",
        {"moonlight"},
        {},
        2,
    )
    assert [finding.where.pointer for finding in found.broken["moonlight"]] == ["/interactions/0/response/body/moons"]
    assert "breaks moonlight" in found.as_text()
    save(workspace, "contracts/world/openapi.yaml", CONTRACT)
    mended = told.get(timeout=20)
    assert (dict(mended.broken), set(mended.mended)) == ({}, {"moonlight"})
    assert "no consumer affected" in mended.as_text()


def test_a_saved_pact_is_compared_alone(workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]) -> None:
    save(workspace, "pacts/hello.json", pact("hello", {"title": "Mars"}))
    found = told.get(timeout=20)
    assert (found.file, set(found.broken), found.interactions) == ("pacts/hello.json", {"hello"}, 1)
    assert json.loads(json.dumps(found.as_dict()))["broken"]["hello"][0]["rule"] == "response.body.incompatible"


def test_a_contract_that_cannot_be_read_leaves_the_one_before(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    save(workspace, "contracts/world/openapi.yaml", "openapi: [")
    found = told.get(timeout=20)
    assert "cannot be read, the one before still counts" in found.as_text()
    save(workspace, "contracts/world/openapi.yaml", CONTRACT)
    assert told.get(timeout=20).broken == {}


def test_a_pact_that_is_gone_breaks_nobody(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    (workspace.root / "pacts" / "hello.json").unlink()
    assert told.get(timeout=20).fault == "is gone"
    assert radius.interactions == 1


def test_a_contract_that_is_moved_away_and_back_is_watched_on(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    folder = workspace.root / "contracts" / "world"
    away = workspace.root / "elsewhere"
    folder.rename(away)
    found = told.get(timeout=20)
    assert (found.file, found.fault) == ("contracts/world/openapi.yaml", "is gone, the one before still counts")
    assert list(radius.standing()) == []
    away.rename(folder)
    assert (told.get(timeout=20).fault, radius.interactions) == ("", 2)
    save(workspace, "contracts/world/openapi.yaml", CONTRACT.replace("moons:", "satellites:"))
    assert set(told.get(timeout=20).broken) == {"moonlight"}


def test_a_configuration_that_is_half_written_does_not_end_the_watching(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    for text in ("pacts = ", 'contracts = "services/*/openapi.yaml"'):
        save(workspace, "beep-mock.toml", text)
        save(workspace, "pacts/hello.json", pact("hello", {"name": "Mars", "half": text}))
        assert told.get(timeout=20).file == "pacts/hello.json"
    save(workspace, "beep-mock.toml", 'contracts = "contracts/*/openapi.yaml"')
    save(workspace, "contracts/world/openapi.yaml", CONTRACT.replace("moons:", "satellites:"))
    assert "moonlight" in told.get(timeout=20).broken


def test_contracts_and_pacts_may_come_while_watching(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage]
) -> None:
    (workspace.root / "contracts" / "people").mkdir()
    save(workspace, "contracts/people/openapi.yaml", CONTRACT)
    assert told.get(timeout=20).file == "contracts/people/openapi.yaml"
    save(workspace, "pacts/late.json", pact("late", {"name": 1}).replace('"world"}', '"people"}'))
    found = told.get(timeout=20)
    assert (found.file, set(found.broken)) == ("pacts/late.json", {"late"})
    contract = workspace.root / "contracts" / "world" / "openapi.yaml"
    contract.rename(contract.with_suffix(".yml"))
    files = {told.get(timeout=20).file}
    assert files == {"contracts/world/openapi.yml"}


def test_a_mistake_of_ours_does_not_end_the_watching(
    workspace: Workspace, radius: BlastRadius, told: SimpleQueue[Breakage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("beep_mock.checks.blast_radius.compare", None)
        save(workspace, "pacts/hello.json", pact("hello", {"name": "Venus"}))
        assert "beep-mock failed" in told.get(timeout=20).fault
    save(workspace, "pacts/hello.json", pact("hello", {"title": "Mars"}))
    assert set(told.get(timeout=20).broken) == {"hello"}


@pytest.mark.parametrize(("number", "shown"), [(0, "0 interactions"), (1, "1 interaction"), (2, "2 interactions")])
def test_one_interaction_is_singular(number: int, shown: str) -> None:
    assert f"({shown} compared" in Breakage("a.yaml", {}, {}, number, 0.01).as_text()
