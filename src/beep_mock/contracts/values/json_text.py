"""JSON text to values, exactly and within bounds, and back (RFC 8259)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isinf
from typing import Any

import orjson

from beep_mock.contracts.values.media_types import BodyError, text_in
from beep_mock.interaction import Json

__all__ = ["MOST_NESTING", "BodyError", "load_json", "write_json"]

MOST_NESTING = 256
"""How many arrays and objects may stand in each other; deeper ones exhaust the stack of what judges them."""

_NO_PARAMETERS: Mapping[str, str] = {}
_DIGITS_AS_ZERO = bytes(48 if chr(b).isdigit() and b < 128 else b for b in range(256))
_LONG_INTEGER = b"0" * 19  # 2 ** 63 has 19 digits
_NOT_BRACKETS = bytes(b for b in range(256) if b not in b"[]{}")


def load_json(text: bytes, parameters: Mapping[str, str] = _NO_PARAMETERS) -> Json:
    """Return the value of a JSON text. Of equal keys the last counts; integers keep all their digits.

    The text is UTF-8 (RFC 8259, 8.1), or else of the ``charset`` in the content type's ``parameters``.

    :raises BodyError: with the line and column, counted from 1.
    """
    if len(text) > MOST_NESTING:
        _bound(text)
    if _LONG_INTEGER in text.translate(_DIGITS_AS_ZERO):
        return _load_exactly(text, parameters)  # orjson makes floats of integers over 64 bits
    try:
        return orjson.loads(text)
    except ValueError:
        return _load_exactly(text, parameters)


def write_json(value: Json) -> bytes:
    """Return the text of a value, without spaces; never raises for a JSON value."""
    try:
        return orjson.dumps(value)
    except TypeError:  # integers of more than 64 bits, lone surrogates, nesting over 254
        return json.dumps(value, separators=(",", ":"), default=str).encode("ascii")


def _bound(text: bytes) -> None:
    if text.count(b"[") + text.count(b"{") > MOST_NESTING and _nesting(text) > MOST_NESTING:
        raise BodyError("nesting", f"the JSON is nested more than {MOST_NESTING} levels deep")


def _nesting(text: bytes) -> int:
    """Return the depth of brackets outside strings."""
    unescaped = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(unescaped.split(b'"')[::2])
    depth = most = 0
    for bracket in outside.translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            most = max(most, depth)
        else:
            depth -= 1
    return most


def _load_exactly(body: bytes, parameters: Mapping[str, str]) -> Json:
    """Read with the standard library what the fast parser refuses or would round, with a better message."""
    try:
        text = _decoded(body, parameters.get("charset", ""))
        value = json.loads(text, parse_constant=_refuse, parse_float=_float)
        json.dumps(value, ensure_ascii=False).encode()  # no lone surrogates: they have no UTF-8
    except BodyError:
        raise
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise BodyError("json", message) from None
    except UnicodeDecodeError as error:
        raise BodyError("json", f"not JSON: not {error.encoding.upper()} at byte {error.start}") from None
    except UnicodeEncodeError:
        raise BodyError("json", "not JSON: a string with half a surrogate pair") from None
    except ValueError as error:
        raise BodyError("json", f"not JSON: {error}") from None
    return value


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        if charset.lower() in ("", "utf-8", "utf8"):
            raise
    text = text_in(body, charset)
    _bound(text.encode())  # its brackets may be other bytes, as in EBCDIC
    return text


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _float(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"the number {text[:40]} is out of range")
    return value
