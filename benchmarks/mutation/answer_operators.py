"""Operators on what a provider answers: a status, a header, a media type, a body or one field of it is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.mutation.contract import Field, Operation, fields, kinds, operations
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.wire import Answer, problem, through

__all__ = ["answer_mutants"]

Change = Callable[[Any], Any]
_GONE = object()
_OTHER: dict[str, Any] = {
    "string": 7,
    "integer": "seven",
    "number": "seven",
    "boolean": "yes",
    "array": {"0": "a list no more"},
    "object": ["an object no more"],
}
_NEIGHBOURS = {200: 202, 201: 200, 204: 200, 401: 403, 404: 410, 409: 400, 422: 400, 502: 500}


def answer_mutants(provider: str) -> Iterator[Mutant]:
    """All of them, at every site where they fit."""
    for operation in operations(provider):
        for status, response in operation.answers.items():
            for name, change in _whole(operation, status, response):
                yield _mutant(provider, operation, status, name, change)
            for media, content in response.get("content", {}).items():
                for found in fields(operation, content.get("schema")):
                    for name, value in _field_changes(found):
                        where = f"{media} $.{'.'.join(found.place)}"
                        yield _mutant(provider, operation, status, name, _in_body(found.place, value), where)


def _mutant(
    provider: str, operation: Operation, status: int, name: str, change: Callable[[Answer], Answer], where: str = ""
) -> Mutant:
    def on_answer(answer: Answer) -> Answer:
        return change(answer) if answer.status == status else answer

    site = " ".join(filter(None, [operation.key, str(status), where]))
    return Mutant(provider, "wire", name, site, through(operation.method, operation.path, on_answer=on_answer))


def _whole(
    operation: Operation, status: int, response: dict[str, Any]
) -> Iterator[tuple[str, Callable[[Answer], Answer]]]:
    """Changes of an answer as a whole."""
    yield "status undeclared", lambda answer: replace(answer, status=_NEIGHBOURS[status])
    yield "status 500", lambda answer: replace(answer, status=500)
    other = next((one for one in operation.answers if one != status and (one < 400) == (status < 400)), None)
    if other is not None:
        yield "status of another answer", lambda answer: replace(answer, status=other)
    if status == 204:
        made = Answer(200, (("Content-Type", "application/json"),), b"{}")
        yield "body where there is none", lambda _: made
    for name in response.get("headers", {}):
        yield f"header {name} missing", _with_header(name, None)
        yield f"header {name} broken", _with_header(name, "::not a reference::")
    if not response.get("content"):
        return
    declared = next(iter(response["content"]))
    plain = "application/json" if declared != "application/json" else "text/json"
    yield "media type of a neighbour", _with_header("Content-Type", plain)
    yield "media type text/html", _with_header("Content-Type", "text/html")
    yield "media type missing", _with_header("Content-Type", None)
    yield "body empty", lambda answer: replace(answer, body=b"")
    yield "body cut off", lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2])
    yield "body wrapped", lambda answer: answer.with_json({"data": answer.json()})
    if status >= 400:
        yield "error of another shape", lambda answer: answer.with_json({"error": {"code": status, "message": "no"}})
        yield "error as text", lambda answer: replace(answer, body=b"Something went wrong")
        yield "error hidden in a 200", lambda answer: replace(answer, status=200)
    else:
        yield "refused always", lambda _: problem(422, "Invalid request")


def _field_changes(found: Field) -> Iterator[tuple[str, Change]]:
    """Changes of one field; what they are given is its value, what they return takes its place."""
    schema = found.schema
    allowed = kinds(schema)
    yield "field missing", _always(_GONE)
    yield "field null", _always(None)
    if allowed:
        yield "field of another type", _always(_OTHER[allowed[0]])
    if "string" in allowed:
        yield "field a list of itself", lambda value: [value]
    if "integer" in allowed:
        yield "field a fraction", lambda value: value + 0.5 if isinstance(value, int) else value
        yield "field a number in a text", lambda value: str(value)
    if "array" in allowed:
        yield "list empty", _always([])
        yield "list repeated", lambda value: value + value if isinstance(value, list) else value
        yield "list without its last", lambda value: value[:-1] if isinstance(value, list) else value
        yield "list backwards", lambda value: value[::-1] if isinstance(value, list) else value
        yield "list with a null", lambda value: [*value, None] if isinstance(value, list) else value
    if "enum" in schema:
        yield "enum value too many", _always("another")
        yield "enum value in capitals", lambda value: value.upper() if isinstance(value, str) else value
        others = dict(zip(schema["enum"], schema["enum"][1:] + schema["enum"][:1], strict=True))
        yield "enum value of another", lambda value: others.get(value, value)
    elif "string" in allowed:
        yield "text of another", lambda value: f"{value}?" if isinstance(value, str) else value
    if "integer" in allowed:
        yield "number of another", lambda value: value + 1 if isinstance(value, int) else value
    for keyword, change in _broken_keywords(schema):
        yield f"{keyword} broken", change
    yield "field renamed", lambda value: _Renamed(value)


def _broken_keywords(schema: dict[str, Any]) -> Iterator[tuple[str, Change]]:
    if "format" in schema:
        yield "format", _always("::not a reference::")
    if "minimum" in schema:
        yield "minimum", _always(schema["minimum"] - 1)
    if "maximum" in schema:
        yield "maximum", _always(schema["maximum"] + 1)
    if schema.get("minLength"):
        yield "minLength", _always("")
    if "maxLength" in schema:
        yield "maxLength", _always("x" * (schema["maxLength"] + 1))


def _always(new: Any) -> Change:
    return lambda _: new


def _with_header(name: str, value: str | None) -> Callable[[Answer], Answer]:
    return lambda answer: answer.with_header(name, value)


class _Renamed:
    def __init__(self, value: Any) -> None:
        self.value = value


def _in_body(place: tuple[str, ...], change: Change) -> Callable[[Answer], Answer]:
    def changed(answer: Answer) -> Answer:
        content = answer.json()
        return answer if content is None else answer.with_json(_changed(content, place, change))

    return changed


def _changed(content: Any, place: tuple[str, ...], change: Change) -> Any:
    name, *rest = place
    if name == "*":
        if not isinstance(content, list):
            return content
        return [_changed(one, tuple(rest), change) for one in content]
    if not isinstance(content, dict) or name not in content:
        return content
    if rest:
        return {**content, name: _changed(content[name], tuple(rest), change)}
    new = change(content[name])
    kept = {key: value for key, value in content.items() if key != name}
    if new is _GONE:
        return kept
    return {**kept, f"{name}_": new.value} if isinstance(new, _Renamed) else {**kept, name: new}
