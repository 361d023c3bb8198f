"""The values of ``format`` that are assertions here (OpenAPI Format Registry; JSON Schema 2020-12, section 7.3).

Everything else, known or not (``password``, ``binary``, ``float``), is an annotation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import jsonschema_rs

__all__ = ["ASSERTED", "BASE64", "RANGES", "has_format", "is_base64"]


ASSERTED: Final = frozenset(
    {
        *("date", "date-time", "duration", "time"),
        *("email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6"),
        *("iri", "iri-reference", "uri", "uri-reference", "uri-template", "uuid"),
        *("byte", "json-pointer", "regex", "relative-json-pointer"),
    }
)
"""String formats that validation asserts."""

BASE64: Final = "byte"
"""The format that OpenAPI 3.0 calls ``byte``: base64 (RFC 4648, section 4)."""

RANGES: Final = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
}
"""Number format → its (least, greatest) value, both inclusive."""

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_base64(text: str) -> bool:
    """Return whether ``text`` is base64 with its padding (RFC 4648, section 4)."""
    return _BASE64.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def has_format(name: str, text: str) -> bool:
    """Return whether ``text`` conforms to the format ``name``; always true if the format asserts nothing."""
    if name not in ASSERTED:
        return True
    return is_base64(text) if name == BASE64 else _validator(name).is_valid(text)


@lru_cache(maxsize=64)
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    email = jsonschema_rs.EmailOptions(allow_display_text=False)
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True, email_options=email)
