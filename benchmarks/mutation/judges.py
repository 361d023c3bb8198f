"""Who judges a mutant: `beep-mock verify` with its three kinds of checks, Schemathesis alone, Specmatic alone.

A judge that finds something at the unmutated provider too has caught a mutant only if it finds something else as well.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from beep_mock.checks.provider_checks import KINDS, VerificationRequest, verify
from beep_mock.errors import BeepMockError
from beep_mock.workspace import Workspace
from benchmarks.mutation.mutant import Mutant, standing
from benchmarks.servers import ROOT

__all__ = ["BEEP_MOCK", "Judgement", "beep_mock", "schemathesis"]

BEEP_MOCK = (*KINDS, "exact")
"""``exact`` are the examples with ``--exact``: what they find beside what ``examples`` finds."""


@dataclass
class Judgement:
    """What was found, by kind of check, as texts, and the seconds that each kind took."""

    found: dict[str, set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def beep_mock(mutant: Mutant, *, examples: int, seed: int) -> Judgement:
    """``beep-mock verify PROVIDER --exact``, each kind of check timed; all in one run, as its users do."""
    judgement = Judgement({kind: set() for kind in BEEP_MOCK}, dict.fromkeys(KINDS, 0.0))
    begun: list[tuple[str, float]] = []
    with standing(mutant):
        try:
            verified = verify(
                Workspace.find(ROOT),
                mutant.provider,
                VerificationRequest(exact=True, max_examples=examples, seed=seed, timeout=2.0),
                lambda kind: begun.append((kind, time.monotonic())),
            )
        except BeepMockError as error:
            judgement.found["pacts"].add(f"fault: {error}")
            return judgement
    ends = [at for _, at in begun[1:]] + [time.monotonic()]
    judgement.seconds |= {kind: end - at for (kind, at), end in zip(begun, ends, strict=True)}
    if verified.pacts is not None:
        judgement.found["pacts"] |= {str(one.interaction.name) for one in verified.pacts.results if not one.passed}
    for result in verified.examples or ():
        if result.fault:
            judgement.found["examples"].add(f"{result.name}: {result.fault}")
        for mismatch in result.mismatches:
            kind = "exact" if mismatch.message == "not as the example says" else "examples"
            judgement.found[kind].add(f"{result.name}: {mismatch.field}: {mismatch.message}")
    if verified.properties is not None:
        judgement.found["properties"] |= {f"{one.operation}: {one.check}" for one in verified.properties.failures}
        judgement.found["properties"] |= set(verified.properties.errors)
    if verified.partial:
        judgement.found["properties"].add(verified.partial)
    return judgement


def schemathesis(mutant: Mutant, *, examples: int, seed: int) -> Judgement:
    """Schemathesis' own engine with its own defaults: all checks, all phases, the application in process."""
    import schemathesis as library
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    judgement = Judgement({"schemathesis": set()})
    begun = time.monotonic()
    settings: dict[str, Any] = {"seed": seed, "generation": {"max-examples": examples, "database": "none"}}
    with standing(mutant) as place:
        document = ROOT / "contracts" / mutant.provider / "openapi.yaml"
        schema = library.openapi.from_path(document, config=SchemathesisConfig.from_dict(settings))
        schema.app = place.create()
        schema.location = "http://localhost"
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                judgement.found["schemathesis"] |= set(_failures(event.recorder))
    judgement.seconds["schemathesis"] = time.monotonic() - begun
    return judgement


def _failures(recorder: Any) -> list[str]:
    found = []
    for nodes in recorder.checks.values():
        for node in nodes:
            if node.failure_info is not None:
                failure = node.failure_info.failure
                operation = getattr(failure, "operation", "") or recorder.label
                found.append(f"{operation}: {node.name}: {failure.title}")
    return found
