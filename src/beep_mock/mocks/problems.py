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

__all__ = ["PROBLEM_JSON", "phrase", "problem", "violations_header"]

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
    **members: Any,
) -> Response:
    """A problem answer. ``violations`` become the member ``validation``; ``members`` are added as they are."""
    content: dict[str, Any] = {"type": "about:blank", "title": phrase(status), "status": status, "detail": detail}
    content["code"] = code
    validation = [v.as_dict() for v in violations]
    if validation:
        content["validation"] = validation
    content.update(members)
    body = orjson.dumps(content, default=str)
    return Response(status, tuple(headers), body, PROBLEM_JSON)


def violations_header(violations: Sequence[Violation]) -> str:
    """The violations as one line of ASCII JSON, of which whole entries are left out where it would grow too long."""
    entries: list[str] = []
    length = 2
    for violation in violations:
        # JSON escapes keep the header ASCII (RFC 9110, section 5.5).
        entry = _ascii(orjson.dumps(violation.as_dict(), default=str).decode("utf-8", "replace"))
        length += len(entry) + 1
        if length > _HEADER_BYTES:
            break
        entries.append(entry)
    return f"[{','.join(entries)}]"


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
