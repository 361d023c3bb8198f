"""The options that say how mocks answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from beep_mock.cli.evidence_options import trust_options
from beep_mock.mocks.answering import EXAMPLES, Answering, seed_of

__all__ = ["answering_of", "answering_options"]


def answering_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; :func:`answering_of` takes their values, but ``evidence``, which is the plan's."""
    command = trust_options(command)
    for option in reversed(
        (
            click.option(
                "--examples",
                type=click.Choice(EXAMPLES),
                default="as-written",
                show_default=True,
                help="An example that breaks its schema is served and marked, repaired, or refused with 500.",
            ),
            click.option("--ignore-examples", is_flag=True, help="Answer with samples of the schemas only."),
            click.option(
                "-d", "--dynamic", is_flag=True, help="Generate each answer, as if by `Prefer: dynamic=true`."
            ),
            click.option(
                "--seed",
                metavar="SEED",
                help="Other samples; the same for the same seed, generated answers too, which otherwise vary.",
            ),
        )
    ):
        command = option(command)
    return command


def answering_of(given: dict[str, Any]) -> Answering:
    """What the options say; they are taken out of ``given``.

    :raises UsageError: Prism was chosen, which does not know the difference.
    """
    examples = given.pop("examples")
    if examples != "as-written" and given.get("engine") == "prism":
        raise click.UsageError("--examples is for our own engine: Prism serves examples as they are written")
    seed = given.pop("seed")
    min_trust = given.pop("min_trust")
    if min_trust is not None and given.get("engine") == "prism":
        raise click.UsageError("--min-trust is for our own engine: Prism does not say what it answers by")
    return Answering(
        examples=examples,
        ignore_examples=given.pop("ignore_examples"),
        dynamic=given.pop("dynamic"),
        seed=seed_of(seed or "0"),
        min_trust=min_trust,
        varied=seed is None,
    )
