"""Drafted pacts hold: pact's own verifier replays them at what has answered, and at a provider with other data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beep_mock.checks.drafting import draft_pacts
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.example_requests import ask
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError, TrafficFileError, WorkspaceError
from beep_mock.exchanges.recording import read_traffic
from beep_mock.interaction import Interaction
from beep_mock.mocks.mock import Mock
from beep_mock.pacts.comparison import compare
from beep_mock.pacts.drafting import draft_pact, write_draft
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.providers.pacts import verify_pacts
from beep_mock.providers.targets import app_target
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.support.corpus import documents

ROOT = Path(__file__).parents[2]
MOST = 30
# Of the corpus, those whose schemas have what makes matching hard: alternatives, maps, formats, patterns, circles.
NAMES = (
    "readme-polymorphism.yaml", "readme-schema-circular.yaml", "redocly-cafe-32.yaml", "swagger-petstore.yaml",
    "alertmanager-v2.yaml", "twilio-verify.json", "openeo.yaml", "stripe.yaml",
)  # fmt: skip
DOCUMENTS = [*sorted((ROOT / "contracts").glob("*/openapi.yaml")), *(d for d in documents() if d.name in NAMES)]


def recorded(mock: Mock, file: Path) -> None:
    exchanges = [exchange.as_dict() for exchange in mock.journal.entries()]
    file.write_text(json.dumps({"exchanges": exchanges}))


def drafted(document: Path, folder: Path) -> Pact:
    """The draft of what a consumer asks that asks for everything that the document shows."""
    contract = compile_contract(document)
    mock, sampler, count = Mock("provider", contract), Sampler(contract.document, contract.schemas), 0
    with app_target(mock, timeout=30) as target:
        for operation in contract.operations.values():
            examples: list[Interaction | None] = [*interactions_of(contract, operation)[:3]]
            for interaction in examples or [None]:
                if operation.broken is None and count < MOST:
                    try:
                        target.send(ask(operation, interaction, sampler))
                    except ContractError:
                        continue
                    count += 1
    recorded(mock, folder / "journal.json")
    draft = draft_pact(contract, "provider", read_traffic(folder / "journal.json").exchanges, lambda _: False)
    return read_pact(write_draft(folder, "consumer", "provider", draft.interactions).file)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: f"{d.parent.name}/{d.name}")
def test_recorded_pacts_hold_where_they_were_recorded_and_rely_on_what_is_promised(
    document: Path, tmp_path: Path
) -> None:
    pact, contract = drafted(document, tmp_path), compile_contract(document)
    assert pact.interactions
    assert compare(pact, contract) == ()
    with ThreadServer(Mock("provider", contract)) as server:
        verified = verify_pacts("provider", [pact], url=server.url, timeout=30)
    assert [(r.interaction.name, r.mismatches, r.fault) for r in verified.results if r.mismatches or r.fault] == []


CAT = {"type": "object", "required": ["of"], "properties": {"of": {"const": "cat"}, "lives": {"type": "integer"}}}
DOG = {"type": "object", "required": ["of"], "properties": {"of": {"const": "dog"}, "loud": {"type": "boolean"}}}
ITEM = {
    "type": "object",
    "required": ["id", "kind", "at", "tags", "prices", "note"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"enum": ["big", "small"]},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "[a-z]"}},
        "prices": {"type": "object", "additionalProperties": {"type": "number"}},
        "note": {},
        "pets": {"type": "array", "items": {"oneOf": [CAT, DOG]}},
        "empty": {"type": "object"},
    },
}  # fmt: skip
SEEN = {
    "id": "9f1c2f0e-1d5c-4c0c-9f3a-0d6f2f4b8a11",
    "kind": "big",
    "at": "2026-11-20T10:00:00Z",
    "day": "2026-11-20",
    "tags": ["a", "b"],
    "prices": {"EUR": 1, "USD": 1.5},
    "note": "x",
    "pets": [{"of": "cat", "lives": 9}, {"of": "dog", "loud": True}],
    "empty": {},
}
OTHER = {
    "id": "00000000-1d5c-4c0c-9f3a-0d6f2f4b8a12",
    "kind": "small",
    "at": "2027-01-01T00:00:00.123456+01:00",
    "day": "2027-01-01",
    "tags": ["1c2"],
    "prices": {"CHF": 7.25},
    "note": "y",
    "pets": [{"of": "dog", "loud": False}],
    "empty": {"now": 1},
    "more": True,
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**OTHER, **fields}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in OTHER.items() if key != name}


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        (SEEN, True),
        (OTHER, True),
        (changed(id="no uuid"), False),
        (changed(kind="huge"), False),
        (changed(at="yesterday"), False),
        (changed(day="2027-13-45"), False),
        (changed(tags=[]), False),
        (changed(tags=["1"]), False),
        (changed(tags="a"), False),
        (changed(prices={"CHF": "7"}), False),
        (changed(note=None), False),
        (changed(pets=[{"lives": 9}]), False),
        (without("kind"), False),
        (without("pets"), False),
    ],
)
def test_a_provider_with_other_data_holds_it_and_one_that_breaks_it_does_not(
    answer: dict[str, Any], holds: bool, tmp_path: Path
) -> None:
    operation = {
        "summary": "Read an item",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}, "example": 1}],
        "responses": {
            "200": {
                "description": "It.",
                "content": {"application/json": {"schema": ITEM, "examples": {"one": {"value": SEEN}}}},
            }
        },
    }
    document = tmp_path / "openapi.json"
    info = {"title": "Shop", "version": "1"}
    document.write_text(json.dumps({"openapi": "3.1.0", "info": info, "paths": {"/items/{id}": {"get": operation}}}))
    pact = drafted(document, tmp_path)

    def provider(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json; charset=utf-8")])
        return [json.dumps(answer).encode()]

    with ThreadServer(provider) as server:
        (result,) = verify_pacts("provider", [pact], url=server.url, timeout=10).results
    assert result.fault == ""
    assert (not result.mismatches) is holds, result.mismatches


def workspace(folder: Path) -> Workspace:
    target = folder / "contracts" / "world" / "openapi.yaml"
    target.parent.mkdir(parents=True)
    target.write_text((ROOT / "contracts/world/openapi.yaml").read_text("utf-8"), "utf-8")
    return Workspace(folder)


def record(place: Workspace, name: str, consumer: str) -> Path:
    mock = Mock("world", compile_contract(place.contract_path("world")))
    with app_target(mock, timeout=10) as target:
        (operation,) = (o for o in mock.contract.operations.values() if o.operation_id == "getWorld")
        (earth, *_) = interactions_of(mock.contract, operation)
        sampler = Sampler(mock.contract.document, mock.contract.schemas)
        target.send(ask(operation, earth, sampler))
    lines = [{"traffic": 1, "consumer": consumer}, *(e.as_dict() for e in mock.journal.entries())]
    file = place.traffic / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return file


@pytest.mark.parametrize(("name", "consumer"), [("hello.jsonl", "hello"), ("run.jsonl", "")])
def test_the_consumer_s_own_record_is_taken_else_nobody_s(name: str, consumer: str, tmp_path: Path) -> None:
    place = workspace(tmp_path)
    record(place, name, consumer)
    (found,) = draft_pacts(place, "hello")
    assert (found.provider, found.exchanges) == ("world", 1)
    assert found.file is not None
    assert found.file.file == tmp_path / "pacts" / "drafts" / "hello-world.json"
    assert place.pact_paths() == ()  # a draft does not count
    # The provider is not of this workspace: it shall have a state for each example.
    (interaction,) = read_pact(found.file.file).interactions
    assert [state.name for state in interaction.states] == ["earth"]


def test_what_cannot_be_drafted_is_one_fault(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    with pytest.raises(TrafficFileError, match="there is no record of traffic") as fault:
        draft_pacts(place, "hello")
    assert "up --for hello --record" in fault.value.hint
    file = record(place, "other.jsonl", "other")
    with pytest.raises(TrafficFileError, match="is the traffic of other, not of hello"):
        draft_pacts(place, "hello", [file])
    with pytest.raises(WorkspaceError, match="no service 'nobody'"):
        draft_pacts(place, "other", [file], providers=["nobody"])
    with pytest.raises(WorkspaceError, match="cannot name a service"):
        draft_pacts(place, "../other", [file])
    (tmp_path / "empty.jsonl").write_text('{"traffic": 1, "consumer": "hello"}\n')
    with pytest.raises(TrafficFileError, match="holds no exchange of a service of this workspace"):
        draft_pacts(place, "hello", [tmp_path / "empty.jsonl"])
