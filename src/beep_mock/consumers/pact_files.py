"""Recorded interactions put into a pact file (Pact specification V4): as a whole, or merged into what is there.

Files are the same byte for byte when the interactions are: these are sorted by description and provider states, and a
file that differs only in the versions of tools is left as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from beep_mock.errors import PactFileError, WorkspaceError
from beep_mock.replacing import replace_file
from beep_mock.workspace import pact_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["PactUpdate", "find_pact", "pacts_of", "update_pact"]

_TOOL_VERSIONS: Final = frozenset({"pactRust", "pactPython", "pact-python", "client"})
"""Entries of ``metadata`` that only say which tool wrote the file."""

_Pact = dict[str, Any]
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PactUpdate:
    """The change of one pact file; ``removed`` lists the descriptions of interactions it no longer holds."""

    file: Path
    change: Literal["created", "replaced", "merged", "unchanged"]
    interactions: int
    removed: tuple[str, ...] = ()


def update_pact(folder: Path, recorded: Sequence[Path], *, whole: bool) -> PactUpdate:
    """Put what was recorded between one consumer and one provider into their pact file in ``folder``.

    ``recorded`` are pact files of single tests; ``whole`` says that they are all there is, so that what they do not
    hold is dropped.

    :raises PactFileError: two tests describe one interaction differently, a file is not a V4 pact, or the pact of this
        consumer and provider stands in several files.
    """
    parts = [_read(path) for path in recorded]
    consumer, provider = _names(parts[0])
    for part, path in zip(parts, recorded, strict=True):
        _require_v4(part, path, f"record with V4: {consumer} -> {provider}")
    fresh = _gather(parts, consumer, provider)
    file = find_pact(folder, consumer, provider)
    target = file or _free_name(folder, consumer, provider)
    old = _read(file) if file else {}
    metadata: dict[str, Any] = {}
    merged: dict[_Key, Any] = {}
    known = {_key(interaction): interaction for interaction in old.get("interactions") or ()}
    if old and not whole:
        _require_v4(old, target, f"run all pact tests of {consumer} to record it anew")
        metadata.update(old["metadata"])
        merged.update(known)
    merged.update(fresh)
    for part in parts:
        metadata.update(part["metadata"])
    new = {
        "consumer": {"name": consumer},
        "interactions": [merged[key] for key in sorted(merged)],
        "metadata": metadata,
        "provider": {"name": provider},
    }
    if old and _without_versions(old) == _without_versions(new):
        return PactUpdate(target, "unchanged", len(merged))
    _replace(target, json.dumps(new, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    removed = tuple(sorted(description for description, states, kind in known.keys() - merged.keys()))
    return PactUpdate(target, ("replaced" if whole else "merged") if old else "created", len(merged), removed)


def find_pact(folder: Path, consumer: str, provider: str) -> Path | None:
    """Return the file in ``folder`` whose content says that it is the pact of these two.

    :raises PactFileError: there are several, or the file that should be it cannot be read.
    """
    found = [path for path, names in pacts_of(folder) if names == (consumer, provider)]
    if len(found) > 1:
        raise PactFileError(
            f"the pact of {consumer} with {provider} stands in {len(found)} files",
            file=str(found[0]),
            hint="keep one of them: " + ", ".join(path.name for path in found),
        )
    if not found:
        usual = folder / f"{consumer}-{provider}.json"
        if usual.exists():
            _read(usual)
    return found[0] if found else None


def pacts_of(folder: Path) -> Iterable[tuple[Path, tuple[str, str]]]:
    """Yield every readable pact file in ``folder`` with its consumer and provider, sorted by path, without drafts."""
    try:
        paths = pact_files(folder)
    except WorkspaceError as fault:
        raise PactFileError(fault.message, file=fault.file, hint=fault.hint) from fault
    for path in paths:
        try:
            yield path, _names(_read(path))
        except PactFileError:
            continue


def _gather(parts: Iterable[_Pact], consumer: str, provider: str) -> dict[_Key, Any]:
    gathered: dict[_Key, Any] = {}
    for part in parts:
        for interaction in part["interactions"]:
            key = _key(interaction)
            if key in gathered and _text(gathered[key]) != _text(interaction):
                states = f", given {key[1]}" if key[1] != "[]" else ""
                raise PactFileError(
                    f"two tests of {consumer} describe {key[0]!r}{states} of {provider} differently",
                    hint="give one of them another description or provider state",
                )
            gathered[key] = interaction
    return gathered


def _key(interaction: Any) -> _Key:
    """Description, provider states and kind: what tells interactions of a pact apart."""
    states = interaction.get("providerStates") or []
    return str(interaction.get("description", "")), _text(states), str(interaction.get("type", ""))


def _without_versions(pact: _Pact) -> str:
    metadata = {name: value for name, value in pact["metadata"].items() if name not in _TOOL_VERSIONS}
    return _text({**pact, "metadata": metadata})


def _text(value: Any) -> str:
    """JSON to compare by: unlike Python's ``==`` it keeps ``1``, ``1.0`` and ``true`` apart."""
    return json.dumps(value, sort_keys=True)


def _read(path: Path) -> _Pact:
    try:
        pact = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise PactFileError(f"no readable pact: {error}", file=str(path)) from error
    if not isinstance(pact, dict) or not isinstance(pact.get("metadata", {}), dict):
        raise PactFileError("no pact: it is not a JSON object with metadata", file=str(path))
    _names(pact, path)
    pact.setdefault("metadata", {})
    return pact


def _names(pact: _Pact, path: Path | None = None) -> tuple[str, str]:
    try:
        consumer, provider = pact["consumer"]["name"], pact["provider"]["name"]
    except (KeyError, TypeError):
        consumer = provider = None
    if not isinstance(consumer, str) or not isinstance(provider, str):
        raise PactFileError("no pact: it names no consumer and provider", file=str(path or ""))
    return consumer, provider


def _require_v4(pact: _Pact, path: Path, hint: str) -> None:
    specification = pact["metadata"].get("pactSpecification")
    version = specification.get("version") if isinstance(specification, dict) else None
    interactions = pact.get("interactions")
    if not str(version).startswith("4") or not isinstance(interactions, list):
        raise PactFileError(f"no pact of specification V4 but {version}", file=str(path), hint=hint)


def _free_name(folder: Path, consumer: str, provider: str) -> Path:
    """Return ``<consumer>-<provider>.json``.

    Another where that is the pact of others: ``a-b`` + ``c`` and ``a`` + ``b-c``.
    """
    path = folder / f"{consumer}-{provider}.json"
    number = 2
    while path.exists():
        path = folder / f"{consumer}-{provider}-{number}.json"
        number += 1
    return path


def _replace(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, [text])
    except (OSError, ValueError) as error:
        raise PactFileError(f"cannot be written: {error}", file=str(path)) from error
