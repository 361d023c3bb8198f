"""Read the client's preferences: ``Prefer: code=, example=, dynamic=`` (RFC 7240), ``__code`` and the like.

``__server``, in a query only, is the URL of the server that the client would have asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args
from urllib.parse import parse_qsl
from zlib import crc32

from beep_mock.evidence.trust import Minimum

__all__ = [
    "AS_DOCUMENTED",
    "EXAMPLES",
    "NO_PREFERENCE",
    "Answering",
    "Examples",
    "Preference",
    "asks",
    "preference_of",
    "seed_of",
    "server_of",
]


@dataclass(frozen=True, slots=True)
class Preference:
    """A request's preferences; ``None`` where it has none. ``applied`` is the value of ``Preference-Applied``."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None

    def over(self, standing: Preference) -> Preference:
        """Return this preference over ``standing``, which holds for all requests: its own values win.

        Beside a code alone, the answer still is generated if all of them are.
        """
        if self == NO_PREFERENCE:
            return standing
        if standing.dynamic and self.dynamic is None and self.example is None:
            return replace(self, dynamic=True)
        return self

    @property
    def applied(self) -> str:
        """The preferences as RFC 7240, section 3, repeats them to the client."""
        parts = []
        if self.code is not None:
            parts.append(f"code={self.code}")
        if self.example is not None:
            parts.append(f"example={_quoted(self.example)}")
        if self.dynamic is not None:
            parts.append(f"dynamic={str(self.dynamic).lower()}")
        return ", ".join(parts)


NO_PREFERENCE = Preference()
_WORDS = ("__code", "__ex", "__dy", "__server")


def asks(environ: Mapping[str, Any], query: str) -> bool:
    """Return whether the request may hold a preference: a cheap look before :func:`preference_of`."""
    return "HTTP_PREFER" in environ or ("__" in query and any(word in query for word in _WORDS))


def server_of(query: str) -> str:
    """Return the server's URL that a query asks for, without a slash at its end; ``""`` for none."""
    if "__server" not in query:
        return ""
    return next((value.rstrip("/") for name, value in parse_qsl(query) if name == "__server"), "")


def preference_of(environ: Mapping[str, Any], query: str) -> Preference:
    """Return the request's preference. A malformed or unknown one is ignored, as RFC 7240, section 2, demands.

    So is a ``code`` of 1xx, which is not a final answer.
    """
    header = environ.get("HTTP_PREFER")
    if header is not None:
        return _preference(_preferences(header))
    asked = {n[2:]: v for n, v in parse_qsl(query, keep_blank_values=True) if n[:2] == "__"}
    return _preference(asked)


def _preference(asked: Mapping[str, str]) -> Preference:
    code = asked.get("code", "")
    dynamic = asked.get("dynamic", "").lower()
    return Preference(
        code=int(code) if len(code) == 3 and code.isascii() and code.isdigit() and code[0] in "2345" else None,
        example=asked.get("example") or asked.get("key"),
        dynamic={"true": True, "1": True, "false": False, "0": False}.get(dynamic),
    )


def _preferences(header: str) -> dict[str, str]:
    """Return names and values, first one wins (RFC 7240, section 2); ``;`` separates like ``,`` as clients mix them."""
    found: dict[str, str] = {}
    for item in _split(header):
        name, _, value = item.partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        found.setdefault(name.strip().lower(), value)
    return found


def _split(header: str) -> list[str]:
    items, start, quoted, escaped = [], 0, False, False
    for i, character in enumerate(header):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in ",;" and not quoted:
            items.append(header[start:i])
            start = i + 1
    items.append(header[start:])
    return items


def _quoted(text: str) -> str:
    if text and all(c.isascii() and (c.isalnum() or c in "!#$%&'*+-.^_`|~") for c in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


Examples = Literal["as-written", "repair", "refuse"]
"""What becomes of an example that breaks its own schema: it is served and marked, made valid, or refused with 500."""

EXAMPLES: Final[tuple[Examples, ...]] = get_args(Examples)


@dataclass(frozen=True, slots=True)
class Answering:
    """The choices that hold for every operation.

    With ``ignore_examples`` no example of a response answers: samples do. With ``dynamic`` each answer is generated for
    its request, as if ``Prefer: dynamic=true`` were said with it. Samples differ from ``seed`` to ``seed``; with 0 they
    show what the document shows. What is known for less than ``min_trust`` is refused with 501.
    """

    examples: Examples = "as-written"
    ignore_examples: bool = False
    dynamic: bool = False
    seed: int = 0
    min_trust: Minimum | None = None


AS_DOCUMENTED: Final = Answering()
"""Examples as written, samples where there are none."""


def seed_of(text: str) -> int:
    """Return a seed from what somebody types: a whole number is itself, anything else stands for one."""
    try:
        return int(text)
    except ValueError:
        return crc32(text.encode("utf-8", "surrogateescape")) or 1
