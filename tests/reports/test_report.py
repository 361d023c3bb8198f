""""""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.errors import ReportFileError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.printable import printable
from beep_mock.providers.coverage import Coverage, OperationCoverage
from beep_mock.reports.report import FORMATS, Case, Report, counted, parse_report_option, place, render, write_report

NOWHERE = Where()
DOCUMENT = "openapi: 3.1.0\npaths:\n  /worlds:\n    get: {}\n"


def finding(
    severity: Severity = Severity.ERROR, message: str = "it is wrong", where: Where = NOWHERE, hint: str = ""
) -> Finding:
    return Finding("rule-broken", severity, message, where, hint)


def report_of(*findings: Finding) -> Report:
    return Report(
        (), "Checked", (Case("earth", findings, "world", "given a world"), Case("mars", (), "world")), "example"
    )


@pytest.mark.parametrize(
    ("severities", "code", "summary"),
    [
        ([], 0, "2 examples: no findings"),
        ([Severity.WARNING, Severity.INFO], 0, "2 examples: 1 warning, 1 note"),
        ([Severity.ERROR, Severity.ERROR], 1, "2 examples, 1 failed: 2 errors"),
    ],
)
def test_only_errors_make_a_report_fail(severities: list[Severity], code: int, summary: str) -> None:
    report = report_of(*(finding(s, f"number {i}") for i, s in enumerate(severities)))
    assert (report.exit_code, report.summary) == (code, summary)


def test_a_report_of_nothing_is_clean() -> None:
    assert (Report().exit_code, Report(unit="contract").summary) == (0, "0 contracts: no findings")


def test_findings_of_no_case_count_as_well() -> None:
    report = Report((finding(),), cases=(Case("earth"),))
    assert (report.exit_code, report.failed, report.summary) == (1, 0, "1 case: 1 error")


def test_a_place_has_its_line_and_is_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "contracts" / "openapi.yaml"
    file.parent.mkdir()
    file.write_text(DOCUMENT)
    found = place(finding(where=Where(str(file), "/paths/~1worlds/get")))
    assert found == Where("contracts/openapi.yaml", "/paths/~1worlds/get", 4)


def test_a_place_outside_the_current_folder_stays_as_it_was_named() -> None:
    assert place(finding(where=Where("/no/such/file.yaml"))) == Where("/no/such/file.yaml")


