"""A request that is refused is read once more as clients mean it, where they write or add what they were not told to.

What is valid as it stands is never read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from beep_mock.contracts.model import Operation
from beep_mock.contracts.parameters.headers import SENT_HEADERS

__all__ = ["SecondReading"]

_COMMA = re.compile("%2C", re.IGNORECASE)
_CODINGS = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "identity", "pack200-gzip",
                      "x-compress", "x-gzip", "zstd", "*"})  # fmt: skip
"""The HTTP Content Coding Registry (RFC 9110, section 18.6)."""


class SecondReading:
    """What may be read otherwise in the requests of one operation.

    - A list without explode that is there but empty (``ids=``): an empty list, as most clients write it; what has no
      items is not written at all (RFC 6570, section 3.2.1).
    - A parameter of ``allowEmptyValue`` that is there but empty, where its schema has no place for that: it "should" be
      taken for unused (OpenAPI 3.1.1, section 4.8.12.2.1). What is required is not unused.
    - Commas between items that are percent-encoded: RFC 6570 (section 3.2.1) leaves them plain, most clients do not.
    - Accept-Encoding, where it is a parameter: clients send the codings that they understand of their own accord, and
      none of them is a reason to refuse (RFC 9110, section 12.5.3).
    """

    def __init__(self, operation: Operation) -> None:
        joined = [p for p in operation.parameters if not p.explode and p.location in ("query", "cookie")]
        self._joins = any(p.style == "form" for p in joined)
        self._empty = frozenset(p.name for p in joined if p.location == "query" and not p.media_type)
        self._unused = frozenset(
            p.name for p in operation.parameters if p.location == "query" and p.allow_empty_value and not p.required
        )
        self._encodes = any(
            p.location == "header" and p.name.lower() == "accept-encoding" and not p.required
            for p in operation.parameters
        )
        self.is_possible = bool(self._joins or self._empty or self._unused or self._encodes)

    def of(self, query: str, environ: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
        """The raw query and the environ to read instead; None when there is nothing to be read otherwise."""
        found: dict[str, Any] = {**environ}
        plain = query
        if self._empty or self._unused:
            plain = "&".join(pair for pair in query.split("&") if not self._is_empty(pair))
        if self._joins:
            plain = _plain_commas(plain, "&")
            found["HTTP_COOKIE"] = _plain_commas(environ.get("HTTP_COOKIE", ""), ";")
        changed = plain != query or found.get("HTTP_COOKIE", "") != environ.get("HTTP_COOKIE", "")
        if self._encodes and _names_codings(environ.get("HTTP_ACCEPT_ENCODING", "")):
            del found["HTTP_ACCEPT_ENCODING"]
            if SENT_HEADERS in found:
                found[SENT_HEADERS] = {*found[SENT_HEADERS].keys()} - {"accept-encoding"}
            changed = True
        return (plain, found) if changed else None

    def _is_empty(self, pair: str) -> bool:
        name, mark, text = pair.partition("=")
        if text:
            return False
        name = unquote_plus(name)
        return name in self._unused or (bool(mark) and name in self._empty)


def _plain_commas(pairs: str, separator: str) -> str:
    """The pairs with their encoded commas decoded; where there is a plain one, an encoded one is part of an item."""
    return separator.join(p if "," in p else _COMMA.sub(",", p) for p in pairs.split(separator))


def _names_codings(text: str) -> bool:
    codings = [one.partition(";")[0].strip().lower() for one in text.split(",")]
    return bool(text) and all(coding in _CODINGS for coding in codings)
