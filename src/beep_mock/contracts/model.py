"""The compiled contract: frozen values that say what a document promises, without its ``$ref``s.

Operations and contracts compare and hash by identity, so that what is derived from them can be kept beside them.

A *place* (``at``) is where a node stands: ``#/paths/~1worlds`` in the root document, ``common.yaml#/components/x`` in a
file it refers to (relative to the root document's folder). :meth:`Document.where` turns it into file and pointer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from beep_mock.findings import Finding
from beep_mock.interaction import Json, Location, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.callbacks import Callback
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.links import Link
    from beep_mock.contracts.routing.router import Router
    from beep_mock.contracts.routing.servers import ServerUrl
    from beep_mock.contracts.schemas.store import SchemaStore

__all__ = [
    "Contract",
    "Encoding",
    "Example",
    "Header",
    "MediaType",
    "Operation",
    "Parameter",
    "RequestBody",
    "ResponseSpec",
    "Schema",
    "SecurityScheme",
    "Stream",
    "Violation",
]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as written (a mapping or a bool, its ``$ref``s made canonical, not resolved) and where it stands."""

    node: Any
    at: str


@dataclass(frozen=True, slots=True)
class Example:
    """A named example. ``name`` is ``""`` for the unnamed ``example`` keyword.

    ``value`` is the decoded value, or :data:`MISSING` when only the text of it is known; ``serialized`` is the text to
    send as it stands where the document gives one: a ``serializedValue`` (OpenAPI 3.2) or what an ``externalValue``
    leads to, bytes that are not UTF-8 as surrogates.
    """

    name: str
    value: Json | Missing
    at: str
    serialized: str | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """A declared response header (always style ``simple``). ``name`` is as declared.

    ``media_type`` is set for one described by ``content``.
    """

    name: str
    required: bool
    explode: bool
    schema: Schema | None
    examples: tuple[Example, ...]
    at: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of one property of a form or multipart body (OpenAPI Encoding Object, defaults filled in).

    ``refuses_reserved`` is whether the document says in so many words that reserved characters are not allowed.
    """

    content_type: str
    style: str
    explode: bool
    allow_reserved: bool
    headers: tuple[Header, ...] = ()
    refuses_reserved: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """The framing of a sequential body's items: server-sent events, lines, a JSON sequence or nameless parts.

    ``wrapped`` events carry each item as JSON in their ``data``. ``by_item`` is whether the document says ``schema``
    of what is an item.
    """

    kind: Literal["events", "lines", "sequence", "parts"]
    item: Schema | None
    wrapped: bool = False
    by_item: bool = False


@dataclass(frozen=True, slots=True)
class MediaType:
    """One entry of a ``content`` mapping. ``name`` is the key as written (``application/json; charset=utf-8``).

    ``schema`` is that of the whole body: of a sequential one (``stream``) that of an array. ``prefix_encoding`` and
    ``item_encoding`` are for parts without names, by their position.
    """

    name: str
    schema: Schema | None
    examples: tuple[Example, ...]
    encoding: Mapping[str, Encoding]
    at: str
    stream: Stream | None = None
    prefix_encoding: tuple[Encoding, ...] = ()
    item_encoding: Encoding | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with the specification's defaults filled in.

    ``media_type`` is set for a parameter described by ``content``; its schema is then the media type's, which is
    ``content``. ``name`` is as declared; ``key`` is ``"<location>.<name>"`` with header names in lower case.
    """

    name: str
    location: Location
    required: bool
    style: str
    explode: bool
    allow_reserved: bool
    allow_empty_value: bool
    schema: Schema | None
    media_type: str
    examples: tuple[Example, ...]
    at: str
    content: MediaType | None = None

    @property
    def key(self) -> str:
        """The parameter's name among the decoded values of a request."""
        name = self.name.lower() if self.location == "header" else self.name
        return f"{self.location}.{name}"


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The declared request body."""

    required: bool
    content: tuple[MediaType, ...]
    at: str


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """A declared response. ``status`` is as written: ``"200"``, ``"4XX"`` (upper case) or ``"default"``.

    ``implied`` is the content of a schema whose media type nothing declares (Swagger 2.0 without ``produces``).
    """

    status: str
    description: str
    headers: tuple[Header, ...]
    content: tuple[MediaType, ...]
    at: str
    links: tuple[Link, ...] = ()
    implied: tuple[MediaType, ...] = ()

    @property
    def promised(self) -> tuple[MediaType, ...]:
        """Return the content that consumers may rely on: what is declared, else what is implied."""
        return self.content or self.implied


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A security scheme. ``type`` is ``apiKey``, ``http``, ``oauth2``, ``openIdConnect`` or ``mutualTLS``.

    ``scheme`` is the lower-case HTTP authentication scheme (``bearer``); ``location`` and ``parameter`` are where an
    API key travels.
    """

    name: str
    type: str
    scheme: str = ""
    location: str = ""
    parameter: str = ""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Operation:
    """One operation: a method at a path template.

    ``security`` lists alternatives; each is a tuple of schemes that must all be met, an empty alternative means
    anonymous access is fine, and an empty tuple of alternatives that nothing is demanded. ``base_paths`` are the path
    parts of the servers that apply (``/api/v1``; ``""`` for the root), in the order declared, ``servers`` their
    URLs. ``broken`` is the finding that makes the operation unusable, if there is one: the mock then answers
    500 with its pointer.
    """

    method: str
    path: str
    operation_id: str
    summary: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[ResponseSpec, ...]
    security: tuple[tuple[SecurityScheme, ...], ...]
    base_paths: tuple[str, ...]
    at: str
    broken: Finding | None = None
    deprecated: bool = False
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """The operation's ``x-`` fields, as written."""
    callbacks: tuple[Callback, ...] = ()
    servers: tuple[ServerUrl, ...] = ()

    @property
    def key(self) -> str:
        """``GET /worlds/{worldId}``: unique in a contract, and what reports print."""
        return f"{self.method} {self.path}"

    def response_for(self, status: int | str) -> ResponseSpec | None:
        """Return the response declared for ``status``: exactly, else by its range (``4XX``), else ``default``.

        ``status`` may itself be a range or ``default``. OpenAPI 3.1.1, section 4.8.16 (Responses Object).
        """
        exact = str(status)
        found: ResponseSpec | None = None
        for response in self.responses:
            if response.status == exact:
                return response
            if response.status == f"{exact[0]}XX" or (response.status == "default" and found is None):
                found = response
        return found


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Contract:
    """A compiled document.

    ``operations`` is by key, in the document's order. ``findings`` lists what is wrong with the document;
    ``schemas.findings()`` adds what only the compilation of schemas discovers.
    """

    title: str
    version: str
    openapi: str
    document: Document
    operations: Mapping[str, Operation]
    router: Router[Operation]
    schemas: SchemaStore
    base_paths: tuple[str, ...]
    findings: tuple[Finding, ...]
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """The document's top-level ``x-`` fields, as written."""
    webhooks: Mapping[str, Mapping[str, Operation]] = field(default_factory=dict)
    """The operations of each webhook by method: what the provider sends, and what it may be answered."""
    security_schemes: tuple[SecurityScheme, ...] = ()
    """The declared ones, whether an operation demands them or not."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a message does not keep its contract, in the shape that problem answers print.

    ``location`` is where in the message: ``("path", "worldId")``, ``("body", "climate")``. ``severity`` is ``"Error"``,
    ``"Warning"``, ``"Information"`` or ``"Hint"`` (Prism's words); ``code`` the JSON Schema keyword or a short name.
    """

    location: tuple[str, ...]
    severity: str
    code: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of a problem's ``validation`` list."""
        return {
            "location": list(self.location),
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }
