"""Explain in words why a value is not valid."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

__all__ = [
    "HURRIED",
    "PATIENT",
    "SHALLOW",
    "SMALL",
    "LibraryError",
    "SchemaViolation",
    "abbreviated",
    "deepest_member",
    "describe",
    "is_affordable",
    "measured",
    "not_json",
    "unexplained",
]


_WIDTH = 80
_LISTED = 10
_ARTICLES = {"array": "an array", "integer": "an integer", "null": "null", "object": "an object"}


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One reason why a value is not valid.

    ``pointer`` leads into the value (indices as strings), ``keyword`` is the JSON Schema keyword that is not kept,
    ``message`` a sentence that shows the value, abbreviated.
    """

    pointer: tuple[str, ...]
    keyword: str
    message: str


class _Kind(Protocol):
    @property
    def name(self) -> str: ...

    def as_dict(self) -> dict[str, Any]: ...


class LibraryError(Protocol):
    """The part of the JSON Schema library's error that messages use."""

    @property
    def message(self) -> str: ...
    @property
    def instance_path(self) -> Sequence[str | int]: ...
    @property
    def instance(self) -> Any: ...
    @property
    def kind(self) -> Any: ...


def abbreviated(value: Any, width: int = _WIDTH) -> str:
    """Return ``value`` as JSON in at most ``width`` characters, shortened with an ellipsis."""
    if isinstance(value, str):
        text = json.dumps(value[: width + 1], ensure_ascii=False)
        return text if len(text) <= width and len(value) <= width else text[: width - 2] + '…"'
    text = ""
    for part in json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value):
        text += part
        if len(text) > width:
            return text[: width - 1] + "…"
    return text


def describe(error: LibraryError, *, below: int = 0) -> SchemaViolation:
    """Return an error of the library as a violation; the first ``below`` steps of its path are not the value's."""
    pointer = tuple(map(str, error.instance_path[below:]))
    keyword, message = _reason(error)
    return SchemaViolation(pointer, keyword, message)


def not_json(value: Any) -> SchemaViolation:
    """Return the violation for a value that JSON cannot represent, with its place if it can be found."""
    pointer = _unreadable(value, ())
    return SchemaViolation(
        pointer or (), "type", "this contains text that JSON cannot represent (half of a surrogate pair?)"
    )


def unexplained(name: str, member: Any) -> SchemaViolation:
    """Return the violation for an invalid member whose explanation would take too long."""
    message = f"{abbreviated(member)} does not fit its schema; it is nested too deeply to say where"
    return SchemaViolation((name,), "schema", message)


