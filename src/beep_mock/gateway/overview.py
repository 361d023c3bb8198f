"""A running world described as JSON: for ``/-/services`` and the index page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from beep_mock.exchanges.exchange import Exchange
from beep_mock.gateway.service import Service
from beep_mock.gateway.standing import evidence_of
from beep_mock.gateway.world import World

__all__ = ["overview_of"]


def overview_of(world: World, url_of: Callable[[str], str]) -> dict[str, Any]:
    """Return the services, the alerts, and a word that changes whenever one of them, or the journal, does.

    ``url_of`` returns the URL at which a service answers.
    """
    exchanges = world.journal.entries()
    return {
        "services": [
            _describe(world, service, url_of(service.name), [e for e in exchanges if e.service == service.name])
            for service in world.services.values()
        ],
        "alerts": [{"time": a.time, "service": a.service, "text": a.text, "good": a.good} for a in world.alerts],
        "state": _state(world),
    }


def _state(world: World) -> str:
    latest = world.journal.latest
    alert = world.alerts[-1].time if world.alerts else 0
    ups = "".join(str(int(service.up)) for service in world.services.values())
    return f"{latest}-{len(world.journal)}-{alert}-{ups}-{world.renewals}"


def _describe(world: World, service: Service, url: str, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    contract = service.mock.contract if service.mock is not None else None
    return {
        "name": service.name,
        "kind": service.kind,
        "engine": world.plan.engine if service.kind == "mocked" else "",
        "up": service.up,
        "url": url,
        "peer": service.entry.url,
        "docs": f"/-/docs/{service.name}",
        "openapi": f"/-/openapi/{service.name}.json",
        "title": contract.title if contract is not None else "",
        "version": contract.version if contract is not None else "",
        "operations": len(contract.operations) if contract is not None else 0,
        "fault": service.fault,
        "evidence": evidence_of(service),
        "evidence_fault": service.mock.trust.fault if service.mock is not None else "",
        "exchanges": len(exchanges),
        "violations": sum(bool(e.violations) for e in exchanges),
    }
