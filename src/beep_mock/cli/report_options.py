"""The option `--report`: a check's report written to files, beside what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beep_mock.errors import ReportFileError
from beep_mock.reports.report import parse_report_option, write_report

if TYPE_CHECKING:
    from beep_mock.reports.report import Report

__all__ = ["Reports", "report_option", "write_reports"]

Reports = Sequence[tuple[str, Path]]


def _reports(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> Reports:
    found: dict[Path, str] = {}
    for value in values:
        try:
            output, path = parse_report_option(value)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        if path in found:
            raise click.BadParameter(f"{path} would be written twice")
        found[path] = output
    return tuple((output, path) for path, output in found.items())


report_option = click.option(
    "--report", "reports", multiple=True, metavar="[FORMAT=]FILE", callback=_reports,
    help="Write the report to FILE, too: .html, .sarif, .json, .xml (JUnit), .txt. Repeatable.",
)  # fmt: skip


def write_reports(report: Report, reports: Reports) -> None:
    """Write all of them, even if one cannot be.

    :raises ReportFileError: the first that could not be written.
    """
    fault: ReportFileError | None = None
    for output, path in reports:
        try:
            write_report(report, output, path)
        except ReportFileError as error:
            fault = fault or error
    if fault is not None:
        raise fault
