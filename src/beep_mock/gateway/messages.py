"""What a running world says on the terminal: findings of its contracts, and what happens to its services."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from beep_mock.findings import Finding, Severity

__all__ = ["finding_lines", "say"]

_SHOWN = 10


def say(text: str) -> None:
    """Print to the terminal, where it mixes with nobody's output: standard error, in one piece."""
    sys.stderr.write(text.rstrip("\n") + "\n")
    sys.stderr.flush()


def finding_lines(service: str, findings: Sequence[Finding], *, shown: int = _SHOWN) -> list[str]:
    """The findings that matter (no notes), worst first, one line each, with file and line; the rest only counted."""
    matter = [f for f in findings if f.severity is not Severity.INFO]
    matter.sort(key=lambda finding: finding.severity is not Severity.ERROR)
    lines = [f"{service}: {_line(finding)}" for finding in matter[:shown]]
    if len(matter) > shown:
        lines.append(f"{service}: and {len(matter) - shown} more; `beep-mock check` lists all")
    return lines


def _line(finding: Finding) -> str:
    where = finding.where
    if where.line is None and where.file:
        from beep_mock.contracts.reading.positions import (
            line_of,  # reads YAML slowly: imported when a line is looked for
        )

        where = replace(where, line=line_of(where.file, where.pointer))
    file = Path(where.file)
    if file.is_absolute() and file.is_relative_to(Path.cwd()):
        where = replace(where, file=str(file.relative_to(Path.cwd())))
    place = f"{where}: " if where.file else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{place}{finding.severity.value}: {finding.message}{hint}"
