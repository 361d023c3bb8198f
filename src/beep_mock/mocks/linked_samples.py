"""Samples that agree with the links of their response (OpenAPI 3.1.1, section 4.8.20).

What a link takes out of a sample is what its target is asked for next. So it is

- what one of the target's named examples is asked with, where it has one, for the answer then is that example;
- else something that the target's parameter allows;
- where the target lies below the very path that was asked (``/users/{id}`` feeds ``id`` to ``/users/{id}/posts``),
  what was asked there.

A sample stays valid: what its own schema does not allow in such a place is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.expressions import Expression
from beep_mock.contracts.links import Feed, feeds_of
from beep_mock.contracts.model import Contract, Operation, Parameter, ResponseSpec
from beep_mock.contracts.reading.references import tokens
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

__all__ = ["LinkedSamples"]

_Place = tuple[str, ...]
_Fed = list[tuple[_Place, Feed]]


class LinkedSamples:
    """Fits the samples of one declared response to its links. Without ``examples`` those of targets count for nothing.

    It is false, as a truth value, when no link takes anything out of a body.
    """

    def __init__(
        self, contract: Contract, operation: Operation, spec: ResponseSpec, sampler: Sampler, *, examples: bool
    ) -> None:
        self._contract = contract
        self._sampler = sampler
        self._links: dict[str, _Fed] = {}
        self._own: list[tuple[_Place, str]] = []
        self._wanted: dict[str, Mapping[str, Json]] = {}
        for feed in feeds_of(contract, spec):
            place = _place(feed)
            if place is None:
                continue
            self._links.setdefault(feed.link, []).append((place, feed))
            if _same_resource(operation.path, feed):
                self._own.append((place, feed.parameter))
        for link, fed in self._links.items():
            self._wanted[link] = self._example(fed) if examples else {}

    def __bool__(self) -> bool:
        return bool(self._links)

    def fitted(self, sample: Json, is_valid: Callable[[Json], bool], seed: int) -> Json:
        """``sample`` with what the targets of the links can be asked for; ``sample`` itself is left as it is."""
        fixed: set[_Place] = set()
        for link, fed in self._links.items():
            for place, feed in fed:
                shown = _at(sample, place)
                if place in fixed or shown is MISSING or isinstance(shown, dict | list):
                    continue
                fixed.add(place)
                wanted = self._wanted[link].get(feed.parameter, MISSING)
                if wanted is MISSING:
                    wanted = self._allowed(shown, feed, seed)
                sample = _changed(sample, place, wanted, is_valid)
        return sample

    def repeated(self, sample: Json, values: Mapping[str, Json], is_valid: Callable[[Json], bool]) -> Json:
        """``sample`` with what the request's decoded ``values`` say of the path that its links lead on from."""
        for place, parameter in self._own:
            sample = _changed(sample, place, values.get(parameter, MISSING), is_valid)
        return sample

    def _example(self, fed: _Fed) -> Mapping[str, Json]:
        """What the first named example of a success of the target is asked with."""
        wanted = {feed.parameter for _, feed in fed}
        for interaction in interactions_of(self._contract, fed[0][1].operation):
            asked = interaction.request.parameters
            if interaction.name and 200 <= interaction.response.status < 300 and wanted <= asked.keys():
                return asked
        return {}

    def _allowed(self, shown: Json, feed: Feed, seed: int) -> Any:
        """Something that the target's parameter may be; MISSING where it may be ``shown``, or anything."""
        parameter = _parameter(feed)
        if parameter is None or parameter.schema is None:
            return MISSING
        schemas = self._contract.schemas
        try:
            allows = schemas.checker(schemas.register(parameter.schema, "request"))
            if any(map(allows, _readings(shown))):
                return MISSING
            return self._sampler.sample(parameter.schema, "request", seed)
        except ContractError:
            return MISSING


def _place(feed: Feed) -> _Place | None:
    """Where in a body a feed's value is, if that is all that it is."""
    if not isinstance(feed.value, Expression) or feed.value.embeds or feed.parameter == "body":
        return None
    (reference,) = feed.value.references
    if (reference.side, reference.source) != ("response", "body") or not reference.name:
        return None
    return tuple(tokens(reference.name))


def _same_resource(path: str, feed: Feed) -> bool:
    """Whether the parameter stands at the same place of the target's path as it does in ``path``."""
    location, _, name = feed.parameter.partition(".")
    until, found, _ = path.partition(f"{{{name}}}")
    return location == "path" and bool(found) and feed.operation.path.startswith(until + found)


def _parameter(feed: Feed) -> Parameter | None:
    return next((p for p in feed.operation.parameters if p.key == feed.parameter), None)


def _readings(value: Json) -> Iterator[Json]:
    """A value as the parameter may be decoded, for it travels as text."""
    yield value
    if isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, str) and value.isdecimal():
        yield int(value)


def _at(value: Json, place: Iterable[str]) -> Any:
    for step in place:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _changed(sample: Json, place: _Place, wanted: Any, is_valid: Callable[[Json], bool]) -> Json:
    """``sample`` with ``wanted`` at a place, written as what stands there is; the same where that is not valid."""
    shown = _at(sample, place)
    if wanted is MISSING or shown is MISSING:
        return sample
    for reading in sorted(_readings(wanted), key=lambda reading: type(reading) is not type(shown)):
        candidate = _with(sample, place, reading)
        if reading == shown or is_valid(candidate):
            return candidate
    return sample


def _with(value: Json, place: _Place, wanted: Json) -> Json:
    if not place:
        return wanted
    copy: Any = value.copy()
    step: Any = int(place[0]) if isinstance(value, list) else place[0]
    copy[step] = _with(value[step], place[1:], wanted)
    return copy
