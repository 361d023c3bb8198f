"""Answers in RFC 9457 form, for everything that the contract itself has no answer for.

``type`` is ``about:blank`` (section 4.2.1: the status says it all), so ``title`` is the status's phrase; the extension
member ``code`` is the stable word that programs may ask for, with the words that Prism uses at the end of its types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from beep_mock.contracts.model import Violation
from beep_mock.interaction import Response

__all__ = ["PROBLEM_JSON", "phrase", "problem", "violation_headers"]

PROBLEM_JSON = "application/problem+json"
_HEADER_BYTES = 4096


def phrase(status: int) -> str:
    """The reason phrase of ``status``, e.g. ``Not Found``; ``Unknown`` for one that is not registered."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    violations: Iterable[Violation] = (),
    headers: Sequence[tuple[str, str]] = (),
    challenge: str = "",
    **members: Any,
) -> Response:
    """A problem answer. ``violations`` become the member ``validation``; ``members`` are added as they are.

    A ``challenge`` is repeated in the member ``headers``, where Prism's clients look for it.
    """
    content: dict[str, Any] = {"type": "about:blank", "title": phrase(status), "status": status, "detail": detail}
    content["code"] = code
    validation = [v.as_dict() for v in violations]
    if validation:
        content["validation"] = validation
    if challenge:
        content["headers"] = {"WWW-Authenticate": challenge}
    content.update(members)
    body = orjson.dumps(content, default=str)
    return Response(status, tuple(headers), body, PROBLEM_JSON)


def violation_headers(asked: Sequence[Violation], answered: Sequence[Violation] = ()) -> list[tuple[str, str]]:
    """What headers say of the violations of a request and of its answer.

    ``Sl-Violations`` is Prism's header, for the clients that read it: its locations begin with the side.
    """
    sides = [(asked, "request"), (answered, "response")]
    told = [{**v.as_dict(), "location": [side, *v.location]} for violations, side in sides for v in violations]
    return [
        ("Beep-Mock-Violations", _line(v.as_dict() for v in (*asked, *answered))),
        ("Sl-Violations", _line(told)),
    ]


def _line(entries: Iterable[dict[str, Any]]) -> str:
    """One line of ASCII JSON, of which whole entries are left out where it would grow too long."""
    kept: list[str] = []
    length = 2
    for entry in entries:
        # JSON escapes keep the header ASCII (RFC 9110, section 5.5).
        text = _ascii(orjson.dumps(entry, default=str).decode("utf-8", "replace"))
        length += len(text) + 1
        if length > _HEADER_BYTES:
            break
        kept.append(text)
    return f"[{','.join(kept)}]"


def _ascii(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    units = (ord(c) for c in text)
    return "".join(
        chr(u)
        if u < 0x7F
        else f"\\u{u:04x}"
        if u < 0x10000
        else f"\\u{0xD800 + ((u - 0x10000) >> 10):04x}\\u{0xDC00 + ((u - 0x10000) & 0x3FF):04x}"
        for u in units
    )
