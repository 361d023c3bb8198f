"""The provider states of `people`: what its consumers' pacts take for granted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from beep_mock import ProviderStates
from providers.people.app import Person

__all__ = ["states"]

states = ProviderStates()


@states.state("people live on the world")
def people_live_on_the_world(app: Flask, /, world: int, names: list[str]) -> Iterator[None]:
    with _exactly(app, [Person(number, name, world) for number, name in enumerate(names, start=1)]):
        yield


@states.state("the person exists")
def the_person_exists(app: Flask, /, id: int, name: str) -> Iterator[None]:  # noqa: A002 - the pacts' word
    with _exactly(app, [Person(id, name, world=1)]):
        yield


@states.state("there is no person")
def there_is_no_person(app: Flask, /, id: int) -> Iterator[None]:  # noqa: A002 - the pacts' word
    with _exactly(app, [person for person in app.extensions["people"].values() if person.id != id]):
        yield


@contextmanager
def _exactly(app: Flask, people: list[Person]) -> Iterator[None]:
    kept: dict[int, Person] = app.extensions["people"]
    before = dict(kept)
    kept.clear()
    kept.update({person.id: person for person in people})
    yield
    kept.clear()
    kept.update(before)
