"""Contracts and overrides are loaded again when one of their files is saved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Final

import watchfiles

__all__ = ["Reloader"]

_Stamp = tuple[int, int, int] | None

INTERVAL: Final = 0.25
"""Seconds after which files are looked at though no event came: network drives send none, and a watch starts late."""


class Reloader:
    """Watches files in a thread of its own.

    ``files`` gives the files of each service by its name; they may change at any time. ``reload`` is called with the
    name of a service when one of its files was changed, made or removed. Folders are watched, not files: an editor
    that saves by renaming puts another file in the place of the one that was watched.
    """

    def __init__(self, files: Callable[[], Mapping[str, Iterable[Path]]], reload: Callable[[str], None]) -> None:
        self._files = files
        self._reload = reload
        self._stamps: dict[Path, _Stamp] = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="reload", daemon=True)

    def start(self) -> None:
        """Start watching; what is saved after this call is noticed."""
        self._stamps = {file: _stamp(file) for files in self._files().values() for file in files}
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; returns when the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            folders = self._folders()
            try:
                self._watch(folders)
            except OSError as error:  # e.g. the system's limit of watches
                sys.stderr.write(f"warning: files are looked at now and then only: {error}\n")
                while not self._stop.wait(INTERVAL):
                    self._look()

    def _watch(self, folders: frozenset[Path]) -> None:
        """Look whenever something happens in the folders, until they are no longer the right ones."""
        for _ in watchfiles.watch(
            *folders,
            watch_filter=None,
            stop_event=self._stop,
            step=50,
            debounce=400,
            rust_timeout=int(INTERVAL * 1000),
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        ):
            self._look()
            if self._folders() != folders:
                return

    def _folders(self) -> frozenset[Path]:
        """The folders of all files, or the nearest above that there are."""
        found = set()
        for files in self._files().values():
            for file in files:
                folder = file.parent
                while not folder.is_dir() and folder != folder.parent:
                    folder = folder.parent
                found.add(folder)
        return frozenset(found)

    def _look(self) -> None:
        services = self._files()
        now = {file: _stamp(file) for files in services.values() for file in files}
        # Taken before loading: what is saved meanwhile differs the next time.
        # A file listed only now is one that was made, but for those that a reload itself finds.
        changed = {file for file, stamp in now.items() if self._stamps.get(file) != stamp}
        self._stamps = now
        renewed = {name for name, files in services.items() if not changed.isdisjoint(files)}
        for name in services:
            if name in renewed:
                self._reload(name)
        if renewed:
            for name, files in self._files().items():
                for file in files if name in renewed else ():
                    self._stamps.setdefault(file, _stamp(file))


def _stamp(file: Path) -> _Stamp:
    """Return what identifies one state of a file; None when it does not exist."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
