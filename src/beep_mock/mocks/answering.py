"""How mocks make their answers, as the command line or a test says it once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args
from zlib import crc32

from beep_mock.evidence.trust import Minimum

__all__ = ["AS_DOCUMENTED", "EXAMPLES", "Answering", "Examples", "seed_of"]

Examples = Literal["as-written", "repair", "refuse"]
"""What becomes of an example that breaks its own schema: it is served and marked, made valid, or refused with 500."""

EXAMPLES: Final[tuple[Examples, ...]] = get_args(Examples)


@dataclass(frozen=True, slots=True)
class Answering:
    """The choices that hold for every operation.

    With ``ignore_examples`` no example of a response answers: samples do. With ``dynamic`` each answer is generated for
    its request, as if ``Prefer: dynamic=true`` were said with it. Samples differ from ``seed`` to ``seed``; with 0 they
    show what the document shows. Generated answers are the same for the same request, unless they are ``varied``: then
    a request asked once more gets another. What is known for less than ``min_trust`` is refused with 501.
    """

    examples: Examples = "as-written"
    ignore_examples: bool = False
    dynamic: bool = False
    seed: int = 0
    min_trust: Minimum | None = None
    varied: bool = False


AS_DOCUMENTED: Final = Answering()
"""Examples as written, samples where there are none."""


def seed_of(text: str) -> int:
    """A seed from what somebody types: a whole number is itself, anything else stands for one."""
    try:
        return int(text)
    except ValueError:
        return crc32(text.encode("utf-8", "surrogateescape")) or 1
