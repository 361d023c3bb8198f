"""Schema -> sample: deterministic, and valid always, because each candidate is judged before it is given away.

The first candidate shows what the document shows (examples, defaults). Where the schema store objects to a part of it,
that part is made from its keywords instead; then other branches of ``oneOf`` and ``anyOf`` are tried, then fewer
optional parts.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from beep_mock.contracts.sample_values import Draw, Impossible
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.schemas import Direction, SchemaStore
    from beep_mock.interaction import Json

__all__ = ["Sampler", "UnsatisfiableError"]

_BRANCHES = 8  # alternatives that are tried of each `oneOf` and `anyOf`
_REPAIRS = 6  # rounds in which examples that the store objects to are set aside


class UnsatisfiableError(ContractError):
    """No valid value was found for a schema; ``file`` and ``pointer`` say which."""


class Sampler:
    """Makes samples of one document's schemas. ``store`` judges them."""

    def __init__(self, document: Document, store: SchemaStore) -> None:
        self._document = document
        self._store = store

    def sample(self, schema: Schema, direction: Direction, seed: int = 0) -> Json:
        """A valid value, the same for the same schema and seed.

        :raises UnsatisfiableError: none was found.
        """
        key = self._store.register(schema, direction)
        is_valid = self._store.checker(key)
        for sparse in (False, True):
            for branch in range(_BRANCHES):
                distrusted: set[tuple[str, ...]] = set()
                for _ in range(_REPAIRS):
                    draw = Draw(self._document, direction, Random(seed), branch, distrusted, sparse=sparse)  # noqa: S311
                    try:
                        value = draw.value(schema.node, schema.at)
                    except Impossible:
                        break
                    if is_valid(value):
                        return value
                    places = {v.pointer for v in self._store.violations(key, value)}
                    # What surrounds a bad value may be the example that holds it.
                    places = {place[:n] for place in places for n in range(len(place) + 1)} & draw.shown
                    if not places - distrusted:
                        break
                    distrusted |= places
        where = self._document.where(schema.at)
        raise UnsatisfiableError("no valid value was found for this schema", file=where.file, pointer=where.pointer)
