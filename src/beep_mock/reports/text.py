"""Render a report for a terminal: failures next to the prompt, everything that passed in few lines above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from textwrap import indent
from typing import Final

from beep_mock.findings import Finding, Severity
from beep_mock.printable import printable, printable_line
from beep_mock.reports.coverage import coverage_texts
from beep_mock.reports.report import Case, Report, counted, place

__all__ = ["render"]

_Paint = Callable[[str, str], str]
_CODES = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_GREEN, _BOLD, _FAINT = "32", "1", "2"
_LISTED: Final = 8
"""The number of cases without findings that a group lists by name; beyond it they are counted."""

_EXPLAINED: Final = 5
"""The number of failed cases of a group that a brief report explains in full; the others get one line each."""

_MOST: Final = 5
"""The number of findings a brief report shows of one case."""

_PLACES: Final = 3
"""The number of places shown for equal findings."""

_LONGEST: Final = 240
"""The number of characters a brief report shows of one line of a message."""

_LONGEST_OF_ALL: Final = 2000


def render(report: Report, *, colour: bool = False) -> str:
    """Render cases under their groups, failed ones last, then other findings, coverage, and a summary line.

    A group with many clean cases counts them on one line. Equal findings are shown once, with their number and first
    places. A ``brief`` report explains the first failed cases of a group with findings, request and answer, gives each
    other one its first reason, and says where the rest is; all other formats show everything.
    """
    paint = _paint if colour else _plain
    lines = [paint(printable_line(report.title), _BOLD)] if report.title else []
    shortened = 0
    for group, cases in groupby(report.cases, key=lambda case: case.group):
        if group:
            lines.append(paint(printable_line(group), _BOLD))
        found, left = _group_lines(list(cases), "  " if group else "", paint, brief=report.brief)
        lines.extend(found)
        shortened += left
    lines.extend(_finding_groups(report.findings, "", paint))
    if report.coverage is not None:
        lines.append(paint("coverage", _BOLD))
        lines.extend(
            f"  {paint(f'{name:16}', _FAINT)}  {printable(text)}" for name, text in coverage_texts(report.coverage)
        )
    if report.partial and not any(report.partial in finding.message for finding in report.every_finding()):
        lines.append(f"{paint('not complete:', _CODES[Severity.WARNING])} {printable(report.partial)}")
    if shortened:
        count = counted(shortened, "failed check")
        lines.append(f"{count} shortened: --report report.html shows each with its request and answer")
    lines.append(paint(report.summary, _CODES[Severity.ERROR] if report.exit_code else _GREEN))
    return "\n".join(lines)


def _group_lines(cases: Sequence[Case], margin: str, paint: _Paint, *, brief: bool) -> tuple[list[str], int]:
    """Return the lines of a group, and how many failed cases were shortened."""
    lines: list[str] = []
    clean = [case for case in cases if not case.findings]
    if len(clean) > _LISTED:
        lines.append(f"{margin}{paint('ok  ', _GREEN)}  {len(clean)} of {len(cases)}")
        cases = [case for case in cases if case.findings]
    for case in (case for case in cases if case.passed):
        lines.extend(_case_lines(case, margin, paint, brief=brief))
    failed = [case for case in cases if not case.passed]
    explained = failed[:_EXPLAINED] if brief else failed
    for case in explained:
        lines.extend(_case_lines(case, margin, paint, brief=brief))
    for case in failed[len(explained) :]:
        lines.extend(_shortened(case, margin, paint))
    return lines, len(failed) - len(explained)


def _heading(case: Case, margin: str, paint: _Paint) -> str:
    verdict = paint("ok  ", _GREEN) if case.passed else paint("FAIL", _CODES[Severity.ERROR])
    detail = f"  {paint(printable_line(case.detail), _FAINT)}" if case.detail else ""
    return f"{margin}{verdict}  {printable_line(case.name)}{detail}"


def _shortened(case: Case, margin: str, paint: _Paint) -> list[str]:
    """Show a failed case by its first error alone."""
    first = next(finding for finding in case.findings if finding.severity is Severity.ERROR)
    reason = printable(first.message).partition("\n")[0]
    reason = reason if len(reason) <= _LONGEST else f"{reason[:_LONGEST]}..."
    return [_heading(case, margin, paint), f"{margin}      {reason}  {paint(f'[{first.rule}]', _FAINT)}"]


def _case_lines(case: Case, margin: str, paint: _Paint, *, brief: bool) -> list[str]:
    """Show the verdict, and below it the findings, the request and the answer."""
    lines = [_heading(case, margin, paint)]
    deeper = margin + "      "
    found = sorted(case.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    longest = _LONGEST if brief else _LONGEST_OF_ALL
    shown = _finding_groups(found, deeper, paint, longest=longest, most=_MOST if brief else None)
    lines.extend(shown)
    if case.received and not case.passed:
        lines.append(f"{deeper}{paint('received:', _FAINT)} {printable_line(case.received)}")
    if case.reproduce and not case.passed:
        lines.append(f"{deeper}{paint('reproduce:', _FAINT)} {printable(case.reproduce)}")
    return lines


def _finding_groups(
    findings: Sequence[Finding], margin: str, paint: _Paint, *, longest: int = _LONGEST_OF_ALL, most: int | None = None
) -> list[str]:
    """Show equal findings (rule, severity, message and hint) once, with their number and first places."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.severity, finding.message, finding.hint), []).append(finding)
    lines: list[str] = []
    for equals in list(groups.values())[:most]:
        lines.extend(_finding_lines(equals, margin, paint, longest=longest))
    if most is not None and (left := sum(map(len, list(groups.values())[most:]))):
        lines.append(f"{margin}... and {counted(left, 'more finding')}")
    return lines


def _finding_lines(equals: Sequence[Finding], margin: str, paint: _Paint, *, longest: int) -> list[str]:
    """Return ``file:line: severity: message  [rule]`` with a count, then pointers and hint on lines of their own."""
    finding = equals[0]
    where = place(finding)
    position = f"{where.file}:{where.line}: " if where.line is not None else f"{where.file}: " if where.file else ""
    first, _, rest = printable(finding.message).partition("\n")
    first = first if len(first) <= longest else f"{first[:longest]}..."
    severity = paint(finding.severity.value, _CODES[finding.severity])
    number = f"  {paint(f'×{len(equals)}', _BOLD)}" if len(equals) > 1 else ""  # noqa: RUF001 - the sign for "times"
    lines = [f"{margin}{printable_line(position)}{severity}: {first}  {paint(f'[{finding.rule}]', _FAINT)}{number}"]
    deeper = margin + "    "
    if rest:
        lines.append(indent(rest, deeper))
    if where.pointer:
        lines.append(f"{deeper}{paint('at', _FAINT)} {printable_line(where.pointer)}")
    for other in map(place, equals[1:_PLACES]):
        line = f"{other.file}:{other.line} " if other.line is not None else ""
        lines.append(f"{deeper}{paint('at', _FAINT)} {printable_line(line + other.pointer)}".rstrip())
    if len(equals) > _PLACES:
        lines.append(f"{deeper}... and {counted(len(equals) - _PLACES, 'more place')}")
    if finding.hint:
        lines.append(indent(f"{paint('hint:', _FAINT)} {printable(finding.hint)}", deeper))
    return lines


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(text: str, _code: str) -> str:
    return text
