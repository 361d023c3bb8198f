"""`--report FILE`, at each command that has a report."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.command_line import run

DOCUMENT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      responses:
        "200":
          description: All.
          content:
            application/json:
              schema: {type: array}
              examples: {all: {value: none}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    return tmp_path


def test_several_reports_are_written_beside_what_is_printed(folder: Path) -> None:
    wanted = ("--report", "out/check.html", "--report", "check.sarif", "--report", "junit=results")
    done = run("check", "openapi.yaml", *wanted, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "1 check, 1 failed: 1 error" in done.stdout
    assert "1 check, 1 failed: 1 error" in (folder / "out" / "check.html").read_text()
    (result,) = json.loads((folder / "check.sarif").read_text())["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "openapi.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 13},
    }
    assert ET.fromstring((folder / "results").read_text()).get("failures") == "1"  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (["out.pdf"], "the format of 'out.pdf' is not known"),
        (["out.json", "text=out.json"], "out.json would be written twice"),
        (["html="], "names no file"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(folder: Path, reports: list[str], said: str) -> None:
    done = run("check", *(f"--report={report}" for report in reports), cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_report_that_cannot_be_written_takes_no_other_with_it(folder: Path) -> None:
    done = run("check", "openapi.yaml", "--report", "openapi.yaml/x.json", "--report", "y.json", cwd=folder)
    assert done.returncode == 2
    assert "1 check, 1 failed: 1 error" in done.stdout
    assert "the report cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads((folder / "y.json").read_text())["summary"]["errors"] == 1


@pytest.mark.parametrize("command", ["check", "compare", "verify"])
def test_each_command_with_a_report_has_the_option(command: str, folder: Path) -> None:
    assert "--report [FORMAT=]FILE" in run(command, "--help", cwd=folder).stdout
