"""A report for people at a terminal: what is broken stands next to the prompt, what is not in few lines above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from textwrap import indent
from typing import Final

from beep_mock.findings import Finding, Severity
from beep_mock.printable import printable
from beep_mock.reports.coverage import coverage_texts
from beep_mock.reports.report import Case, Report, counted, place

__all__ = ["render"]

_Paint = Callable[[str, str], str]
_CODES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_GREEN, _BOLD, _FAINT = "32", "1", "2"
_LISTED: Final = 8
"""As many cases of a group without a finding are named; more are counted."""

_EXPLAINED: Final = 3
"""Failed cases of a group whose findings are told; others are named."""

_MOST: Final = 5
"""Findings that are told of one case."""

_LONGEST: Final = 240
"""Characters that a brief report tells of a line of a message."""

_LONGEST_OF_ALL: Final = 2000


def render(report: Report, *, colour: bool = False) -> str:
    """Cases under their groups, the failed ones last; findings of no case; coverage in three lines; the summary line.

    Where many cases of a group have no finding they are one line. In a ``brief`` report, where many failed, all are
    named and three explained, and of a case five findings are told; the other formats say all.
    """
    paint = _paint if colour else _plain
    lines = [paint(printable(report.title), _BOLD)] if report.title else []
    for group, cases in groupby(report.cases, key=lambda case: case.group):
        if group:
            lines.append(paint(printable(group), _BOLD))
        lines.extend(_group_lines(list(cases), "  " if group else "", paint, brief=report.brief))
    for finding in report.findings:
        lines.extend(_finding_lines(finding, "", paint))
    if report.coverage is not None:
        lines.append(paint("coverage", _BOLD))
        lines.extend(
            f"  {paint(f'{name:16}', _FAINT)}  {printable(text)}" for name, text in coverage_texts(report.coverage)
        )
    if report.partial and not any(report.partial in finding.message for finding in report.every_finding()):
        lines.append(f"{paint('not complete:', _CODES[Severity.WARNING])} {printable(report.partial)}")
    lines.append(paint(report.summary, _CODES[Severity.ERROR] if report.exit_code else _GREEN))
    return "\n".join(lines)


def _group_lines(cases: Sequence[Case], margin: str, paint: _Paint, *, brief: bool) -> list[str]:
    lines: list[str] = []
    clean = [case for case in cases if not case.findings]
    if len(clean) > _LISTED:
        lines.append(f"{margin}{paint('ok  ', _GREEN)}  {len(clean)} of {len(cases)}")
        cases = [case for case in cases if case.findings]
    for case in (case for case in cases if case.passed):
        lines.extend(_case_lines(case, margin, paint, brief=brief))
    for number, case in enumerate(case for case in cases if not case.passed):
        is_explained = number < _EXPLAINED or not brief
        lines.extend(_case_lines(case, margin, paint, brief=brief)[: None if is_explained else 1])
    return lines


def _case_lines(case: Case, margin: str, paint: _Paint, *, brief: bool) -> list[str]:
    """The verdict, and below it what was found."""
    verdict = paint("ok  ", _GREEN) if case.passed else paint("FAIL", _CODES[Severity.ERROR])
    detail = f"  {paint(printable(case.detail), _FAINT)}" if case.detail else ""
    lines = [f"{margin}{verdict}  {printable(case.name)}{detail}"]
    deeper = margin + "      "
    found = sorted(case.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    for finding in found[: _MOST if brief else None]:
        lines.extend(_finding_lines(finding, deeper, paint, longest=_LONGEST if brief else _LONGEST_OF_ALL))
    if brief and len(found) > _MOST:
        lines.append(f"{deeper}... and {counted(len(found) - _MOST, 'more finding')}")
    if case.reproduce and not case.passed:
        lines.append(f"{deeper}{paint('reproduce:', _FAINT)} {printable(case.reproduce)}")
    return lines


def _finding_lines(finding: Finding, margin: str, paint: _Paint, *, longest: int = _LONGEST_OF_ALL) -> list[str]:
    """``file:line: severity: message  [rule]``, then the pointer and the hint, each on a line of its own."""
    where = place(finding)
    position = f"{where.file}:{where.line}: " if where.line is not None else f"{where.file}: " if where.file else ""
    first, _, rest = printable(finding.message).partition("\n")
    first = first if len(first) <= longest else f"{first[:longest]}..."
    severity = paint(finding.severity.value, _CODES[finding.severity])
    lines = [f"{margin}{printable(position)}{severity}: {first}  {paint(f'[{finding.rule}]', _FAINT)}"]
    deeper = margin + "    "
    if rest:
        lines.append(indent(rest, deeper))
    if where.pointer:
        lines.append(f"{deeper}{paint('at', _FAINT)} {printable(where.pointer)}")
    if finding.hint:
        lines.append(indent(f"{paint('hint:', _FAINT)} {printable(finding.hint)}", deeper))
    return lines


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(text: str, _code: str) -> str:
    return text
