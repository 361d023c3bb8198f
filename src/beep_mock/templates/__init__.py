"""The workspace that `beep-mock init` lays out: the files beside this module.

They are named ``NAME.in`` (``dot-NAME.in`` for a hidden one), so that no tool takes them for files of this package.
``@VERSION@`` in a file stands for the version of this package.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from beep_mock import __version__
from beep_mock.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["lay_out"]


def lay_out(folder: Path) -> list[tuple[Path, bool]]:
    """Write every file that is not in ``folder`` yet; the folder is made if need be.

    Returned is each path, and whether it was written: what is there already stays as it is.

    :raises WorkspaceError: a file cannot be written.
    """
    done = []
    for name, content in sorted(_templates(files(__name__), PurePosixPath())):
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
            if path.suffix == ".sh":
                path.chmod(path.stat().st_mode | 0o111)
            written = True
        except FileExistsError:
            if not path.exists():  # a file stands where a folder is needed
                raise WorkspaceError("cannot be written: its folder is a file", file=str(path)) from None
            written = False
        except OSError as error:
            raise WorkspaceError(f"cannot be written: {error.strerror}", file=str(path)) from error
        done.append((path, written))
    return done


def _templates(source: Traversable, folder: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    for entry in source.iterdir():
        name = f".{entry.name[4:]}" if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            yield from _templates(entry, folder / name)
        elif name.endswith(".in"):
            yield folder / name.removesuffix(".in"), entry.read_bytes().replace(b"@VERSION@", __version__.encode())
