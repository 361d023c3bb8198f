"""Values as text in the styles of parameters (OpenAPI 3.1, Style Values and Style Examples; RFC 6570, 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from beep_mock.contracts.values.scalars import text_of
from beep_mock.interaction import Json

__all__ = ["Encode", "as_written", "deep_pairs", "delimited", "encoded", "matrix", "pairs", "reserved_kept"]

Encode = Callable[[str], str]

_RESERVED = ":/?@!$'()*;"  # what may stand in a query and parts nothing in it (RFC 3986, 3.4)
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


def encoded(text: str) -> str:
    """Return all but RFC 3986's unreserved characters percent-encoded."""
    return quote(text, safe="", errors="replace")


def reserved_kept(text: str) -> str:
    """Percent-encoded but for the reserved characters that part nothing in a query (``allowReserved``)."""
    return quote(text, safe=_RESERVED, errors="replace")


def as_written(text: str) -> str:
    """Return the text itself, for headers and the style ``cookie``."""
    return text


def delimited(value: Json, delimiter: str, encode: Encode, *, explode: bool) -> str:
    """Return a value in one text: ``3,4,5``, ``R,100,G,200`` or exploded ``R=100,G=200``. Null members are left out."""
    if isinstance(value, list):
        return delimiter.join(encode(text_of(item)) for item in value if item is not None)
    if isinstance(value, dict):
        equals = "=" if explode else delimiter
        members = ((name, item) for name, item in value.items() if item is not None)
        return delimiter.join(f"{encode(name)}{equals}{encode(text_of(item))}" for name, item in members)
    return encode(text_of(value))


def matrix(name: str, value: Json, *, explode: bool) -> str:
    """Style ``matrix``: ``;color=blue,black``, exploded ``;color=blue;color=black`` or ``;R=100;G=200``."""
    if explode and isinstance(value, dict):
        return "".join(f";{encoded(n)}={encoded(text_of(item))}" for n, item in value.items() if item is not None)
    if explode and isinstance(value, list):
        return "".join(_matrix_pair(name, encoded(text_of(item))) for item in value if item is not None)
    return _matrix_pair(name, delimited(value, ",", encoded, explode=False))


def pairs(name: str, value: Json, style: str, *, explode: bool, encode: Encode | None = None) -> list[str]:
    """Return ``name=text`` pairs of a query, cookie or form. None for null, an empty array and an empty object.

    ``encode`` writes texts, and by default names too, in percent-encoding.
    """
    encode = encode or encoded
    encode_name = as_written if encode is as_written else encoded
    if value is None or value in ([], {}):
        return []
    if style == "deepObject":
        return [f"{encode_name(key)}={encode(text)}" for key, text in deep_pairs(name, value)]
    if explode and isinstance(value, list):
        return [f"{encode_name(name)}={encode(text_of(item))}" for item in value if item is not None]
    if explode and isinstance(value, dict) and style not in _DELIMITERS:
        return [f"{encode_name(key)}={encode(text_of(one))}" for key, item in value.items() for one in _repeated(item)]
    return [f"{encode_name(name)}={delimited(value, _DELIMITERS.get(style, ','), encode, explode=False)}"]


def _repeated(value: Json) -> list[Json]:
    """Return a property that is an array as a pair for each item: no style defines it inside an object."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if item is not None]


def deep_pairs(name: str, value: Json) -> list[tuple[str, str]]:
    """Return ``color[R]`` and ``100``.

    Deeper as ``filter[owner][id]`` and ``filter[ids][0]``, which most servers read.
    """
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in deep_pairs(f"{name}[{key}]", item)]
    if isinstance(value, list):
        return [pair for index, item in enumerate(value) for pair in deep_pairs(f"{name}[{index}]", item)]
    return [] if value is None else [(name, text_of(value))]


def _matrix_pair(name: str, text: str) -> str:
    return f";{encoded(name)}={text}" if text else f";{encoded(name)}"
