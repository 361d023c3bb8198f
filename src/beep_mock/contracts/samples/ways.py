"""The ways through the forks of a schema (``oneOf``, ``anyOf``, ``if``), and that there may be none."""

from __future__ import annotations

__all__ = ["ImpossibleError", "Ways"]

_MOST_WAYS = 24


class ImpossibleError(Exception):
    """No value can be made this way. ``place`` is where in the sample; ``surely`` none can be made in any other."""

    def __init__(self, place: tuple[str, ...] = (), *, surely: bool = False) -> None:
        super().__init__()
        self.place = place
        self.surely = surely


class Ways:
    """Which way to take at each fork of one schema: ``way`` counts through all combinations, the first fork first.

    Whoever has taken all forks finds in ``count`` how many combinations there are (at most 24), and in ``rest`` how
    often ``way`` has been through all of them. ``offset`` is where counting starts at each fork.
    """

    __slots__ = ("_offset", "count", "rest")

    def __init__(self, way: int, offset: int = 0) -> None:
        self.rest = way
        self.count = 1
        self._offset = offset

    def choose(self, options: int, rounds: int = 1) -> tuple[int, int]:
        """The option to take at the next fork, and in which of ``rounds`` through all options that is."""
        tried = max(1, min(options * rounds, _MOST_WAYS // self.count))
        self.count *= tried
        self.rest, chosen = divmod(self.rest, tried)
        return (chosen + self._offset) % options, chosen // options
