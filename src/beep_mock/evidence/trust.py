"""The evidence about one service's interactions, as its mock asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from beep_mock.interaction import Interaction, Request, Response

if TYPE_CHECKING:
    from beep_mock.contracts.model import Operation

__all__ = [
    "CHECKS",
    "HEADER",
    "NOTHING_KNOWN",
    "SPECIFICATION_ONLY",
    "VERDICTS",
    "Evidence",
    "Hashes",
    "Minimum",
    "Standing",
    "Trust",
    "Verification",
    "bare_interaction",
    "evidence_of",
]


Verdict = Literal["verified", "refuted"]
Check = Literal["pact", "example"]
Standing = Literal["verified", "stale", "refuted"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
CHECKS: Final[tuple[Check, ...]] = get_args(Check)


@dataclass(frozen=True, slots=True)
class Hashes:
    """The subject of a verification: SHA-256, in hexadecimal, of a provider's sources and of its contract's files.

    ``""`` stands for what is not in the workspace.
    """

    sources: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """One interaction, tried once at one version of a provider.

    ``interaction`` is :func:`~beep_mock.evidence.hashing.interaction_hash`; ``at`` is in UTC (ISO 8601, to the
    microsecond, so that texts compare as times do). ``consumer`` is whose pact it was, empty for an example.
    ``operation`` and ``name`` are for people.
    """

    interaction: str
    provider: str
    version: str
    check: Check
    consumer: str
    verdict: Verdict
    at: str
    hashes: Hashes
    operation: str = ""
    name: str = ""

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """The identity of a verification: a later one with the same key replaces it."""
        return self.interaction, self.provider, self.version, self.check, self.consumer

    def outweighs(self, other: Verification) -> bool:
        """Return whether this and not ``other`` (of the same key) is to be kept: the later, of equals the worse."""
        return (self.at, self.verdict == "refuted") > (other.at, other.verdict == "refuted")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence about an interaction. ``stale``: the provider or its contract has changed since ``latest``."""

    standing: Standing
    latest: Verification

    def __str__(self) -> str:
        """As the header says it: ``verified world@1.4.2 2026-11-20``, ``stale world@1.3.0``."""
        latest = self.latest
        text = f"{self.standing} {latest.provider}@{latest.version}"
        return f"{text} {latest.at[:10]}" if self.standing == "verified" else text


def evidence_of(found: Iterable[Verification], now: Hashes) -> Evidence:
    """Combine verifications (at least one) of an interaction while the provider and its contract are as ``now``.

    Those of the present state count, were it one of them: among these a refutation outweighs what else has passed, for
    a provider is only right if all who looked say so. Without them it is stale.
    """
    ordered = sorted(found, key=lambda one: one.at, reverse=True)
    current = [one for one in ordered if one.hashes == now]
    if not current:
        return Evidence("stale", ordered[0])
    refuted = next((one for one in current if one.verdict == "refuted"), None)
    return Evidence("verified", current[0]) if refuted is None else Evidence("refuted", refuted)


HEADER: Final = "Beep-Mock-Evidence"
SPECIFICATION_ONLY: Final = "specification-only"
"""The header's value for an interaction that was never verified at its provider."""

Minimum = Literal["verified", "specification"]
"""What a mock answers from: only what its provider was seen to keep, or all that the specification says and no
provider has refuted."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Evidence by the hash of interactions. ``tell`` takes warnings; ``fault`` is why the store could not be read."""

    service: str = ""
    verdicts: Mapping[str, Evidence] = field(default_factory=dict)
    tell: Callable[[str], None] | None = None
    fault: str = ""

    def of(self, interaction: Interaction) -> Evidence | None:
        """Return the evidence about an interaction, None without any. It hashes: ask once, not for each request."""
        if not self.verdicts:
            return None
        from beep_mock.evidence.hashing import interaction_hash

        return self.verdicts.get(interaction_hash(interaction))


NOTHING_KNOWN: Final = Trust()


def bare_interaction(operation: Operation, status: int) -> Interaction | None:
    """Return the interaction of a status that declares no content and no headers, so has no example.

    None where the contract declares more of it, or nothing.
    """
    response = operation.response_for(status)
    if response is None or response.content or response.headers:
        return None
    return Interaction("", "sample", operation.key, Request(operation.method, operation.path), Response(status))
