"""The options that say where evidence is, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from beep_mock.evidence.store import Store

__all__ = ["evidence_option", "recording_options", "require_store", "store_of", "trust_options"]

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
        help="Refuse to answer (501) from what no provider was seen to keep, or from what is refuted or invalid.",
    )(command)
    return evidence_option(command)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add where a verification writes what it has proved, and of what version."""
    command = click.option("--no-evidence", is_flag=True, help="Do not keep what is proved.")(command)
    command = evidence_option(command)
    return click.option(
        "--provider-version", default="", metavar="VERSION", help="Of the provider, for evidence.  [default: git's]"
    )(command)


def store_of(given: str, root: Path) -> Store | None:
    """The store that ``--evidence`` names, else the environment, else the workspace's; None for none.

    :raises EvidenceError: it is no address of a store.
    """
    from beep_mock.evidence.place import NONE, address_of
    from beep_mock.evidence.store import Store

    address = address_of(given, root)
    return None if address == NONE else Store.open(address)


def require_store(given: str, root: Path) -> None:
    """Nothing, when the store may be used; only databases that are no file can be known before not to be.

    :raises EvidenceError: it is no address of a store.
    """
    from beep_mock.evidence.place import NONE, address_of, file_of

    address = address_of(given, root)
    if address != NONE and file_of(address) is None:
        from beep_mock.evidence.store import Store

        Store.open(address)
