from __future__ import annotations

import json
from pathlib import Path

import pytest

from beep_mock.ci.report import Case, Report
from beep_mock.ci.report_files import parse_report_option, write_report
from beep_mock.errors import ReportFileError


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
