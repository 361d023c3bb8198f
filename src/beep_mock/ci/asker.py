"""A mock and a provider that are asked the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.ci.agreement_verdicts import Judge
    from beep_mock.ci.made_request import MadeRequest
    from beep_mock.ci.mock_verdicts import MockVerdict, MockVerdicts
    from beep_mock.ci.request_maker import RequestMaker
    from beep_mock.contracts.encoding import RawRequest
    from beep_mock.contracts.model import Contract
    from beep_mock.providers.targets import Reply, Target

__all__ = ["Asker"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks both. ``headers`` go to the provider with all requests that carry credentials."""

    contract: Contract
    target: Target
    mocked: MockVerdicts
    maker: RequestMaker
    judge: Judge
    headers: tuple[tuple[str, str], ...] = ()

    def mock(self, made: MadeRequest) -> MockVerdict | None:
        """What the mock says; None for a request that cannot be sent."""
        raw = made.raw(self.contract)
        return self.mocked.of(raw) if raw is not None else None

    def provider(self, made: MadeRequest) -> Reply:
        """What the provider says.

        :raises VerificationError: it says nothing in time, or is gone.
        """
        raw = made.raw(self.contract)
        assert raw is not None  # noqa: S101 - the mock has answered it
        return self.target.send(raw, headers=self.headers if made.credentials else ())

    def shown(self, made: MadeRequest) -> RawRequest:
        """The request for people: headers that were given are not shown."""
        raw = made.raw(self.contract)
        assert raw is not None  # noqa: S101 - see above
        if not made.credentials:
            return raw
        given = {name.lower() for name, _ in self.headers}
        kept = [pair for pair in raw.headers if pair[0].lower() not in given]
        return replace(raw, headers=[*kept, *((name, "***") for name, _ in self.headers)])
