"""What a mock answers from."""

from __future__ import annotations

from typing import Any, Final

from beep_mock.contracts.model import Contract, Operation
from beep_mock.contracts.routing.shared_urls import SharedUrls
from beep_mock.contracts.security import secret_keys
from beep_mock.evidence.trust import Trust
from beep_mock.interaction import Interaction
from beep_mock.mocks.answering import Answering
from beep_mock.mocks.overrides import Overrides
from beep_mock.mocks.preferences import Preference
from beep_mock.mocks.responder import Responder

__all__ = ["Basis"]

_PARTS: Final = ("contract", "overrides", "standing", "added", "answering", "trust")


class Basis:
    """What a reload replaces as a whole, so that each request sees one contract from beginning to end."""

    def __init__(
        self,
        contract: Contract,
        overrides: Overrides,
        standing: Preference,
        added: tuple[Interaction, ...],
        answering: Answering,
        trust: Trust,
    ) -> None:
        self.contract = contract
        self.overrides = overrides
        self.standing = standing
        self.added = added
        self.answering = answering
        self.trust = trust
        self.match = contract.router.match
        self.shared = SharedUrls(contract)
        self.responders: dict[Operation, Responder] = {}
        self.ready: dict[Operation, Responder] = {}  # by which answers that exist are given at once
        self.broken = {o: o.broken for o in contract.operations.values() if o.broken is not None}
        self.keys = {o: o.key for o in contract.operations.values()}
        # Longest first: /api/v1 before /api.
        self.base_paths = sorted((b for b in contract.base_paths if b), key=len, reverse=True)
        self.secrets = secret_keys(contract)

    def but(self, **changes: Any) -> Basis:
        """The same with some parts replaced."""
        return Basis(**{**{name: getattr(self, name) for name in _PARTS}, **changes})

    def responder(self, operation: Operation) -> Responder | None:
        """What answers the requests of ``operation``, made when it is first asked for; None for a broken one."""
        responder = self.responders.get(operation)
        if responder is None and operation not in self.broken:
            responder = Responder(
                self.contract,
                operation,
                (*self.overrides.interactions, *self.added),
                self.overrides.defaults.get(operation.key),
                self.standing,
                self.answering,
                self.trust,
            )
            self.responders[operation] = responder
            self.ready[operation] = responder.ready
        return responder
