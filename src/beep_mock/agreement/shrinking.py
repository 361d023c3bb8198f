"""The smallest request that still shows a difference: everything is taken away that it does not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from beep_mock.agreement.schema_edges import changed
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.agreement.request_generation import GeneratedRequest
    from beep_mock.interaction import Json

__all__ = ["shrunk"]


def shrunk(
    made: GeneratedRequest, holds: Callable[[GeneratedRequest], bool], tries: int, least: GeneratedRequest | None = None
) -> GeneratedRequest:
    """Return ``made`` without what can go so that ``holds`` still says yes, found in at most ``tries`` questions.

    What cannot go is as in ``least`` where it can be. What was changed (``place``) stays.
    """
    while True:
        for smaller in (*_smaller(made), *_plainer(made, least)):
            if tries <= 0:
                return made
            tries -= 1
            if holds(smaller):
                made = smaller
                break
        else:
            return made


def _smaller(made: GeneratedRequest) -> Iterator[GeneratedRequest]:
    """Yield requests with one thing less, the biggest things first."""
    if made.extra:
        yield replace(made, extra="")
    body = made.operation.request_body
    if made.body is not MISSING and made.place[:1] != ("body",) and body is not None and not body.required:
        yield replace(made, body=MISSING, media_type="", content=None)
    required = {parameter.key for parameter in made.operation.parameters if parameter.required}
    for key in made.values:
        if key not in required and tuple(key.split(".", 1)) != made.place[:2]:
            yield replace(made, values={name: value for name, value in made.values.items() if name != key})
    if made.content is None and made.body is not MISSING:
        kept = made.place[1:] if made.place[:1] == ("body",) else ()
        for place in _members(made.body):
            if place != kept[: len(place)]:
                yield replace(made, body=changed(made.body, (place, MISSING)))


def _plainer(made: GeneratedRequest, least: GeneratedRequest | None) -> Iterator[GeneratedRequest]:
    """Yield requests with one value as the least request has it."""
    if least is None:
        return
    for key, value in least.values.items():
        if made.values.get(key, value) != value and tuple(key.split(".", 1)) != made.place[:2]:
            yield replace(made, values={**made.values, key: value})
    if isinstance(made.body, dict) and isinstance(least.body, dict) and made.media_type == least.media_type:
        for name, value in least.body.items():
            if made.body.get(name, value) != value and made.place[:2] != ("body", name):
                yield replace(made, body={**made.body, name: value})


def _members(value: Json, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the places of all properties and items, outer ones first; later items before earlier ones."""
    if isinstance(value, dict):
        for name in value:
            yield (*at, name)
        for name, member in value.items():
            yield from _members(member, (*at, name))
    elif isinstance(value, list):
        for index in reversed(range(len(value))):
            yield (*at, str(index))
        for index, item in enumerate(value):
            yield from _members(item, (*at, str(index)))
