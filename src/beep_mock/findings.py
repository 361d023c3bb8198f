"""What checks report. Findings are values: collected and rendered, never raised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Finding", "Severity", "Where"]


class Severity(Enum):
    """The severity of a finding; only ``ERROR`` makes a check fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: its path as the user named it, a JSON pointer (RFC 6901), and a line (from 1) if known.

    Lines are found when it is printed (``contracts.reading.positions.line_of``): finding them costs a second parse.
    """

    file: str = ""
    pointer: str = ""
    line: int | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        return f"{self.file}{line}#{self.pointer}" if self.pointer else f"{self.file}{line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One discovery.

    ``rule`` is a stable, dash-separated name (``example-invalid``) that users may filter on; ``message`` is one
    sentence about this case; ``hint`` says what to do, in one sentence, or is empty.
    """

    rule: str
    severity: Severity
    message: str
    where: Where = Where()
    hint: str = ""
