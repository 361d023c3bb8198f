"""Pacts replayed at a provider that is running."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from beep_mock.errors import VerificationError
from beep_mock.interaction import Interaction, Request, Response
from beep_mock.pacts.model import Pact
from beep_mock.providers.replay import Address, replay
from beep_mock.providers.results import InteractionResult, Mismatch, VerificationReport, result_of

__all__ = [
    "InteractionResult",
    "Mismatch",
    "StateHandling",
    "VerificationReport",
    "require_interactions",
    "verify_pacts",
]

_TIMEOUT: Final = 4.0


@dataclass(frozen=True, slots=True)
class StateHandling:
    """Where provider states are set up, and what is known of them beforehand.

    ``objection`` gives the reason why an interaction's states cannot be arranged, or ``""``; ``failures`` is the list
    that the endpoint adds to whenever it fails.
    """

    url: str
    objection: Callable[[Interaction], str] = lambda _: ""
    failures: Sequence[str] = ()


def verify_pacts(
    provider: str,
    pacts: Sequence[Pact],
    *,
    url: str,
    states: StateHandling | None = None,
    timeout: float = _TIMEOUT,
) -> VerificationReport:
    """Replay every interaction of ``pacts`` that names ``provider`` at the provider running at ``url``.

    ``timeout`` is in seconds for one answer. A provider that hangs gets no further requests.

    :raises VerificationError: there is nothing to verify, states are needed that nobody arranges, or the provider
        cannot be reached.
    """
    require_interactions(provider, pacts)
    ours = [pact for pact in pacts if pact.provider == provider]
    interactions = [(pact, interaction) for pact in ours for interaction in pact.interactions]
    stateful = next((interaction for _, interaction in interactions if interaction.states), None)
    if stateful is not None and states is None:
        raise VerificationError(
            f"{stateful.name!r} needs the provider state {stateful.states[0].name!r}",
            file=stateful.file,
            pointer=stateful.pointer,
            hint="say with --states-url where the provider takes its states",
        )
    address = Address.of(url)
    address.require_listener(provider)
    if states is not None:
        Address.of(states.url).require_listener(f"the endpoint for provider states of {provider}")
    objections = {id(i): states.objection(i) if states is not None else "" for _, i in interactions}
    replayed = [(pact, i) for pact, i in interactions if not objections[id(i)]]
    found = {id(result.interaction): result for result in _replayed(provider, address, replayed, states, timeout)}
    results = [
        found.get(id(i)) or InteractionResult(pact.consumer, i, fault=objections[id(i)]) for pact, i in interactions
    ]
    results += [_unsupported(pact, message) for pact in ours for message in pact.messages]
    return VerificationReport(provider, tuple(results))


def require_interactions(provider: str, pacts: Sequence[Pact]) -> None:
    """Check that there is something to verify: verifying nothing must not look like success.

    :raises VerificationError: no pact names ``provider``, or none that does holds an interaction.
    """
    ours = [pact for pact in pacts if pact.provider == provider]
    if any(pact.interactions for pact in ours):
        return
    for pact in ours:
        holds = "only messages, which cannot be verified yet" if pact.messages else "no interactions"
        raise VerificationError(f"the pact of {pact.consumer} holds {holds}", file=pact.file)
    named = ", ".join(sorted({pact.provider for pact in pacts}))
    raise VerificationError(
        f"no pact names the provider {provider!r}, so nothing is verified",
        hint=f"the pacts name: {named}" if named else "there are no pacts yet: consumers record them with their tests",
    )


def _replayed(
    provider: str,
    address: Address,
    interactions: Sequence[tuple[Pact, Interaction]],
    states: StateHandling | None,
    timeout: float,
) -> Iterator[InteractionResult]:
    if not interactions:
        return
    with tempfile.TemporaryDirectory(prefix="beep-mock-") as folder:
        files = _single_pacts(Path(folder), interactions)
        told = replay(provider, address, files, states_url=states.url if states else "", timeout=timeout)
        fault = ""
        for pact, interaction in interactions:
            failures = len(states.failures) if states else 0
            outcome = next(told, None)
            if outcome is None:
                yield InteractionResult(pact.consumer, interaction, fault=f"not tried, since before that: {fault}")
                continue
            if isinstance(outcome, str):
                fault = outcome
                result = InteractionResult(pact.consumer, interaction, fault=outcome)
            else:
                result = result_of(pact.consumer, interaction, outcome)
            if states and len(states.failures) > failures:  # better than the verifier's own words for it
                result = replace(result, fault=states.failures[failures], mismatches=())
            yield result


def _single_pacts(folder: Path, interactions: Sequence[tuple[Pact, Interaction]]) -> list[Path]:
    """Return each interaction as a pact of its own, with matching rules, generators and metadata of its file."""
    contents = {file: json.loads(Path(file).read_bytes()) for file in {pact.file for pact, _ in interactions}}
    files = []
    for number, (pact, interaction) in enumerate(interactions):
        content = contents[pact.file]
        one = content["interactions"][int(interaction.pointer.rpartition("/")[2])]
        file = folder / f"{number}.json"
        file.write_text(json.dumps({**content, "interactions": [one]}), encoding="utf-8")
        files.append(file)
    return files


def _unsupported(pact: Pact, message: str) -> InteractionResult:
    interaction = Interaction(message, "pact", "", Request("", ""), Response(0), file=pact.file)
    return InteractionResult(pact.consumer, interaction, fault="is a message, which cannot be verified yet")
