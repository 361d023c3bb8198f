from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.ci.checks import (
    answer_findings,
    contract_findings,
    example_findings,
    name_findings,
    override_findings,
    pact_findings,
    stray_override_findings,
)
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.findings import Finding, Severity
from beep_mock.workspace import Workspace
from tests.ci.documents import operation, world, write


def compiled(folder: Path, document: dict[str, Any]) -> Contract:
    return compile_contract(write(folder, document))


def rules(findings: Any) -> list[str]:
    return [finding.rule for finding in findings]


def all_of(contract: Contract) -> list[Finding]:
    return [*contract_findings(contract), *example_findings(contract), *answer_findings(contract)]


def test_a_sound_contract_has_no_findings(tmp_path: Path) -> None:
    assert all_of(compiled(tmp_path, world())) == []


def test_a_schema_that_cannot_be_compiled_is_a_finding_of_the_contract(tmp_path: Path) -> None:
    document = world()
    schema = operation(document)["responses"]["200"]["content"]["application/json"]["schema"]
    schema["properties"]["name"]["pattern"] = "(["
    found = list(contract_findings(compiled(tmp_path, document)))
    assert len(found) == 1
    assert found[0].where.pointer.endswith("/properties/name/pattern")


def test_a_lying_example_is_found_at_its_place(tmp_path: Path) -> None:
    document = world()
    operation(document)["responses"]["200"]["content"]["application/json"]["examples"]["earth"]["value"]["name"] = 1
    (found,) = example_findings(compiled(tmp_path, document))
    assert (found.rule, found.severity) == ("example-invalid", Severity.ERROR)
    assert found.where.pointer.endswith("/examples/earth/value/name")


def test_an_operation_without_a_response_has_no_answer(tmp_path: Path) -> None:
    document = world()
    del operation(document)["responses"]
    (found,) = answer_findings(compiled(tmp_path, document))
    assert (found.rule, found.severity) == ("operation-unanswered", Severity.WARNING)
    assert "GET /worlds/{worldId} declares no response" in found.message


@pytest.mark.parametrize(
    ("status", "rule", "severity"),
    [("200", "operation-unanswered", Severity.ERROR), ("422", "response-unanswered", Severity.WARNING)],
)
def test_a_response_that_nothing_can_keep_has_no_answer(
    tmp_path: Path, status: str, rule: str, severity: Severity
) -> None:
    document = world()
    media = operation(document)["responses"][status]["content"]["application/json"]
    del media["examples"]
    media["schema"] = {"$ref": "#/components/schemas/Never"}
    document.setdefault("components", {}).setdefault("schemas", {})["Never"] = {"$ref": "#/components/schemas/Never"}
    (found,) = answer_findings(compiled(tmp_path, document))
    assert (found.rule, found.severity) == (rule, severity)
    assert found.message.startswith(f"GET /worlds/{{worldId}} has no answer for {status}: ")


def test_a_contradiction_is_answered_as_nearly_as_can_be(tmp_path: Path) -> None:
    document = world()
    media = operation(document)["responses"]["200"]["content"]["application/json"]
    del media["examples"]
    media["schema"] = {"type": "string", "minLength": 5, "maxLength": 2}
    contract = compiled(tmp_path, document)
    assert list(answer_findings(contract)) == []
    assert "schema-impossible" in rules(contract_findings(contract))


def test_a_response_that_can_be_sampled_needs_no_example(tmp_path: Path) -> None:
    document = world()
    del operation(document)["responses"]["200"]["content"]["application/json"]["examples"]
    assert list(answer_findings(compiled(tmp_path, document))) == []


def test_an_override_that_lies_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("default: {GET /worlds/{worldId}: pluto}")
    assert all(finding.where.file == str(path) for finding in override_findings(path, compiled(tmp_path, world())))
    assert rules(override_findings(path, compiled(tmp_path, world())))


def test_an_override_that_does_not_parse_is_a_finding_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("default: {}\ninteractions: [")
    (found,) = override_findings(path, compiled(tmp_path, world()))
    assert (found.rule, found.where.file) == ("override-unreadable", str(path))
    assert found.where.line is not None


def test_an_override_of_nobody_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, world())
    (tmp_path / "mocks").mkdir()
    (tmp_path / "mocks" / "world.yaml").write_text("{}")
    (tmp_path / "mocks" / "wrld.yml").write_text("{}")
    (found,) = stray_override_findings(Workspace(tmp_path))
    assert (found.rule, Path(found.where.file).name, found.hint) == ("override-stray", "wrld.yml", "services: world")


def test_services_that_share_an_environment_variable_collide(tmp_path: Path) -> None:
    for name in ("red-world", "red_world", "blue-world"):
        write(tmp_path, world(), name)
    (found,) = name_findings(Workspace(tmp_path))
    assert found.rule == "service-names-collide"
    assert found.message == "red-world and red_world would share the environment variable RED_WORLD_URL"


def test_folders_that_are_no_service_are_told(tmp_path: Path) -> None:
    write(tmp_path, world(), "my world")
    write(tmp_path, world(), "_shared")
    (tmp_path / "contracts" / "empty").mkdir()
    assert rules(name_findings(Workspace(tmp_path))) == ["service-without-contract", "service-name-invalid"]


def pact(folder: Path, **changes: Any) -> Path:
    content = {
        "consumer": {"name": "hello"},
        "provider": {"name": "world"},
        "interactions": [
            {
                "type": "Synchronous/HTTP",
                "description": "a world",
                "request": {"method": "GET", "path": "/worlds/1"},
                "response": {"status": 200},
            }
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}},
        **changes,
    }
    path = folder / "pacts" / "any.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"provider": {"name": "people"}}, ["pact-provider-unknown"]),
        ({"interactions": []}, ["pact-empty"]),
        ({"interactions": 7}, ["pact-unreadable"]),
        ({"consumer": 7}, ["pact-unreadable"]),
    ],
)
def test_pacts_are_looked_at(tmp_path: Path, changes: dict[str, Any], expected: list[str]) -> None:
    write(tmp_path, world())
    assert rules(pact_findings(pact(tmp_path, **changes), Workspace(tmp_path))) == expected


def test_a_pact_that_is_no_json_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, world())
    path = tmp_path / "any.json"
    path.write_text("{")
    (found,) = pact_findings(path, Workspace(tmp_path))
    assert (found.rule, found.where.file) == ("pact-unreadable", str(path))
