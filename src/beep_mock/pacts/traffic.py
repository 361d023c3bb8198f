"""Recorded traffic: what a consumer really asked of mocked or real services, and what it was answered.

A record is a file of JSON lines: first a line that says whose traffic it is, then an exchange a line, as the journal of
``beep-mock up`` gives them (secrets masked, bodies cut).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.errors import TrafficFileError

__all__ = ["MASK", "Recorded", "Traffic", "read_traffic"]

MASK: Final = "***"
"""What stands in a record for a secret."""

_MOST_BYTES: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange. ``path`` is as WSGI has it: percent-decoded, its bytes as Latin-1; ``query`` is as it was sent.

    ``source`` says what has answered (``example earth``); ``violations`` is whether it was against the contract.
    """

    service: str
    method: str
    path: str
    query: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str
    status: int
    response_headers: tuple[tuple[str, str], ...]
    response_body: str
    source: str
    violations: bool

    @property
    def environ(self) -> dict[str, str]:
        """The headers of the request as a WSGI environ has them."""
        return {environ_name(name): value for name, value in self.request_headers}


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a record holds: ``consumer`` is "" where it does not say whose it is."""

    consumer: str
    exchanges: tuple[Recorded, ...]


def read_traffic(path: Path) -> Traffic:
    """The record in the file at ``path``; also what ``/-/journal`` of a running world answers.

    A last line without an end is left out: whoever wrote it was interrupted.

    :raises TrafficFileError: it cannot be read, or is no record.
    """
    file = str(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TrafficFileError(f"more than {_MOST_BYTES // 2**20} MiB of traffic", file=file)
        text = path.read_text("utf-8")
    except OSError as error:
        hint = "record with `beep-mock up --for CONSUMER --record -- COMMAND`"
        raise TrafficFileError(f"cannot be read: {error.strerror}", file=file, hint=hint) from error
    except UnicodeDecodeError as error:
        raise TrafficFileError(f"is no record of traffic: {error}", file=file) from error
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
            raise TrafficFileError(f"is no record of traffic: {error}", file=file, line=number) from error
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


def _exchanges(entries: Any, file: str) -> Iterator[Recorded]:
    for number, entry in entries:
        try:
            if entry.get("direction", "incoming") == "incoming":
                yield _exchange(entry)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TrafficFileError(f"is no exchange: {error!r}", file=file, line=number) from error


def _exchange(entry: Mapping[str, Any]) -> Recorded:
    request, response = entry["request"], entry["response"]
    return Recorded(
        service=str(entry["service"]),
        method=str(request["method"]),
        path=str(request["path"]),
        query=str(request["query"]),
        request_headers=tuple((str(name), str(value)) for name, value in request["headers"]),
        request_body=str(request["body"]),
        status=int(response["status"]),
        response_headers=tuple((str(name), str(value)) for name, value in response["headers"]),
        response_body=str(response["body"]),
        source=str(entry.get("source", "")),
        violations=bool(entry.get("violations")),
    )
