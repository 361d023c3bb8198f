"""The coverage of a contract as a table: operations by statuses, and which kinds of checks have reached each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from beep_mock.ci.coverage_report import KINDS, shares

if TYPE_CHECKING:
    from beep_mock.providers.coverage import Coverage, Kind, OperationCoverage

__all__ = ["coverage_section"]


def coverage_section(coverage: Coverage) -> Iterator[str]:
    """The section: shares, the table, what its signs mean.

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
    used = escape(users) if users else '<span class="miss">nobody</span>'
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
