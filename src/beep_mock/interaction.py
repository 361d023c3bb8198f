"""The central notion: an interaction is a request and the response it gets.

A contract's named examples, an override of a mock and a recorded pact are three ways of writing interactions down.
The mock answers them, verification replays them, reports list them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

__all__ = [
    "MISSING",
    "Interaction",
    "Json",
    "Location",
    "Missing",
    "ProviderState",
    "Request",
    "Response",
    "Source",
    "type_of",
]

Json = Any
"""A decoded JSON value: ``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict`` with ``str`` keys."""


def type_of(value: Json) -> str:
    """Return the JSON type of a value, in JSON Schema's words; a number without a fraction is an integer."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


Location = Literal["path", "query", "querystring", "header", "cookie"]
Source = Literal["example", "override", "pact", "sample"]


class Missing(Enum):
    """The absence of a value, where ``None`` is one."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Request:
    """The request of an interaction; what it leaves out may be anything.

    ``path`` is the operation's template for an example or override (``/worlds/{worldId}``) and the concrete path for a
    pact. ``parameters`` holds decoded values by ``"<location>.<name>"`` (``"path.worldId": 1``, header names in lower
    case). ``body`` is the decoded body.
    """

    method: str
    path: str
    parameters: Mapping[str, Json] = field(default_factory=dict)
    body: Json | Missing = MISSING
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A response as it goes over the wire: ``body`` encoded once, ``headers`` without Content-Length."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The state a provider must be in before an interaction can take place (Pact's provider state)."""

    name: str
    parameters: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request and the response it gets.

    ``operation`` is the key of the contract's operation (``GET /worlds/{worldId}``), empty for a pact that was not
    matched with a contract. ``pointer`` says where in its file it was written (RFC 6901; ``file`` as the user named
    it). ``partial`` bodies (overrides) match a request body that contains them; others must be equal. ``delay`` is in
    seconds.
    """

    name: str
    source: Source
    operation: str
    request: Request
    response: Response
    file: str = ""
    pointer: str = ""
    states: tuple[ProviderState, ...] = ()
    partial: bool = False
    delay: float = 0.0
