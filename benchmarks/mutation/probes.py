"""A large set of requests, asked of a provider and of its mutant alike: do they behave differently at all?

The requests are made of the contract (every parameter and property at and beyond its bounds, its examples, credentials
of several kinds), in several rounds, so that what one request writes is seen by the next, and in several worlds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks.mutation.contract import Operation, kinds, operations

__all__ = ["Probe", "Said", "answers", "probes"]

_ROUNDS = 2
_COMBINED = 160
_COMBINED_AGAIN = 12


@dataclass(frozen=True)
class Probe:
    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Any = None

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        body = "" if self.body is None else f" {json.dumps(self.body)}"
        return f"{self.operation.method} {self.path}{'?' if query else ''}{query}{body}"[:200]


@dataclass(frozen=True)
class Said:
    """What was answered; ``body`` decoded where it is JSON."""

    status: int
    media_type: str
    headers: tuple[tuple[str, str], ...]
    body: Any


def probes(provider: str) -> list[Probe]:
    """Reading operations before writing ones, and again after them."""
    found: list[Probe] = []
    known = operations(provider)
    reading = [one for one in known if one.method == "GET"]
    writing = [one for one in known if one.method != "GET"]
    for number in range(_ROUNDS):
        for operation in (*reading, *writing, *reading) if writing else reading[: len(reading) if number == 0 else 0]:
            first = number == 0 and operation.key not in {one.operation.key for one in found}
            found += _of(operation, _COMBINED if first else _COMBINED_AGAIN)
    return found


def answers(app: Any, asked: list[Probe]) -> list[Said]:
    client = app.test_client()
    found = []
    for one in asked:
        body = {} if one.body is None else {"data": json.dumps(one.body), "content_type": "application/json"}
        query = dict(one.query)
        with client.open(one.path, method=one.operation.method, query_string=query, headers=dict(one.headers), **body) as answer:  # fmt: skip  # noqa: E501
            headers = tuple(sorted((n.lower(), v) for n, v in answer.headers if n.lower() not in _BESIDE))
            found.append(Said(answer.status_code, answer.content_type or "", headers, _decoded(answer.get_data())))
    return found


_BESIDE = {"content-type", "content-length", "date", "server"}


def _of(operation: Operation, combined: int) -> Iterator[Probe]:
    credentials: list[tuple[tuple[str, str], ...]] = [(("Authorization", "Bearer token-of-hello"),)]
    if operation.secured:
        credentials += [(), (("Authorization", "Basic dDp0"),)]
    by_path = [one for one in operation.parameters if one["in"] == "path"]
    by_query = [one for one in operation.parameters if one["in"] == "query"]
    paths = []
    for values in product(*[[str(v) for v in _values(one["schema"], one) if v != ""] for one in by_path]):
        path = operation.path
        for one, value in zip(by_path, values, strict=True):
            path = path.replace(f"{{{one['name']}}}", value)
        paths.append(path)
    queries: list[tuple[tuple[str, str], ...]] = [()]
    choices = [[None, *_values(one["schema"], one)] for one in by_query]
    every = list(product(*choices))
    for values in random.Random(1).sample(every, min(combined, len(every))):  # the same ones each time
        pairs = zip((one["name"] for one in by_query), values, strict=True)
        queries.append(tuple((name, str(value)) for name, value in pairs if value is not None))
    bodies = list(_bodies(operation.body)) if operation.body is not None else [None]
    for path, query, body in product(dict.fromkeys(paths), dict.fromkeys(queries), bodies):
        yield Probe(operation, path, query, credentials[0], body)
    for given in credentials[1:]:
        for path in paths[:4]:
            yield Probe(operation, path, (), given, bodies[0])


def _bodies(schema: dict[str, Any]) -> Iterator[Any]:
    least = {name: _values(below, {})[0] for name, below in schema.get("properties", {}).items()
             if name in schema.get("required", ())}  # fmt: skip
    yield least
    for number, (name, below) in enumerate(schema.get("properties", {}).items()):
        for index, value in enumerate(_values(below, {})):
            unique = {"name": f"world {number} {index}"} if "name" in least and name != "name" else {}
            yield {**least, **unique, name: value}
        yield {key: value for key, value in least.items() if key != name}
    yield {**least, "another": 1}
    yield from ([], "text", {})


def _values(schema: dict[str, Any], parameter: dict[str, Any]) -> list[Any]:
    """Valid ones first."""
    allowed = kinds(schema)
    found: list[Any] = [one["value"] for one in parameter.get("examples", {}).values()]
    if "enum" in schema:
        found += [*schema["enum"], "another", schema["enum"][0].upper(), 1]
    elif "integer" in allowed:
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**31 - 1)
        found += [low, low + 1, low + 2, high, low - 1, high + 1, "x", "1.5", -3, ""]
    elif "string" in allowed:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
        found += ["Terra", "Mars", "after-0", "after-1", "after-2", "after-x", "a" * (least or 1), "a" * most,
                  "a" * (most + 1), "after-" + "9" * 18, "after-" + "9" * 19, "", "after-¹"]  # fmt: skip
    return list(dict.fromkeys(found))


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
