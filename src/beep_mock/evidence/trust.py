"""What is known of one service's interactions, as its mock asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from beep_mock.interaction import Interaction, Request, Response

if TYPE_CHECKING:
    from beep_mock.contracts.model import Operation
    from beep_mock.evidence.records import Evidence

__all__ = ["HEADER", "NOTHING_KNOWN", "SPECIFICATION_ONLY", "Minimum", "Trust", "bare_interaction"]

HEADER: Final = "Beep-Mock-Evidence"
SPECIFICATION_ONLY: Final = "specification-only"
"""What the header says where nobody has tried an interaction at its provider."""

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
        """What is known of an interaction; None for nothing. Hashes it: to be asked once, not for each request."""
        if not self.verdicts:
            return None
        from beep_mock.evidence.hashing import interaction_hash

        return self.verdicts.get(interaction_hash(interaction))


NOTHING_KNOWN: Final = Trust()


def bare_interaction(operation: Operation, status: int) -> Interaction | None:
    """What an operation's answer of ``status`` is where that is all it says: no content, no headers, so no example.

    None where the contract declares more of it, or nothing.
    """
    wanted = (str(status), f"{status // 100}XX", "default")
    found = {response.status: response for response in operation.responses}
    response = next((found[word] for word in wanted if word in found), None)
    if response is None or response.content or response.headers:
        return None
    return Interaction("", "sample", operation.key, Request(operation.method, operation.path), Response(status))
