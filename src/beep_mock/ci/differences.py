"""Where our mock means to differ from Prism: a list, each entry with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.ci.questions import Question

__all__ = ["INTENDED", "Comparison", "Difference", "IntendedDifference", "Reply", "intended"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an engine answered. ``status`` is 0 when nothing came; ``body`` then says why."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name (lower case), or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def media_type(self) -> str:
        """The media type in lower case, without its parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def generated(self) -> bool:
        """Whether it is our mock's sample."""
        return self.header("beep-mock-source").startswith("sample")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question and both replies."""

    question: Question
    ours: Reply
    theirs: Reply


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect in which two replies differ, and how it is on either side."""

    aspect: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class IntendedDifference:
    """An aspect in which we mean to differ where ``applies``, because of ``reason``."""

    aspect: str
    reason: str
    applies: Callable[[Comparison], bool]


INTENDED: tuple[IntendedDifference, ...] = ()
"""All intended differences. Extend it only with what a user of Prism can accept when told the reason."""


def intended(comparison: Comparison, difference: Difference) -> IntendedDifference | None:
    """The entry of :data:`INTENDED` that explains a difference; ``None`` makes it a finding."""
    for entry in INTENDED:
        if entry.aspect == difference.aspect and entry.applies(comparison):
            return entry
    return None
