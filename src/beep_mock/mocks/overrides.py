"""Overrides: ``mocks/<service>.yaml`` adds interactions to a mock and names default examples.

::

    default:
      GET /worlds/{worldId}: earth            # the example that answers when nothing matches
    interactions:
      - name: pluto
        operation: GET /worlds/{worldId}
        request: {path: {worldId: 9}, query: {}, headers: {}, body: {}}     # what is left out may be anything
        response: {status: 404, headers: {}, body: {}}                      # or {example: unknown-world}
        delay: 0.2                                                          # seconds

A ``body`` of a request matches every body that contains it. Everything is checked against the contract; each error is a
finding. ``overrides.schema.json`` beside this module describes the file for editors.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from beep_mock.contracts.examples import encode, interactions_of
from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.parameters.headers import is_token
from beep_mock.contracts.reading.text import read_data
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.routing.lookup import lookup_of
from beep_mock.contracts.routing.shared_urls import marks_of
from beep_mock.contracts.values.scalars import text_of
from beep_mock.errors import InvalidDocumentError, OverrideError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.interaction import MISSING, Interaction, Json, Request, Response
from beep_mock.mocks.negotiation import success_status
from beep_mock.mocks.selection import UNDECLARED
from beep_mock.mocks.written import keeps_declared_headers

__all__ = ["Overrides", "build_override", "load_overrides"]

_MAX_DELAY = 60.0
_LOCATIONS = {"path": "path", "query": "query", "headers": "header", "cookies": "cookie"}


@dataclass(frozen=True, slots=True)
class Overrides:
    """The overrides of one service: interactions, and the default example's name by operation key."""

    interactions: tuple[Interaction, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def load_overrides(path: Path, contract: Contract) -> Overrides:
    """Read the override file at ``path``; a file that is not there overrides nothing.

    :raises OverrideError: it cannot be read or parsed, or is not a mapping.
    """
    if not os.path.lexists(path):
        return Overrides()
    if not path.is_file():  # an unreadable override must not be taken for a missing one
        raise OverrideError("is not a file", file=str(path), hint="move it away, or put the file in its place")
    try:
        data, findings = read_data(path.read_bytes(), str(path))
    except OSError as error:
        raise OverrideError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except InvalidDocumentError as error:
        raise OverrideError(error.message, file=str(path), line=error.line, hint=error.hint) from error
    if data is None:
        return Overrides()
    if not isinstance(data, dict):
        raise OverrideError(
            f"must be a mapping with `default` and `interactions`, but is a {type(data).__name__}", file=str(path)
        )
    reader = _Reader(str(path), contract, list(findings))
    return reader.overrides(data)


def build_override(contract: Contract, entry: Mapping[str, Any]) -> tuple[Interaction | None, tuple[Finding, ...]]:
    """Return one interaction from the form that the file has; ``None`` when it cannot be used at all."""
    reader = _Reader("", contract, [])
    return reader.interaction(entry, ""), tuple(reader.findings)


class _Reader:
    def __init__(self, file: str, contract: Contract, findings: list[Finding]) -> None:
        self.file = file
        self.contract = contract
        self.findings = findings

    def overrides(self, data: Mapping[str, Any]) -> Overrides:
        self._known_keys(data, {"default", "interactions", "$schema"}, "")
        defaults = {}
        named = data.get("default")
        for key, example in (named if isinstance(named, dict) else {}).items():
            pointer = f"/default/{_escape(key)}"
            operation = self._operation(key, pointer)
            if operation is None:
                continue
            if self._example(operation[0], example, pointer) is not None:
                defaults[operation[0].key] = example
        if named is not None and not isinstance(named, dict):
            self._lie("override-invalid", "`default` must map operations to names of examples", "/default")
        entries = data.get("interactions", [])
        if not isinstance(entries, list):
            self._lie("override-invalid", "`interactions` must be a list", "/interactions")
            entries = []
        built = [self.interaction(entry, f"/interactions/{i}") for i, entry in enumerate(entries)]
        return Overrides(tuple(i for i in built if i is not None), defaults, tuple(self.findings))

    def interaction(self, entry: Any, pointer: str) -> Interaction | None:
        if not isinstance(entry, dict):
            self._lie("override-invalid", "an interaction must be a mapping", pointer)
            return None
        self._known_keys(entry, {"name", "operation", "request", "response", "delay"}, pointer)
        found = self._operation(entry.get("operation"), f"{pointer}/operation")
        if found is None:
            return None
        operation, path_values = found
        wanted = self._request(operation, entry.get("request", {}), f"{pointer}/request")
        response = self._response(operation, entry.get("response"), f"{pointer}/response")
        if wanted is None or response is None:
            return None
        parameters, body = wanted
        parameters = {**{f"path.{k}": v for k, v in path_values.items()}, **parameters}
        request = Request(operation.method, operation.path, parameters, body)
        name = entry.get("name", "")
        return Interaction(
            name=str(name) if name else f"{operation.key} #{pointer.rpartition('/')[2] or 'runtime'}",
            source="override",
            operation=operation.key,
            request=request,
            response=response,
            file=self.file,
            pointer=pointer,
            partial=True,
            delay=self._delay(entry.get("delay", 0), f"{pointer}/delay"),
        )

    def _operation(self, key: Any, pointer: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation of ``GET /worlds/{worldId}``, or of a concrete path with the values that it fixes."""
        if isinstance(key, str):
            operation = self.contract.operations.get(key)
            if operation is not None:
                return operation, {}
            method, _, target = key.partition(" ")
            target, hash_, _ = target.strip().partition("#")
            path, _, query = target.partition("?")
            found = lookup_of(self.contract).operation_of(
                method.upper(), unquote_to_bytes(path).decode("latin-1"), query
            )
            if found is not None:
                if hash_ or not self._tells(found.operation, query):
                    extra = "fragment, which no request carries" if hash_ else "query"
                    self._lie(
                        "override-invalid",
                        f"{key!r} is not a path: it holds a {extra}",
                        pointer,
                        hint="name the operation as the contract does" if hash_ else "use `query` of the request",
                    )
                    return None
                return found.operation, found.path_values
        near = ", ".join(self.contract.router.nearest(str(key).partition(" ")[2])) or "none"
        self._lie(
            "override-operation-unknown", f"the contract has no operation {key!r}", pointer, hint=f"nearest: {near}"
        )
        return None

    def _tells(self, operation: Operation, query: str) -> bool:
        """Return whether a query says only what every request for ``operation`` says."""
        marks = marks_of(operation, self.contract.document) if query else {}
        said = parse_qsl(query, keep_blank_values=True)
        return all(marks.get(("query", name)) == frozenset((text,)) for name, text in said)

    def _request(self, operation: Operation, wanted: Any, pointer: str) -> tuple[dict[str, Json], Json] | None:
        if not isinstance(wanted, dict):
            self._lie("override-invalid", "`request` must be a mapping", pointer)
            return None
        self._known_keys(wanted, {*_LOCATIONS, "body"}, pointer)
        declared = {p.key for p in operation.parameters}
        parameters: dict[str, Json] = {}
        for word, location in _LOCATIONS.items():
            values = wanted.get(word, {})
            if not isinstance(values, dict):
                self._lie("override-invalid", f"`{word}` must map names to values", f"{pointer}/{word}")
                return None
            for name, value in values.items():
                key = f"{location}.{str(name).lower() if location == 'header' else name}"
                near = get_close_matches(key, declared - {key}, n=1, cutoff=0.85)
                if key in declared or (location in UNDECLARED and not near and _is_plain(value)):
                    parameters[key] = value
                else:
                    self._lie(
                        "override-parameter-unknown",
                        f"{operation.key} declares no {location} parameter {name!r}: this interaction never answers",
                        f"{pointer}/{word}/{_escape(str(name))}",
                        f"did you mean {near[0].partition('.')[2]!r}?" if near else "",
                    )
                    return None
        return parameters, wanted.get("body", MISSING)

    def _response(self, operation: Operation, answer: Any, pointer: str) -> Response | None:
        if not isinstance(answer, dict):
            self._lie(
                "override-invalid", "`response` must be a mapping with `example`, or `status` and `body`", pointer
            )
            return None
        if "example" in answer:
            self._known_keys(answer, {"example"}, pointer)
            return self._example(operation, answer["example"], f"{pointer}/example")
        self._known_keys(answer, {"status", "headers", "body"}, pointer)
        found = success_status(operation.responses)
        status = answer.get("status", found[1] if found else 200)
        if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
            self._lie("override-invalid", f"{status!r} is not a final HTTP status", f"{pointer}/status")
            return None
        headers = answer.get("headers", {})
        if not isinstance(headers, dict) or not all(isinstance(v, str | int | float) for v in headers.values()):
            self._lie("override-invalid", "`headers` must map names to texts", f"{pointer}/headers")
            return None
        for name in headers:
            if not is_token(str(name)):
                message = f"{name!r} is not a header name: it must be a token (RFC 9110, section 5.6.2)"
                self._lie("override-invalid", message, f"{pointer}/headers/{_escape(str(name))}")
                return None
        response = self._literal(operation, status, headers, answer.get("body", MISSING))
        self._judge(operation, response, pointer, completed=keeps_declared_headers(response))
        return response

    def _literal(self, operation: Operation, status: int, headers: Mapping[str, Any], body: Json) -> Response:
        sent = {str(n): text_of(v) for n, v in headers.items()}
        spec = operation.response_for(status)
        media_type = next((v for n, v in sent.items() if n.lower() == "content-type"), "")
        others = tuple((n, v) for n, v in sent.items() if n.lower() not in ("content-type", "content-length"))
        if body is MISSING:
            return Response(status, others, b"", media_type)
        if not media_type:
            declared = spec.content[0].name if spec is not None and spec.content else ""
            media_type = declared if declared and "*" not in declared else "application/json"
        return Response(status, others, encode(body, media_type), media_type)

    def _judge(self, operation: Operation, response: Response, pointer: str, *, completed: bool) -> None:
        """Report how a response breaks the contract; the mock adds the declared headers to one to be ``completed``."""
        headers = list(response.headers)
        if response.media_type:
            headers.append(("Content-Type", response.media_type))
        for violation in response_violations(self.contract, operation, response.status, headers, response.body):
            if completed and violation.location[0] == "header" and violation.code == "required":
                continue
            place = "/".join(violation.location)
            part, *inner = violation.location
            at = "".join(f"/{_escape(token)}" for token in ("headers" if part == "header" else part, *inner))
            message = f"breaks the contract at {place}: {violation.message}"
            self._lie("override-response-invalid", message, f"{pointer}{at}")

    def _example(self, operation: Operation, name: Any, pointer: str) -> Response | None:
        interactions = interactions_of(self.contract, operation)
        for interaction in interactions:
            if interaction.name and interaction.name == name:
                return interaction.response
        known = ", ".join(sorted({i.name for i in interactions if i.name})) or "none"
        self._lie(
            "override-example-unknown",
            f"{operation.key} has no response example named {name!r}",
            pointer,
            hint=f"examples: {known}",
        )
        return None

    def _delay(self, delay: Any, pointer: str) -> float:
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= _MAX_DELAY:
            self._lie("override-invalid", f"`delay` is in seconds, from 0 to {_MAX_DELAY:.0f}", pointer)
            return 0.0
        return float(delay)

    def _known_keys(self, node: Mapping[str, Any], known: set[str], pointer: str) -> None:
        for key in node:
            if key not in known and not str(key).startswith("x-"):
                self._lie(
                    "override-key-unknown",
                    f"{key!r} means nothing here",
                    f"{pointer}/{_escape(str(key))}",
                    hint=f"known: {', '.join(sorted(known - {'$schema'}))}",
                )

    def _lie(self, rule: str, message: str, pointer: str, hint: str = "") -> None:
        self.findings.append(Finding(rule, Severity.ERROR, message, Where(self.file, pointer), hint))


def _is_plain(value: Json) -> bool:
    """Return whether a value can be compared with the text of a header or query parameter that has no schema."""
    return isinstance(value, str | int | float)


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")
