"""Operators on what reaches a provider: checks that it makes no more, parameters it does not see, inputs it trips over.

A provider that does not check ``minimum`` behaves like one that is asked with a value in bounds: the middleware mends
what breaks that one keyword, before the provider sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.mutation.contract import Operation, kinds, operations
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.wire import Answer, Asked, problem, through

__all__ = ["request_mutants"]

Get = Callable[[Asked], Any]
Put = Callable[[Asked, Any], Asked]
Change = Callable[[Asked], Asked | Answer]


def request_mutants(provider: str) -> Iterator[Mutant]:
    """All of them, at every site where they fit."""
    for operation in operations(provider):
        for name, where, change in _changes(operation):
            site = f"{operation.key} {where}".strip()
            wrap = through(operation.method, operation.path, on_request=change)
            yield Mutant(provider, "wire", name, site, wrap)
        for method in ("PUT", "PATCH", "DELETE"):
            if not any(one.path == operation.path and one.method == method for one in operations(provider)):
                opened = through(method, operation.path, on_request=_as(operation.method))
                yield Mutant(provider, "wire", f"{method} is taken for {operation.method}", operation.key, opened)


def _changes(operation: Operation) -> Iterator[tuple[str, str, Change]]:
    yield "endpoint gone", "", lambda _: problem(404, "Not Found")
    yield "endpoint answers 405", "", lambda _: problem(405, "Method Not Allowed")
    yield "endpoint answers 500", "", lambda _: Answer(500, (("Content-Type", "text/plain"),), b"Traceback")
    if operation.secured:
        yield "security dropped", "", lambda asked: asked if "authorization" in asked.headers else _trusted(asked)
        yield "any scheme is taken", "", lambda asked: _trusted(asked) if "authorization" in asked.headers else asked
        refusal = problem(401, "Unauthorized").with_header("WWW-Authenticate", "Bearer")
        yield "security that nobody passes", "", lambda _: refusal
        yield "403 for 401", "", lambda a: a if "authorization" in a.headers else problem(403, "Forbidden")
    for parameter in operation.parameters:
        location, name = parameter["in"], parameter["name"]
        get, put = _parameter(location, name)
        where = f"{location} {name}"
        if location != "path":
            yield "parameter ignored", where, _put(put, None)
            if not parameter.get("required"):
                yield "parameter demanded", where, _refuse(_is_missing(get))
        else:
            yield "another is given", where, _given_another(get, put)
        yield from _value_changes(parameter["schema"], where, get, put, as_text=True)
    if operation.body is not None:
        yield from _body_changes(operation.body)


def _body_changes(schema: dict[str, Any]) -> Iterator[tuple[str, str, Change]]:
    if schema.get("additionalProperties") is False:
        yield "additionalProperties not checked", "body", _only(frozenset(schema["properties"]))
    for name, below in schema.get("properties", {}).items():
        where = f"body {name}"
        get, put = _property(name)
        if name in schema.get("required", ()):
            filler = below.get("enum", ["x"])[0]
            yield "required not checked", where, _filled(name, filler)
        else:
            yield "property ignored", where, _only(frozenset(schema["properties"]) - {name})
            yield "property demanded", where, _refuse(_is_missing(get))
        yield from _value_changes(below, where, get, put, as_text=False)


def _value_changes(
    schema: dict[str, Any], where: str, get: Get, put: Put, *, as_text: bool
) -> Iterator[tuple[str, str, Change]]:
    """A check that is not made, and values that should be taken but are refused, or trip the provider."""
    filler = _valid(schema)
    for keyword, breaks in _keywords(schema):
        yield f"{keyword} not checked", where, _mended(get, put, breaks, str(filler) if as_text else filler, as_text)
    for label, value in _inputs(schema):
        met = _meets(get, value, as_text)
        yield f"500 at {label}", where, _fail(met)
        yield f"refused at {label}", where, _refuse(met)
    yield "500 when given", where, _fail(lambda asked: get(asked) is not None)


def _put(put: Put, value: Any) -> Change:
    return lambda asked: put(asked, value)


def _is_missing(get: Get) -> Callable[[Asked], bool]:
    return lambda asked: get(asked) is None


def _given_another(get: Get, put: Put) -> Change:
    return lambda asked: put(asked, {"1": "2", "2": "1"}.get(get(asked), get(asked)))


def _only(names: frozenset[str]) -> Change:
    return lambda asked: _with_object(asked, lambda content: {k: v for k, v in content.items() if k in names})


def _filled(name: str, value: Any) -> Change:
    return lambda asked: _with_object(asked, lambda content: {name: value, **content})


def _mended(get: Get, put: Put, breaks: Callable[[Any], bool], valid: Any, as_text: bool) -> Change:
    def mended(asked: Asked) -> Asked:
        value = get(asked)
        return put(asked, valid) if value is not None and breaks(_read(value, as_text)) else asked

    return mended


def _meets(get: Get, wanted: Any, as_text: bool) -> Callable[[Asked], bool]:
    def meets(asked: Asked) -> bool:
        value = get(asked)
        return value is not None and _same(_read(value, as_text), wanted)

    return meets


def _keywords(schema: dict[str, Any]) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """Each keyword with what breaks it, and it alone."""
    allowed = kinds(schema)
    if allowed:
        yield "type", lambda value: not _is(value, allowed)
    if "enum" in schema:
        yield "enum", lambda value: isinstance(value, str) and value not in schema["enum"]
    if "minimum" in schema:
        yield "minimum", lambda value: _is(value, ["number"]) and value < schema["minimum"]
    if "maximum" in schema:
        yield "maximum", lambda value: _is(value, ["number"]) and value > schema["maximum"]
    if "minLength" in schema:
        yield "minLength", lambda value: isinstance(value, str) and len(value) < schema["minLength"]
    if "maxLength" in schema:
        yield "maxLength", lambda value: isinstance(value, str) and len(value) > schema["maxLength"]


def _inputs(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Valid values at the edges of what a schema allows."""
    for value in schema.get("enum", ()):
        yield repr(value), value
    for keyword in ("minimum", "maximum", "default"):
        if keyword in schema:
            yield f"its {keyword}", schema[keyword]
    if "maxLength" in schema:
        yield "its minLength", _Length(schema.get("minLength", 0))
        yield "its maxLength", _Length(schema["maxLength"])


