"""Decide whether what a pact demands of one value and what a schema allows have anything in common.

Only a contradiction counts: a rule that any value within the schema's limits could meet is no fault of either side.
Matching rules: Pact specification 3 and 4. Limits: JSON Schema Validation 2020-12, section 6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from beep_mock.contracts.schemas.patterns import matches
from beep_mock.interaction import Json, type_of
from beep_mock.pacts.matching import Matcher

__all__ = ["array_conflicts", "is_offered", "object_conflicts", "text_conflict"]

_SEMVER: Final = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_LETTER: Final = re.compile(r"'(?P<quoted>[^']*)'|(?P<run>(?P<letter>[A-Za-z])(?P=letter)*)|(?P<other>.)", re.DOTALL)
_DIGITS: Final = frozenset("yuMdHhkKmsSDw")
_ISO: Final = {"date": "yyyy-MM-dd", "time": "HH:mm:ss", "timestamp": "yyyy-MM-dd'T'HH:mm:ss"}
_WIDE: Final = re.compile(r"[\s\S]+")


def array_conflicts(node: Mapping[str, Any], value: Sequence[Json], matcher: Matcher) -> Iterator[tuple[str, str]]:
    """Yield the keywords that no array that the pact accepts can meet, and why.

    Without a matching rule the pact expects exactly as many items as it shows, with a rule of type as many as its
    ``min`` and ``max`` allow.
    """
    most: int | None
    if matcher.kind == "equality":
        fewest, most, told = len(value), len(value), f"{len(value)} items"
    else:
        least = 1 if matcher.rule == "notEmpty" else 0
        fewest, most = matcher.minimum or least, matcher.maximum
        told = f"at least {fewest} items" if most is None else f"{fewest} to {most} items"
    low, high = _number(node, "minItems"), _number(node, "maxItems")
    if low is not None and most is not None and most < low:
        yield "minItems", f"the contract promises at least {low} items, the pact reads {told}"
    if high is not None and fewest > high:
        yield "maxItems", f"the contract promises at most {high} items, the pact reads {told}"
    if matcher.kind == "equality" and node.get("uniqueItems") is True:
        written = [_canonical(one) for one in value if not isinstance(one, dict | list)]
        if len(set(written)) < len(written):
            yield "uniqueItems", "the contract promises that all items differ, the pact reads equal ones"


def object_conflicts(node: Mapping[str, Any], names: Iterable[str], always: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the keywords that no object with the properties ``names`` can meet, and why; ``always`` are there anyway.

    Answers may hold more than a consumer reads, so ``minProperties`` is no contradiction, and ``dependentRequired``
    only where what depends on a property that is read is forbidden or exceeds ``maxProperties``.
    """
    read = set(names)
    there = read | set(always)
    dependent = node.get("dependentRequired")
    for name, others in dependent.items() if isinstance(dependent, dict) else ():
        if name not in there or not isinstance(others, list):
            continue
        there.update(one for one in others if isinstance(one, str))
        properties = node.get("properties")
        declared = properties if isinstance(properties, dict) else {}
        patterns = node.get("patternProperties")
        for other in others:
            closed = node.get("additionalProperties") is False and not any(
                matches(pattern, other) for pattern in (patterns if isinstance(patterns, dict) else ())
            )
            if declared.get(other, not closed) is False:
                yield "dependentRequired", f"the contract promises {other!r} beside {name!r}, and does not allow it"
    most = _number(node, "maxProperties")
    if most is not None and len(there) > most:
        beside = "" if there == read else f" beside {', '.join(sorted(there - read))}, which are always there"
        yield "maxProperties", f"the contract promises at most {most} properties, the pact reads {len(read)}{beside}"


def is_offered(node: Mapping[str, Any], value: Json, matcher: Matcher) -> bool:
    """Return whether a value that a schema lists (``enum``, ``const``) meets the rule; True without a list."""
    listed = [node["const"]] if "const" in node else node.get("enum")
    return not isinstance(listed, list) or any(_meets(one, value, matcher) for one in listed)


def text_conflict(node: Mapping[str, Any], matcher: Matcher) -> tuple[str, str] | None:
    """Return the limit on a text's length that the rule cannot meet, and why."""
    least = len(matcher.text) if matcher.rule == "include" else 1 if matcher.rule == "notEmpty" else 0
    most = _number(node, "maxLength")
    if most is not None and least > most:
        return "maxLength", f"the contract promises at most {most} characters, the pact reads at least {least}"
    return None


def _meets(one: Json, value: Json, matcher: Matcher) -> bool:
    kind = type_of(one)
    match matcher.rule:
        case "regex":
            return isinstance(one, str) and matches(matcher.pattern, one)
        case "include":
            return matcher.text in (one if isinstance(one, str) else _canonical(one))
        case "semver":
            return isinstance(one, str) and _SEMVER.fullmatch(one) is not None
        case "notEmpty":
            return kind == type_of(value) and one not in ("", [], {})
        case "date" | "time" | "timestamp" | "datetime":
            return isinstance(one, str) and _dated(matcher).fullmatch(one) is not None
        case "decimal":
            return kind == "number"
        case "integer" | "number" | "boolean" | "null":
            return kind == matcher.rule or (kind == "integer" and matcher.rule == "number")
        case "type":
            return kind == type_of(value) or {kind, type_of(value)} == {"integer", "number"}
    return True


def _dated(matcher: Matcher) -> re.Pattern[str]:
    """Return an expression for the texts of a format of date and time, as Java's ``DateTimeFormatter`` writes them."""
    rule = "timestamp" if matcher.rule == "datetime" else matcher.rule
    written = []
    for found in _LETTER.finditer(matcher.text or _ISO[rule]):
        run = found["run"]
        if run is None:
            written.append(re.escape(found["other"] or found["quoted"] or "'"))
        elif run[0] not in _DIGITS or (run[0] == "M" and len(run) > 2):
            written.append(r"\S+")  # a name of a month, day, zone or era
        else:
            written.append(rf"\d{{{len(run)}}}" if len(run) > 1 else r"\d+")
    try:
        return re.compile("".join(written))
    except re.error:
        return _WIDE


def _number(node: Mapping[str, Any], keyword: str) -> int | None:
    limit = node.get(keyword)
    return int(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else None


def _canonical(value: Json) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # equal to the integer (JSON Schema Core 2020-12, section 4.2.2)
    return json.dumps(value, sort_keys=True)
