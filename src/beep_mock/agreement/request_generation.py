"""Requests made from a contract: valid ones, and ones that differ from a valid one in one place.

They are made by a list of changes and not at random, so that each can be explained: a required part is left out, a
value goes over a limit, a property is not declared. ``seed`` and ``samples`` add valid ones of other values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any, Final

from beep_mock.agreement.schema_edges import SchemaEdges, changed
from beep_mock.contracts.encoding import RawRequest, encode_request
from beep_mock.contracts.example_requests import with_credentials
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.values.media_types import is_json, match_media_type, parse_content_type
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, MediaType, Operation, Parameter
    from beep_mock.interaction import Json, Missing

__all__ = ["GeneratedRequest", "RequestGenerator"]


_LONGEST: Final = 8000
"""Octets of a target that servers take (RFC 9110, section 4.1)."""


@dataclass(frozen=True, slots=True)
class GeneratedRequest:
    """A request for ``operation``, as values that can be taken away one by one.

    ``values`` are by :attr:`Parameter.key`. ``content`` is sent in place of the body that ``body`` would be: bytes, and
    their content type or ``""``. ``extra`` is a further pair of the query. ``place`` is what was changed of ``origin``,
    the valid request that it was derived from (None: it was not changed).
    """

    operation: Operation
    values: Mapping[str, Json] = field(default_factory=dict)
    body: Json | Missing = MISSING
    media_type: str = ""
    credentials: bool = True
    content: tuple[bytes, str] | None = None
    extra: str = ""
    method: str = ""
    place: tuple[str, ...] = ()
    origin: GeneratedRequest | None = None

    def raw(self, contract: Contract) -> RawRequest | None:
        """Return the request as it is sent; None where it cannot be written."""
        body = self.body if self.content is None else MISSING
        try:
            request = encode_request(self.operation, self.values, body, self.media_type, contract.document)
        except (ContractError, TypeError, ValueError, AttributeError):  # a value that this encoding has no way to write
            return None
        headers, query = list(request.headers), [request.query] if request.query else []
        content = request.body
        if self.content is not None:
            content, kind = self.content
            headers += [("Content-Type", kind)] if kind else []
        query += [self.extra] if self.extra else []
        request = replace(
            request,
            method=self.method or request.method,
            query="&".join(query),
            headers=headers,
            body=content,
        )
        if self.credentials:
            request = with_credentials(self.operation, request)
        return replace(request, headers=[*request.headers, ("Accept", "*/*")]) if _can_travel(request) else None


def _can_travel(request: RawRequest) -> bool:
    """Return whether clients send it as it is: they take dot segments out (RFC 3986, section 5.2.4)."""
    dots = {".", ".."}.intersection(request.path.split("/"))
    return not dots and request.target.isascii() and len(request.target) < _LONGEST


_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_UNDECLARED: Final = "beep-mock=1"
_CHANGES: Final = 600
"""Changes of one body, at most: of those that were looked at, the ones nearest to its root."""

_LOOKED_AT: Final = 5000


class RequestGenerator:
    """Makes the requests of one contract; the same ``seed`` makes the same."""

    def __init__(self, contract: Contract, seed: int, samples: int) -> None:
        self._contract = contract
        self._seed = seed
        self._samples = samples
        self._sampler = Sampler(contract.document, contract.schemas)
        self._edges = SchemaEdges(contract.document, self._sampler)
        self._impossible: set[str] = set()
        self._shown: dict[str, Json] = {}
        for operation in contract.operations.values():
            if operation.broken is None:
                for interaction in interactions_of(contract, operation):
                    if interaction.response.status < 300:
                        for key, value in interaction.request.parameters.items():
                            if key.startswith("path."):  # what is named here may be deleted there
                                self._shown.setdefault(key, value)

    def valid(self, operation: Operation) -> Iterator[GeneratedRequest]:
        """Yield requests that should be valid: the least, examples, one with each optional part, the fullest."""
        least = self.least(operation)
        if least is None:
            return
        yield least
        for interaction in interactions_of(self._contract, operation):
            request = interaction.request
            values = {**least.values, **request.parameters}
            body, media_type = (request.body, request.media_type) if request.body is not MISSING else _body_of(least)
            yield replace(least, values=values, body=body, media_type=media_type)
        yield replace(least, extra=_UNDECLARED)
        for parameter in operation.parameters:
            value = self._value(parameter, 0)
            if value is not MISSING and parameter.key not in least.values:
                yield replace(least, values={**least.values, parameter.key: value})
        for media in operation.request_body.content if operation.request_body is not None else ():
            value = self._sample(media, 0)
            if value is not MISSING:
                yield replace(least, body=value, media_type=media.name)
                yield replace(least, body=self._edges.filled(media.schema, value), media_type=media.name)

    def sampled(self, operation: Operation) -> Iterator[GeneratedRequest]:
        """Yield ``samples`` requests with some of what is optional, and other values."""
        least = self.least(operation)
        for number in range(self._samples if least is not None else 0):
            assert least is not None  # noqa: S101 - none are made without
            yield self._sampled(least, Random(f"{self._seed} {operation.key} {number}"))  # noqa: S311 - no secret

    def changed(self, operation: Operation) -> Iterator[GeneratedRequest]:
        """Yield requests that differ in one place from the smallest valid one, or else from the fullest."""
        least = self.least(operation)
        if least is None:
            return
        if operation.security:
            yield replace(least, credentials=False, place=("credentials",), origin=least)
        for parameter in operation.parameters:
            yield from self._changed_parameter(least, parameter)
        yield from self._changed_body(least)

    def undeclared_methods(self, path: str) -> Iterator[GeneratedRequest]:
        """Yield requests for a path by methods that it does not declare."""
        declared = [one for one in self._contract.operations.values() if one.path == path]
        methods = {operation.method for operation in declared}
        least = self.least(declared[0])
        raw = least.raw(self._contract) if least is not None else None
        if least is None or raw is None:
            return
        # Another template may have it: most routers look on (`/users/{name}` for `/users/list`).
        methods.update(one.method for one in self._contract.operations.values() if _fits(one.path, raw.path))
        for method in _METHODS:
            if method not in methods:
                yield GeneratedRequest(declared[0], least.values, method=method, place=("method",), origin=least)

    def fresh(self, made: GeneratedRequest, number: int) -> GeneratedRequest | None:
        """Return the request with other texts in its body where these are free, such as names not taken yet.

        The changed value stays as it is. None if there is no such text.
        """
        if not isinstance(made.body, dict) or made.content is not None or made.operation.request_body is None:
            return None
        media = next((m for m in made.operation.request_body.content if m.name == made.media_type), None)
        if media is None or media.schema is None:
            return None
        body = made.body
        known = len(self._sampler.violations(body, media.schema, "request"))
        for name, value in made.body.items():
            if isinstance(value, str) and made.place[:2] != ("body", name):
                other = {**body, name: f"{value[:40]} {number}"}
                if len(self._sampler.violations(other, media.schema, "request")) <= known:
                    body = other
        return None if body is made.body else replace(made, body=body)

    def least(self, operation: Operation) -> GeneratedRequest | None:
        """Return the smallest valid request, with the values of a successful example if there is one.

        None where no value can be made for what is required.
        """
        interactions = interactions_of(self._contract, operation)
        shown = next((i.request for i in interactions if i.response.status < 300), None)
        errors = {i.name for i in interactions if i.response.status >= 400 and i.name}
        values = {}
        for parameter in operation.parameters:
            if parameter.required:
                known = shown.parameters.get(parameter.key, MISSING) if shown is not None else MISSING
                value = known if known is not MISSING else self._shown_value(parameter, errors)
                if value is MISSING:
                    return None
                values[parameter.key] = value
        made = GeneratedRequest(operation, values)
        if operation.request_body is None or not operation.request_body.required or not operation.request_body.content:
            return made
        media = operation.request_body.content[0]
        if shown is not None and shown.body is not MISSING and shown.media_type == media.name:
            value = shown.body
        else:
            value = self._sample(media, 0)
        if value is MISSING:
            return None
        return replace(made, body=self._edges.pruned(media.schema, value), media_type=media.name)

    def _changed_parameter(self, least: GeneratedRequest, parameter: Parameter) -> Iterator[GeneratedRequest]:
        place = tuple(parameter.key.split(".", 1))
        value = least.values.get(parameter.key, MISSING)
        if value is not MISSING and parameter.location != "path":
            others = {key: other for key, other in least.values.items() if key != parameter.key}
            yield replace(least, values=others, place=place, origin=least)
        if value is MISSING:
            value = self._value(parameter, 0)
        if value is MISSING:
            return
        origin = replace(least, values={**least.values, parameter.key: value})
        for change in self._edges.changes(parameter.schema, value):
            edge = changed(value, change)
            if _can_stand(parameter, edge):
                yield replace(origin, values={**origin.values, parameter.key: edge}, place=place, origin=origin)

    def _changed_body(self, least: GeneratedRequest) -> Iterator[GeneratedRequest]:
        body = least.operation.request_body
        if body is None or not body.content:
            return
        media = body.content[0]
        origin = least
        if origin.body is MISSING:
            value = self._sample(media, 0)
            if value is MISSING:
                return
            origin = replace(least, body=value, media_type=media.name)
        name = parse_content_type(media.name)[0]
        yield replace(origin, content=(b"", ""), place=("body",), origin=origin)
        if is_json(name):
            yield replace(origin, content=(b'{"beep', media.name), place=("body",), origin=origin)
        raw = origin.raw(self._contract)
        if raw is not None and raw.body:
            other = "text/plain" if match_media_type("text/plain", [m.name for m in body.content]) is None else "x-a/b"
            yield replace(origin, content=(raw.body, other), place=("header", "content-type"), origin=origin)
        if not is_json(name) and not isinstance(origin.body, dict):
            return
        changes = islice(self._edges.changes(media.schema, origin.body), _LOOKED_AT)
        for change in sorted(changes, key=lambda one: len(one[0]))[:_CHANGES]:
            place = change[0]
            if place or is_json(name):  # what is not an object cannot be written as a form
                yield replace(origin, body=changed(origin.body, change), place=("body", *place), origin=origin)

    def _sampled(self, least: GeneratedRequest, random: Random) -> GeneratedRequest:
        """Return some of the optional parameters, and a body of other values."""
        values = dict(least.values)
        for parameter in least.operation.parameters:
            if not parameter.required and random.random() < 0.5:
                value = self._value(parameter, random.randrange(1, 1000))
                if value is not MISSING:
                    values[parameter.key] = value
        made = replace(least, values=values)
        body = least.operation.request_body
        if body is None or not body.content:
            return made
        media = random.choice(body.content)
        value = self._sample(media, random.randrange(1, 1000))
        return made if value is MISSING else replace(made, body=value, media_type=media.name)

    def _shown_value(self, parameter: Parameter, errors: set[str]) -> Json | Missing:
        """Return an example of a parameter, but for those of the names in ``errors``, else a sample."""
        for example in parameter.examples:
            if example.value is not MISSING and example.name not in errors:
                return example.value
        return self._shown.get(parameter.key, self._value(parameter, 0))

    def _value(self, parameter: Parameter, seed: int) -> Json | Missing:
        if parameter.schema is None:
            return "value"
        try:
            value = self._sampler.sample(parameter.schema, "request", seed)
        except ContractError:
            return MISSING
        return value if _can_stand(parameter, value) else MISSING

    def _sample(self, media: MediaType, seed: int) -> Json | Missing:
        if media.schema is None or media.at in self._impossible:
            return MISSING
        try:
            return self._sampler.sample(media.schema, "request", seed)
        except ContractError:
            self._impossible.add(media.at)  # finding that out takes seconds
            return MISSING


def _body_of(made: GeneratedRequest) -> tuple[Any, str]:
    return made.body, made.media_type


def _can_stand(parameter: Parameter, value: Json) -> bool:
    """Return whether a parameter can carry that value so that every server reads the same."""
    if value is None or value == [] or value == {}:
        return False  # RFC 6570 writes nothing for them
    text = value if isinstance(value, str) else ""
    if parameter.location == "path":
        return isinstance(value, int | float) or not isinstance(value, str) or _is_segment(text)
    if parameter.location in ("header", "cookie"):
        return text.isascii() and text == text.strip() and text.isprintable() and value != ""
    return bool(value != "")


def _is_segment(text: str) -> bool:
    return text.strip(". ") != "" and not set(text) & set("/\\?#%;")


def _fits(template: str, path: str) -> bool:
    """Return whether a path could be one of the template, as loosely as any router may see it."""
    expected, given = template.split("/"), path.split("/")
    return len(expected) == len(given) and all("{" in e or e == g for e, g in zip(expected, given, strict=True))
