""""""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.checks.checking import (
    answer_findings,
    check_paths,
    contract_findings,
    example_findings,
    name_findings,
    override_findings,
    pact_findings,
    stray_override_findings,
)
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.errors import ServerStartError, WorkspaceError
from beep_mock.findings import Finding, Severity
from beep_mock.workspace import Workspace
from tests.support.documents import operation, world, write


def names(paths: list[Path]) -> list[tuple[str, str]]:
    return [(case.group, case.name) for case in check_paths(paths).cases]


def test_a_workspace_is_checked_with_its_overrides_and_pacts(tmp_path: Path) -> None:
    write(tmp_path, world())
    write(tmp_path, world(), "moon")
    (tmp_path / "mocks").mkdir()
    (tmp_path / "mocks" / "world.yaml").write_text("{}")
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "broken.json").write_text("{")
    report = check_paths([tmp_path])
    assert [(case.group, case.name) for case in report.cases] == [
        ("contracts", "moon"),
        ("contracts", "world"),
        ("mocks", "world.yaml"),
        ("pacts", "broken.json"),
    ]
    assert report.cases[0].detail == "1 operation, 2 examples"
    assert [finding.rule for finding in report.every_finding()] == ["pact-unreadable"]


def test_without_a_path_it_is_the_workspace_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, world()).parent
    monkeypatch.chdir(folder)
    assert names([]) == [("contracts", "world")]


def test_a_document_a_service_and_a_folder_of_contracts_may_be_named(tmp_path: Path) -> None:
    document = write(tmp_path, world())
    expected = [("contracts", str(document))]
    assert names([document]) == names([document.parent]) == names([document.parents[1]]) == expected
    assert names([document, document]) == expected * 2


def test_what_cannot_be_read_is_a_finding_and_spares_the_others(tmp_path: Path) -> None:
    sound = write(tmp_path, world())
    broken = tmp_path / "broken.yaml"
    broken.write_text("openapi: 3.1.0\npaths: [")
    report = check_paths([broken, sound])
    assert [case.passed for case in report.cases] == [False, True]
    (finding,) = report.cases[0].findings
    assert (finding.rule, finding.where.file) == ("document-unreadable", str(broken))
    assert finding.where.line is not None


def test_a_swagger_2_document_is_checked_like_others(tmp_path: Path) -> None:
    document = write(tmp_path, {"swagger": "2.0", "info": {"title": "Old"}, "paths": {}})
    report = check_paths([document])
    assert report.exit_code == 1
    assert [(f.rule, f.where.pointer) for f in report.cases[0].findings] == [("field-missing", "/info")]


@pytest.mark.parametrize(("name", "message"), [("nowhere", "no such file or folder"), ("", "no contract here")])
def test_a_path_without_contracts_is_a_fault(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(WorkspaceError, match=message):
        check_paths([tmp_path / name])


def test_a_finding_of_several_operations_is_told_once(tmp_path: Path) -> None:
    document = world()
    shared = operation(document)["responses"].pop("200")
    shared["content"]["application/json"]["examples"]["earth"]["value"] = {}
    document["components"] = {"responses": {"World": shared}}
    operation(document)["responses"]["200"] = {"$ref": "#/components/responses/World"}
    document["paths"]["/moons/{worldId}"] = {"get": {**operation(document), "operationId": "readMoon"}}
    report = check_paths([write(tmp_path, document)])
    assert [finding.rule for finding in report.every_finding()].count("example-invalid") == 1


def test_prism_must_be_there_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    document = write(tmp_path, world())
    with pytest.raises(ServerStartError, match="Prism CLI is not installed"):
        check_paths([document], against_prism=True)


def test_a_contract_may_be_called_swagger(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "old"
    folder.mkdir(parents=True)
    document = {"swagger": "2.0", "info": {"title": "Old", "version": "1"}, "paths": {}}
    (folder / "swagger.json").write_text(json.dumps(document))
    assert [case.name for case in check_paths([tmp_path]).cases] == ["old"]
    assert [case.name for case in check_paths([tmp_path / "contracts"]).cases] == [str(folder / "swagger.json")]


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
