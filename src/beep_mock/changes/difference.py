"""One difference between two versions of a contract, and where requests and responses meet it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

__all__ = ["Dependence", "Difference", "Direction", "Level", "Use", "shown_path"]

Direction = Literal["request", "response", ""]
"""Whose messages a difference is about; ``""`` for what concerns an operation or document as a whole."""


class Level(Enum):
    """The effect on a consumer that kept the old contract: breaking, not breaking, or undecidable."""

    BREAKING = "breaking"
    UNKNOWN = "unknown"
    NON_BREAKING = "non-breaking"


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a message that meets a difference.

    ``operation`` is the operation's key in the old contract (in the new one if it was added). ``part`` is ``body``,
    ``status``, ``security``, ``operation`` or a parameter's location (``query``, ``header``...); ``path`` leads from
    there to the value, ``*`` standing for every item or every name. ``status`` is that of the response, if it is one.
    """

    operation: str
    part: str
    path: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Dependence:
    """The part of a consumer's pact that meets a difference.

    ``pointer`` leads to it in the pact's file; ``reason`` says how it depends on it. ``proven`` when the pact keeps
    the old contract and not the new one; otherwise the pact uses what has changed.
    """

    consumer: str
    interaction: str
    file: str
    pointer: str
    reason: str
    proven: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    ``rule`` is stable, dash-separated; ``old`` and ``new`` are places in the two documents (empty where there is
    none); ``uses`` where messages meet it, in the order of operations; ``consumers`` the pacts that depend on it.
    """

    rule: str
    level: Level
    direction: Direction
    message: str
    old: str
    new: str
    uses: tuple[Use, ...]
    consumers: tuple[Dependence, ...] = ()


def shown_path(path: tuple[str, ...]) -> str:
    """Return a path for people: ``items[].name``."""
    text = "".join("[]" if step == "*" else f".{step}" for step in path)
    return text.removeprefix(".")
