from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.checks import checking
from beep_mock.checks.cache import FindingsCache
from beep_mock.checks.checking import check_paths
from beep_mock.contracts.compiler import compile_contract
from beep_mock.findings import Finding, Severity, Where

LYING = """
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a:
    get:
      responses:
        '200':
          description: ''
          content: {application/json: {schema: {$ref: 'types.yaml#/Number'}, example: text}}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts" / "shop"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(LYING)
    (folder / "types.yaml").write_text("Number: {type: number}\n")
    return tmp_path


def refuse(_contract: object) -> object:
    raise AssertionError("looked at again")


def test_an_unchanged_contract_is_not_looked_at_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = check_paths([workspace])
    assert [finding.rule for finding in first.every_finding()] == ["example-invalid"]
    monkeypatch.setattr(checking, "example_findings", refuse)
    assert check_paths([workspace]) == first


@pytest.mark.parametrize("name", ["openapi.yaml", "types.yaml"])
def test_a_change_of_any_of_its_files_is_seen(workspace: Path, name: str) -> None:
    check_paths([workspace])
    file = workspace / "contracts" / "shop" / name
    file.write_text(file.read_text().replace("example: text", "example: 7").replace("type: number", "type: string"))
    assert not [*check_paths([workspace]).every_finding()]


@pytest.mark.parametrize("content", ["", "not JSON", "{}", '{"findings": [7]}', '{"findings": [{"rule": "x"}]}'])
def test_a_broken_entry_is_found_anew(workspace: Path, content: str) -> None:
    first = check_paths([workspace])
    for file in (workspace / ".beep" / "check").iterdir():
        file.write_text(content)
    assert check_paths([workspace]) == first


def test_findings_are_kept_as_they_are(workspace: Path) -> None:
    contract = compile_contract(workspace / "contracts" / "shop" / "openapi.yaml")
    findings = (
        Finding("a", Severity.INFO, "m", Where("f", "/p", 3), "h"),
        Finding("b", Severity.ERROR, "\N{SNOWMAN}", Where()),
    )
    cache = FindingsCache(workspace)
    assert cache.findings(contract, lambda: findings) == findings
    assert cache.findings(contract, lambda: ()) == findings


def test_where_nothing_can_be_written_it_is_found_each_time(workspace: Path) -> None:
    (workspace / ".beep").write_text("a file, not a folder")
    assert [finding.rule for finding in check_paths([workspace]).every_finding()] == ["example-invalid"]


def test_a_single_document_leaves_nothing_behind(workspace: Path) -> None:
    check_paths([workspace / "contracts" / "shop" / "openapi.yaml"])
    assert not (workspace / ".beep").exists()
