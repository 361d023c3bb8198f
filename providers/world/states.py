"""The provider states of `world`: what its consumers' pacts take for granted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from beep_mock import ProviderStates
from demonstration.peer import PeerUnavailableError
from providers.world.people_client import Person
from providers.world.worlds import World, Worlds

__all__ = ["states"]

states = ProviderStates()


@states.state("the world exists")
def the_world_exists(app: Flask, /, id: int, name: str, climate: str = "temperate") -> Iterator[None]:  # noqa: A002
    worlds = _worlds(app)
    before = worlds.replace_all(World(id, name, climate))
    yield
    worlds.replace_all(*before)


@states.state("there is no world")
def there_is_no_world(app: Flask, /, id: int) -> Iterator[None]:  # noqa: A002
    worlds = _worlds(app)
    before = worlds.replace_all()
    worlds.replace_all(*(world for world in before if world.id != id))
    yield
    worlds.replace_all(*before)


@states.state("no world has the name")
def no_world_has_the_name(app: Flask, /, name: str) -> Iterator[None]:
    worlds = _worlds(app)
    before = worlds.replace_all()
    worlds.replace_all(*(world for world in before if world.name != name))
    yield
    worlds.replace_all(*before)


@states.state("exactly these worlds exist")
def exactly_these_worlds_exist(app: Flask, /, worlds: list[dict[str, Any]]) -> Iterator[None]:
    kept = _worlds(app)
    before = kept.replace_all(*(World(**{"climate": "temperate", **world}) for world in worlds))
    yield
    kept.replace_all(*before)


@states.state("the token is not known")
def the_token_is_not_known(app: Flask, /, token: str) -> Iterator[None]:
    with _extension(app, "tokens", frozenset({f"not {token}"})):
        yield


@states.state("people live on the world")
def people_live_on_the_world(app: Flask, /, world: int, names: list[str]) -> Iterator[None]:
    people = [Person(number, name) for number, name in enumerate(names, start=1)]
    with _extension(app, "people", _Census({world: people})):
        yield


@states.state("people does not answer")
def people_does_not_answer(app: Flask, /) -> Iterator[None]:
    with _extension(app, "people", _Silence()):
        yield


class _Census:
    """A peer `people` that knows what it was told."""

    def __init__(self, people: dict[int, list[Person]]) -> None:
        self._people = people

    def living_on(self, world_id: int) -> list[Person]:
        return self._people.get(world_id, [])

    def find(self, person_id: int) -> Person | None:
        everybody = [person for people in self._people.values() for person in people]
        return next((person for person in everybody if person.id == person_id), None)


class _Silence:
    """A peer `people` that never answers."""

    def living_on(self, world_id: int) -> list[Person]:
        raise PeerUnavailableError("people", f"no answer about world {world_id}")

    def find(self, person_id: int) -> Person | None:
        raise PeerUnavailableError("people", f"no answer about person {person_id}")


@contextmanager
def _extension(app: Flask, name: str, value: object) -> Iterator[None]:
    before = app.extensions[name]
    app.extensions[name] = value
    yield
    app.extensions[name] = before


def _worlds(app: Flask) -> Worlds:
    worlds: Worlds = app.extensions["worlds"]
    return worlds
