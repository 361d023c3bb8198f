"""Server-sent events, ``text/event-stream``, read and written (HTML, 9.2.5 and 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from beep_mock.contracts.bodies.json_bodies import BodyError
from beep_mock.contracts.parameters.scalars import text_of

if TYPE_CHECKING:
    from beep_mock.interaction import Json

__all__ = ["read_events", "write_events"]

_FIELDS = ("event", "id", "retry")


def read_events(body: bytes) -> list[dict[str, Json]]:
    """The events of a stream: ``{"event": "added", "data": "{}", "id": "1", "retry": 5000}``.

    As a browser sees them: comments and unknown fields are ignored, an event without data is none, and so is one that
    no empty line ends.

    :raises BodyError: it is no UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyError("charset", f"an event stream is UTF-8; this is none at byte {error.start}") from None
    events: list[dict[str, Json]] = []
    event: dict[str, Json] = {}
    data: list[str] = []
    *lines, _unfinished = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines:
        if not line:
            if data:
                events.append({**event, "data": "\n".join(data)})
            event, data = {}, []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event" or (name == "id" and "\0" not in value):
            event[name] = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 20:
            event[name] = int(value)
    return events


def write_events(items: Iterable[Json], *, wrapped: bool) -> bytes:
    """The stream of ``items``: events, or (``wrapped``) what their data is. What is no event is the data of one."""
    return "".join(_written(item, wrapped=wrapped) for item in items).encode("utf-8", "replace")


def _written(item: Json, *, wrapped: bool) -> str:
    if wrapped or not isinstance(item, dict) or not item.keys() & {"data", *_FIELDS}:
        item = {"data": item}
    lines = [f"{name}: {_one_line(text_of(item[name]))}\n" for name in _FIELDS if item.get(name) is not None]
    data = text_of(item["data"]) if "data" in item else ""
    lines += [f"data: {line}\n" for line in data.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "".join(lines) + "\n"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\0", "")
