"""Generate a sample for a schema. Samples are deterministic, and each is validated before it is returned.

The first candidate uses the document's examples, defaults and first alternatives. If the schema store rejects a part of
it, the innermost enclosing part that has another way to be generated is generated again, until the whole is valid.
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
"""The most places that are generated again in one round."""
_NEAREST_ROUNDS = 12
_KEPT = 512
"""The most samples that are cached for one document."""
_SECONDS = 3.0
"""The longest that Hypothesis searches for a value of one schema; a timeout yields no value."""
_SECONDS_IN_VAIN = 12.0
"""The total for one document's unsuccessful searches: contradictory schemas must not keep a mock busy."""


class UnsatisfiableError(ContractError):
    """No valid value was found for a schema; ``file`` and ``pointer`` say which."""


@dataclass(slots=True)
class _Stuck:
    """The places that were rejected last. ``surely``: no value can be valid."""

    places: list[Place] = field(default_factory=list)
    surely: bool = False


class Sampler:
    """Generates samples for one document's schemas; ``store`` validates them."""

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
        """Return a valid value, the same for the same arguments. Callers must not change it.

        Seed 0 uses the document's examples, defaults and first alternatives; other seeds use other alternatives and
        values generated from the schema's keywords. The request's values (``known``, see
        :func:`beep_mock.contracts.samples.echo.known_values`) replace the properties of the same names. Without
        ``keep`` the sample is not cached.

        :raises UnsatisfiableError: no valid value was found.
        """
        key = self._store.register(schema, direction)
        value = self._hopeless.get(key) or self._kept.get((key, seed), MISSING)
        if value is MISSING:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            try:
                value = self._made(schema, direction, seed)
            except UnsatisfiableError as error:  # cached too: searching again would take as long
                self._kept[key, seed] = error
                if seed == 0:  # seed 0 tries the most alternatives, so other seeds would fail too
                    self._hopeless[key] = error
                raise
            if keep:
                self._kept[key, seed] = value
        if isinstance(value, UnsatisfiableError):
            raise value.with_traceback(None)  # each raise would lengthen the cached error's traceback
        return echoed(value, known, self._store.checker(key)) if known else value

    def nearest(self, schema: Schema, direction: Direction) -> Any:
        """Return the candidate with the fewest violations, for a schema that no value satisfies.

        Contradictions between parts of the schema (``additionalProperties: false`` beside an ``allOf``) are ignored.
        :data:`~beep_mock.interaction.MISSING` if no candidate could be generated.
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
        """Return the violations of a value, validated as samples are; empty if it is valid."""
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

        One round rejects at most ``at_once`` places. ``stuck`` receives the places that were rejected last. No new
        round starts after ``most`` values have been visited.

        :data:`~beep_mock.interaction.MISSING` after all alternatives, or a hundred rounds, failed.
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
            self.sample(schema, direction)  # if seed 0 fails, its error ends the search for this seed
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
    """Request other values at or above the wrong places; return False if all alternatives have been tried."""
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
    """Return the sampled stream ``value`` with up to three items, if its schema ``whole`` allows that many.

    ``sample`` generates an item from a schema and a number; different numbers give different items.
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
