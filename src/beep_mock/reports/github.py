"""A report as GitHub workflow commands: each finding becomes an annotation at its line."""

from __future__ import annotations

from beep_mock.findings import Finding, Severity
from beep_mock.printable import printable
from beep_mock.reports.coverage import coverage_texts
from beep_mock.reports.report import Report, place

__all__ = ["render"]

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return a command a finding (``::error file=...,line=...,title=...::message``), one on coverage.

    The summary line.
    """
    lines: list[str] = []
    for case in report.cases:
        subject = f"{case.group}: {case.name}" if case.group else case.name
        lines.extend(_command(finding, subject, case.reproduce) for finding in case.findings)
    lines.extend(_command(finding) for finding in report.findings)
    if report.coverage is not None:
        told = "\n".join(f"{name}: {text}" for name, text in coverage_texts(report.coverage))
        lines.append(f"::notice title=coverage::{_escape(told)}")
    lines.append(_escape(report.summary))
    return "\n".join(lines)


def _command(finding: Finding, subject: str = "", reproduce: str = "") -> str:
    where = place(finding)
    properties = {"file": where.file, "line": str(where.line or ""), "title": finding.rule}
    written = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items() if value)
    text = [finding.message]
    if subject:
        text.append(f"in {subject}")
    if where.pointer:
        text.append(f"at {where.pointer}")
    if finding.hint:
        text.append(f"hint: {finding.hint}")
    if reproduce and finding.severity is Severity.ERROR:
        text.append(f"reproduce: {reproduce}")
    return f"::{_COMMANDS[finding.severity]} {written}::{_escape(chr(10).join(text))}"


def _escape(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
