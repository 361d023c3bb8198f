"""Say where evidence is: an option, the environment, or a file of the workspace. Light, since every mock asks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["DEFAULT", "NONE", "VARIABLE", "address_of", "file_of"]

VARIABLE: Final = "BEEP_MOCK_EVIDENCE"
"""The environment variable that names the store where no option does."""

DEFAULT: Final = Path(".beep", "evidence.db")
NONE: Final = "none"
"""In place of an address: no store at all."""


def address_of(given: str, root: Path) -> str | Path:
    """Return where evidence is: ``given`` (an option), else the environment, else in the folder ``root``."""
    return given or os.environ.get(VARIABLE, "") or root / DEFAULT


def file_of(address: str | Path) -> Path | None:
    """Return the file of SQLite that an address names; None for :data:`NONE` and for every other database."""
    text = str(address)
    if isinstance(address, Path) or ("://" not in text and text != NONE):
        return Path(address)
    if text.startswith("sqlite:///") and "?" not in text:
        return Path(text.removeprefix("sqlite:///"))
    return None
