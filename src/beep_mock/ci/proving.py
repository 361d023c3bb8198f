"""What a verification has proved, kept as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from beep_mock.contracts.compiler import compile_contract
from beep_mock.evidence.recording import Tried, record_results

if TYPE_CHECKING:
    from beep_mock.ci.provider_checks import Verified
    from beep_mock.evidence.store import Store
    from beep_mock.workspace import Workspace

__all__ = ["keep_evidence", "tried_by"]


def keep_evidence(workspace: Workspace, verified: Verified, store: Store, version: str = "") -> int:
    """Write down which interactions of pacts and examples the provider keeps; how many were tried.

    ``version`` is the provider's; without it git is asked.

    :raises EvidenceError: it cannot be written, or the version is none.
    """
    tried = list(tried_by(verified))
    if not tried:
        return 0
    provider = verified.provider
    known = provider in workspace.services
    contract = compile_contract(workspace.contract_path(provider)) if known else None
    record_results(workspace, provider, tried, store=store, version=version, contract=contract)
    return len(tried)


def tried_by(verified: Verified) -> Iterator[Tried]:
    """What was tried: not what a fault prevented, nor what nothing told how to bring about.

    That a consumer does not insist on a pending interaction yet does not make the provider keep it.
    """
    for result in verified.pacts.results if verified.pacts is not None else ():
        if not result.fault:
            yield Tried(result.interaction, not result.mismatches, "pact", result.consumer)
    for example in verified.examples or ():
        if not example.fault and not example.skipped:
            yield Tried(example.interaction, not example.mismatches, "example")