def _unreadable(value: Any, at: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the place of the first text that UTF-8 cannot encode, or of the first key that is not a text."""
    if isinstance(value, str):
        return None if value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value) else at
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str) or _unreadable(name, at) is not None:
                return at
            if (found := _unreadable(member, (*at, name))) is not None:
                return found
    for index, item in enumerate(value) if isinstance(value, list) else ():
        if (found := _unreadable(item, (*at, str(index)))) is not None:
            return found
    return None


def _reason(error: LibraryError) -> tuple[str, str]:
    kind: _Kind = error.kind
    say = _SAY.get(kind.name)
    if say is None:
        return kind.name, error.message
    return kind.name, say(error.instance, {**kind.as_dict(), "depth": len(error.instance_path)})


def _listed(names: Sequence[Any]) -> str:
    shown = ", ".join(abbreviated(name, 40) for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown


def _and(words: Sequence[str]) -> str:
    """Return ``1, 2 and 3``; for a long list, the first few and the number of the others."""
    if len(words) > _LISTED:
        return f"{', '.join(words[:_LISTED])} and {len(words) - _LISTED} more"
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _type(value: Any, details: dict[str, Any]) -> str:
    types = sorted(details["types"], key=lambda name: (name == "null", name))
    return f"{abbreviated(value)} is not {' or '.join(_ARTICLES.get(name, f'a {name}') for name in types)}"


def _limit(words: str) -> Callable[[Any, dict[str, Any]], str]:
    return lambda value, details: f"{abbreviated(value)} {words} {details['limit']}"


def _size(words: str, unit: str) -> Callable[[Any, dict[str, Any]], str]:
    def say(value: Any, details: dict[str, Any]) -> str:
        limit = details["limit"]
        units = unit if limit != 1 else {"properties": "property"}.get(unit, unit[:-1])
        return f"{abbreviated(value)} has {len(value)}, {words} {limit} {units}"

    return say


def _alternatives(value: Any, details: dict[str, Any]) -> str:
    """Return the errors of the nearest alternative: it fails deepest in the value, then with fewest errors."""
    branches = [branch for branch in details["context"] if branch]
    fitting = [str(number) for number, branch in enumerate(details["context"], 1) if not branch]
    if fitting:
        which = _and(fitting)
        return f"{abbreviated(value)} fits alternatives {which} of {len(details['context'])}, it must fit just one"
    start = f"{abbreviated(value)} does not match any of the {len(branches)} alternatives"
    nearest = max(branches, key=lambda branch: (max(len(error.instance_path) for error in branch), -len(branch)))
    error = max(nearest, key=lambda error: len(error.instance_path))
    _, message = _reason(error)
    where = "/".join(map(str, error.instance_path[details["depth"] :]))
    return f"{start}; the nearest fails{f' at {where!r}' if where else ''}: {message}"


_SAY: Final[dict[str, Callable[[Any, dict[str, Any]], str]]] = {
    "additionalProperties": lambda _, d: f"undeclared: {_listed(d['unexpected'])}",
    "anyOf": _alternatives,
    "const": lambda v, d: f"{abbreviated(v)} is not {abbreviated(d['expected_value'])}",
    "contains": lambda v, _: f"{abbreviated(v)} does not contain what it must",
    "enum": lambda v, d: f"{abbreviated(v)} is not one of {_listed(d['options'])}",
    "exclusiveMaximum": _limit("is not less than"),
    "exclusiveMinimum": _limit("is not greater than"),
    "falseSchema": lambda v, _: f"{abbreviated(v)} is not allowed here",
    "format": lambda v, d: f"{abbreviated(v)} does not have the format '{d['format']}'",
    "maxItems": _size("at most", "items"),
    "maxLength": _size("at most", "characters"),
    "maxProperties": _size("at most", "properties"),
    "maximum": _limit("is greater than"),
    "minItems": _size("at least", "items"),
    "minLength": _size("at least", "characters"),
    "minProperties": _size("at least", "properties"),
    "minimum": _limit("is less than"),
    "multipleOf": lambda v, d: f"{abbreviated(v)} is not a multiple of {d['multiple_of']}",
    "not": lambda v, _: f"{abbreviated(v)} is what it must not be",
    "oneOf": _alternatives,
    "pattern": lambda v, d: f"{abbreviated(v)} does not match {abbreviated(d['pattern'])}",
    "required": lambda _, d: f"{abbreviated(d['property'])} is missing",
    "type": _type,
    "unevaluatedProperties": lambda _, d: f"undeclared: {_listed(d['unexpected'])}",
    "uniqueItems": lambda v, _: f"{abbreviated(v)} has equal items",
}


HURRIED: Final = 0.02
"""Time limit in seconds for each part of an explanation that a client waits for."""

PATIENT: Final = 1.0
"""Time limit in seconds where the result depends on the reasons (samples) and must be the same on every machine."""

SHALLOW: Final = 4
"""The deepest nesting of a small value that is explained without a time check."""

SMALL: Final = 1000
"""Of how many values it may be made."""

_SECONDS_A_NODE = 2e-6


def measured(value: Any) -> tuple[int, int]:
    """Return the depth of a value (0 for a scalar) and the number of values it contains."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return 0, 1
    depth, size = 0, 1
    for member in value.values() if kind is dict else value:
        inner_depth, inner_size = measured(member)
        depth = max(depth, inner_depth)
        size += inner_size
    return depth + 1, size


def deepest_member(value: Any) -> str:
    """Return the property name or item index of the most deeply nested part."""
    members = value if type(value) is dict else dict(enumerate(value))
    return str(max(members, key=lambda name: measured(members[name])[0]))


def is_affordable(explain: Callable[[Any], object], value: Any, depth: int, size: int, seconds: float) -> bool:
    """Return whether ``explain`` can handle a value of that depth and size in time: ``seconds`` per part.

    It is called with what the value is down to some depth, null below it.
    """
    budget = seconds + _SECONDS_A_NODE * size
    tried = SHALLOW if size <= SMALL else 1
    while tried < depth:
        part = _cut(value, tried)
        if _seconds(explain, part) > budget and _seconds(explain, part) > budget:  # once may be the machine's fault
            return False
        tried += max(1, tried // 4)  # what doubles with each level then grows by no more than about twenty times
    return True


def _seconds(explain: Callable[[Any], object], value: Any) -> float:
    start = time.thread_time()
    explain(value)
    return time.thread_time() - start


def _cut(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is not dict and kind is not list:
        return value
    if depth == 0:
        return None
    if kind is dict:
        return {name: _cut(member, depth - 1) for name, member in value.items()}
    return [_cut(item, depth - 1) for item in value]
