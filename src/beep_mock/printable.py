"""Make text from documents and providers safe for a terminal, and for the log of a CI server."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["printable", "printable_line"]

# Printed, never obeyed: control characters could move the cursor or write to the clipboard; those for the direction of
# writing (Unicode, UAX 9) and the separators of lines could make a line look like another.
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What a CI server obeys in a job's output: GitHub (``::error::`` at a line's start, ``##[group]``), Azure, TeamCity.
_COMMAND: Final = re.compile(r"^([^\S\n]*)(?=::[A-Za-z-]+(?: [^\n]*)?::)|(?<=#)(?=#(?:vso|teamcity)?\[)", re.MULTILINE)
_MARK: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text with U+FFFD in place of control characters, line feeds excepted, and in commands to a CI server."""
    text = _CONTROL.sub(_MARK, text)
    return _COMMAND.sub(rf"\1{_MARK}", text) if "::" in text or "##" in text else text


def printable_line(text: str) -> str:
    """Return the text as one line."""
    return printable(" ".join(text.split("\n")))
