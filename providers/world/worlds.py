"""The worlds that the service `world` keeps, in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

__all__ = ["Founder", "World", "WorldExistsError", "Worlds"]


@dataclass(frozen=True, slots=True)
class Founder:
    """The person who founded a world, as `people` knew them then."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class World:
    """A world. ``id`` 0 is for one that is not kept yet."""

    id: int
    name: str
    climate: str
    population: int = 0
    founder: Founder | None = None


class WorldExistsError(Exception):
    """There is a world of that name already."""


class Worlds:
    """A collection of worlds, ordered by id, safe for threads. Ids are never given twice."""

    def __init__(self, worlds: tuple[World, ...] = ()) -> None:
        self._lock = Lock()
        self._worlds = {world.id: world for world in worlds}
        self._last_id = max(self._worlds, default=0)

    def __getitem__(self, world_id: int) -> World:
        return self._worlds[world_id]

    def __contains__(self, world_id: object) -> bool:
        return world_id in self._worlds

    def page(self, *, after: int, limit: int, climate: str | None) -> tuple[list[World], bool]:
        """Up to ``limit`` worlds with a greater id than ``after``, and whether there are more."""
        with self._lock:
            kept = sorted(self._worlds.values(), key=lambda world: world.id)
        fitting = [world for world in kept if world.id > after and climate in {None, world.climate}]
        return fitting[:limit], len(fitting) > limit

    def add(self, world: World) -> World:
        """Keep a new world, with an id of its own.

        :raises WorldExistsError: its name is taken.
        """
        with self._lock:
            if any(kept.name == world.name for kept in self._worlds.values()):
                raise WorldExistsError(world.name)
            self._last_id += 1
            self._worlds[self._last_id] = kept = replace(world, id=self._last_id)
        return kept

    def remove(self, world_id: int) -> World:
        """Forget a world.

        :raises KeyError: there is none of this id.
        """
        with self._lock:
            return self._worlds.pop(world_id)

    def replace_all(self, *worlds: World) -> tuple[World, ...]:
        """Keep exactly these worlds; the ones kept before are returned."""
        with self._lock:
            before = tuple(self._worlds.values())
            self._worlds = {world.id: world for world in worlds}
            self._last_id = max([self._last_id, *self._worlds])
        return before
