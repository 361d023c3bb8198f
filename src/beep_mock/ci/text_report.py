"""A report for people at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from textwrap import indent

from beep_mock.ci.report import Case, Report, place
from beep_mock.findings import Finding, Severity

__all__ = ["render"]

_Paint = Callable[[str, str], str]
_CODES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
# What a document says is printed, never obeyed: control characters could move the cursor or write to the clipboard.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_GREEN, _BOLD, _FAINT = "32", "1", "2"


def render(report: Report, *, colour: bool = False) -> str:
    """Cases under their groups, each with its findings; findings of no case after them; the summary line last."""
    paint = _paint if colour else _plain
    lines = [paint(report.title, _BOLD)] if report.title else []
    for group, cases in groupby(report.cases, key=lambda case: case.group):
        if group:
            lines.append(paint(group, _BOLD))
        for case in cases:
            lines.extend(_case_lines(case, "  " if group else "", paint))
    for finding in report.findings:
        lines.extend(_finding_lines(finding, "", paint))
    lines.append(paint(report.summary, _CODES[Severity.ERROR] if report.exit_code else _GREEN))
    return "\n".join(lines)


def _case_lines(case: Case, margin: str, paint: _Paint) -> list[str]:
    verdict = paint("ok  ", _GREEN) if case.passed else paint("FAIL", _CODES[Severity.ERROR])
    detail = f"  {paint(_clean(case.detail), _FAINT)}" if case.detail else ""
    lines = [f"{margin}{verdict}  {_clean(case.name)}{detail}"]
    for finding in case.findings:
        lines.extend(_finding_lines(finding, margin + "      ", paint))
    return lines


def _finding_lines(finding: Finding, margin: str, paint: _Paint) -> list[str]:
    """``file:line: severity: message  [rule]``, then the pointer and the hint, each on a line of its own."""
    where = place(finding)
    position = f"{where.file}:{where.line}: " if where.line is not None else f"{where.file}: " if where.file else ""
    first, _, rest = _clean(finding.message).partition("\n")
    severity = paint(finding.severity.value, _CODES[finding.severity])
    lines = [f"{margin}{position}{severity}: {first}  {paint(f'[{finding.rule}]', _FAINT)}"]
    deeper = margin + "    "
    if rest:
        lines.append(indent(rest, deeper))
    if where.pointer:
        lines.append(f"{deeper}{paint('at', _FAINT)} {_clean(where.pointer)}")
    if finding.hint:
        lines.append(indent(f"{paint('hint:', _FAINT)} {_clean(finding.hint)}", deeper))
    return lines


def _clean(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(text: str, _code: str) -> str:
    return text
