"""What `world` asks of its peer `people`."""

from __future__ import annotations

from dataclasses import dataclass

from demonstration.peer import Peer, PeerBrokenError, PeerRefusedError

__all__ = ["PeopleClient", "Person"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as far as `world` cares."""

    id: int
    name: str


class PeopleClient:
    """The peer `people`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    @classmethod
    def at(cls, url: str) -> PeopleClient:
        """The client of the service at ``url``."""
        return cls(Peer("people", url))

    def living_on(self, world_id: int) -> list[Person]:
        """Who lives on a world, ordered by id; a world that nobody has heard of is empty.

        :raises PeerError: `people` cannot say.
        """
        people = self._peer.call("GET", "/people", query={"world": world_id})
        if not isinstance(people, list):
            raise PeerBrokenError("people", "a list was promised")
        return sorted(map(_person, people), key=lambda person: person.id)

    def find(self, person_id: int) -> Person | None:
        """The person of this id, if there is one.

        :raises PeerError: `people` cannot say.
        """
        try:
            return _person(self._peer.call("GET", f"/people/{person_id}"))
        except PeerRefusedError as refusal:
            if refusal.status == 404:
                return None
            raise


def _person(content: object) -> Person:
    match content:
        case {"id": int(identity), "name": str(name)}:
            return Person(identity, name)
    raise PeerBrokenError("people", f"no person: {content!r}")
