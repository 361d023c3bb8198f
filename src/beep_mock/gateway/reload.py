"""Call back when one of the watched files (contracts, overrides, pacts) is saved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event, Thread
from time import monotonic, thread_time
from typing import Final

import watchfiles

__all__ = ["Reloader"]

_Stamp = tuple[int, int, int] | None

INTERVAL: Final = 0.25
"""Seconds after which the files are checked although no event came: network drives send none, and a watch starts late.
"""

SHARE: Final = 0.01
"""The share of a core that checks without an event may take; a slow check (a `**` in many folders) is made less often.
"""


class Reloader:
    """Watches files in a thread of its own.

    ``files`` returns the files of each service by its name; the result may differ from call to call. ``reload`` is
    called with the name of a service when one of its files was changed, created or removed. The watch is on folders
    because an editor that saves by renaming replaces the file itself.
    """

    def __init__(self, files: Callable[[], Mapping[str, Iterable[Path]]], reload: Callable[[str], None]) -> None:
        self._files = files
        self._reload = reload
        self._stamps: dict[Path, _Stamp] = {}
        self._stop = Event()
        self._thread = Thread(target=self._run, name="reload", daemon=True)

    def start(self) -> None:
        """Start watching; every save after this call is noticed."""
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
                sys.stderr.write(f"warning: no file events, so files are checked every now and then: {error}\n")
                pause = INTERVAL
                while not self._stop.wait(pause):
                    start = thread_time()
                    self._look()
                    pause = _pause_after(start)

    def _watch(self, folders: frozenset[Path]) -> None:
        """Check the files whenever something happens in the folders; return when other folders have to be watched."""
        due = 0.0
        for events in watchfiles.watch(
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
            if not events and monotonic() < due:
                continue
            start = thread_time()
            self._look()
            if self._folders() != folders:
                return
            due = monotonic() + _pause_after(start)

    def _folders(self) -> frozenset[Path]:
        """Return the folders of all files; of a folder that does not exist, the nearest one above it."""
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
        # Stamps are taken before loading, so that a save in the meantime is seen by the next check.
        # A file that appears in the list was created, unless a reload itself found it.
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


def _pause_after(start: float) -> float:
    """Return the seconds until the next check that no event asks for; the last one began at ``start``."""
    return max(INTERVAL, (thread_time() - start) / SHARE)


def _stamp(file: Path) -> _Stamp:
    """Return what identifies one state of a file; None when it does not exist."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
