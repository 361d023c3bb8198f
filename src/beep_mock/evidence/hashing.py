"""Hashes of interactions, of a provider's sources and of its contract: what evidence is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from os.path import commonpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from beep_mock.contracts.document import load_document
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.errors import EvidenceError
from beep_mock.evidence.trust import Hashes
from beep_mock.interaction import MISSING, Interaction, Response

if TYPE_CHECKING:
    from beep_mock.workspace import Workspace

__all__ = [
    "canonical",
    "hashes_of",
    "interaction_hash",
    "plain_response",
    "provider_hashes",
    "source_files",
]

_LEFT_OUT: Final = frozenset({"__pycache__", "node_modules", "build", "dist"})
_MADE: Final = frozenset({".pyc", ".pyo", ".log", ".db", ".sqlite", ".sqlite3", ".pid"})


def interaction_hash(interaction: Interaction) -> str:
    """SHA-256, in hexadecimal, of what is asked and what is answered: the same for the same values in any order.

    Names, places and provider states are not part of it: they change nothing of what goes over the wire.
    """
    request = interaction.request
    asked: dict[str, Any] = {"method": request.method, "path": request.path, "parameters": dict(request.parameters)}
    if request.body is not MISSING:
        asked |= {"body": request.body, "type": parse_content_type(request.media_type)[0]}
    answered = plain_response(interaction.response)
    return sha256(canonical({"request": asked, "response": answered}).encode()).hexdigest()


def plain_response(response: Response) -> dict[str, Any]:
    """Return a response as a value: its body decoded where it is JSON, names of headers in lower case."""
    name, parameters = parse_content_type(response.media_type)
    body = response.body
    value: Any = None
    if is_json(name):
        try:
            value = {"json": json.loads(body)}
        except ValueError:
            value = None
    if value is None:
        boundary = parameters.get("boundary", "")
        if boundary:  # made anew whenever a body is encoded
            body = body.replace(boundary.encode(), b"boundary")
        value = {"bytes": body.decode("latin-1")}
    headers = sorted([n.lower(), v] for n, v in response.headers if n.lower() not in ("content-type", "content-length"))
    return {"status": response.status, "type": name, "headers": headers, "body": value}


def canonical(value: Any) -> str:
    """JSON with sorted names, without spaces; a number that is whole is written as such (JSON knows one kind)."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def provider_hashes(workspace: Workspace, provider: str) -> Hashes:
    """Return the present state of ``provider``: of ``providers/<provider>/`` and of its contract.

    :raises ContractError: the contract cannot be read.
    :raises EvidenceError: a source file cannot be read.
    """
    document = workspace.contract_path(provider) if provider in workspace.services else None
    return hashes_of(document, workspace.sources(provider))


def hashes_of(document: Path | None, sources: Path | None) -> Hashes:
    """Return the same of a document, with all files it refers to, and of a folder of sources, where there are such.

    :raises ContractError: the document cannot be read.
    :raises EvidenceError: a source file cannot be read.
    """
    # Read afresh: what a contract in use has read so far depends on who has asked it for what.
    files = load_document(document).files if document is not None else ()
    return Hashes(_of_files(source_files(sources)) if sources is not None else "", _of_files(files))


def source_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that a provider is made of, sorted; without what tools and running it leave behind.

    :raises EvidenceError: a folder cannot be read.
    """
    return tuple(sorted(_sources(folder))) if folder.is_dir() else ()


def _sources(folder: Path) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", file=str(folder)) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _LEFT_OUT:
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # one may lead round in a circle
                yield from _sources(entry)
        elif entry.suffix not in _MADE and entry.is_file():
            yield entry


def _of_files(files: Iterable[Path]) -> str:
    """Hash the files' contents and relative places, so that another checkout has the same hash."""
    known = sorted(file.absolute() for file in files)
    if not known:
        return ""
    top = Path(commonpath([file.parent for file in known]))
    digest = sha256()
    for file in known:
        try:
            content = file.read_bytes() if file.is_file() else b""
        except OSError as error:
            raise EvidenceError(f"cannot be read: {error.strerror}", file=str(file)) from error
        digest.update(f"{file.relative_to(top).as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.hexdigest()
