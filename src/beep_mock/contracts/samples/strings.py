"""Generate realistic strings from a schema's format and pattern and from the property's name."""

from __future__ import annotations

from base64 import b16encode, b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.names import age_of, named_text
from beep_mock.contracts.samples.patterns import from_pattern
from beep_mock.contracts.schemas.formats import ASSERTED, has_format
from beep_mock.contracts.schemas.patterns import accepted_pattern, matches
from beep_mock.contracts.values.media_types import is_json, parse_content_type

__all__ = ["encoded", "holds_json", "text"]


_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base16": b16encode,
    "base32": b32encode,
    "base64": b64encode,
    "base64url": urlsafe_b64encode,
}
_LONGEST_ENCODED = 10_000


def encoded(name: object, word: str, least: int, most: int) -> str | None:
    """Return ``word`` in the encoding ``name``, repeated or cut to fit ``least`` to ``most`` characters.

    None if the encoding is unknown or no encoded string has such a length.
    """
    encode = _ENCODINGS.get(name.lower()) if isinstance(name, str) else None
    if encode is None or least > _LONGEST_ENCODED:
        return None
    for size in (len(word), *range(len(word) - 1, -1, -1), *range(len(word) + 1, least + 1)):
        found = encode((word * (size // len(word) + 1))[:size].encode()).decode()
        if least <= len(found) <= most:
            return found
    return None


_LONGEST = 100_000
_ATTEMPTS = 20
_PLAIN = ("amber", "cedar", "maple", "river")

_Make = Callable[[Facts, str], str]


def _email(facts: Facts, _: str) -> str:
    return named_text("email", facts)


def _date(facts: Facts, name: str) -> str:
    return facts.moment(age_of(name)).strftime("%Y-%m-%d")


def _moment(facts: Facts, name: str) -> str:
    return facts.moment(age_of(name)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clock(facts: Facts, name: str) -> str:
    return facts.moment(age_of(name)).strftime("%H:%M:%SZ")


def _http_date(facts: Facts, name: str) -> str:
    return format_datetime(facts.moment(age_of(name)), usegmt=True)


def _local(make: _Make) -> _Make:
    return lambda facts, name: make(facts, name).removesuffix("Z")


def _host(facts: Facts, _: str) -> str:
    return named_text("hostname", facts)


def _url(facts: Facts, name: str) -> str:
    found = named_text(name, facts)
    return found if found.startswith("https://") else named_text("url", facts)


def _path(facts: Facts, _: str) -> str:
    return f"/{facts.random.choice(_PLAIN)}"


def _base64(facts: Facts, _: str) -> str:
    return b64encode(facts.random.choice(_PLAIN).encode()).decode()


def _whole(facts: Facts, _: str) -> str:
    return str(facts.random.randint(1, 100))


_FORMATS: dict[str, _Make] = {
    "base64": _base64,
    "base64url": _base64,
    "byte": _base64,
    "char": lambda facts, _: facts.random.choice(_PLAIN)[0],
    "date": _date,
    "date-time": _moment,
    "date-time-local": _local(_moment),
    "decimal": lambda facts, _: named_text("price", facts),
    "decimal128": lambda facts, _: named_text("price", facts),
    "duration": lambda facts, _: f"PT{facts.random.randint(1, 59)}M",
    "email": _email,
    "hostname": _host,
    "http-date": _http_date,
    "idn-email": _email,
    "idn-hostname": _host,
    "int32": _whole,
    "int64": _whole,
    "ipv4": lambda facts, _: f"192.0.2.{facts.random.randint(1, 254)}",
    "ipv6": lambda facts, _: f"2001:db8::{facts.random.randint(1, 0xFFFF):x}",
    "iri": _url,
    "iri-reference": _path,
    "json-pointer": _path,
    "media-range": lambda facts, _: facts.random.choice(("application/json", "text/*", "*/*")),
    "password": lambda facts, _: named_text("password", facts),
    "regex": lambda facts, _: f"^{facts.random.choice(_PLAIN)}$",
    "relative-json-pointer": lambda facts, _: str(facts.random.randint(0, 9)),
    "sf-binary": lambda facts, name: f":{_base64(facts, name)}:",
    "sf-boolean": lambda facts, _: f"?{facts.random.randint(0, 1)}",
    "sf-decimal": lambda facts, _: f"{facts.random.randint(1, 99)}.5",
    "sf-integer": _whole,
    "sf-string": lambda facts, _: f'"{facts.random.choice(_PLAIN)}"',
    "sf-token": lambda facts, _: facts.random.choice(_PLAIN),
    "time": _clock,
    "time-local": _local(_clock),
    "uri": _url,
    "uri-reference": _path,
    "uri-template": lambda facts, _: f"https://example.com/{facts.random.choice(_PLAIN)}/{{id}}",
    "url": _url,
    "uuid": lambda facts, _: named_text("uuid", facts),
}


def text(schema: dict[str, Any], name: str, facts: Facts, repetition: int = 0) -> str | None:
    """Return a string for a schema's ``format``, ``pattern`` and lengths; None if none was found.

    ``name`` is the property's name; together with the ``facts`` of its object it selects a realistic string.
    ``repetition`` is the number of earlier strings that this one should differ from.
    """
    least, most = _length(schema, "minLength", 0), _length(schema, "maxLength", _LONGEST)
    if least > min(most, _LONGEST):
        return None
    if "contentEncoding" in schema and not schema.keys() & {"format", "pattern"}:
        word = facts.random.choice(_PLAIN) + (str(repetition) if repetition else "")
        found = encoded(schema["contentEncoding"], word, least, most)
        if found is not None:
            return found
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and accepted_pattern(pattern) is None:
        pattern = None  # unusable: validation ignores it too
    asked = schema.get("format")
    make = _FORMATS.get(asked) if isinstance(asked, str) else None
    if make is not None:
        formatted = _lengthened(make(facts, name), asked, least)
        if least <= len(formatted) <= most and (not isinstance(pattern, str) or matches(pattern, formatted)):
            return formatted
    if isinstance(pattern, str):
        named = named_text(name, facts)
        if least <= len(named) <= most and not repetition and matches(pattern, named):
            return named
        if make is None or asked not in ASSERTED:
            longer = from_pattern(pattern, facts.random, min(least + repetition, most), most) if repetition else None
            return longer or from_pattern(pattern, facts.random, least, most)
        return _of_both(pattern, str(asked), make(facts, name), facts, least, most)
    if make is not None and asked in ASSERTED:
        return _shortened(str(asked), least, most)
    tail = str(repetition)[:most] if repetition else ""
    return _padded(named_text(name, facts)[: most - len(tail)].rstrip(), least - len(tail), most - len(tail)) + tail


def holds_json(schema: dict[str, Any]) -> bool:
    """Return whether a string contains JSON (JSON Schema 2020-12, validation, 8.4) and has no other constraint."""
    kind = schema.get("contentMediaType")
    return (
        isinstance(kind, str)
        and is_json(parse_content_type(kind)[0])
        and isinstance(schema.get("contentSchema", {}), dict)
        and not schema.keys() & {"contentEncoding", "pattern", "format", "minLength", "maxLength"}
    )


def _padded(found: str, least: int, most: int) -> str:
    """Return ``found``, padded with words to at least ``least`` characters."""
    if len(found) >= least:
        return found
    join = " " if " " in found else "-"
    words = join.join(_PLAIN)
    more = (least - len(found)) // len(words) + 1
    longer = join.join([found, *[words] * more] if found else [words] * more)
    end = longer.find(join, least)
    return longer[: min(most, end)] if end >= 0 else longer[:most]


def _of_both(pattern: str, asked: str, formatted: str, facts: Facts, least: int, most: int) -> str | None:
    """Return a string that has the format and matches the pattern: from the pattern alone, or a mix of both."""
    for _ in range(_ATTEMPTS):
        matching = from_pattern(pattern, facts.random, 0, most)
        if matching is None:
            return None
        size = len(matching)
        for found in (matching, matching + formatted[size:], formatted[: max(0, len(formatted) - size)] + matching):
            if least <= len(found) <= most and has_format(asked, found) and matches(pattern, found):
                return found
    return None


def _length(schema: dict[str, Any], keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


_TAILS = {"uri": "/x", "iri": "/x", "uri-reference": "/x", "iri-reference": "/x", "json-pointer": "/x", "byte": "YWxh"}


def _lengthened(found: str, asked: Any, least: int) -> str:
    """Return ``found``, extended to at least ``least`` characters if the format ``asked`` permits it."""
    if len(found) >= least or not isinstance(asked, str):
        return found
    missing = least - len(found)
    if asked in ("email", "idn-email"):
        sub, _, domain = found.partition("@")
        return f"{(sub + 'x' * missing)[:64]}@{'sub.' * ((max(0, missing - 64 + len(sub)) + 3) // 4)}{domain}"
    if asked in ("hostname", "idn-hostname"):
        return "sub." * ((missing + 3) // 4) + found
    if asked in ("date-time", "time"):  # RFC 3339, 5.6: the fraction is of any length
        moment = found.removesuffix("Z")
        digits = least - len(moment) - len("+00:00")
        return f"{moment}.{'0' * max(1, digits - 1)}+00:00" if digits > 0 else f"{moment}+00:00"
    tail = _TAILS.get(asked, "")
    if asked == "byte":
        return tail * ((missing + 3) // 4) + found
    return found + (tail + "x" * missing)[: max(missing, 2)] if tail else found


_SHORT = {
    "base64url": ("",),
    "byte": ("",),
    "char": ("a",),
    "date-time": ("2026-01-01T00:00:00Z",),
    "duration": ("P1D",),
    "email": ("a@b.c", "a@b"),
    "hostname": ("a.b", "a"),
    "idn-email": ("a@b.c",),
    "idn-hostname": ("a",),
    "ipv4": ("10.0.0.1", "1.1.1.1"),
    "ipv6": ("::1", "::"),
    "iri": ("urn:x:y", "a:b"),
    "iri-reference": ("a", ""),
    "json-pointer": ("/a", ""),
    "regex": (".",),
    "relative-json-pointer": ("0",),
    "sf-integer": ("1",),
    "sf-token": ("a",),
    "uri": ("urn:x:y", "a:b"),
    "uri-reference": ("a", ""),
    "uri-template": ("a",),
}


def _shortened(asked: str, least: int, most: int) -> str | None:
    """Return a short string of the format ``asked``, for when the usual one is too long; None if none fits."""
    return next((short for short in _SHORT.get(asked, ()) if least <= len(short) <= most), None)
