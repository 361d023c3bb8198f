"""Texts in the encodings that `contentEncoding` names (RFC 4648): only annotated, but a client decodes them."""

from __future__ import annotations

from base64 import b16encode, b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable

__all__ = ["encoded"]

_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base16": b16encode,
    "base32": b32encode,
    "base64": b64encode,
    "base64url": urlsafe_b64encode,
}
_LONGEST = 10_000


def encoded(name: object, word: str, least: int, most: int) -> str | None:
    """A word in the encoding of that name, repeated or cut to the lengths; None where none is so long or known."""
    encode = _ENCODINGS.get(name.lower()) if isinstance(name, str) else None
    if encode is None or least > _LONGEST:
        return None
    for size in (len(word), *range(len(word) - 1, -1, -1), *range(len(word) + 1, least + 1)):
        found = encode((word * (size // len(word) + 1))[:size].encode()).decode()
        if least <= len(found) <= most:
            return found
    return None
