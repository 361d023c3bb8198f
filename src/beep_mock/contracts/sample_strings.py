"""Strings that look like what they stand for: by format, by pattern, by the property's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

__all__ = ["from_pattern", "text"]

_WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett")
_GIVEN = ("Ada", "Alan", "Barbara", "Edsger", "Grace", "Katherine", "Ken", "Margaret", "Niklaus", "Radia")
_FAMILY = ("Allen", "Hamilton", "Hopper", "Johnson", "Liskov", "Lovelace", "Perlman", "Ritchie", "Turing", "Wirth")


def _uuid(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _email(random: Random) -> str:
    return f"{random.choice(_GIVEN)}.{random.choice(_FAMILY)}@example.com".lower()


def _date(random: Random) -> str:
    return f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _clock(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}Z"


_FORMATS: dict[str, Callable[[Random], str]] = {
    "date-time": lambda r: f"{_date(r)}T{_clock(r)}",
    "date": _date,
    "time": _clock,
    "duration": lambda r: f"PT{r.randint(1, 59)}M",
    "email": _email,
    "idn-email": _email,
    "hostname": lambda r: f"{r.choice(_WORDS)}.example.com",
    "idn-hostname": lambda r: f"{r.choice(_WORDS)}.example.com",
    "ipv4": lambda r: f"192.0.2.{r.randint(1, 254)}",
    "ipv6": lambda r: f"2001:db8::{r.randint(1, 0xFFFF):x}",
    "uri": lambda r: f"https://example.com/{r.choice(_WORDS)}",
    "url": lambda r: f"https://example.com/{r.choice(_WORDS)}",
    "iri": lambda r: f"https://example.com/{r.choice(_WORDS)}",
    "uri-reference": lambda r: f"/{r.choice(_WORDS)}",
    "iri-reference": lambda r: f"/{r.choice(_WORDS)}",
    "uri-template": lambda r: f"https://example.com/{r.choice(_WORDS)}/{{id}}",
    "uuid": _uuid,
    "byte": lambda r: r.choice(("YWxwaGE=", "YnJhdm8=", "ZGVsdGE=")),
    "base64": lambda r: r.choice(("YWxwaGE=", "YnJhdm8=", "ZGVsdGE=")),
    "json-pointer": lambda r: f"/{r.choice(_WORDS)}",
    "relative-json-pointer": lambda _: "0",
    "regex": lambda _: "^[a-z]+$",
    "int32": lambda r: str(r.randint(1, 100)),
    "int64": lambda r: str(r.randint(1, 100)),
    "decimal": lambda r: f"{r.randint(1, 99)}.50",
}

_NAMES: tuple[tuple[str, Callable[[Random], str]], ...] = (
    (r"e-?mail", _email),
    (r"(first|given)_?name", lambda r: r.choice(_GIVEN)),
    (r"(last|family|sur)_?name", lambda r: r.choice(_FAMILY)),
    (r"(full|display|user|owner)_?name$", lambda r: f"{r.choice(_GIVEN)} {r.choice(_FAMILY)}"),
    (r"phone|mobile|fax", lambda r: f"+4420794600{r.randint(10, 99)}"),
    (r"country(_?code)?$", lambda r: r.choice(("DE", "FR", "GB", "JP", "US"))),
    (r"city|town", lambda r: r.choice(("Berlin", "Lyon", "Osaka", "Leeds"))),
    (r"currency", lambda r: r.choice(("EUR", "GBP", "JPY", "USD"))),
    (r"(ur[li]|href|link|website)$", _FORMATS["uri"]),
    (r"lang(uage)?|locale", lambda r: r.choice(("de", "en", "fr"))),
    (r"(^|_)(created|updated|modified|expires)(_?at|_?on)?$|(_at|At|_date|Date)$", _FORMATS["date-time"]),
    (r"(uu)?id$|Id$", lambda r: f"{r.choice(_WORDS)}-{r.randint(1, 99)}"),
    (r"name|title|label", lambda r: f"{r.choice(_WORDS).title()} {r.choice(_WORDS).title()}"),
    (r"description|comment|message|text|summary|note", lambda r: f"A {r.choice(_WORDS)} for {r.choice(_WORDS)}."),
)
_NAMED = tuple((re.compile(pattern, re.IGNORECASE), make) for pattern, make in _NAMES)


def text(schema: dict[str, Any], name: str, random: Random) -> str:
    """A string for a schema's ``format``, ``pattern`` and lengths; ``name`` is the property's."""
    pattern = schema.get("pattern")
    made = _FORMATS.get(str(schema.get("format", "")))
    if made is not None:
        found = made(random)
        if not isinstance(pattern, str) or _matches(pattern, found):
            return found if pattern is not None else _sized(schema, found, keep=True)
    least, most = _lengths(schema)
    if isinstance(pattern, str):
        for _ in range(40):
            found = from_pattern(pattern, random, least)
            if least <= len(found) <= most and _matches(pattern, found):
                return found
        return from_pattern(pattern, random, least)
    for wanted, make in _NAMED:
        if wanted.search(name):
            return _sized(schema, make(random))
    return _sized(schema, random.choice(_WORDS))


def _lengths(schema: dict[str, Any]) -> tuple[int, int]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1 << 20)
    return (least if isinstance(least, int) else 0), (most if isinstance(most, int) else 1 << 20)


def _sized(schema: dict[str, Any], found: str, *, keep: bool = False) -> str:
    least, most = _lengths(schema)
    if len(found) > most and not keep:
        found = found[:most]
    return found + "x" * (least - len(found)) if len(found) < least and not keep else found


def _matches(pattern: str, found: str) -> bool:
    try:
        return re.search(_python(pattern), found) is not None
    except (re.error, RecursionError):
        return True


def _python(pattern: str) -> str:
    """An ECMA 262 pattern as Python reads it, near enough to make a candidate from."""
    pattern = re.sub(r"\\p\{(?:L|Letter|Alpha|Lu|Ll|IsLatin)[^}]*\}", "[A-Za-z]", pattern)
    pattern = re.sub(r"\\p\{[^}]*\}", "[0-9]", pattern)
    pattern = re.sub(r"\\P\{[^}]*\}", "[a-z]", pattern)
    pattern = re.sub(r"\\u\{?([0-9A-Fa-f]{4})\}?", r"\\u\1", pattern)
    return pattern.replace(r"\/", "/").replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")


_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ .,:;/@+*!?#$%&=()[]{}<>|~^'\"`\\"


def from_pattern(pattern: str, random: Random, least: int = 0) -> str:
    """A string that is likely to match ``pattern``; repetitions stretch towards ``least`` characters."""
    import re._parser as parser  # type: ignore[import-not-found]

    try:
        tree = parser.parse(_python(pattern))
    except (re.error, RecursionError, OverflowError):
        return ""
    return _Walk(random, least).sequence(tree, {})


class _Walk:
    def __init__(self, random: Random, least: int) -> None:
        self._random = random
        self._least = least

    def sequence(self, tree: Any, groups: dict[int, str]) -> str:
        made = ""
        for op, argument in tree:
            made += self._part(str(op), argument, groups)
        return made

    def _part(self, op: str, argument: Any, groups: dict[int, str]) -> str:
        if op == "LITERAL":
            return chr(argument)
        if op == "NOT_LITERAL":
            return next(c for c in _PLAIN if ord(c) != argument)
        if op == "ANY":
            return self._random.choice(_PLAIN[:36])
        if op == "IN":
            return self._one_of(argument)
        if op == "BRANCH":
            return self.sequence(self._random.choice(argument[1]), groups)
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = argument
            high = min(int(high), max(int(low), 1, self._least) + 2)
            count = self._random.randint(max(int(low), min(1, high), min(self._least, high)), high)
            return "".join(self.sequence(inner, groups) for _ in range(count))
        if op == "SUBPATTERN":
            made = self.sequence(argument[3], groups)
            if argument[0] is not None:
                groups[argument[0]] = made
            return made
        if op == "ATOMIC_GROUP":
            return self.sequence(argument, groups)
        if op == "GROUPREF":
            return groups.get(argument, "")
        return ""  # anchors and look-arounds: whoever asked looks whether the whole matches

    def _one_of(self, items: Any) -> str:
        negated = str(items[0][0]) == "NEGATE"
        if negated:
            fit = [c for c in _PLAIN if not any(_admits(i, c) for i in items[1:])]
            return self._random.choice(fit) if fit else "\u00e4"
        fit = [c for c in _PLAIN if any(_admits(i, c) for i in items)]
        if fit:
            return self._random.choice(fit)
        op, argument = items[0]
        return chr(argument[0] if str(op) == "RANGE" else argument) if str(op) in ("RANGE", "LITERAL") else ""


def _admits(item: Any, character: str) -> bool:
    op, argument = str(item[0]), item[1]
    if op == "LITERAL":
        return bool(ord(character) == argument)
    if op == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    tests: dict[str, Callable[[str], bool]] = {
        "CATEGORY_DIGIT": str.isdigit,
        "CATEGORY_SPACE": str.isspace,
        "CATEGORY_WORD": lambda c: c.isalnum() or c == "_",
    }
    name = str(argument)
    if name.startswith("CATEGORY_NOT_"):
        return not tests[name.replace("_NOT_", "_")](character)
    return tests[name](character) if name in tests else False
