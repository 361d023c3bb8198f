"""Schema -> sample: deterministic, and always valid, because each candidate is judged before it is given away.

The first candidate shows what the document shows (examples, defaults, first alternatives). Where the schema store
objects to a part of it, the innermost part around it that can be made in another way is, until all is valid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from math import inf
from time import thread_time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.alternatives import ImpossibleError
from beep_mock.contracts.samples.echo import echoed
from beep_mock.contracts.samples.values import Draw, Place
from beep_mock.contracts.schemas.messages import PATIENT
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract, Schema
    from beep_mock.contracts.schemas.store import Direction, SchemaStore, SchemaViolation
    from beep_mock.interaction import Json

__all__ = ["Sampler", "UnsatisfiableError", "lengthened", "sampler_of"]


_ROUNDS = 100
_AT_ONCE = 64
"""Places that are made in another way in one round, at most."""
_NEAREST_ROUNDS = 12
_KEPT = 512
"""Samples kept of one document, at most."""
_SECONDS = 3.0
"""The longest that Hypothesis searches for a value of one schema; a timeout yields no value."""
_SECONDS_IN_VAIN = 12.0
"""And for those of one document, where it finds none: a document of contradictions must not keep a mock busy."""


class UnsatisfiableError(ContractError):
    """No valid value was found for a schema; ``file`` and ``pointer`` say which."""


@dataclass(slots=True)
class _Stuck:
    """The places that were refused last; ``surely``: that nothing can be valid."""

    places: list[Place] = field(default_factory=list)
    surely: bool = False


class Sampler:
    """Makes samples of one document's schemas. ``store`` judges them."""

    def __init__(self, document: Document, store: SchemaStore) -> None:
        self.document = document
        self.modern = store.modern
        self._store = store
        self._kept: dict[tuple[str, int], Json | UnsatisfiableError] = {}
        self._hopeless: dict[str, UnsatisfiableError] = {}
        self._seconds_left = _SECONDS_IN_VAIN

    def sample(
        self,
        schema: Schema,
        direction: Direction,
        seed: int = 0,
        *,
        known: Mapping[str, Json] | None = None,
        keep: bool = True,
    ) -> Json:
        """Return a valid value, the same for the same schema, direction, seed and ``known`` values.

        It must not be changed.

        With seed 0 it shows the document's examples, defaults and first alternatives; with another it shows others,
        and values made from the schema's keywords. What a request says (``known``, see
        :func:`beep_mock.contracts.samples.echo.known_values`) is repeated where the sample has a property of that name.
        A value that nobody will ask for again need not be kept.

        :raises UnsatisfiableError: none was found.
        """
        key = self._store.register(schema, direction)
        value = self._hopeless.get(key) or self._kept.get((key, seed), MISSING)
        if value is MISSING:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            try:
                value = self._made(schema, direction, seed)
            except UnsatisfiableError as error:  # to look again would take as long
                self._kept[key, seed] = error
                if seed == 0:  # what shows the document has the most decisions
                    self._hopeless[key] = error
                raise
            if keep:
                self._kept[key, seed] = value
        if isinstance(value, UnsatisfiableError):
            raise value.with_traceback(None)  # it would grow with each time
        return echoed(value, known, self._store.checker(key)) if known else value

    def nearest(self, schema: Schema, direction: Direction) -> Any:
        """For a schema that nothing satisfies: the value with the fewest faults of some that look like it.

        What parts of the schema say of one another (``additionalProperties: false`` beside an ``allOf``) is left aside.
        :data:`~beep_mock.interaction.MISSING` where there is nothing to look like.
        """
        attempts: dict[Place, int] = {}
        least, best = inf, MISSING
        for _ in range(_NEAREST_ROUNDS):
            draw = Draw(self.document, direction, 0, attempts, modern=self.modern, strict=False)
            try:
                value = draw.value(schema.node, schema.at)
            except ImpossibleError as reason:
                wrong = [reason.place]
            else:
                violations = self.violations(value, schema, direction)
                if len(violations) < least:
                    least, best = len(violations), value
                wrong = [violation.pointer for violation in violations]
            if not _refuse(wrong, attempts, draw.decisions, _AT_ONCE):
                break
        return best

    def violations(self, value: Json, schema: Schema, direction: Direction) -> list[SchemaViolation]:
        """Return why a value is not valid, as samples are; empty when it is."""
        return self._store.violations(self._store.register(schema, direction), value, PATIENT)

    def search(
        self,
        schema: Schema,
        direction: Direction,
        walk: Callable[[dict[Place, int]], Draw],
        *,
        at_once: int = _AT_ONCE,
        stuck: _Stuck | None = None,
        most: float = inf,
    ) -> Any:
        """Return the first valid value that ``walk`` generates, given the rejections at each place.

        In one round ``at_once`` places are refused, at most. ``stuck`` is told where it ended. Once ``most`` values
        have been walked through, no further round is begun.

        :data:`~beep_mock.interaction.MISSING` when all its decisions have been tried, or a hundred.
        """
        key = self._store.register(schema, direction)
        is_valid = self._store.checker(key)
        attempts: dict[Place, int] = {}
        for _ in range(_ROUNDS):
            draw = walk(attempts)
            try:
                value = draw.value(schema.node, schema.at)
            except ImpossibleError as reason:
                wrong = [reason.place]
                if stuck is not None and reason.surely:
                    stuck.places, stuck.surely = wrong, True
                    break
            else:
                if is_valid(value):
                    return value
                wrong = [violation.pointer for violation in self._store.violations(key, value, PATIENT)]
            if stuck is not None:
                stuck.places = wrong
            most -= len(draw.decisions)
            if most <= 0 or not _refuse(wrong, attempts, draw.decisions, at_once):
                break
        return MISSING

    def _made(self, schema: Schema, direction: Direction, seed: int) -> Json:
        def walk(attempts: dict[Place, int]) -> Draw:
            return Draw(self.document, direction, seed, attempts, modern=self.modern)

        stuck = _Stuck()
        value = self.search(schema, direction, walk, stuck=stuck)
        hint = "see whether its parts contradict each other, or give an example"
        if value is MISSING and seed and not stuck.surely:
            self.sample(schema, direction)  # where nothing shows the document, nothing else is looked for
        if value is MISSING and not stuck.surely and self._seconds_left > 0:
            value, more = self._generated(schema, direction, seed)
            hint += more
        if value is not MISSING:
            return value
        where = self.document.where(schema.at)
        deepest = max(stuck.places, key=len, default=())
        message = "no valid value was found for this schema"
        if deepest:
            message += f": no value found at '{reduce(child, deepest, '')}'"
        raise UnsatisfiableError(message, file=where.file, pointer=where.pointer, hint=hint)

    def _generated(self, schema: Schema, direction: Direction, seed: int) -> tuple[Any, str]:
        """Search with Hypothesis in the remaining time."""
        from beep_mock.contracts.samples.generation import GeneratorMissingError, generated

        begin = thread_time()
        try:
            value = generated(
                schema,
                self.document,
                seed,
                lambda value: len(self.violations(value, schema, direction)),
                modern=self.modern,
                seconds=min(_SECONDS, self._seconds_left),
            )
        except GeneratorMissingError:
            return MISSING, "; with beep-mock[generation] installed, Hypothesis looks for a value too"
        self._seconds_left -= thread_time() - begin if value is MISSING else 0
        return value, ""


