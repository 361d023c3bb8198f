"""The report that all checks share: what was found, ready to be rendered.

A report is rendered by one module a format (:data:`FORMATS`); all of them see places as :func:`place` gives them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from beep_mock.errors import ReportFileError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.providers.coverage import Coverage

__all__ = ["FORMATS", "Case", "Report", "counted", "parse_report_option", "place", "render", "write_report"]


FORMATS = ("text", "json", "junit", "github", "sarif", "html")
"""What :func:`render` can write: for the terminal, for programs, for CI servers, as GitHub annotations, for code
scanning (SARIF 2.1.0), as a page.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was looked at: a contract, an interaction replayed at a provider.

    ``group`` is the heading it is listed under (the consumer, the service); ``detail`` is one line shown beside its
    name (provider states, a count); ``reproduce`` is a shell command that shows what was found, and ``received`` the
    answer that was judged, in one line. ``service`` is the one whose contract is judged, or kept. A case fails when one
    of its findings is an error.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    group: str = ""
    detail: str = ""
    reproduce: str = ""
    received: str = ""
    service: str = ""

    @property
    def passed(self) -> bool:
        """Return whether no finding of the case is an error."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    ``findings`` are those that belong to no case; ``unit`` is the noun (singular) that the summary counts cases by.
    ``coverage`` is what of a contract was exercised; ``partial`` says why the check broke off, where it did. ``brief``
    says that one cause may show in many cases, so that a terminal need not explain all of them.
    """

    findings: tuple[Finding, ...] = ()
    title: str = ""
    cases: tuple[Case, ...] = ()
    unit: str = "case"
    coverage: Coverage | None = None
    partial: str = ""
    brief: bool = False

    def every_finding(self) -> Iterator[Finding]:
        """Yield the findings of no case, then those of each case in turn."""
        yield from self.findings
        for case in self.cases:
            yield from case.findings

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.every_finding())

    @property
    def failed(self) -> int:
        """Return how many cases failed."""
        return sum(not case.passed for case in self.cases)

    @property
    def exit_code(self) -> int:
        """0 when clean, 1 when there is an error among the findings; a fault (2) is raised, not reported."""
        return 1 if self.count(Severity.ERROR) else 0

    @property
    def summary(self) -> str:
        """One line: ``3 contracts, 1 failed: 2 errors, 1 warning``; it begins with ``partial`` where that is so."""
        parts = [counted(len(self.cases), self.unit)] if self.cases or not any(self.every_finding()) else []
        if self.failed:
            parts.append(f"{self.failed} failed")
        found = [
            counted(number, noun)
            for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))
            if (number := self.count(severity))
        ]
        outcome = ", ".join(found) or "no findings"
        counts = f"{', '.join(parts)}: {outcome}" if parts else outcome
        return f"partial, {counts}" if self.partial else counts


def place(finding: Finding) -> Where:
    """Return where a finding is, for people: with its line, and relative to the current folder if it is in it."""
    # Imported here: composing YAML for positions is only worth loading once there is something to print.
    from beep_mock.contracts.reading.positions import line_of

    where = finding.where
    if where.line is None and Path(where.file).is_file():  # a pipe would be waited for
        where = replace(where, line=line_of(where.file, where.pointer))
    file = Path(where.file)
    if file.is_absolute() and file.is_relative_to(Path.cwd()):
        where = replace(where, file=str(file.relative_to(Path.cwd())))
    return where


def render(report: Report, output: str = "text", *, colour: bool = False) -> str:
    """Return the report as text in one of :data:`FORMATS`, without a final line break.

    ``colour`` (ANSI) only concerns ``text``.

    :raises ValueError: no such format.
    """
    if output not in FORMATS:
        raise ValueError(f"no report format {output!r}: one of {', '.join(FORMATS)}")
    # One module a format: `check --format json` need not load an XML library.
    write = import_module(f"beep_mock.reports.{output}").render
    text: str = write(report, colour=colour) if output == "text" else write(report)
    return text


def counted(number: int, noun: str) -> str:
    """Return ``1 error``, ``2 errors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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

    What is not a file (``/dev/stdout``, a pipe) is written to as it is.

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
