"""Choose among several operations of one method at one URL.

Paths that differ in nothing but their parameters' names, a query or a fragment are one URL (OpenAPI 3.1.1, section
4.8.8.2: "identical and invalid"; RFC 3986, section 3.5: a fragment is not sent). Documents of services that are called
by a word in the query or in a header have them all the same (``/#Action=GetUser``, ``/rest?method=photos.get``), and
so have those that take an id as well as a name (``/teams/{id}``, ``/teams/{slug}``).

What a key's own query says, and required parameters that have a few values only, are *marks*: the operation whose marks
a request carries is chosen. Among equals it is the first that accepts the request, those before the others that
require most of what the query names; else the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs
from weakref import ref

from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.routing.templates import fixed_query
from beep_mock.contracts.validator import validator_of
from beep_mock.contracts.values.scalars import text_of
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract, Operation, Schema
    from beep_mock.contracts.routing.router import Route

__all__ = ["SharedUrls", "listed_texts", "marks_of"]

_JUDGED: Final = 16
"""The number of operations that a request is validated against, at most, to choose one."""

_NONE: Final[frozenset[str]] = frozenset()

_Place = tuple[str, str]
"""``("query", name)``, or ``("header", key of a WSGI environ)``."""

_Marks = Mapping[_Place, frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The operations of one URL. ``lead`` is the place that tells most apart, ``led`` are those by its value."""

    routes: Sequence[tuple[Route[Operation], _Marks]]
    lead: _Place | None
    led: Mapping[str, Sequence[int]]
    unled: Sequence[int]

    def borne(self, said: Mapping[str, list[str]], environ: Mapping[str, Any]) -> list[Route[Operation]]:
        """Return the operations whose marks a request bears, of those only the ones with most."""
        indices = set(self.unled)
        for text in {*_said(self.lead, said, environ)} if self.lead is not None else ():
            indices.update(self.led.get(text, ()))
        found: list[tuple[int, int]] = []
        for index in sorted(indices):
            marks = self.routes[index][1]
            if all(not values.isdisjoint(_said(place, said, environ)) for place, values in marks.items()):
                found.append((len(marks), index))
        most = max((number for number, _ in found), default=0)
        return [self.routes[index][0] for number, index in found if number == most]


class SharedUrls:
    """Chooses between the operations that share a URL of one contract. What it needs is compiled on first use."""

    def __init__(self, contract: Contract) -> None:
        self._contract = ref(contract)  # look-ups are kept by contract, and must not keep it alive
        self._choices: dict[int, _Choice] = {}

    def marked(self, route: Route[Operation], query: str, environ: Mapping[str, Any]) -> Route[Operation] | None:
        """Choose among ``route`` and its alternatives by fixed texts alone; None when validation must decide."""
        choice = self._choices.get(id(route))
        found = choice.borne(_named_by(query), environ) if choice is not None else ()
        return found[0] if len(found) == 1 else None

    def choose(
        self,
        route: Route[Operation],
        slots: tuple[str, ...],
        query: str,
        environ: Mapping[str, Any],
        body: bytes,
    ) -> Route[Operation]:
        """Choose the operation that a request is for among ``route`` and its alternatives.

        ``slots`` are of the match, ``query`` is the raw query string, ``environ`` a WSGI environ.
        """
        choice = self._choices.get(id(route))
        if choice is None:
            choice = self._choices[id(route)] = self._compiled(route)
        said = _named_by(query)
        found = choice.borne(said, environ)
        if len(found) < 2:
            return found[0] if found else route
        # Sorting is stable: between equals the document's order decides.
        found.sort(key=lambda one: _required_of(one.payload, said), reverse=True)
        validator = validator_of(self._living())
        for candidate in found[:_JUDGED]:
            operation = candidate.payload
            if operation.broken is None:
                reader = validator.reader(operation)
                if not reader.read(candidate.values(slots), query, environ, body)[2]:
                    return candidate
        return found[0]

    def _living(self) -> Contract:
        contract = self._contract()
        if contract is None:
            raise ReferenceError("the contract of this look-up is gone")
        return contract

    def _compiled(self, route: Route[Operation]) -> _Choice:
        document = self._living().document
        routes = (route, *route.others)
        every = [marks_of(one.payload, document) for one in routes]
        places = {place for marks in every for place in marks}
        telling = {place for place in places if any(marks.get(place) != every[0].get(place) for marks in every)}
        kept = [{place: values for place, values in marks.items() if place in telling} for marks in every]
        lead = max(sorted(telling), key=lambda place: sum(place in marks for marks in kept), default=None)
        led: dict[str, list[int]] = {}
        for index, marks in enumerate(kept):
            for text in marks.get(lead, _NONE) if lead is not None else ():
                led.setdefault(text, []).append(index)
        unled = [index for index, marks in enumerate(kept) if lead is None or lead not in marks]
        return _Choice(tuple(zip(routes, kept, strict=True)), lead, led, unled)


def _named_by(query: str) -> Mapping[str, list[str]]:
    return parse_qs(query, keep_blank_values=True) if query else {}


def _required_of(operation: Operation, said: Mapping[str, list[str]]) -> int:
    """Count the required parameters of ``operation`` in a query; -1 if one is missing."""
    names = [p.name for p in operation.parameters if p.required and p.location == "query"]
    return len(names) if all(name in said for name in names) else -1


def marks_of(operation: Operation, document: Document) -> dict[_Place, frozenset[str]]:
    """Return the fixed texts that every request for ``operation`` carries, by place."""
    found: dict[_Place, frozenset[str]] = {}
    for parameter in operation.parameters:
        if parameter.required and parameter.location in ("query", "header") and parameter.schema is not None:
            values = listed_texts(parameter.schema, document)
            if values and parameter.location == "query":
                found["query", parameter.name] = values
            elif values:
                found["header", environ_name(parameter.name)] = values
    for name, value in fixed_query(operation.path):
        found["query", name] = frozenset((value,))
    return found


def listed_texts(schema: Schema, document: Document) -> frozenset[str]:
    """Return the texts that a schema allows, where it lists them."""
    try:
        node, _ = document.follow(schema.node, schema.at)
    except ContractError:
        return _NONE
    listed = (node.get("enum") or [node.get("const")]) if isinstance(node, dict) else None
    if not isinstance(listed, list) or not all(isinstance(value, str | int | float) for value in listed):
        return _NONE
    return frozenset(map(text_of, listed))


def _said(place: _Place, query: Mapping[str, list[str]], environ: Mapping[str, Any]) -> Iterable[str]:
    """Return the text that a request carries at a place."""
    where, name = place
    if where == "query":
        return query.get(name, ())
    text = environ.get(name)
    return () if text is None else (text,)
