"""What `hello` asks of its peer `world`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demonstration.peer import Peer, PeerBrokenError

__all__ = ["World", "WorldClient"]


@dataclass(frozen=True, slots=True)
class World:
    """A world, as far as `hello` cares."""

    id: int
    name: str


class WorldClient:
    """The peer `world`. Every method raises :class:`demonstration.peer.PeerError` when it cannot say."""

    def __init__(self, peer: Peer, *, page: int = 50) -> None:
        self._peer = peer
        self._page = page

    @classmethod
    def at(cls, url: str) -> WorldClient:
        """The client of the service at ``url``."""
        return cls(Peer("world", url))

    def world(self, world_id: int) -> World:
        """One world.

        :raises PeerRefusedError: with status 404, there is no such world.
        """
        return _world(self._peer.call("GET", f"/worlds/{world_id}"))

    def worlds(self, climate: str | None = None) -> Iterator[World]:
        """All worlds, of one climate if asked for, page after page."""
        cursor: str | None = None
        while True:
            page = self._peer.call("GET", "/worlds", query={"climate": climate, "limit": self._page, "cursor": cursor})
            match page:
                case {"items": list(items), "next": str() | None as following}:
                    yield from map(_world, items)
                case _:
                    raise PeerBrokenError("world", f"no page of worlds: {page!r}")
            if following is None:
                return
            if following == cursor:
                raise PeerBrokenError("world", f"the page after {cursor!r} is itself")
            cursor = following

    def inhabitants(self, world_id: int) -> list[str]:
        """The names of those who live on a world.

        :raises PeerRefusedError: with status 404, there is no such world.
        """
        match self._peer.call("GET", f"/worlds/{world_id}/inhabitants"):
            case {"items": list(items)}:
                return [name for _, name in map(_named, items)]
            case content:
                raise PeerBrokenError("world", f"no inhabitants: {content!r}")

    def create(self, name: str, climate: str, token: str) -> World:
        """Create a world.

        :raises PeerRefusedError: the token is not good enough (401), the name is taken (409), or one of the two is not
            as it must be (422).
        """
        return _world(self._peer.call("POST", "/worlds", json={"name": name, "climate": climate}, token=token))

    def delete(self, world_id: int, token: str) -> None:
        """Delete a world.

        :raises PeerRefusedError: the token is not good enough (401), or there is no such world (404).
        """
        self._peer.call("DELETE", f"/worlds/{world_id}", token=token)


def _world(content: object) -> World:
    return World(*_named(content))


def _named(content: object) -> tuple[int, str]:
    match content:
        case {"id": int(identity), "name": str(name)}:
            return identity, name
    raise PeerBrokenError("world", f"neither a world nor an inhabitant: {content!r}")
