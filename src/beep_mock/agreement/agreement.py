"""Mock and provider asked the same: do they take and refuse alike?

The mock answers in process, from the contract alone. Its answers are the contract's, so each difference is a breach of
the contract by the provider, or something that the provider demands and the contract does not say.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from beep_mock.agreement.operations import OperationAgreement, OperationComparison
from beep_mock.agreement.request_generation import RequestGenerator
from beep_mock.agreement.verdicts import MockVerdicts, VerdictJudge
from beep_mock.contracts.encoding import RawRequest
from beep_mock.errors import VerificationError
from beep_mock.masking import MASK
from beep_mock.providers.domain_refusals import DomainRefusals

if TYPE_CHECKING:
    from beep_mock.agreement.request_generation import GeneratedRequest
    from beep_mock.agreement.verdicts import MockVerdict, MockVerdicts
    from beep_mock.contracts.model import Contract
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.providers.targets import Target

__all__ = ["Agreement", "Asker", "OperationAgreement", "compare_with_mock"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks both. ``headers`` go to the provider with all requests that carry credentials."""

    contract: Contract
    target: Target
    mocked: MockVerdicts
    maker: RequestGenerator
    judge: VerdictJudge
    headers: tuple[tuple[str, str], ...] = ()

    def mock(self, made: GeneratedRequest) -> MockVerdict | None:
        """Return the mock's verdict; None for a request that cannot be sent."""
        raw = made.raw(self.contract)
        return self.mocked.of(raw) if raw is not None else None

    def provider(self, made: GeneratedRequest) -> Reply:
        """Return the provider's answer.

        :raises VerificationError: it does not answer in time, or has ended.
        """
        raw = made.raw(self.contract)
        assert raw is not None  # noqa: S101 - the mock has answered it
        return self.target.send(raw, headers=self.headers if made.credentials else ())

    def shown(self, made: GeneratedRequest) -> RawRequest:
        """Return the request for people: headers that were given are not shown."""
        raw = made.raw(self.contract)
        assert raw is not None  # noqa: S101 - see above
        if not made.credentials:
            return raw
        given = {name.lower() for name, _ in self.headers}
        kept = [pair for pair in raw.headers if pair[0].lower() not in given]
        return replace(raw, headers=[*kept, *((name, MASK) for name, _ in self.headers)])


_ORDER: Final = {"POST": 1, "PUT": 2, "PATCH": 3, "DELETE": 4}
_SAFE: Final = ("GET", "HEAD", "OPTIONS", "TRACE")
_LEAST: Final = 0.25
"""Seconds that an operation gets at least, however many there are."""

_NOWHERE: Final = RawRequest("GET", "/beep-mock-asks/for-a-path/that-no-contract-has", headers=[("Accept", "*/*")])


@dataclass(slots=True)
class Agreement:
    """The outcome of a comparison, in the document's order.

    ``unasked`` are the operations left out since they write; ``partial`` says what broke off, where something has.
    """

    operations: list[OperationAgreement] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    partial: str = ""


def compare_with_mock(
    contract: Contract,
    target: Target,
    *,
    samples: int = 20,
    max_time: float = 60.0,
    seed: int = 1,
    headers: tuple[tuple[str, str], ...] = (),
    writes: bool = True,
) -> Agreement:
    """Ask a mock of ``contract`` and the provider at ``target`` the same valid and changed requests.

    ``samples`` valid requests an operation are made with ``seed``, beside those made by a list of changes; all of them
    within ``max_time`` seconds, of which every operation gets its share. ``headers`` go with all but those that leave
    credentials out. Without ``writes`` only methods are used that change nothing (RFC 9110, section 9.2.1).
    """
    maker = RequestGenerator(contract, seed, samples)
    judge = VerdictJudge(contract, DomainRefusals(contract), known=bool(headers))
    operations = [one for one in contract.operations.values() if one.broken is None]
    found = Agreement(unasked=[one.key for one in operations if not writes and one.method not in _SAFE])
    operations = [one for one in operations if one.key not in found.unasked]
    firsts = {operation.path: operation for operation in reversed(operations)}
    results: dict[str, OperationAgreement] = {}
    end = time.monotonic() + max_time
    asker = Asker(contract, target, MockVerdicts(contract), maker, judge, headers)
    with suppress(VerificationError):
        judge.unknown_path = target.send(_NOWHERE, headers=headers)
    # What changes nothing comes first, what deletes last: the others shall find what they ask for.
    for index, operation in enumerate(sorted(operations, key=lambda one: _ORDER.get(one.method, 0))):
        left = end - time.monotonic()
        if left <= 0:
            unasked = f"{len(operations) - index} of {len(operations)} operations were not asked"
            found.partial = f"{max_time:g} s are over: {unasked}"
            break
        share = max(left / (len(operations) - index), _LEAST)
        methods = maker.undeclared_methods(operation.path) if firsts[operation.path] is operation else ()
        asked = [made for made in methods if writes or made.method in _SAFE]
        comparison = OperationComparison(asker, operation, share)
        results[operation.key] = comparison.run(asked)
        if target.is_gone():
            found.partial = f"the provider is gone after {operation.key}"
            break
    found.operations = [results[operation.key] for operation in operations if operation.key in results]
    return found
