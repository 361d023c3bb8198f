"""Convert a value that a schema rejects to one of the same meaning that it allows (type, format, range, spelling)."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from beep_mock.contracts.samples.numbers import allows, nearest
from beep_mock.contracts.schemas.formats import has_format
from beep_mock.contracts.schemas.patterns import matches
from beep_mock.interaction import MISSING, Json

__all__ = ["corrected", "kind_names", "kinds_of", "same"]

_LONGEST = 10_000
_HUGE = 10**300
_EPOCH = range(10**8, 10**11)
"""Integers in this range may be Unix timestamps in seconds; a thousand times larger, in milliseconds."""
_NUMBER = re.compile(r"\s*([+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?)\s*%?")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def kind_names(value: Json) -> tuple[str, ...]:
    """Return the names of the JSON Schema types that a value has."""
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int):
        return ("integer", "number")
    if isinstance(value, float):
        return ("integer", "number") if value.is_integer() else ("number",)
    if isinstance(value, str):
        return ("string",)
    return ("object",) if isinstance(value, dict) else ("array",)


def kinds_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the types that a flat schema declares; empty if it allows all."""
    declared = schema.get("type")
    names = tuple(declared) if isinstance(declared, list) else (declared,) if isinstance(declared, str) else ()
    return (*names, "null") if names and schema.get("nullable") is True else names


def same(one: Json, other: Json) -> bool:
    """Return whether two values are equal in JSON: true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def corrected(value: Json, schema: dict[str, Any]) -> Any:
    """Return the nearest value that a flat ``schema`` allows by type, ``enum``, range, length and format.

    The parts of an object or array are not checked. :data:`MISSING` if no value is near.
    """
    if "const" in schema or isinstance(schema.get("enum"), list):
        choices = [schema["const"]] if "const" in schema else schema["enum"]
        return _nearest_choice(value, choices, null=schema.get("nullable") is True)
    kinds = kinds_of(schema)
    for candidate in _readings(value, kinds):
        if not kinds or set(kind_names(candidate)) & set(kinds):
            fitting = _fitting(candidate, schema)
            if fitting is not MISSING:
                return fitting
    return MISSING


def _nearest_choice(value: Json, choices: list[Json], *, null: bool) -> Any:
    if any(same(value, choice) for choice in choices) or (value is None and null):
        return value
    texts = {_spelt(choice): choice for choice in reversed(choices) if choice is not None}
    if value is None or isinstance(value, dict | list):
        return MISSING
    near = get_close_matches(_spelt(value), texts, n=1, cutoff=0.6)
    return texts[near[0]] if near else MISSING


def _spelt(value: Json) -> str:
    return re.sub(r"[\s_.-]+", "", str(value).lower())


def _readings(value: Json, kinds: tuple[str, ...]) -> Iterator[Json]:
    """Yield the value, then, unless it has a declared type, its conversions to those types, the likeliest first."""
    yield value
    if isinstance(value, str):
        yield from _readings_of_text(value, kinds)
    elif isinstance(value, bool):
        yield from (str(value).lower(), int(value))
    elif isinstance(value, int | float):
        if isinstance(value, float) and math.isfinite(value):
            yield round(value)
        if value in (0, 1):
            yield bool(value)
        yield str(value)
        with suppress(ValueError, OverflowError, OSError):
            seconds = value if int(value) in _EPOCH else value / 1000 if int(value / 1000) in _EPOCH else None
            if seconds is not None:
                yield datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif isinstance(value, list) and len(value) == 1:
        yield value[0]
    if value is not None and not isinstance(value, list):
        yield [value]


def _readings_of_text(value: str, kinds: tuple[str, ...]) -> Iterator[Json]:
    if len(value) > _LONGEST and not value.lstrip().startswith(("{", "[")):
        return
    with suppress(ValueError, RecursionError):
        yield json.loads(value, parse_constant=_refused)
    if (number := _NUMBER.fullmatch(value)) is not None:
        exact = float(number[1])
        if math.isfinite(exact):
            yield from (exact, round(exact))
    if value.strip().lower() in _WORDS:
        yield _WORDS[value.strip().lower()]
    if "null" in kinds and value.strip().lower() in ("", "null", "none"):
        yield None
    if "integer" in kinds or "number" in kinds:
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(value.strip())
            yield int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _refused(constant: str) -> Json:
    raise ValueError(constant)


def _fitting(value: Json, schema: dict[str, Any]) -> Any:
    if isinstance(value, str):
        return next((text for text in _spellings(value, schema) if _is_text_of(text, schema)), MISSING)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not -_HUGE < value < _HUGE:  # nor an infinite number
            return MISSING
        whole = "integer" in kinds_of(schema) and "number" not in kinds_of(schema)
        return value if allows(schema, value, whole=whole) else nearest(schema, Fraction(value), whole=whole)
    return value


def _is_text_of(text: str, schema: dict[str, Any]) -> bool:
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    pattern, asked = schema.get("pattern"), schema.get("format")
    return (
        least <= len(text) <= most
        and (not isinstance(pattern, str) or matches(pattern, text))
        and (not isinstance(asked, str) or has_format(asked, text))
    )


def _spellings(value: str, schema: dict[str, Any]) -> Iterator[str]:
    """Yield a string, then variants of it: trimmed, in the schema's format, in another case, truncated."""
    yield value
    trimmed = value.strip()
    yield trimmed
    asked = schema.get("format")
    make = _FORMS.get(asked) if isinstance(asked, str) else None
    if make is not None:
        yield from make(trimmed)
    if "pattern" in schema:
        yield from (trimmed.lower(), trimmed.upper(), trimmed.replace(" ", "-"), trimmed.replace(" ", "_"))
        yield from (trimmed.replace("-", ""), re.sub(r"[^\w.-]", "", trimmed), re.sub(r"\D", "", trimmed))
    most = schema.get("maxLength", math.inf)
    if len(trimmed) > most:
        yield trimmed[: int(most)]


