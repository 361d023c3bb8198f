"""The values of ``format`` that are assertions here (OpenAPI Format Registry; JSON Schema 2020-12, section 7.3).

Everything else, known or not (``password``, ``binary``, ``float``), is an annotation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Final

import jsonschema_rs

__all__ = ["ASSERTED", "RANGES", "WRITTEN_FORMATS", "has_format"]


_DAY: Final = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME: Final = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED: Final = r'"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\U0010ffff]|\\[\t\x20-\x7e\x80-\U0010ffff])*"'
_PARAMETERS: Final = rf"(?:[ \t]*;(?:[ \t]*{_WORD}=(?:{_WORD}|{_QUOTED}))?)*"

_PATTERNS: Final = {
    # RFC 4648, sections 4 and 5; the padding of the latter may be left out.
    "byte": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "base64url": r"(?:[\w-]{4})*(?:[\w-]{2}(?:==)?|[\w-]{3}=?)?",
    "char": r"[\s\S]",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "decimal128": r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf(?:inity)?|nan))",
    # RFC 9110, section 5.6.7: a recipient takes the obsolete forms as well.
    "http-date": rf"{_DAY}, [0-9]{{2}} {_MONTH} [0-9]{{4}} {_TIME} GMT"
    rf"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_TIME} GMT"
    rf"|{_DAY} {_MONTH} (?:[0-9]{{2}}| [0-9]) {_TIME} [0-9]{{4}}",
    "media-range": rf"(?:\*/\*|{_WORD}/{_WORD}){_PARAMETERS}",  # RFC 9110, section 12.5.1
    # RFC 9651, section 3.3
    "sf-binary": r":(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?:",
    "sf-boolean": r"\?[01]",
    "sf-decimal": r"-?[0-9]{1,12}\.[0-9]{1,3}",
    "sf-integer": r"-?[0-9]{1,15}",
    "sf-string": r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"',
    "sf-token": r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*",
    "time-local": rf"{_TIME}(?:\.[0-9]+)?",
}


def _is_local_moment(text: str) -> bool:
    """Return whether a text is a date and a time without an offset (RFC 3339, section 5.6)."""
    return text[10:11] in ("T", "t") and has_format("date", text[:10]) and has_format("time-local", text[11:])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return a compiled pattern; few documents use any, so none is compiled before it is needed."""
    return re.compile(_PATTERNS[name], re.ASCII)


def _matches(name: str, text: str) -> bool:
    return _pattern(name).fullmatch(text) is not None


WRITTEN_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    **{name: partial(_matches, name) for name in _PATTERNS},
    "date-time-local": _is_local_moment,
}
"""Formats of the registry that the schema library does not know: the test of each."""

ASSERTED: Final = frozenset(
    {
        *("date", "date-time", "duration", "time"),
        *("email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6"),
        *("iri", "iri-reference", "uri", "uri-reference", "uri-template", "uuid"),
        *("json-pointer", "regex", "relative-json-pointer"),
        *WRITTEN_FORMATS,
    }
)
"""String formats that validation asserts."""

RANGES: Final = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "double-int": (1 - 2**53, 2**53 - 1),
    "sf-integer": (1 - 10**15, 10**15 - 1),
}
"""Number format → its (least, greatest) value, both inclusive."""


@lru_cache(maxsize=1024)
def has_format(name: str, text: str) -> bool:
    """Return whether ``text`` conforms to the format ``name``; always true if the format asserts nothing."""
    if name not in ASSERTED:
        return True
    written = WRITTEN_FORMATS.get(name)
    return written(text) if written is not None else _validator(name).is_valid(text)


@lru_cache(maxsize=64)
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    email = jsonschema_rs.EmailOptions(allow_display_text=False)
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True, email_options=email)
