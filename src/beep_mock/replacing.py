"""Files that are replaced as a whole or stay as they were: readers never see half of one, a full disk costs nothing."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["replace_file"]


def replace_file(path: Path, pieces: Iterable[str], *, errors: str = "strict") -> None:
    """Write ``pieces`` (in UTF-8, ``errors`` as for :func:`open`) to ``path``.

    A link stays one, and a file keeps its permissions; those of a new one are what the umask leaves. What is not a file
    (``/dev/stdout``, a pipe) is written to as it is.

    :raises OSError: it cannot be written; what was there before is still there.
    :raises ValueError: the path holds a NUL, or a piece what UTF-8 cannot.
    """
    if _is_written_to(path):
        with path.open("a", encoding="utf-8", errors=errors, newline="\n") as file:
            file.writelines(pieces)
        return
    target = path.resolve()
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        with temporary.open("x", encoding="utf-8", errors=errors, newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())  # a full disk may only tell now
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except BaseException:  # whoever makes the pieces may fail, too
        with suppress(OSError):
            temporary.unlink()
        raise


def _is_written_to(path: Path) -> bool:
    """Return whether the path is not a regular file, or a process's open file (``/dev/stdout`` of ``>> log``)."""
    if path.exists() and not path.is_file():
        return True
    whole = path.absolute()
    return any(whole.is_relative_to(place) for place in ("/proc", "/dev/fd", "/dev/stdout", "/dev/stderr"))