def _refuse(wrong: Iterable[Place], attempts: dict[Place, int], decisions: Mapping[Place, int], at_once: int) -> bool:
    """Ask for other values around the places that are wrong; False when all have been tried."""
    changed: set[Place] = set()
    for pointer in dict.fromkeys(wrong):
        for length in range(len(pointer), -1, -1):
            place = pointer[:length]
            if place in changed:
                break
            if attempts.get(place, 0) + 1 < decisions.get(place, 0):
                attempts[place] = attempts.get(place, 0) + 1
                changed.add(place)
                break
        if len(changed) >= at_once:
            break
    return bool(changed)


_samplers: WeakKeyDictionary[Contract, Sampler] = WeakKeyDictionary()


def sampler_of(contract: Contract) -> Sampler:
    """Return the sampler of ``contract``, whose caches serve all operations."""
    found = _samplers.get(contract)
    return found if found is not None else _samplers.setdefault(contract, Sampler(contract.document, contract.schemas))


_ITEMS = 3


def lengthened(
    value: Json, whole: Schema, item: Schema | None, store: SchemaStore, sample: Callable[[Schema, int], Json]
) -> Json:
    """Return the sampled stream ``value`` with further items, up to three, where its schema ``whole`` admits more.

    ``sample`` makes an item of a schema and a number, which tells it from others.
    """
    if item is None or not isinstance(value, list) or not 0 < len(value) < _ITEMS:
        return value
    is_valid = store.checker(store.register(whole, "response"))
    for number in range(1, _ITEMS - len(value) + 1):
        try:
            longer = [*value, sample(item, number)]
        except ContractError:
            break
        if not is_valid(longer):
            break
        value = longer
    return value
