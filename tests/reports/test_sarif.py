"""SARIF logs keep the specification: what it demands of our parts stands in sarif_subset.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from beep_mock.findings import Finding, Severity, Where
from beep_mock.reports.report import Case, Report, render

SUBSET = Draft202012Validator(
    yaml.safe_load((Path(__file__).parent / "sarif_subset.yaml").read_text()), format_checker=FormatChecker()
)
NOWHERE = Where()
DOCUMENT = "openapi: 3.1.0\npaths:\n  /worlds:\n    get: {}\n"


def run_of(report: Report) -> dict[str, Any]:
    log = json.loads(render(report, "sarif"))
    errors = [f"{error.json_path}: {error.message}" for error in SUBSET.iter_errors(log)]
    assert errors == []
    run: dict[str, Any] = log["runs"][0]
    return run


def finding(
    severity: Severity = Severity.ERROR, where: Where = NOWHERE, message: str = "it is wrong", hint: str = ""
) -> Finding:
    return Finding("example-mismatch", severity, message, where, hint)


def test_a_finding_is_a_result_of_its_rule_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "contracts" / "my world.yaml"
    file.parent.mkdir()
    file.write_text(DOCUMENT)
    where = Where(str(file), "/paths/~1worlds")
    told = finding(where=where, hint="put it right")
    run = run_of(Report(cases=(Case("earth", (told,), "examples", reproduce="curl -i x"),)))
    (rule,) = run["tool"]["driver"]["rules"]
    (result,) = run["results"]
    assert (rule["id"], rule["defaultConfiguration"]) == ("example-mismatch", {"level": "error"})
    assert rule["help"]["text"].endswith("differs from the contract. put it right")
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("example-mismatch", 0, "error")
    assert result["message"]["text"] == "it is wrong.\nIn examples: earth.\nReproduce: curl -i x"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "contracts/my%20world.yaml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 3},
            },
            "logicalLocations": [{"fullyQualifiedName": "/paths/~1worlds", "name": "~1worlds"}],
        }
    ]


@pytest.mark.parametrize(
    ("file", "location"),
    [
        ("/no/such/a#b.yaml", {"uri": "file:///no/such/a%23b.yaml"}),
        ("https://example.org/a b.yaml?x=1", {"uri": "https://example.org/a%20b.yaml?x=1"}),
        ("pacts/ä.json", {"uri": "pacts/%C3%A4.json", "uriBaseId": "SRCROOT"}),
    ],
)
def test_other_places_are_uris_too(file: str, location: dict[str, str]) -> None:
    (result,) = run_of(Report((finding(where=Where(file)),)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == location


def test_an_error_without_a_place_is_at_its_case() -> None:
    (result,) = run_of(Report(cases=(Case("earth", (finding(),), "examples"),)))["results"]
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "examples/earth"}]}]


def test_a_note_without_a_place_concerns_the_run() -> None:
    run = run_of(Report((finding(Severity.INFO),), partial="the provider is gone"))
    assert run["results"] == []
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "note", "message": {"text": "it is wrong."}}],
        }
    ]
    assert run["properties"]["partial"] == "the provider is gone"


def test_fingerprints_tell_findings_apart_and_outlive_a_shift_of_lines() -> None:
    def marks(*lines: int) -> list[str]:
        report = Report(tuple(finding(where=Where("a.yaml", "/x", line)) for line in lines))
        return [result["partialFingerprints"]["beepMock/v1"] for result in run_of(report)["results"]]

    assert marks(3, 3) == marks(4, 9)
    assert len(set(marks(3, 3))) == 2


@settings(deadline=None)
@given(st.text(), st.text(), st.sampled_from(Severity), st.text(min_size=1))
def test_whatever_stands_in_a_report_it_is_sarif(text: str, file: str, severity: Severity, rule: str) -> None:
    told = Finding(rule, severity, text, Where(file, text), text)
    run_of(Report((told,), text, (Case(text, (told, told), text, text, text),), partial=text))
