"""A draft of a pact from recorded traffic: one interaction a distinct request and status, matched by the schemas.

Only exchanges that kept the contract are drafted, and no secret is. A person reviews a draft before it is a pact: what
a consumer was given is more than what it reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from beep_mock.contracts.example_states import said_states
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.validator import validator_of
from beep_mock.interaction import Interaction, Json, Request, Response
from beep_mock.pacts.comparison import operation_of
from beep_mock.pacts.drafted_messages import Asked, drafted_request, drafted_response, request_shape
from beep_mock.pacts.traffic import MASK, Recorded

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation

__all__ = ["Draft", "draft_pact"]

_CUT = 64 * 1024
"""Bytes at which a journal cuts bodies."""

_SILENT = frozenset({"preflight"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The interactions for one provider, as a pact has them, and how many exchanges were left out, by reason."""

    provider: str
    interactions: tuple[dict[str, Any], ...]
    exchanges: int
    left_out: Counter[str] = field(default_factory=Counter)


def draft_pact(
    contract: Contract, provider: str, recorded: Iterable[Recorded], knows: Callable[[str], bool] = lambda _: True
) -> Draft:
    """What ``recorded`` shows of a consumer's use of ``provider``, whose contract this is.

    Exchanges with others are passed over. ``knows`` says whether the provider has a state of that name: an answer that
    was an example of the contract is given in the state that the example names, else in the one of its own name if
    there is one.
    """
    left_out: Counter[str] = Counter()
    chosen: dict[Any, tuple[tuple[int, ...], Asked]] = {}
    count = 0
    for exchange in recorded:
        if exchange.service != provider or exchange.source in _SILENT:
            continue
        count += 1
        asked = _judged(contract, exchange)
        if isinstance(asked, str):
            left_out[asked] += 1
            continue
        key = (asked.operation.key, exchange.status, request_shape(asked))
        rank = _rank(exchange)
        if key not in chosen or rank > chosen[key][0]:
            chosen[key] = (rank, asked)
    written: list[dict[str, Any]] = []
    for _, asked in chosen.values():
        entry = _interaction(contract, asked, knows)
        if entry is None:
            left_out["holds a secret that nothing can stand for"] += 1
        else:
            written.append(_named_apart(entry, asked, written))
    return Draft(provider, tuple(written), count, left_out)


def _judged(contract: Contract, exchange: Recorded) -> Asked | str:
    """What was asked of which operation; or why the exchange is none to rely on."""
    if exchange.source.startswith("problem") or exchange.status == 0:
        return "answered by beep-mock itself"
    if exchange.violations:
        return "against the contract"
    if exchange.method == "HEAD":
        return "HEAD, which says nothing that GET does not"
    for body in (exchange.request_body, exchange.response_body):
        if len(body.encode("utf-8", "replace")) >= _CUT:
            return "a body too long to be recorded whole"
        if "\ufffd" in body:
            return "a body that is no text"
    path = quote(exchange.path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~-._")
    request = Request(exchange.method, path)
    found = operation_of(contract, Interaction("", "pact", "", request, Response(exchange.status)))
    if found is None or found[0].broken is not None:
        return "of no operation of the contract"
    operation, path_values = found
    environ = exchange.environ
    reader = validator_of(contract).reader(operation)
    values, violations, _ = reader.read(path_values, exchange.query, environ, exchange.request_body.encode())
    if any(_is_real(violation.location, values) for violation in violations):
        return "against the contract"
    answered = response_violations(
        contract, operation, exchange.status, exchange.response_headers, exchange.response_body.encode()
    )
    if answered:
        return "against the contract"
    return Asked(exchange, operation, path, path_values, values)


def _is_real(location: tuple[str, ...], values: Mapping[str, Json]) -> bool:
    """Whether a violation is none of a secret that was masked."""
    return bool(values.get(".".join(location[:2]), "") != MASK)


def _rank(exchange: Recorded) -> tuple[int, ...]:
    """What makes the better example: one that the contract writes down, without empty lists, the first of them."""
    source = exchange.source.partition(" ")[0]
    known = {"example": 2, "override": 1, "real": 1}.get(source, 0)
    return known, -exchange.response_body.count("[]"), -exchange.response_body.count("null")


def _interaction(contract: Contract, asked: Asked, knows: Callable[[str], bool]) -> dict[str, Any] | None:
    request = drafted_request(contract, asked)
    response = drafted_response(contract, asked, sparse=asked.exchange.source == "sample")
    if request is None or response is None:
        return None
    example = _example(contract, asked.operation, asked.exchange)
    entry: dict[str, Any] = {
        "description": _description(asked),
        "pending": False,
        "request": request,
        "response": response,
        "type": "Synchronous/HTTP",
    }
    states = _states(contract, example, knows) if example is not None else []
    if states:
        entry["providerStates"] = states
    return entry


def _example(contract: Contract, operation: Operation, exchange: Recorded) -> Interaction | None:
    kind, _, name = exchange.source.partition(" ")
    if kind != "example":
        return None
    return next(
        (
            one
            for one in interactions_of(contract, operation)
            if one.name == name and one.response.status == exchange.status
        ),
        None,
    )


def _states(contract: Contract, example: Interaction, knows: Callable[[str], bool]) -> list[dict[str, Any]]:
    said = said_states(contract, example)
    if said is None:
        return [{"name": example.name}] if example.name and knows(example.name) else []
    return [{"name": one.name, **({"params": dict(one.parameters)} if one.parameters else {})} for one in said]


def _description(asked: Asked) -> str:
    operation = asked.operation
    summary = operation.summary.strip().rstrip(".") or operation.key
    kind, _, name = asked.exchange.source.partition(" ")
    shown = name if kind in ("example", "override") and name else str(asked.exchange.status)
    return f"{summary}: {shown}"


def _named_apart(entry: dict[str, Any], asked: Asked, others: list[dict[str, Any]]) -> dict[str, Any]:
    """The interaction by a description that no other has."""
    taken = {other["description"] for other in others}
    description = entry["description"]
    if description in taken:
        names = sorted(key.partition(".")[2] for key in asked.values if key.startswith("query."))
        description += f", with {', '.join(names)}" if names else ", without a query"
    number = 2
    base = description
    while description in taken:
        description = f"{base} ({number})"
        number += 1
    return {**entry, "description": description}
