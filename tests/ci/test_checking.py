from __future__ import annotations

import json
from pathlib import Path

import pytest

from beep_mock.ci.checking import check_paths
from beep_mock.errors import ServerStartError, WorkspaceError
from tests.ci.documents import operation, world, write


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