_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ]+(\d\d:\d\d)(:\d\d)?([.,]\d+)?)?\s*(?:([Zz]|UTC|GMT)|([+-]\d\d):?(\d\d)?)?"
)


def _moments(text: str) -> Iterator[str]:
    found = _MOMENT.fullmatch(_DAY.sub(_written_day, text, count=1))
    if found is not None:
        day, clock, seconds, fraction, _, hours, minutes = found.groups()
        zone = f"{hours}:{minutes or '00'}" if hours else "Z"
        yield f"{day}T{clock or '00:00'}{seconds or ':00'}{(fraction or '').replace(',', '.')}{zone}"


def _days(text: str) -> Iterator[str]:
    found = _DAY.match(text)
    if found is not None:
        yield _written_day(found)


def _written_day(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _clocks(text: str) -> Iterator[str]:
    found = re.search(r"(\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?$", text)
    if found is not None:
        yield f"{found[1]}{found[2] or ':00'}{found[3] or ''}{found[4] or 'Z'}"


def _addresses(text: str) -> Iterator[str]:
    quoted = quote(text, safe="!#$%&'()*+,/:;=?@[]~-._")
    yield quoted
    yield f"https://{quoted.lstrip('/')}"


def _bytes(text: str) -> Iterator[str]:
    yield text + "=" * (-len(text) % 4)
    yield text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
    with suppress(UnicodeEncodeError):
        yield b64encode(text.encode()).decode()


def _uuids(text: str) -> Iterator[str]:
    digits = re.sub(r"[^0-9a-fA-F]", "", text)
    if len(digits) == 32:
        yield f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_FORMS = {
    "byte": _bytes,
    "date": _days,
    "date-time": _moments,
    "iri": _addresses,
    "time": _clocks,
    "uri": _addresses,
    "uri-reference": _addresses,
    "uuid": _uuids,
}
