"""The figures as a picture: bars in SVG, on a card of its own so that it reads well on a light and a dark page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.lines import Line

__all__ = ["write"]

_WIDTH, _LEFT, _RIGHT, _BAR, _GAP = 820, 190, 120, 20, 8
_NAMES = {
    "beep-mock": ("beep-mock", "ours"),
    "bare WSGI callable": ("bare WSGI callable", "limit"),
    "Flask view": ("plain Flask view", "other"),
    "WireMock": ("WireMock", "other"),
    "Prism": ("Prism", "other"),
}
_STYLE = """
text{font:13px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:15px}.soft{fill:#59636e}.strong{font-weight:600}
.card{fill:#ffffff;stroke:#d1d9e0}.ours{fill:#0a7d6c}.other{fill:#9aa4af}.limit{fill:#d5dbe1}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.soft{fill:#9198a1}
.card{fill:#0d1117;stroke:#3d444d}.ours{fill:#2bb8a3}.other{fill:#656c76}.limit{fill:#343b44}}
"""


@dataclass(frozen=True)
class _Row:
    label: str
    value: float
    text: str
    kind: str


def write(folder: Path, lines: Sequence[Line]) -> None:
    """``benchmarks.svg`` in ``folder``; nothing where neither throughput nor start was measured."""
    panels = [
        ("Validated requests a second: GET with parameters", "more is better", _rates(lines, "GET")),
        ("Validated requests a second: POST with a JSON body", "more is better", _rates(lines, "POST")),
        ("Seconds from the start of the process to the first answer", "less is better", _starts(lines)),
    ]
    panels = [panel for panel in panels if panel[2]]
    if panels:
        (folder / "benchmarks.svg").write_text(_picture(panels))


def _rates(lines: Sequence[Line], kind: str) -> list[_Row]:
    found = []
    for line in lines:
        name, _, measured = line.what.partition(": ")
        if line.section == "requests a second" and measured == kind and name in _NAMES:
            label, look = _NAMES[name]
            found.append(_Row(label, line.figure, f"{line.figure:,.0f}", look))
    return sorted(found, key=lambda row: -row.value)


def _starts(lines: Sequence[Line]) -> list[_Row]:
    rows = []
    for line in lines:
        document, _, server = line.what.partition(": ")
        if line.section == "seconds to the first answer" and server in ("beep-mock", "Prism"):
            look = "ours" if server == "beep-mock" else "other"
            rows.append(_Row(f"{document}, {server}", line.figure, f"{line.figure:.2f} s", look))
            if document == "stripe.yaml":
                rows.append(_Row(f"{document}, Prism", 0.0, "none within 110 s", "other"))
    return rows


def _picture(panels: Sequence[tuple[str, str, Sequence[_Row]]]) -> str:
    parts: list[str] = []
    top = 20
    for title, hint, rows in panels:
        top += 22
        parts.append(f'<text class="title" x="24" y="{top}">{escape(title)}</text>')
        parts.append(f'<text class="soft" x="{_WIDTH - 24}" y="{top}" text-anchor="end">{hint}</text>')
        top += 14
        most = max(row.value for row in rows)
        for row in rows:
            length = (_WIDTH - _LEFT - _RIGHT) * row.value / most
            middle = top + _BAR / 2 + 4.5
            strong = " strong" if row.kind == "ours" else ""
            parts.append(f'<text class="{strong.strip() or "soft"}" x="{_LEFT - 10}" y="{middle}" text-anchor="end">'
                         f"{escape(row.label)}</text>")  # fmt: skip
            parts.append(f'<rect class="{row.kind}" x="{_LEFT}" y="{top}" width="{max(length, 2):.1f}" '
                         f'height="{_BAR}" rx="3"/>')  # fmt: skip
            parts.append(f'<text class="{strong.strip()}" x="{_LEFT + max(length, 2) + 8:.1f}" y="{middle}">'
                         f"{escape(row.text)}</text>")  # fmt: skip
            top += _BAR + _GAP
        top += 18
    height = top + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="beep-mock beside other mock servers"><style>{_STYLE.strip()}</style>'
        f'<rect class="card" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"/>'
        f"{''.join(parts)}</svg>\n"
    )