def test_text_names_everything_a_reader_needs(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(DOCUMENT)
    told = finding(message="it is wrong\nin two lines", where=Where(str(file), "/paths"), hint="put it right")
    lines = render(report_of(told)).splitlines()
    assert lines == [
        "Checked",
        "world",
        "  ok    mars",
        "  FAIL  earth  given a world",
        f"        {file}:2: error: it is wrong  [rule-broken]",
        "            in two lines",
        "            at /paths",
        "            hint: put it right",
        "2 examples, 1 failed: 1 error",
    ]


def test_colours_only_when_asked_for() -> None:
    plain, coloured = render(report_of(finding())), render(report_of(finding()), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain != coloured


@given(st.text())
def test_a_document_cannot_steer_the_terminal(text: str) -> None:
    printed = render(Report((finding(message=text, hint=text),)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", printed)


@given(st.text(), st.sampled_from(Severity))
def test_json_says_it_all(text: str, severity: Severity) -> None:
    told = Finding(text, severity, text, Where("", text), text)
    document = json.loads(render(Report((told,), text, (Case(text, (told,), text, text, text, text),)), "json"))
    entry = {"rule": text, "severity": severity.value, "message": text, "file": "", "line": None, "pointer": text}
    assert document["findings"] == [{**entry, "hint": text}]
    assert document["cases"][0] == {
        "group": text,
        "name": text,
        "detail": text,
        "passed": severity is not Severity.ERROR,
        "reproduce": text,
        "received": text,
        "findings": document["findings"],
    }
    assert document["summary"]["cases"] == 1


@given(st.text(), st.sampled_from(Severity))
def test_junit_is_xml_whatever_the_messages_hold(text: str, severity: Severity) -> None:
    told = Finding("rule", severity, text, hint=text)
    root = ET.fromstring(render(Report((told,), "Checked", (Case(text, (told, told), text),)), "junit").encode())  # noqa: S314
    failed = severity is Severity.ERROR
    assert (root.get("tests"), root.get("failures")) == ("2", str(2 * failed))
    assert len(root.findall("testsuite/testcase")) == 2
    assert len(root.findall("testsuite/testcase/failure")) == 2 * failed


def test_junit_groups_cases_and_tells_the_place() -> None:
    warned = finding(Severity.WARNING, "look here", where=Where("a.yaml", "/x", 3))
    root = ET.fromstring(render(report_of(finding(), warned), "junit"))  # noqa: S314 - our own
    suite = root.find("testsuite[@name='world']")
    assert suite is not None
    assert [case.get("name") for case in suite] == ["earth", "mars"]
    assert suite.findtext("testcase/failure") == "error: it is wrong [rule-broken]"
    assert suite.findtext("testcase/system-out") == "warning: look here [rule-broken]\nat a.yaml:3#/x"


@given(st.text(), st.text(alphabet="a:,%\n/ü"))
def test_github_annotations_are_one_line_each_and_lose_nothing(message: str, file: str) -> None:
    told = finding(Severity.WARNING, message, where=Where(file, "", 3))
    command, summary = render(Report((told,)), "github").split("\n")
    head, _, text = command.removeprefix("::warning ").partition("::")
    properties = dict(pair.split("=", 1) for pair in head.split(","))
    assert text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") == printable(message)
    assert unquote(properties.get("file", "")) == printable(file)
    assert (properties["line"], properties["title"], summary) == ("3", "rule-broken", "1 warning")


def test_github_annotations_have_a_level_a_severity() -> None:
    report = report_of(*(finding(severity) for severity in Severity))
    commands = [line.split(" ")[0] for line in render(report, "github").splitlines()]
    assert commands[:3] == ["::error", "::warning", "::notice"]


def test_text_counts_what_is_fine_and_explains_three_failures() -> None:
    cases = [*(Case(f"fine {n}", (), "world") for n in range(9)), Case("odd", (finding(Severity.WARNING),), "world")]
    cases += [Case(f"broken {n}", (finding(message=f"reason {n}"),), "world", reproduce=f"curl {n}") for n in range(7)]
    everything = render(Report(cases=tuple(cases)))
    assert [n for n in range(7) if f"reason {n}" in everything] == [*range(7)]
    printed = render(Report(cases=tuple(cases), brief=True))
    assert printed.splitlines()[:4] == [
        "world",
        "  ok    9 of 17",
        "  ok    odd",
        "        warning: it is wrong  [rule-broken]",
    ]
    assert [n for n in range(7) if f"FAIL  broken {n}" in printed] == [*range(7)]
    assert [n for n in range(7) if f"reason {n}" in printed] == [*range(7)]
    assert [n for n in range(7) if f"        reproduce: curl {n}\n" in printed] == [*range(5)]
    assert "2 failed checks shortened: --report report.html" in printed.splitlines()[-2]


def test_text_shows_equal_findings_once() -> None:
    places = [replace(finding(), where=Where("a.json", f"/paths/{n}", line=n + 1)) for n in range(212)]
    lines = render(Report(tuple(places))).splitlines()
    assert lines[0].endswith("[rule-broken]  \N{MULTIPLICATION SIGN}212")
    assert [line.strip() for line in lines[1:5]] == [
        "at /paths/0",
        "at a.json:2 /paths/1",
        "at a.json:3 /paths/2",
        "... and 209 more places",
    ]
    assert lines[-1] == "212 errors"


def test_text_tells_five_findings_of_a_case_the_worst_first() -> None:
    found = (finding(Severity.WARNING, "a warning"), *(finding(message=f"reason {n}") for n in range(6)))
    assert len(render(Report(cases=(Case("one", found),))).splitlines()) == 9
    lines = render(Report(cases=(Case("one", found),), brief=True)).splitlines()
    assert lines[1:-2] == [f"      error: reason {n}  [rule-broken]" for n in range(5)]
    assert lines[-2] == "      ... and 2 more findings"


def test_text_cuts_a_message_without_an_end() -> None:
    told = finding(message="x" * 10_000)
    assert max(map(len, render(Report((told,))).splitlines())) < 2100
    assert max(map(len, render(Report(cases=(Case("one", (told,)),), brief=True)).splitlines())) < 300


COVERED = Coverage(
    (
        OperationCoverage(
            "GET /worlds",
            {"pacts", "examples"},
            {"200": {"pacts", "examples"}, "422": set()},
            {"200 application/json": {"pacts"}},
            {"query.limit": {"pacts"}, "query.cursor": set()},
            {500: {"properties"}},
            {"hello"},
        ),
        OperationCoverage("POST /worlds", set(), {"201": set()}),
    )
)


def test_text_tells_coverage_in_three_lines_and_what_is_not_complete() -> None:
    report = Report((), "Checked", (Case("earth"),), coverage=COVERED, partial="the provider is gone")
    assert render(report).splitlines() == [
        "Checked",
        "ok    earth",
        "coverage",
        "  covered           1/2 operations, 1/3 statuses, 1/1 media types, 1/2 parameters",
        "  no consumer uses  POST /worlds",
        "  no check reached  GET /worlds 422, POST /worlds",
        "not complete: the provider is gone",
        "partial, 1 case: no findings",
    ]


def test_json_has_the_whole_coverage() -> None:
    document = json.loads(render(Report(coverage=COVERED, partial="half"), "json"))
    assert document["partial"] == "half"
    coverage = document["coverage"]
    assert coverage["shares"] == {
        "operations": [1, 2],
        "statuses": [1, 3],
        "media_types": [1, 1],
        "parameters": [1, 2],
    }
    assert (coverage["unused"], coverage["unreached"]) == (["POST /worlds"], ["GET /worlds 422", "POST /worlds"])
    assert coverage["operations"][0] == {
        "operation": "GET /worlds",
        "kinds": ["pacts", "examples"],
        "consumers": ["hello"],
        "statuses": {"200": ["pacts", "examples"], "422": []},
        "media_types": {"200 application/json": ["pacts"]},
        "parameters": {"query.limit": ["pacts"], "query.cursor": []},
        "undeclared": {"500": ["properties"]},
    }


def test_junit_and_github_tell_coverage_and_how_to_reproduce() -> None:
    report = Report(cases=(Case("earth", (finding(),), "world", reproduce="curl -i x"),), coverage=COVERED)
    root = ET.fromstring(render(report, "junit"))  # noqa: S314 - our own
    assert (root.findtext("testsuite/testcase/failure") or "").endswith("\n\nreproduce: curl -i x")
    told = {p.get("name"): p.get("value") for p in root.findall("testsuite[@name='coverage']/properties/property")}
    assert told["no check reached"] == "GET /worlds 422, POST /worlds"
    lines = render(report, "github").splitlines()
    assert lines[0].endswith("%0Areproduce: curl -i x")
    assert lines[1].startswith("::notice title=coverage::covered: 1/2 operations, ")


@pytest.mark.parametrize("output", FORMATS)
def test_every_format_ends_without_a_line_break(output: str) -> None:
    assert not render(report_of(finding()), output).endswith("\n")


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no report format 'pdf': one of text, json"):
        render(Report(), "pdf")


def test_counted() -> None:
    assert [counted(n, "error") for n in (0, 1, 2)] == ["0 errors", "1 error", "2 errors"]


HOSTILE = "Shop \x1b]0;pwned\x07\x1b[2J\x9b1m\r"


def test_what_documents_say_is_no_order_to_a_terminal() -> None:
    said = Finding("rule-broken", Severity.ERROR, HOSTILE, Where(HOSTILE, HOSTILE), HOSTILE)
    report = Report((said,), HOSTILE, (Case(HOSTILE, (said,), HOSTILE, HOSTILE, HOSTILE),), partial=HOSTILE)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", render(report, "text"))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


REPORT = Report(title="Checked \ud800", cases=(Case("earth"),))


@pytest.mark.parametrize(
    ("text", "output", "file"),
    [
        ("out.html", "html", "out.html"),
        ("a/b.SARIF", "sarif", "a/b.SARIF"),
        ("out.sarif.json", "sarif", "out.sarif.json"),
        ("out.json", "json", "out.json"),
        ("out.xml", "junit", "out.xml"),
        ("out.txt", "text", "out.txt"),
        ("junit=out", "junit", "out"),
        ("html=a=b", "html", "a=b"),
        ("day=1.json", "json", "day=1.json"),
    ],
)
def test_a_file_s_format_is_named_or_told_by_its_suffix(text: str, output: str, file: str) -> None:
    assert parse_report_option(text) == (output, Path(file))


@pytest.mark.parametrize("text", ["", "out", "out.pdf", "pdf=out", "html="])
def test_what_tells_no_format_or_no_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"FORMAT=FILE|names no file"):
        parse_report_option(text)


def test_a_report_replaces_a_file_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "out.json"
    write_report(REPORT, "json", file)
    write_report(Report(title="Another"), "json", file)
    assert json.loads(file.read_text())["title"] == "Another"
    assert names(file.parent) == ["out.json"]


@pytest.mark.parametrize("output", ["text", "html", "sarif", "junit", "github", "json"])
def test_every_format_can_be_written_whatever_it_holds(tmp_path: Path, output: str) -> None:
    write_report(REPORT, output, tmp_path / "out")
    assert (tmp_path / "out").read_bytes().decode().endswith("\n")


def test_a_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "latest.json"
    link.symlink_to("out.json")
    write_report(REPORT, "json", link)
    assert link.is_symlink()
    assert json.loads((tmp_path / "out.json").read_text())["cases"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_fault() -> None:
    with pytest.raises(ReportFileError, match="cannot be written: No space left on device") as fault:
        write_report(REPORT, "json", Path("/dev/full"))
    assert fault.value.file == "/dev/full"


def test_a_folder_in_its_place_is_a_fault_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "out.json").mkdir()
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "out.json", tmp_path / "file" / "out.json"):
        with pytest.raises(ReportFileError):
            write_report(REPORT, "json", path)
    assert names(tmp_path) == ["file", "out.json"]
