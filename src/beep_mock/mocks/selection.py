"""Select the interaction that answers a request: the most specific one whose request example it matches.

Specific means: fixes more of the request. Interactions that fix the same parameters stand in one table, so that a
hundred examples cost one look-up; equals are decided by their order in the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from beep_mock.contracts.document import Document
from beep_mock.contracts.examples import requests_by_media
from beep_mock.contracts.model import Operation, Parameter
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.contracts.values.scalars import text_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Interaction, Json

__all__ = ["BODY_TYPE", "UNDECLARED", "Selection", "undeclared_values"]

UNDECLARED: Final = frozenset({"header", "query"})
"""The locations of parameters that an override may ask for although the contract does not declare them."""

BODY_TYPE: Final = "body.media-type"
"""The key, among decoded values, of the declared media type of the body; needed if :attr:`Selection.by_media`."""

_PLAIN_STYLES = {"simple", "form"}


class Selection:
    """The interactions of one operation that say something about the request."""

    __slots__ = ("_bodies", "_defaults", "_tiers", "by_media", "count", "undeclared")

    def __init__(self, operation: Operation, interactions: Iterable[Interaction], document: Document) -> None:
        parameters = {p.key: p for p in operation.parameters}
        self._defaults: dict[str, Json] = {}
        tiers: dict[tuple[int, tuple[str, ...]], _Tier] = {}
        self.count = 0
        content = operation.request_body.content if operation.request_body is not None else ()
        self.by_media = False
        """Whether an example may answer bodies of one media type and not those of another."""
        undeclared: set[str] = set()
        self._bodies: dict[int, dict[str, Any]] = {}  # of an interaction, by media type
        for interaction in interactions:
            request = interaction.request
            if not request.parameters and request.body is MISSING and interaction.source != "override":
                continue
            expected = {k: _as_decoded(parameters.get(k), v, document) for k, v in request.parameters.items()}
            undeclared |= expected.keys() - parameters.keys()
            for key in expected.keys() - self._defaults.keys():
                default = _default_of(parameters.get(key), document)
                if default is not MISSING:
                    self._defaults[key] = default
            keys = tuple(sorted(expected))
            weight = len(keys) + _weight(request.body, interaction.partial)
            tier = tiers.setdefault((-weight, keys), _Tier(keys))
            tier.add(tuple(_freeze(expected[k]) for k in keys), interaction)
            self.count += 1
            if len(content) > 1 and interaction.source == "example" and request.body is not MISSING:
                shown = requests_by_media(document, operation, interaction.name)
                self._bodies[id(interaction)] = {media: _freeze(body) for media, body in shown.items()}
                self.by_media = True
        self.undeclared: Final = tuple(sorted(undeclared))
        """The keys of parameters that interactions ask for though the contract does not declare them."""
        # Stable: tiers of one weight stay in the order of their first interaction.
        self._tiers = [tier for _, tier in sorted(tiers.items(), key=lambda item: item[0][0])]

    def match(self, values: Mapping[str, Json], lowest: int = 0, highest: int = 999) -> Interaction | None:
        """Return the interaction that answers a request with these decoded values, with a status in the given range."""
        for tier in self._tiers:
            for interaction in tier.find(values, self._defaults, self._bodies):
                if lowest <= interaction.response.status <= highest:
                    return interaction
        return None


def undeclared_values(keys: Iterable[str], query: str, environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts that a request sends for undeclared headers and query parameters (their first value)."""
    sent = dict(reversed(parse_qsl(query, keep_blank_values=True)))
    found = {}
    for key in keys:
        location, _, name = key.partition(".")
        value = sent.get(name) if location == "query" else environ.get(environ_name(name))
        if value is not None:
            found[key] = value
    return found


