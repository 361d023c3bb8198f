"""Keep the traffic of a run in a file, and read it again.

A recording is a file of JSON lines: the first says whose traffic it is, then follows an exchange a line, as
``/-/journal`` gives them (secrets in headers and queries masked, bodies cut).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, Final

from beep_mock.errors import TrafficFileError
from beep_mock.exchanges.exchange import Exchange

__all__ = ["Traffic", "TrafficRecorder", "read_traffic"]

_EVERY: Final = 0.25  # seconds between two looks at the journal, which keeps a thousand exchanges
_MOST: Final = 20_000  # exchanges
_MOST_BYTES: Final = 64 * 2**20


class TrafficRecorder:
    """Record the exchanges of the world at ``host`` and ``port``, for ``consumer`` ("" for none in particular).

    The file is replaced as a whole whenever there is something new. Beyond 20,000 exchanges or 64 MiB nothing is added.
    """

    def __init__(self, host: str, port: int, file: Path, consumer: str = "") -> None:
        """Begin an empty recording.

        :raises TrafficFileError: the file cannot be written.
        """
        self._host = host
        self._port = port
        self.file = file
        self._lines = [json.dumps({"traffic": 1, "consumer": consumer}).encode()]
        self._bytes = 0
        self._after = 0
        self._seen = 0
        self._lost = 0
        self._fault: TrafficFileError | None = None
        self._lock = RLock()
        self._ended = Event()
        self._thread = Thread(target=self._run, name="traffic", daemon=True)
        self._write()

    def start(self) -> None:
        """Record from now on."""
        self._thread.start()

    def finish(self) -> str:
        """Record the rest, while the world still answers, and return a sentence on what was recorded.

        :raises TrafficFileError: the file could not be written.
        """
        self._ended.set()
        with self._lock:
            self._take()
            if self._fault is not None:
                raise self._fault
            lost = f"; {self._lost} were too many to record" if self._lost else ""
            return f"recorded {len(self._lines) - 1} of {self._seen} exchanges in {self.file}{lost}"

    def _run(self) -> None:
        while not self._ended.wait(_EVERY):
            with self._lock:
                self._take()

    def _take(self) -> None:
        new = self._fetch()
        if not new:
            return
        for entry in new:
            number = int(entry["id"])
            self._lost += number - self._after - 1
            self._seen += number - self._after
            self._after = number
            line = json.dumps(entry).encode()
            if len(self._lines) > _MOST or self._bytes + len(line) > _MOST_BYTES:
                self._lost += 1
                continue
            self._lines.append(line)
            self._bytes += len(line)
        try:
            self._write()
        except TrafficFileError as fault:
            self._fault = fault

    def _fetch(self) -> list[dict[str, Any]]:
        connection = HTTPConnection(self._host, self._port, timeout=10)
        with suppress(OSError, HTTPException, ValueError, KeyError, TypeError), closing(connection):
            connection.request("GET", f"/-/journal?after={self._after}")
            entries: list[dict[str, Any]] = json.load(connection.getresponse())["exchanges"]
            return entries
        return []

    def _write(self) -> None:
        temporary = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # Bodies are kept as they were sent, with whatever is secret in them: for their owner alone.
            with open(temporary, "wb", opener=_private) as file:
                file.write(b"\n".join((*self._lines, b"")))
            temporary.replace(self.file)
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                temporary.unlink()
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise TrafficFileError(f"traffic cannot be recorded: {reason}", file=str(self.file)) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


_MOST_READ: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Traffic:
    """The content of a recording; ``consumer`` is "" where it does not say whose traffic it is."""

    consumer: str
    exchanges: tuple[Exchange, ...]


def read_traffic(path: Path) -> Traffic:
    """Read the recording at ``path``, or a saved answer of ``/-/journal``.

    A last line that is cut off is left out: its writer was interrupted.

    :raises TrafficFileError: the file cannot be read, or is not a recording.
    """
    file = str(path)
    try:
        if path.stat().st_size > _MOST_READ:
            raise TrafficFileError(f"more than {_MOST_READ // 2**20} MiB of traffic", file=file)
        text = path.read_text("utf-8")
    except OSError as error:
        hint = "record with `beep-mock up --for CONSUMER --record -- COMMAND`"
        raise TrafficFileError(f"cannot be read: {error.strerror}", file=file, hint=hint) from error
    except UnicodeDecodeError as error:
        raise TrafficFileError(f"not a recording of traffic: {error}", file=file) from error
    journal = _as_journal(text)
    if journal is not None:
        return Traffic("", tuple(_exchanges(enumerate(journal), file)))
    consumer = ""
    entries = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines):
                break
            raise TrafficFileError(f"not a recording of traffic: {error}", file=file, line=number) from error
        if isinstance(entry, dict) and "traffic" in entry:
            consumer = str(entry.get("consumer") or "")
        else:
            entries.append((number, entry))
    return Traffic(consumer, tuple(_exchanges(entries, file)))


def _as_journal(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("{") or '"exchanges"' not in text:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    exchanges = content.get("exchanges") if isinstance(content, dict) else None
    return exchanges if isinstance(exchanges, list) else None


def _exchanges(entries: Iterable[tuple[int, Any]], file: str) -> Iterator[Exchange]:
    for number, entry in entries:
        try:
            if entry.get("direction", "incoming") == "incoming":
                yield Exchange.from_dict(entry)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TrafficFileError(f"not an exchange: {error!r}", file=file, line=number) from error
