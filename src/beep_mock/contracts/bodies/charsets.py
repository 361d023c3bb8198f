"""Bytes to text by the charset that a request names."""

from __future__ import annotations

import codecs

from beep_mock.contracts.bodies.faults import BodyError

__all__ = ["text_in"]

_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Encodings of Python that are no character sets: for one host name, for its source text, for nothing."""


def text_in(body: bytes, charset: str) -> str:
    """The text that ``body`` is in ``charset``, whatever that may be.

    :raises BodyError: it is not, or there is no such character set.
    """
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return body.decode(charset)
    except UnicodeDecodeError as error:
        raise BodyError("charset", f"the text is no {charset} at byte {error.start}") from None
    except (LookupError, ValueError):  # a name with a null character; a codec that fails in a way of its own
        pass
    raise BodyError("charset", f"the charset {charset!r} is unknown")
