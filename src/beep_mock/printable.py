"""Make text from documents and providers safe for a terminal."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["printable", "printable_line"]

# Printed, never obeyed: control characters could move the cursor or write to the clipboard.
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text with U+FFFD in place of control characters, line feeds excepted."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def printable_line(text: str) -> str:
    """Return the text as one line."""
    return printable(" ".join(text.split("\n")))
