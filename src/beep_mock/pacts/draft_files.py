"""Drafts of pacts as files: interactions that a draft holds already stay as their reviewer left them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from beep_mock.errors import PactFileError

__all__ = ["DRAFT_KEY", "DraftFile", "write_draft"]

DRAFT_KEY: Final = "beep-mock"
"""The entry of a pact's ``metadata`` that says ``{"draft": true}``."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """What became of a draft: ``added`` and ``kept`` interactions."""

    file: Path
    added: int
    kept: int


def write_draft(folder: Path, consumer: str, provider: str, interactions: Sequence[Mapping[str, Any]]) -> DraftFile:
    """Add the interactions to ``<consumer>-<provider>.json`` in ``folder``, sorted as pact files are.

    One that is there already, by description and provider states, stays as it is. The file is replaced as a whole.

    :raises PactFileError: what is there is no draft of these two, or the file cannot be written.
    """
    path = folder / f"{consumer}-{provider}.json"
    known = _known(path, consumer, provider)
    new = {_key(one): one for one in interactions}
    every = {**new, **known}
    pact = {
        "consumer": {"name": consumer},
        "interactions": [every[key] for key in sorted(every)],
        "metadata": {"pactSpecification": {"version": "4.0"}, DRAFT_KEY: {"draft": True}},
        "provider": {"name": provider},
    }
    _replace(path, json.dumps(pact, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return DraftFile(path, len(every) - len(known), len(known))


def _known(path: Path, consumer: str, provider: str) -> dict[tuple[str, str], Any]:
    if not path.exists():
        return {}
    try:
        pact = json.loads(path.read_bytes())
        names = pact["consumer"]["name"], pact["provider"]["name"]
        interactions = pact["interactions"]
        is_draft = pact["metadata"][DRAFT_KEY]["draft"] is True
        found = {_key(one): one for one in interactions}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PactFileError(f"is no draft of a pact: {error!r}", file=str(path), hint="move it away") from error
    if not is_draft or names != (consumer, provider):
        message = f"is no draft of a pact of {consumer} with {provider}"
        raise PactFileError(message, file=str(path), hint="drafts do not replace pacts: choose another --output")
    return found


def _key(interaction: Mapping[str, Any]) -> tuple[str, str]:
    """Description and provider states: what tells interactions of a pact apart."""
    states = interaction.get("providerStates") or []
    return str(interaction["description"]), json.dumps(states, sort_keys=True)


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError):
            temporary.unlink()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PactFileError(f"cannot be written: {reason}", file=str(path)) from error
