"""A draft of a pact from recorded traffic: one interaction a distinct request and status, matched by the schemas.

Only exchanges that kept the contract are drafted, and no secret is. A person reviews a draft before it is a pact: what
a consumer was given is more than what it reads.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from beep_mock.contracts.examples import declared_states, interactions_of
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.validator import validator_of
from beep_mock.errors import PactFileError
from beep_mock.exchanges.exchange import Exchange
from beep_mock.exchanges.journal import BODY_LIMIT
from beep_mock.interaction import Interaction, Json, Request, Response
from beep_mock.masking import MASK
from beep_mock.pacts.comparison import operation_of
from beep_mock.pacts.drafted_messages import Asked, drafted_request, drafted_response, request_shape

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation

__all__ = ["DRAFT_KEY", "Draft", "DraftFile", "draft_pact", "write_draft"]


_SILENT = frozenset({"preflight"})


@dataclass(frozen=True, slots=True)
class Draft:
    """The interactions for one provider, as a pact has them, and how many exchanges were left out, by reason."""

    provider: str
    interactions: tuple[dict[str, Any], ...]
    exchanges: int
    left_out: Counter[str] = field(default_factory=Counter)


def draft_pact(
    contract: Contract, provider: str, recorded: Iterable[Exchange], knows: Callable[[str], bool] = lambda _: True
) -> Draft:
    """Draft the pact that ``recorded`` shows of a consumer with ``provider``, whose contract this is.

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


def _judged(contract: Contract, exchange: Exchange) -> Asked | str:
    """Return the request and its operation, or why the exchange cannot be relied on."""
    if exchange.source.startswith("problem") or exchange.status == 0:
        return "answered by beep-mock itself"
    if exchange.violations:
        return "against the contract"
    if exchange.method == "HEAD":
        return "HEAD, which says nothing that GET does not"
    for body in (exchange.request_body, exchange.response_body):
        if len(body) >= BODY_LIMIT:
            return "a body too long to be recorded whole"
        if b"\xef\xbf\xbd" in body:  # U+FFFD, which stands for bytes that were no text
            return "a body that is not text"
    path = quote(exchange.path.encode("latin-1", "replace"), safe="/:@!$&'()*+,;=~-._")
    request = Request(exchange.method, path)
    found = operation_of(contract, Interaction("", "pact", "", request, Response(exchange.status)))
    if found is None or found.operation.broken is not None:
        return "of no operation of the contract"
    operation, path_values = found.operation, found.path_values
    environ = exchange.environ
    reader = validator_of(contract).reader(operation)
    values, violations, _ = reader.read(path_values, exchange.query, environ, exchange.request_body)
    if any(_is_real(violation.location, values) for violation in violations):
        return "against the contract"
    answered = response_violations(
        contract, operation, exchange.status, exchange.response_headers, exchange.response_body
    )
    masked = {name.lower() for name, value in exchange.response_headers if value == MASK}
    if any(one.location[0] != "header" or one.location[1] not in masked for one in answered):
        return "against the contract"
    return Asked(exchange, operation, path, path_values, values)


def _is_real(location: tuple[str, ...], values: Mapping[str, Json]) -> bool:
    """Return whether a violation is none of a secret that was masked."""
    return bool(values.get(".".join(location[:2]), "") != MASK)


def _rank(exchange: Exchange) -> tuple[int, ...]:
    """Rank exchanges as examples: one the contract writes down, without empty lists, the first of them."""
    source = exchange.source.partition(" ")[0]
    known = {"example": 2, "override": 1, "real": 1}.get(source, 0)
    return known, -exchange.response_body.count(b"[]"), -exchange.response_body.count(b"null")


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


def _example(contract: Contract, operation: Operation, exchange: Exchange) -> Interaction | None:
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
    said = declared_states(contract, example)
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
    """Return the interaction by a description that no other has."""
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


DRAFT_KEY: Final = "beep-mock"
"""The entry of a pact's ``metadata`` that says ``{"draft": true}``."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """The result of writing a draft: ``added`` and ``kept`` interactions."""

    file: Path
    added: int
    kept: int


def write_draft(folder: Path, consumer: str, provider: str, interactions: Sequence[Mapping[str, Any]]) -> DraftFile:
    """Add the interactions to ``<consumer>-<provider>.json`` in ``folder``, sorted as pact files are.

    One that is there already, by description and provider states, stays as it is. The file is replaced as a whole.

    :raises PactFileError: what is there is no draft of these two, or the file cannot be written.
    """
    path = folder / f"{consumer}-{provider}.json"
    known = _known(path, consumer, provider)
    new = {_key(one): one for one in interactions}
    every = {**new, **known}
    pact = {
        "consumer": {"name": consumer},
        "interactions": [every[key] for key in sorted(every)],
        "metadata": {"pactSpecification": {"version": "4.0"}, DRAFT_KEY: {"draft": True}},
        "provider": {"name": provider},
    }
    _replace(path, json.dumps(pact, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return DraftFile(path, len(every) - len(known), len(known))


def _known(path: Path, consumer: str, provider: str) -> dict[tuple[str, str], Any]:
    if not path.exists():
        return {}
    try:
        pact = json.loads(path.read_bytes())
        names = pact["consumer"]["name"], pact["provider"]["name"]
        interactions = pact["interactions"]
        is_draft = pact["metadata"][DRAFT_KEY]["draft"] is True
        found = {_key(one): one for one in interactions}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PactFileError(f"is not a draft of a pact: {error!r}", file=str(path), hint="move it away") from error
    if not is_draft or names != (consumer, provider):
        message = f"is not a draft of a pact of {consumer} with {provider}"
        raise PactFileError(message, file=str(path), hint="drafts do not replace pacts: choose another --output")
    return found


def _key(interaction: Mapping[str, Any]) -> tuple[str, str]:
    """Description and provider states: what tells interactions of a pact apart."""
    states = interaction.get("providerStates") or []
    return str(interaction["description"]), json.dumps(states, sort_keys=True)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            temporary.unlink()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PactFileError(f"cannot be written: {reason}", file=str(path)) from error
