"""A report as one page that needs nothing else: no request leaves it, and its policy (CSP) forbids any.

What broke stands first and open, what passed is folded; without JavaScript all of it can still be read.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from beep_mock import __version__
from beep_mock.findings import Finding, Severity
from beep_mock.reports.coverage import KINDS, shares
from beep_mock.reports.report import Case, Report, place
from beep_mock.reports.rules import about

if TYPE_CHECKING:
    from beep_mock.providers.coverage import Coverage, Kind, OperationCoverage

__all__ = ["coverage_section", "render"]


def coverage_section(coverage: Coverage) -> Iterator[str]:
    """Yield the section: shares, the table, what its signs mean.

    A column a status; in it a dot a kind of check. Marked is what no check has reached, and what was answered though no
    response declares it.
    """
    told = "".join(f"<li><b>{reached}/{total}</b> {name}</li>" for name, reached, total in shares(coverage))
    unused = f"<li><b>{len(coverage.unused)}</b> operations that no consumer uses</li>" if coverage.unused else ""
    yield f'<section id="coverage"><h2>Coverage</h2><ul class="facts">{told}{unused}</ul>'
    statuses = sorted(
        {status for one in coverage.operations for status in (*one.statuses, *map(str, one.undeclared))},
        key=lambda status: (status == "default", status),
    )
    yield '<div class="wide" tabindex="0"><table><thead><tr><th>Operation</th>'
    yield "".join(f'<th class="cell">{escape(status)}</th>' for status in statuses)
    yield "<th>Media types</th><th>Parameters</th><th>Used by</th></tr></thead><tbody>"
    for one in coverage.operations:
        yield _row(one, statuses)
    yield '</tbody></table></div><ul class="legend">'
    yield "".join(f"<li>{_dots({kind}, (kind,))} {kind}</li>" for kind in KINDS)
    yield '<li><span class="box u"></span> no check has reached it</li>'
    yield '<li><span class="box x"></span> answered, but not declared</li></ul></section>'


def _row(one: OperationCoverage, statuses: list[str]) -> str:
    cells = "".join(_cell(one, status) for status in statuses)
    users = ", ".join(sorted(one.consumers))
    used = escape(users) if users else '<span class="miss">no consumer</span>'
    name = f"<code>{escape(one.operation)}</code>"
    if not one.kinds:
        name += ' <span class="miss">unreached</span>'
    return (
        f'<tr data-operation="{escape(one.operation)}"><th scope="row">{name}</th>{cells}'
        f'<td class="num">{_share(one.media_types)}</td><td class="num">{_share(one.parameters)}</td>'
        f"<td>{used}</td></tr>"
    )


def _cell(one: OperationCoverage, status: str) -> str:
    if status in one.statuses:
        kinds = one.statuses[status]
        if kinds:
            return f'<td class="cell" title="{escape(status)}: {_said(kinds)}">{_dots(kinds)}</td>'
        return f'<td class="cell unreached" title="{escape(status)}: no check has reached it">none</td>'
    undeclared = one.undeclared.get(int(status)) if status.isdecimal() else None
    if undeclared:
        told = f"{status}: answered to {_said(undeclared)}, but not declared"
        return f'<td class="cell undeclared" title="{escape(told)}">{_dots(undeclared)}</td>'
    return '<td class="cell"></td>'


def _dots(kinds: set[Kind], shown: tuple[Kind, ...] = KINDS) -> str:
    label = _said(kinds)
    dots = "".join(f'<span class="dot{f" {kind}" if kind in kinds else ""}"></span>' for kind in shown)
    return f'<span role="img" aria-label="{label}">{dots}</span>'


def _said(kinds: set[Kind]) -> str:
    return ", ".join(kind for kind in KINDS if kind in kinds)


def _share(parts: Mapping[str, set[Kind]]) -> str:
    missing = [name for name, kinds in parts.items() if not kinds]
    if not parts:
        return '<span class="faint">none</span>'
    share = f"{len(parts) - len(missing)}/{len(parts)}"
    if not missing:
        return share
    return f'<span class="miss" title="not exercised: {escape(", ".join(missing))}">{share}</span>'


_Status = Literal["error", "warning", "info", "ok"]
_MARKS: Final[dict[_Status, tuple[str, str]]] = {
    "error": ("✕", "failed"),
    "warning": ("!", "warning"),
    "info": ("i", "note"),
    "ok": ("✓", "passed"),
}
_PARTS: Final[tuple[tuple[_Status, str, str], ...]] = (
    ("error", "What broke", "Broken"),
    ("warning", "Warnings", "Warnings"),
    ("info", "Notes", "Notes"),
)
_OPEN: Final = 3
"""Failed cases that stand open; where there are more, their names come first."""

# What HTML cannot hold, not even escaped (WHATWG HTML, 13.1.4), and half surrogates, which UTF-8 cannot.
_NOT_HTML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def render(report: Report) -> str:
    """Return the page: verdict, what broke with its place and a command that shows it, what passed, coverage."""
    page = files("beep_mock.reports") / "page"
    style = (page / "report.css").read_text("utf-8")
    script = (page / "report.js").read_text("utf-8")
    cases = [*report.cases, *(Case(about(one.rule), (one,)) for one in report.findings)]
    by_status: dict[_Status, list[Case]] = {"error": [], "warning": [], "info": [], "ok": []}
    for case in cases:
        by_status[_status(case)].append(case)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        f'<meta name="generator" content="beep-mock {escape(__version__)}">',
        f"<title>{_text(_verdict(report))}: {_text(report.title or 'beep-mock')}</title>",
        f'<link rel="icon" href="data:,"><style>{style}</style></head><body>',
        *_header(report),
        "<main>",
        *_main(report, by_status),
        f"</main><script>{script}</script></body></html>",
    ]
    return "\n".join(parts)


def _policy(style: str, script: str) -> str:
    return f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'"


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _status(case: Case) -> _Status:
    for severity in Severity:  # the worst first
        if any(finding.severity is severity for finding in case.findings):
            return severity.value
    return "ok"


def _verdict(report: Report) -> str:
    if report.partial:
        return "Partial"
    return "Broken" if report.exit_code else "Kept" if report.cases else "Clean"


def _header(report: Report) -> Iterator[str]:
    tone = "warning" if report.partial else "error" if report.exit_code else "ok"
    title = report.title or "Report"
    yield f'<header><h1>{_text(title[:1].upper() + title[1:])} <span class="tag {tone}">{_verdict(report)}</span></h1>'
    yield f'<p class="faint">{_text(report.summary)}</p>'
    if report.partial:
        yield f'<p class="banner" role="alert"><b>Not complete.</b> {_text(report.partial)}</p>'
    if report.coverage is not None:
        told = ", ".join(f"{reached}/{total} {name}" for name, reached, total in shares(report.coverage))
        yield f'<p class="faint"><a href="#coverage">Covered</a>: {told}</p>'
    yield "</header>"


def _tools(by_status: dict[_Status, list[Case]]) -> Iterator[str]:
    yield '<div class="tools">'
    yield f'<button type="button" data-status="" aria-pressed="true">All {sum(map(len, by_status.values()))}</button>'
    for status, _, name in (*_PARTS, ("ok", "", "Passed")):
        if by_status[status]:
            number = len(by_status[status])
            yield f'<button type="button" data-status="{status}" aria-pressed="false">{name} {number}</button>'
    yield '<button type="button" id="toggle">Expand all</button>'
    yield '<input id="search" type="search" placeholder="Search  ( / )" aria-label="Search" autocomplete="off">'
    yield "</div>"


def _main(report: Report, by_status: dict[_Status, list[Case]]) -> Iterator[str]:
    yield from _tools(by_status)
    for status, title, _ in _PARTS:
        if by_status[status]:
            yield f'<section class="part"><h2>{title} {_count(by_status[status])}</h2><div class="cases">'
            for number, case in enumerate(by_status[status]):
                yield _case(case, status, is_open=status in ("error", "info") and number < _OPEN)
            yield "</div></section>"
    if by_status["ok"]:
        yield f'<section class="part"><h2>Passed {_count(by_status["ok"])}</h2>'
        for group, cases in groupby(by_status["ok"], key=lambda case: case.group):
            members = list(cases)
            yield f'<details class="passed"><summary>{_text(group or report.title or "checks")} '
            yield f'<span>{len(members)}</span></summary><div class="cases">'
            yield from (_case(case, "ok", is_open=False) for case in members)
            yield "</div></details>"
        yield "</section>"
    nothing = "Nothing was looked at." if not any(by_status.values()) else "Nothing fits."
    yield f'<p class="none" id="none"{"" if not any(by_status.values()) else " hidden"}>{nothing}</p>'
    if report.coverage is not None:
        yield from coverage_section(report.coverage)


def _count(cases: Sequence[Case]) -> str:
    return f'<small class="count" data-all="{len(cases)}">{len(cases)}</small>'


def _case(case: Case, status: _Status, *, is_open: bool) -> str:
    mark, spoken = _MARKS[status]
    detail = f' <span class="detail">{_text(case.detail)}</span>' if case.detail else ""
    group = f'<span class="group">{_text(case.group)}</span>' if status != "ok" else ""
    line = (
        f'<span class="mark" role="img" aria-label="{spoken}">{mark}</span>'
        f'<span class="name">{_text(case.name)}{detail}</span>{group}'
    )
    if not case.findings and not case.reproduce:
        return f'<div class="case {status}" data-status="{status}"><div class="line">{line}</div></div>'
    body = "".join((*_findings(case.findings), *_received(case.received), *_command(case.reproduce)))
    return (
        f'<details class="case {status}" data-status="{status}"{" open" if is_open else ""}>'
        f'<summary>{line}</summary><div class="body">{body}</div></details>'
    )


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    order = list(Severity)
    for finding in sorted(findings, key=lambda one: order.index(one.severity)):
        where = place(finding)
        position = f"{where.file}:{where.line}" if where.line is not None else where.file
        yield f'<div class="finding {finding.severity.value}"><p><span class="sev">{finding.severity.value}:</span> '
        yield f'{_text(finding.message)} <span class="rule" title="{_text(about(finding.rule))}">{_text(finding.rule)}'
        yield "</span></p>"
        if position or where.pointer:
            yield f'<p class="where"><code>{_text(" ".join(filter(None, (position, where.pointer))))}</code></p>'
        if finding.hint:
            yield f'<p class="hint">{_text(finding.hint)}</p>'
        yield "</div>"


def _received(answer: str) -> Iterator[str]:
    if answer:
        yield f'<p class="where">received: <code>{_text(answer)}</code></p>'


def _command(command: str) -> Iterator[str]:
    if command:
        yield f'<div class="run"><pre>{_text(command)}</pre><button type="button">Copy</button></div>'


def _text(text: str) -> str:
    return escape(_NOT_HTML.sub("\N{REPLACEMENT CHARACTER}", text))
