"""List the evidence about each interaction of a service: its contract's examples and the pacts that name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.evidence.hashing import interaction_hash, provider_hashes
from beep_mock.evidence.trust import SPECIFICATION_ONLY
from beep_mock.pacts.model import read_pact

if TYPE_CHECKING:
    from beep_mock.evidence.store import Store
    from beep_mock.evidence.trust import Evidence
    from beep_mock.interaction import Interaction
    from beep_mock.workspace import Workspace

__all__ = ["ListedInteraction", "listed"]


@dataclass(frozen=True, slots=True)
class ListedInteraction:
    """An interaction and its evidence. ``consumer`` is the consumer of its pact, empty for an example."""

    service: str
    interaction: Interaction
    consumer: str
    evidence: Evidence | None

    @property
    def standing(self) -> str:
        """``verified``, ``stale``, ``refuted`` or ``specification-only``."""
        return self.evidence.standing if self.evidence is not None else SPECIFICATION_ONLY

    @property
    def operation(self) -> str:
        """The contract's operation, or a pact's method and path."""
        request = self.interaction.request
        return self.interaction.operation or f"{request.method} {request.path}"

    def as_dict(self) -> dict[str, Any]:
        """Return all of it, for JSON."""
        latest = self.evidence.latest if self.evidence is not None else None
        return {
            "service": self.service,
            "operation": self.operation,
            "status": self.interaction.response.status,
            "name": self.interaction.name,
            "consumer": self.consumer,
            "file": self.interaction.file,
            "pointer": self.interaction.pointer,
            "interaction": interaction_hash(self.interaction),
            "evidence": self.standing,
            "version": latest.version if latest is not None else None,
            "at": latest.at if latest is not None else None,
            "verdict": latest.verdict if latest is not None else None,
            "check": latest.check if latest is not None else None,
        }


def listed(workspace: Workspace, store: Store, service: str) -> list[ListedInteraction]:
    """Return the contract's examples in its order, then the interactions of pacts.

    :raises BeepMockError: a contract, a pact or the store cannot be read.
    """
    verdicts = store.verdicts(service, provider_hashes(workspace, service))
    return [
        ListedInteraction(service, interaction, consumer, verdicts.get(interaction_hash(interaction)))
        for consumer, interaction in _interactions(workspace, service)
    ]


def _interactions(workspace: Workspace, service: str) -> Iterator[tuple[str, Interaction]]:
    if service in workspace.services:
        contract = compile_contract(workspace.contract_path(service))
        for operation in contract.operations.values():
            if operation.broken is None:
                for interaction in interactions_of(contract, operation):
                    yield "", interaction
    for pact in map(read_pact, workspace.pact_paths()):
        if pact.provider == service:
            for interaction in pact.interactions:
                yield pact.consumer, interaction
