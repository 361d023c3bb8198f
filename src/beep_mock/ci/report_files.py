"""Reports written to files: which format is meant, and a file that is whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from beep_mock.ci.report import FORMATS, Report, render
from beep_mock.errors import ReportFileError
from beep_mock.replacing import replace_file

__all__ = ["parse_report_option", "write_report"]

_SUFFIXES: Final = {
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
    ".json": "json",
    ".xml": "junit",
    ".txt": "text",
    ".text": "text",
}


def parse_report_option(text: str) -> tuple[str, Path]:
    """Format and file of ``FORMAT=FILE``, or of ``FILE`` by its suffix (``.sarif.json`` is SARIF).

    :raises ValueError: no format of that name, no file, or a suffix that tells no format.
    """
    name, separator, rest = text.partition("=")
    if separator and name in FORMATS:
        if not rest:
            raise ValueError(f"{text!r} names no file, e.g. {name}=report.{name}")
        return name, Path(rest)
    if not text:
        raise ValueError("it names no file, e.g. report.html")
    path = Path(text)
    found = "sarif" if path.name.lower().endswith(".sarif.json") else _SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise ValueError(
            f"the format of {text!r} is not known: write FORMAT=FILE, where FORMAT is one of {', '.join(FORMATS)}"
        )
    return found, path


def write_report(report: Report, output: str, path: Path) -> None:
    """Write the report to ``path``, folders made as needed; a file of that name is replaced as a whole or stays.

    What is no file (``/dev/stdout``, a pipe) is written to as it is.

    :raises ReportFileError: it cannot be written, e.g. because the disk is full.
    """
    try:
        path.resolve().parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, (render(report, output), "\n"), errors="backslashreplace")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReportFileError(
            f"the report cannot be written: {reason}", file=str(path), hint="choose another place with --report FILE"
        ) from error
