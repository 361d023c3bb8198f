"""Matching rules of a pact: what of a value its consumer relies on.

A rule names the places it is for with a path expression (``$.items[*].name``); the rule with the longest path that fits
decides, at equal length the one with fewer wildcards. Rules of type reach down to what is below their place; others are
for their place only. Pact specification 2 (flat) and 3, 4 (by category).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from beep_mock.contracts.schemas.patterns import accepted_pattern

__all__ = ["FORMATS", "Matcher", "MatchingRules", "exactly", "one_of", "rules_of", "shared_pattern"]


Place = tuple[str | int, ...]
"""Keys and indices from the root of a body."""

_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+|\*)\]|\['(?P<single>[^']*)'\]|\[\"(?P<double>[^\"]*)\"\]")
_CASCADING = {"type", "equality"}
_TYPES = {
    "integer": "integer",
    "decimal": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "date": "string",
    "time": "string",
    "timestamp": "string",
    "datetime": "string",
    "include": "string",
    "semver": "string",
}


@dataclass(frozen=True, slots=True)
class Matcher:
    """The demand on a value.

    ``kind`` is ``equality`` (that value), ``type`` (one like it), ``regex`` (a text that ``pattern`` fits), ``any``
    (nothing), or a JSON type (``integer``, ``number``, ``boolean``, ``null``, ``string``). ``rule`` is the rule's name
    as the pact has it (``decimal``), ``text`` its format of date and time or what it includes, ``minimum`` and
    ``maximum`` are how many items an array may have.
    """

    kind: str
    pattern: str = ""
    rule: str = ""
    text: str = ""
    minimum: int | None = None
    maximum: int | None = None


_EQUAL = Matcher("equality")


@dataclass(frozen=True, slots=True)
class _Rule:
    path: tuple[str | int | None, ...]  # None for a wildcard
    matcher: Matcher

    def fits(self, place: Place) -> bool:
        if len(self.path) > len(place) or (len(self.path) < len(place) and self.matcher.kind not in _CASCADING):
            return False
        return all(step is None or step == token for step, token in zip(self.path, place, strict=False))

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.path), sum(step is not None for step in self.path)


class MatchingRules:
    """The rules for one body."""

    def __init__(self, rules: Sequence[_Rule] = ()) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.rank, reverse=True)

    def at(self, place: Place) -> Matcher:
        """Return the demand on the value at ``place``: equality where no rule applies."""
        return next((rule.matcher for rule in self._rules if rule.fits(place)), _EQUAL)


def rules_of(message: Mapping[str, Any]) -> MatchingRules:
    """Return the rules for the body of a pact's ``request`` or ``response``. What cannot be read is not a rule."""
    declared = message.get("matchingRules")
    if not isinstance(declared, dict):
        return MatchingRules()
    found = []
    body = declared.get("body")
    if isinstance(body, dict):  # specification 3 and 4
        for expression, rule in body.items():
            matchers = rule.get("matchers") if isinstance(rule, dict) else None
            if isinstance(matchers, list) and matchers and isinstance(matchers[0], dict):
                found.append((_path(expression), matchers))
    else:  # specification 2: "$.body.id" or "$['body']['id']", beside those for headers and the like
        for expression, rule in declared.items():
            place = _path(expression)
            if place and place[0] == "body" and isinstance(rule, dict):
                found.append((place[1:], [rule]))
    rules = []
    for path, matchers in found:
        if path is None:
            continue
        rules += [_Rule(path, _matcher(matchers[0]))]
        # The keys of what `eachKey` and `values` speak of are free: so is everything below them their own rules.
        if any(_kind(one) in ("values", "eachValue") for one in matchers):
            rules.append(_Rule((*path, None), Matcher("type")))
    return MatchingRules(rules)


def _path(expression: str) -> tuple[str | int | None, ...] | None:
    if not expression.startswith("$"):
        return None
    steps: list[str | int | None] = []
    position = 1
    while position < len(expression):
        found = _STEP.match(expression, position)
        if found is None:
            return None
        position = found.end()
        index = found["index"]
        name = found["name"] or found["single"] or found["double"] or ""
        if index is not None:
            steps.append(None if index == "*" else int(index))
        else:
            steps.append(None if name == "*" else name)
    return tuple(steps)


def _kind(rule: Mapping[str, Any]) -> str:
    match rule:
        case {"match": str(kind)}:
            return kind
        case {"regex": _}:
            return "regex"
        case {"min": _} | {"max": _}:
            return "type"
    return "equality"


def _matcher(rule: Mapping[str, Any]) -> Matcher:
    rule_name = _kind(rule)
    text = rule.get("value") if rule_name == "include" else rule.get(rule_name, rule.get("format"))
    least, most = rule.get("min"), rule.get("max")
    kind, pattern = _TYPES.get(rule_name, "any"), ""
    if rule_name == "regex":
        kind, pattern = "regex", str(rule.get("regex", ""))
    elif rule_name in ("type", "equality"):
        kind = rule_name
    elif rule_name in ("values", "eachValue", "eachKey", "arrayContains", "notEmpty"):
        kind = "type"
    return Matcher(
        kind,
        pattern,
        rule_name,
        text if isinstance(text, str) else "",
        least if type(least) is int else None,
        most if type(most) is int else None,
    )


_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_BEYOND: Final = re.compile(r"\(\?<?[=!>]|\\[1-9k]|[*+?}]\+")

FORMATS: Final = {
    # A pact's own formats of date and time fix how fine they are, which RFC 3339, section 5.6, does not.
    "date-time": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "time": r"^\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
    "uuid": r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    "email": r"^[^@\s]+@[^@\s]+$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:.*$",
    "ipv4": r"^\d{1,3}(\.\d{1,3}){3}$",
}
"""Expressions for formats, each no stricter than the format itself."""


def exactly(text: str) -> str:
    """Return an expression for this text and no other, without anchors."""
    return _META.sub(r"\\\g<0>", text)


def one_of(texts: Sequence[str]) -> str:
    """Return an expression for exactly one of these texts."""
    return f"^({'|'.join(map(exactly, texts))})$"


def shared_pattern(pattern: str) -> str:
    """Return a schema's pattern, which may match anywhere in a text, as a pact may hold it.

    Empty where it needs what not all engines have.
    """
    accepted = accepted_pattern(pattern)
    if accepted is None or _BEYOND.search(accepted.text):
        return ""
    text = accepted.text
    if text.startswith("^") and text.endswith("$") and not text.endswith("\\$") and "|" not in text:
        return text
    return rf"^[\s\S]*(?:{text})[\s\S]*$"
