"""What is known of a service's answers, operation by operation, for people who look at the index page."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from beep_mock.contracts.examples import interactions_of
from beep_mock.evidence.trust import SPECIFICATION_ONLY, bare_interaction
from beep_mock.gateway.service import Service

__all__ = ["standings_of"]

_ORDER: Final = ("refuted", "stale", "verified", SPECIFICATION_ONLY)


def standings_of(service: Service) -> list[dict[str, Any]]:
    """For each operation ``{"operation": key, "standings": {standing: how many examples}, "said": texts}``.

    An operation without examples answers with samples: ``specification-only``. Empty where nothing is known at all, so
    that no example is made for it.
    """
    mock = service.mock
    if mock is None or service.entry.url or not mock.trust.verdicts:
        return []
    contract, trust = mock.contract, mock.trust
    found = []
    for operation in contract.operations.values():
        interactions = interactions_of(contract, operation) if operation.broken is None else ()
        known = [(interaction, trust.of(interaction)) for interaction in interactions]
        bare = (bare_interaction(operation, int(r.status)) for r in operation.responses if r.status.isdecimal())
        known += [(one, evidence) for one in bare if one is not None and (evidence := trust.of(one)) is not None]
        counts = Counter(evidence.standing if evidence else SPECIFICATION_ONLY for _, evidence in known)
        standings = {standing: counts[standing] for standing in _ORDER if counts[standing]}
        said = [
            f"{interaction.name or interaction.response.status}: {evidence or SPECIFICATION_ONLY}"
            for interaction, evidence in known
        ]
        found.append({"operation": operation.key, "standings": standings or {SPECIFICATION_ONLY: 0}, "said": said})
    return found
