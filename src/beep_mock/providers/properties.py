"""A provider judged by its contract's properties: valid requests are taken, invalid ones refused, answers conform."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock.providers.coverage import Exercise

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract
    from beep_mock.providers.examples import States
    from beep_mock.providers.targets import Target

__all__ = ["PropertiesResult", "PropertyFailure", "verify_properties"]


@dataclass(frozen=True, slots=True)
class PropertyFailure:
    """One way in which an operation does not keep its contract, with the smallest request that shows it.

    ``check`` is Schemathesis' name of it (``negative_data_rejection``); ``curl`` reproduces it; ``status`` is the
    answer's, 0 for none.
    """

    operation: str
    check: str
    title: str
    message: str
    curl: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class PropertiesResult:
    """What came of it: ``cases`` requests were made; ``errors`` are operations that could not be tried, and why.

    ``partial`` says why it ended early, where it did.
    """

    failures: tuple[PropertyFailure, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    cases: int = 0
    errors: tuple[str, ...] = ()
    partial: str = ""


def verify_properties(
    contract: Contract,
    document: Path,
    target: Target,
    *,
    max_examples: int = 20,
    max_time: float = 60.0,
    seed: int = 1,
    headers: tuple[tuple[str, str], ...] = (),
    states: States | None = None,
) -> PropertiesResult:
    """Let Schemathesis ask the provider, at most ``max_time`` seconds in all."""
    raise NotImplementedError