class _Length:
    def __init__(self, length: int) -> None:
        self.length = length


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, _Length):
        return isinstance(value, str) and len(value) == wanted.length
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _is(value: Any, allowed: list[str]) -> bool:
    found = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int | float) and not isinstance(value, bool) and value == int(value),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "null": value is None,
    }
    return any(found.get(one, True) for one in allowed)


def _read(value: Any, as_text: bool) -> Any:
    if not as_text:
        return value
    try:
        return int(value)
    except ValueError:
        return value


def _valid(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return schema.get("minimum", 1) if "integer" in kinds(schema) else "after-1"


def _parameter(location: str, name: str) -> tuple[Get, Put]:
    return lambda asked: asked.value(location, name), lambda asked, value: asked.with_value(location, name, value)


def _property(name: str) -> tuple[Get, Put]:
    def get(asked: Asked) -> Any:
        content = asked.json()
        return content.get(name) if isinstance(content, dict) else None

    return get, lambda asked, value: _with_object(asked, lambda content: {**content, name: value})


def _with_object(asked: Asked, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Asked:
    content = asked.json()
    return asked.with_json(change(content)) if isinstance(content, dict) else asked


def _fail(met: Callable[[Asked], bool]) -> Change:
    return lambda asked: Answer(500, (("Content-Type", "text/plain"),), b"Traceback") if met(asked) else asked


def _refuse(met: Callable[[Asked], bool]) -> Change:
    return lambda asked: problem(422, "Invalid request") if met(asked) else asked


def _trusted(asked: Asked) -> Asked:
    return asked.with_value("header", "Authorization", "Bearer token-of-hello")


def _as(method: str) -> Change:
    return lambda asked: replace(asked, method=method)
