from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.cli.main import main
from beep_mock.findings import Finding, Severity, Where
from beep_mock.gateway.world import finding_lines
from beep_mock.printable import printable, printable_line
from beep_mock.reports.report import Case, Report, render

EVIL = "\x1b]52;c;AA\x07\x9b2J\r\u202eab\u2066\u2028\x00\n::error::pwn\n  ::add-mask::x\n##vso[task.x]y ##[group]"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
COMMAND = re.compile(r"^\s*::[A-Za-z-]+( .*)?::|##(vso|teamcity)?\[", re.MULTILINE)


def is_safe(text: str) -> bool:
    return not OBEYED.search(text) and not COMMAND.search(text)


@given(st.text(st.sampled_from("::#[ab \n\x1b\u202e\ud800")) | st.text())
def test_nothing_printed_is_obeyed(text: str) -> None:
    assert is_safe(printable(text))
    assert is_safe(printable_line(text))
    assert "\n" not in printable_line(text)


@pytest.mark.parametrize("text", ["", "a\nb", "::1", "[::1]:80", "std::map::x", "C# ## h", "naïve · 2 → שלום", "::"])
def test_what_is_harmless_stays(text: str) -> None:
    assert printable(text) == text


def report() -> Report:
    finding = Finding("a-rule", Severity.ERROR, EVIL, Where(f"{EVIL}.yaml", f"/{EVIL}"), EVIL)
    note = Finding("b-rule", Severity.WARNING, EVIL, Where(f"{EVIL}.yaml", f"/{EVIL}"), EVIL)
    return Report((finding, note), EVIL, (Case(EVIL, (finding, note), EVIL, EVIL, EVIL, EVIL),), partial=EVIL)


@pytest.mark.parametrize("output", ["text", "github", "json", "sarif"])
def test_no_report_makes_a_terminal_or_ci_server_obey(output: str) -> None:
    text = render(report(), output)
    assert not OBEYED.search(text)
    commands = {found for found in re.findall(r"(?m)^\s*(::\S+)", text) if output != "github"}
    assert not commands


def test_names_and_places_make_up_no_line_of_a_report() -> None:
    forged = "x\n  ok    everything\n0 checks: no findings"
    finding = Finding("a-rule", Severity.ERROR, "wrong", Where(forged, f"/{forged}"))
    case = Case(forged, (finding, finding), forged, forged, received=forged)
    lines = render(Report((), forged, (case,)), "text").split("\n")
    assert [line for line in lines if line.startswith(("  ok", "0 checks"))] == []


def test_a_github_report_has_the_commands_that_are_ours_alone() -> None:
    lines = render(report(), "github").split("\n")
    assert [line.partition(" ")[0] for line in lines if COMMAND.search(line)] == [
        "::error", "::warning", "::error", "::warning"
    ]  # fmt: skip


@pytest.mark.parametrize("output", ["junit", "html"])
def test_a_page_holds_no_control_characters(output: str) -> None:
    text = render(report(), output)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
    if output == "junit":
        ET.fromstring(text)  # noqa: S314 - our own


def test_what_a_mock_tells_at_its_start_is_one_safe_line_each() -> None:
    (line,) = finding_lines("shop", [Finding("a", Severity.ERROR, EVIL, Where(f"{EVIL}.yaml", f"/{EVIL}"), EVIL)])
    assert is_safe(line)
    assert "\n" not in line


CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": EVIL, "version": EVIL},
    "x-consumes": {f"peer{EVIL}": [f"GET /{EVIL}"]},
    "paths": {
        f"/{EVIL}/{{id}}": {
            "get": {
                "operationId": EVIL,
                "x-consumes": {f"peer{EVIL}": [f"GET /{EVIL}"]},
                "responses": {f"4{EVIL}": {"description": EVIL}},
            }
        }
    },
}


@pytest.mark.parametrize(
    "command", ["check", "check --format github", "graph", "graph --sequence", "evidence", "config", "compare"]
)
def test_no_command_prints_what_a_terminal_obeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "contracts" / "shop").mkdir(parents=True)
    (tmp_path / "contracts" / "shop" / "openapi.json").write_text(json.dumps(CONTRACT), "utf-8")
    (tmp_path / "beep-mock.toml").write_text(
        f'[[ignore]]\nrule = "x"\nreason = {json.dumps(EVIL)}\n', "utf-8"
    )  # a basic string of TOML is written like one of JSON
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(command.split())
    told = capsys.readouterr()
    assert not OBEYED.search(told.out + told.err)
    assert "github" in command or not COMMAND.search(told.out + told.err)
