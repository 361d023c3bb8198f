"""Reports written to files: which format is meant, and a file that is whole or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from beep_mock.ci.report import FORMATS, Report, render
from beep_mock.errors import ReportFileError

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
    text = render(report, output) + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8", "backslashreplace")
            return
        target = path.resolve()  # a link stays one
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # a full disk may only tell now
        temporary.replace(target)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            temporary.unlink()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ReportFileError(
            f"the report cannot be written: {reason}", file=str(path), hint="choose another place with --report FILE"
        ) from error
