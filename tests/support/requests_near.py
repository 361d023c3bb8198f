"""Requests near a contract: valid ones, and ones broken in some place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.model import Contract, Operation, Parameter
from beep_mock.interaction import MISSING, Json, Missing
from tests.support.values import values_near

__all__ = ["Asked", "requests_of"]

_TEXTS = [
    "",
    "+1",
    " 1",
    "1_0",
    "01",
    "1.0",
    "1e1",
    "nan",
    "-inf",
    "True",
    "yes",
    "null",
    "a%2Cb",
    "1,2",
    "1|2",
    "1%202",
    "%D9%A1",
]
_JUNK = [
    "%",
    "&",
    "=",
    "limit=",
    "limit=+1",
    "either=1_0",
    "deep=yes",
    "form=1&form=a",
    "colour=",
    "unknown=1",
    "deep[x]=a",
]
_BROKEN_BODIES = [
    b"",
    b"{",
    b'{"a": NaN}',
    b"\xff\xfe",
    b"[1,]",
    b"null",
    b"name=&age=1",
    b"name=a&age=x&member=yes",
    b"a=1&a=2",
]
_TYPES = [
    "",
    "application/json",
    "application/json; charset=utf-8",
    "text/plain",
    "image/png",
    "application/x-www-form-urlencoded",
]

_CREDENTIALS: list[dict[str, str]] = [
    {"Authorization": "Bearer token"},
    {"Authorization": "Bearer token", "X-Key": "key"},
    {"Authorization": "Basic YTpi", "Cookie": "key=key"},
    {},
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is sent, and what it was made from. ``headers`` has each name once."""

    operation: Operation
    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.target} {self.headers} {self.body!r}"


@st.composite
def requests_of(draw: st.DrawFn, contract: Contract) -> Asked:
    """A request for one of the operations: its values near their schemas, then perhaps mutated as a whole."""
    operation = draw(st.sampled_from(list(contract.operations.values())))
    root = contract.document.root
    parameters: dict[str, Json] = {}
    for parameter in operation.parameters:
        if parameter.location == "path" or draw(st.integers(0, 9)) < (9 if parameter.required else 5):
            parameters[parameter.key] = draw(_values_for(parameter, root))
    body: Json | Missing = MISSING
    media_type = ""
    if operation.request_body is not None and draw(st.integers(0, 15)):
        media = draw(st.sampled_from(operation.request_body.content))
        body = draw(values_near(media.schema.node if media.schema is not None else {}, root))
        media_type = media.name.replace("*", "plain")
    request = encode_request(operation, parameters, body, media_type, contract.document)
    asked = Asked(operation, request.method, request.target, dict(request.headers), request.body)
    if operation.security:
        asked.headers.update(draw(st.sampled_from(_CREDENTIALS)))
    return draw(_mutated(asked)) if draw(st.integers(0, 3)) == 3 else asked


def _values_for(parameter: Parameter, root: dict[str, Any]) -> st.SearchStrategy[Json]:
    values = values_near(parameter.schema.node if parameter.schema is not None else {}, root)
    if parameter.location == "path":
        # What makes an empty segment, or more than one, is a matter of routing.
        return values.filter(lambda value: value not in ("", [], {}, None) and "" not in _members(value))
    return values


def _members(value: Json) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


@st.composite
def _mutated(draw: st.DrawFn, asked: Asked) -> Asked:
    path, _, query = asked.target.partition("?")
    kind = draw(
        st.sampled_from(["query", "query", "body", "type", "header", "cookie", "method", "path", "credentials"])
    )
    if kind == "query" and asked.operation.parameters and draw(st.booleans()):
        name = draw(st.sampled_from([p.name for p in asked.operation.parameters if p.location == "query"] or ["limit"]))
        text = draw(st.sampled_from(_TEXTS))
        kept = [pair for pair in query.split("&") if pair and not pair.startswith(f"{name}=")]
        return replace(asked, target=f"{path}?{'&'.join([*kept, f'{name}={text}'])}")
    if kind == "query":
        return replace(asked, target=f"{path}?{query}&{draw(st.sampled_from(_JUNK))}".replace("?&", "?"))
    if kind == "body" and asked.body:
        return replace(asked, body=draw(st.sampled_from(_BROKEN_BODIES)))
    headers = dict(asked.headers)
    if kind == "type" and asked.body:
        headers["Content-Type"] = draw(st.sampled_from(_TYPES))
    elif kind == "cookie":
        headers["Cookie"] = draw(
            st.sampled_from(["session=abc", "session=a; visits=x", "session=abc; visits=-1; ids=1,a", "x"])
        )
    elif kind == "header":
        headers["X-Id"] = draw(st.sampled_from(["", "1", "10", "1,2", "a"]))
    elif kind == "credentials" and asked.operation.security:
        headers["Authorization"] = draw(
            st.sampled_from(["", "Bearer", "Bearer ", "Basic YTpi", "bearer abc", "Bearer a b"])
        )
    elif kind == "method":
        return replace(asked, method=draw(st.sampled_from(["PATCH", "DELETE", "POST"])))
    elif kind == "path":
        return replace(asked, target=draw(st.sampled_from(["/nowhere", "/", "/path", "//"])))
    return replace(asked, headers={name: value for name, value in headers.items() if value or name != "Content-Type"})
