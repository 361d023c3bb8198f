"""Record how much of a contract was exercised, and by which kind of check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from beep_mock.contracts.values.media_types import match_media_type
from beep_mock.pacts.comparison import operation_of

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.pacts.model import Pact

__all__ = ["Coverage", "Exercise", "Kind", "OperationCoverage", "coverage_of", "exercises_of"]

Kind = Literal["pacts", "examples", "properties"]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One request that was made of an operation (by its key), and what came of it.

    ``parameters`` are the keys of those that were sent (``query.limit``); ``media_type`` is the answer's content type.
    """

    kind: Kind
    operation: str
    status: int
    media_type: str = ""
    parameters: frozenset[str] = frozenset()
    consumer: str = ""


@dataclass(slots=True)
class OperationCoverage:
    """The kinds of checks that exercised each part of one operation.

    ``statuses`` is by declared status (``200``, ``4XX``), ``media_types`` by ``200 application/json``, ``parameters``
    by key; ``undeclared`` are statuses that were answered and no response declares; ``consumers`` those whose pacts
    use it.
    """

    operation: str
    kinds: set[Kind] = field(default_factory=set)
    statuses: dict[str, set[Kind]] = field(default_factory=dict)
    media_types: dict[str, set[Kind]] = field(default_factory=dict)
    parameters: dict[str, set[Kind]] = field(default_factory=dict)
    undeclared: dict[int, set[Kind]] = field(default_factory=dict)
    consumers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of a contract, by operation in the document's order."""

    operations: tuple[OperationCoverage, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """The operations that no consumer's pact uses."""
        return tuple(one.operation for one in self.operations if not one.consumers)

    @property
    def unreached(self) -> tuple[str, ...]:
        """Return what no check reached: operations, and statuses of the operations reached (``GET /worlds 502``)."""
        found = []
        for one in self.operations:
            if not one.kinds:
                found.append(one.operation)
            else:
                found += [f"{one.operation} {status}" for status, kinds in one.statuses.items() if not kinds]
        return tuple(found)

    def share(self, part: Literal["operations", "statuses", "media_types", "parameters"]) -> tuple[int, int]:
        """Return how many were exercised by any check, and how many there are."""
        if part == "operations":
            kinds = [one.kinds for one in self.operations]
        else:
            kinds = [found for one in self.operations for found in getattr(one, part).values()]
        return sum(map(bool, kinds)), len(kinds)


def coverage_of(contract: Contract, exercises: Iterable[Exercise], pacts: Iterable[Pact] = ()) -> Coverage:
    """Return how much of ``contract`` the ``exercises`` reached; undeclared operations are left out.

    Who consumes an operation is said by ``pacts`` too, whether they were replayed or not.
    """
    found = {key: _empty(operation) for key, operation in contract.operations.items()}
    for used in (exercise for pact in pacts for exercise in exercises_of(contract, pact)):
        found[used.operation].consumers.add(used.consumer)
    for one in exercises:
        operation, row = contract.operations.get(one.operation), found.get(one.operation)
        if operation is None or row is None:
            continue
        row.kinds.add(one.kind)
        if one.consumer:
            row.consumers.add(one.consumer)
        for key in one.parameters & row.parameters.keys():
            row.parameters[key].add(one.kind)
        declared = operation.response_for(one.status)
        if declared is None:
            row.undeclared.setdefault(one.status, set()).add(one.kind)
            continue
        spec = declared.status
        row.statuses[spec].add(one.kind)
        names = [m.name for m in declared.content]
        index = match_media_type(one.media_type, names) if one.media_type else None
        if index is not None:
            row.media_types[f"{spec} {names[index]}"].add(one.kind)
    return Coverage(tuple(found.values()))


def exercises_of(contract: Contract, pact: Pact) -> Iterator[Exercise]:
    """Yield what a pact exercises, if each of its interactions is replayed and kept."""
    for interaction in pact.interactions:
        found = operation_of(contract, interaction)
        if found is None:
            continue
        operation, path_values = found.operation, found.path_values
        sent = {*interaction.request.parameters, *(f"path.{name}" for name in path_values)}
        yield Exercise(
            "pacts",
            operation.key,
            interaction.response.status,
            interaction.response.media_type,
            frozenset(sent & {parameter.key for parameter in operation.parameters}),
            pact.consumer,
        )


def _empty(operation: Operation) -> OperationCoverage:
    return OperationCoverage(
        operation.key,
        statuses={response.status: set() for response in operation.responses},
        media_types={f"{r.status} {m.name}": set() for r in operation.responses for m in r.content},
        parameters={parameter.key: set() for parameter in operation.parameters},
    )