class _Tier:
    """Interactions that fix the same parameters, by the values they fix them to."""

    __slots__ = ("_keys", "_table")

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self._table: dict[Any, list[Interaction]] = {}

    def add(self, expected: tuple[Any, ...], interaction: Interaction) -> None:
        index = expected[0] if len(expected) == 1 else expected
        self._table.setdefault(index, []).append(interaction)

    def find(
        self, values: Mapping[str, Json], defaults: Mapping[str, Json], bodies: Mapping[int, Mapping[str, Any]]
    ) -> Sequence[Interaction]:
        keys = self._keys
        index: Any
        if len(keys) == 1:
            index = values.get(keys[0], MISSING)
            if index is MISSING:
                index = defaults.get(keys[0], MISSING)
            if index.__class__ is not str and index.__class__ is not int:
                index = _freeze(index)
        else:
            index = tuple([_freeze(values.get(k, defaults.get(k, MISSING))) for k in keys])
        found = self._table.get(index)
        if found is None:
            return ()
        if len(found) == 1 and found[0].request.body is MISSING:
            return found
        body, media = values.get("body", MISSING), values.get(BODY_TYPE, "")
        return [i for i in found if _body_matches(i, body, media, bodies.get(id(i)))]


def _body_matches(interaction: Interaction, body: Any, media: str, shown: Mapping[str, Any] | None) -> bool:
    """Return whether an interaction asks for this body; ``shown`` is what it asks for in each of the media types."""
    expected = interaction.request.body
    if expected is MISSING:
        return True
    if body is MISSING:
        return False
    if shown is not None and media:
        return media in shown and bool(_freeze(body) == shown[media])
    return _contains(body, expected) if interaction.partial else _freeze(body) == _freeze(expected)


def _contains(value: Json, expected: Json) -> bool:
    """Return whether ``value`` has everything in ``expected``: objects may hold more, lists have the same length."""
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(k in value and _contains(value[k], v) for k, v in expected.items())
    if isinstance(expected, list):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(_contains(v, e) for v, e in zip(value, expected, strict=True))
        )
    return bool(_freeze(value) == _freeze(expected))


def _freeze(value: Json) -> Any:
    """Return a hashable stand-in that is equal exactly when the JSON values are (so ``true`` is not 1, but 1.0 is)."""
    kind = value.__class__
    if kind is str or kind is int or kind is float:
        return value
    if kind is bool:
        return ("bool", value)
    if kind is list:
        return ("list", *map(_freeze, value))
    if kind is dict:
        return ("dict", frozenset((k, _freeze(v)) for k, v in value.items()))
    return value  # None and MISSING


def _weight(body: Json, partial: bool) -> int:
    if body is MISSING:
        return 0
    return max(1, _leaves(body)) if partial else 1


def _leaves(value: Json) -> int:
    if isinstance(value, dict):
        return sum(_leaves(v) for v in value.values())
    if isinstance(value, list):
        return sum(_leaves(v) for v in value)
    return 1


def _as_decoded(parameter: Parameter | None, value: Json, document: Document) -> Json:
    """Return the example as a request would bring it: ``"1"`` for an integer is 1, ``1`` for a string is ``"1"``."""
    if parameter is None:
        return text_of(value)
    if isinstance(value, dict | list) or value is None:
        return value
    if parameter.media_type or parameter.style not in _PLAIN_STYLES:
        return value
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    name = parameter.name
    try:
        decode = compile_decoder((parameter,), document)
    except ContractError:
        return value
    if parameter.location == "path":
        decoded = decode({name: text}, "", {})
    elif parameter.location == "query":
        decoded = decode({}, f"{quote(name, safe='')}={quote(text, safe='')}", {})
    elif parameter.location == "header":
        decoded = decode({}, "", {environ_name(name): text})
    else:
        decoded = decode({}, "", {"HTTP_COOKIE": f"{name}={quote(text, safe='')}"})
    return decoded.get(parameter.key, value)


def _default_of(parameter: Parameter | None, document: Document) -> Any:
    if parameter is None or parameter.schema is None:
        return MISSING
    try:
        node, _ = document.follow(parameter.schema.node, parameter.schema.at)
    except ContractError:
        return MISSING
    return node.get("default", MISSING) if isinstance(node, dict) else MISSING
