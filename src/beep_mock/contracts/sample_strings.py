"""Strings that look like what they stand for: by format, by pattern, by the property's name."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

from beep_mock.contracts.sample_patterns import from_pattern
from beep_mock.contracts.schema_formats import ASSERTED
from beep_mock.contracts.schema_patterns import matches

__all__ = ["text"]

_LONGEST = 100_000
_WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett")
_GIVEN = ("Ada", "Alan", "Barbara", "Edsger", "Grace", "Katherine", "Ken", "Margaret", "Niklaus", "Radia")
_FAMILY = ("Allen", "Hamilton", "Hopper", "Johnson", "Liskov", "Lovelace", "Perlman", "Ritchie", "Turing", "Wirth")

_Make = Callable[[Random], str]


def _uuid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _email(random: Random) -> str:
    return f"{random.choice(_GIVEN)}.{random.choice(_FAMILY)}@example.com".lower()


def _date(random: Random) -> str:
    return f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _clock(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}Z"


def _moment(random: Random) -> str:
    return f"{_date(random)}T{_clock(random)}"


def _host(random: Random) -> str:
    return f"{random.choice(_WORDS)}.example.com"


def _url(random: Random) -> str:
    return f"https://example.com/{random.choice(_WORDS)}"


def _path(random: Random) -> str:
    return f"/{random.choice(_WORDS)}"


def _base64(random: Random) -> str:
    return b64encode(random.choice(_WORDS).encode()).decode()


def _whole(random: Random) -> str:
    return str(random.randint(1, 100))


def _person(random: Random) -> str:
    return f"{random.choice(_GIVEN)} {random.choice(_FAMILY)}"


_FORMATS: dict[str, _Make] = {
    "base64": _base64,
    "byte": _base64,
    "date": _date,
    "date-time": _moment,
    "decimal": lambda random: f"{random.randint(1, 99)}.50",
    "duration": lambda random: f"PT{random.randint(1, 59)}M",
    "email": _email,
    "hostname": _host,
    "idn-email": _email,
    "idn-hostname": _host,
    "int32": _whole,
    "int64": _whole,
    "ipv4": lambda random: f"192.0.2.{random.randint(1, 254)}",
    "ipv6": lambda random: f"2001:db8::{random.randint(1, 0xFFFF):x}",
    "iri": _url,
    "iri-reference": _path,
    "json-pointer": _path,
    "regex": lambda random: f"^{random.choice(_WORDS)}$",
    "relative-json-pointer": lambda random: str(random.randint(0, 9)),
    "time": _clock,
    "uri": _url,
    "uri-reference": _path,
    "uri-template": lambda random: f"{_url(random)}/{{id}}",
    "url": _url,
    "uuid": _uuid,
}

_NAMES: tuple[tuple[str, _Make], ...] = (
    (r"e-?mail", _email),
    (r"(first|given)_?name", lambda random: random.choice(_GIVEN)),
    (r"(last|family|sur)_?name", lambda random: random.choice(_FAMILY)),
    (r"(full|display|user|owner)_?name$", _person),
    (r"phone|mobile|fax", lambda random: f"+4420794600{random.randint(10, 99)}"),
    (r"country(_?code)?$", lambda random: random.choice(("DE", "FR", "GB", "JP", "US"))),
    (r"city|town", lambda random: random.choice(("Berlin", "Lyon", "Osaka", "Leeds"))),
    (r"currency", lambda random: random.choice(("EUR", "GBP", "JPY", "USD"))),
    (r"(ur[li]|href|link|website)$", _url),
    (r"lang(uage)?|locale", lambda random: random.choice(("de", "en", "fr"))),
    (r"(^|_)(created|updated|modified|expires)(_?at|_?on)?$|(_at|At|_on|On|_date|Date)$", _moment),
    (r"(^|_|u)id$|Id$|ID$", lambda random: f"{random.choice(_WORDS)}-{random.randint(1, 99)}"),
    (r"name|title|label", lambda random: f"{random.choice(_WORDS).title()} {random.choice(_WORDS).title()}"),
    (
        r"description|comment|message|text|summary|note",
        lambda random: f"A {random.choice(_WORDS)} for {random.choice(_WORDS)}.",
    ),
)
_NAMED = tuple((re.compile(name, re.IGNORECASE if name == name.lower() else 0), make) for name, make in _NAMES)


def text(schema: dict[str, Any], name: str, random: Random, repetition: int = 0) -> str | None:
    """A string for a schema's ``format``, ``pattern`` and lengths; None when none was found.

    ``name`` is the property's, by which a string without a format is chosen; ``repetition`` counts how many others
    were made that it should differ from.
    """
    least, most = _length(schema, "minLength", 0), _length(schema, "maxLength", _LONGEST)
    if least > min(most, _LONGEST):
        return None
    pattern = schema.get("pattern")
    asked = schema.get("format")
    make = _FORMATS.get(asked) if isinstance(asked, str) else None
    if make is not None:
        found = _lengthened(make(random), asked, least)
        if least <= len(found) <= most and (not isinstance(pattern, str) or matches(pattern, found)):
            return found
    if isinstance(pattern, str):
        return from_pattern(pattern, random, least, most)
    if make is not None and asked in ASSERTED:
        return _shortened(str(asked), least, most)
    tail = str(repetition)[:most] if repetition else ""
    return _named(name, random)[: most - len(tail)].ljust(least - len(tail), "x") + tail


def _named(name: str, random: Random) -> str:
    for wanted, make in _NAMED:
        if wanted.search(name):
            return make(random)
    return random.choice(_WORDS)


def _length(schema: dict[str, Any], keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


_TAILS = {"uri": "/x", "iri": "/x", "uri-reference": "/x", "iri-reference": "/x", "json-pointer": "/x", "byte": "YWxh"}


def _lengthened(found: str, asked: Any, least: int) -> str:
    """A string of a format that may be longer, made at least so long."""
    if len(found) >= least or not isinstance(asked, str):
        return found
    missing = least - len(found)
    if asked in ("email", "idn-email"):
        sub, _, domain = found.partition("@")
        return f"{(sub + 'x' * missing)[:64]}@{'sub.' * ((max(0, missing - 64 + len(sub)) + 3) // 4)}{domain}"
    if asked in ("hostname", "idn-hostname"):
        return "sub." * ((missing + 3) // 4) + found
    tail = _TAILS.get(asked, "")
    if asked == "byte":
        return tail * ((missing + 3) // 4) + found
    return found + (tail + "x" * missing)[: max(missing, 2)] if tail else found


_SHORT = {
    "byte": ("",),
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
    "uri": ("urn:x:y", "a:b"),
    "uri-reference": ("a", ""),
    "uri-template": ("a",),
}


def _shortened(asked: str, least: int, most: int) -> str | None:
    """A short string of a format, where the usual one is too long."""
    return next((short for short in _SHORT.get(asked, ()) if least <= len(short) <= most), None)
