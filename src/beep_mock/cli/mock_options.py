"""The options that say how mocks answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beep_mock.mocks.preferences import EXAMPLES, Answering, seed_of
from beep_mock.outgoing.reach import Reach

if TYPE_CHECKING:
    from pathlib import Path

    from beep_mock.evidence.store import Store

__all__ = [
    "allow_host_option",
    "answering_of",
    "answering_options",
    "callback_options",
    "engine_option",
    "evidence_option",
    "recording_options",
    "require_store",
    "store_of",
    "trust_options",
]


def _host_names(_ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not value or not set(value) <= _OF_HOST:
            raise click.BadParameter(f"{value!r} is not a host name: write it without scheme, port and path")
    return tuple(value.rstrip(".") for value in values)


def engine_option(command: Callable[..., T]) -> Callable[..., T]:
    """Add the option that chooses who answers."""
    return click.option(
        "--engine",
        type=click.Choice(["beep-mock", "prism"]),
        default="beep-mock",
        show_default=True,
        help="Who answers: beep-mock itself, or the Prism CLI behind it (npm install -g @stoplight/prism-cli).",
    )(command)


def allow_host_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--allow-host``: names by which the built-in pages may be asked for."""
    return click.option(
        "--allow-host",
        "allow_hosts",
        multiple=True,
        metavar="NAME",
        callback=_host_names,
        help="Let this host name reach the pages below /-/, e.g. the name of a container.",
    )(command)


_OF_HOST = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
)  # RFC 1123, and container names

_HELP = "The evidence store: a file or SQLAlchemy URL; `none` for none.  [default: .beep/evidence.db]"


def evidence_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--evidence``: where the store is."""
    return click.option("--evidence", default="", metavar="URL", help=_HELP)(command)


def trust_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what mocks make of evidence."""
    command = click.option(
        "--min-trust",
        type=click.Choice(["verified", "specification"]),
        default=None,
        help="Refuse (501) answers without evidence, and refuted or invalid ones.",
    )(command)
    return evidence_option(command)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add where a verification stores evidence, and the provider's version."""
    command = click.option("--no-evidence", is_flag=True, help="Store no evidence.")(command)
    command = evidence_option(command)
    return click.option(
        "--provider-version",
        default="",
        metavar="VERSION",
        help="The provider's version, for evidence.  [default: git describe]",
    )(command)


def store_of(given: str, root: Path) -> Store | None:
    """Return the store that ``--evidence`` names, else the environment, else the workspace's; None for none.

    :raises EvidenceError: it is not an address of a store.
    """
    from beep_mock.evidence.place import NONE, address_of
    from beep_mock.evidence.store import Store

    address = address_of(given, root)
    return None if address == NONE else Store.open(address)


def require_store(given: str, root: Path) -> None:
    """Check that the store can be used; only for databases other than files can this be known in advance.

    :raises EvidenceError: it is not an address of a store.
    """
    from beep_mock.evidence.place import NONE, address_of, file_of

    address = address_of(given, root)
    if address != NONE and file_of(address) is None:
        from beep_mock.evidence.store import Store

        Store.open(address)


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
                default="0",
                metavar="SEED",
                help="Choose other samples: a number or any text. The same seed gives the same samples.",
            ),
        )
    ):
        command = option(command)
    return command


def answering_of(given: dict[str, Any]) -> Answering:
    """Return how mocks answer, by the options in ``given``; they are removed from it.

    :raises UsageError: Prism was chosen, which does not know the difference.
    """
    examples = given.pop("examples")
    if examples != "as-written" and given.get("engine") == "prism":
        raise click.UsageError("--examples is for our own engine: Prism serves examples as they are written")
    min_trust = given.pop("min_trust")
    if min_trust is not None and given.get("engine") == "prism":
        raise click.UsageError("--min-trust is for our own engine: Prism does not say what it answers by")
    return Answering(
        examples=examples,
        ignore_examples=given.pop("ignore_examples"),
        dynamic=given.pop("dynamic"),
        seed=seed_of(given.pop("seed")),
        min_trust=min_trust,
    )


T = TypeVar("T")


def callback_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add the options to a command, which gets them as ``callbacks``: a :class:`Reach`, or None for none at all."""

    @click.option(
        "--callbacks/--no-callbacks", default=True, help="Send the callbacks that are declared.  [default: callbacks]"
    )
    @click.option(
        "--allow-callbacks-to", "callback_hosts", multiple=True, metavar="HOST",
        help="Send callbacks to this host as well; otherwise only to this machine.",
    )  # fmt: skip
    @click.option("--allow-remote-callbacks", "remote_callbacks", is_flag=True, help="Send callbacks to any host.")
    @wraps(command)
    def with_reach(
        *args: Any, callbacks: bool, callback_hosts: tuple[str, ...], remote_callbacks: bool, **rest: Any
    ) -> T:
        reach = Reach(callback_hosts, remote_callbacks) if callbacks else None
        return command(*args, callbacks=reach, **rest)

    return with_reach
