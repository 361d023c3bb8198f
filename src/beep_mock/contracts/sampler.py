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
                    doubted = self._doubted(key, value, draw.shown) - distrusted
                    if not doubted:
                        break
                    distrusted |= doubted
        where = self._document.where(schema.at)
        raise UnsatisfiableError("no valid value was found for this schema", file=where.file, pointer=where.pointer)

    def _doubted(self, key: str, value: Json, shown: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
        """The places whose examples may be to blame: those around what is wrong, else those below it."""
        wrong = {v.pointer for v in self._store.violations(key, value)}
        around = {place[:n] for place in wrong for n in range(len(place) + 1)} & shown
        return around or {s for s in shown if any(s[: len(place)] == place for place in wrong)}
