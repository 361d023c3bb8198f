"""Store the results of a verification as evidence."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from shutil import which
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from beep_mock.contracts.encoding import RawRequest, encode_request
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.errors import ContractError, EvidenceError
from beep_mock.evidence.hashing import canonical, interaction_hash, plain_response, provider_hashes
from beep_mock.evidence.trust import Verification, bare_interaction
from beep_mock.interaction import MISSING, Interaction
from beep_mock.pacts.comparison import operation_of

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.evidence.store import Store
    from beep_mock.evidence.trust import Check
    from beep_mock.workspace import Workspace

__all__ = ["Tried", "provider_version", "record_results", "require_version"]

_LONGEST: Final = 200
_UNKNOWN: Final = "unversioned"
_GIT_SECONDS: Final = 10


class Tried(NamedTuple):
    """An interaction that was tried at its provider, and whether it was kept. ``consumer`` is whose pact it is."""

    interaction: Interaction
    passed: bool
    check: Check
    consumer: str = ""


def record_results(
    workspace: Workspace,
    provider: str,
    results: Iterable[Tried],
    *,
    store: Store,
    version: str = "",
    contract: Contract | None = None,
) -> int:
    """Write down what was tried just now at ``provider``; how many verifications that were.

    ``version`` is the provider's (by default :func:`provider_version`). With its ``contract``, a pact's interaction
    that says the same as examples of the contract speaks for those too.

    :raises EvidenceError: it cannot be written, or the version is not valid.
    """
    version = version or provider_version(workspace, provider)
    require_version(version)
    now = provider_hashes(workspace, provider)
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    found = []
    for tried in results:
        one = tried.interaction
        verdict = Verification(
            interaction_hash(one), provider, version, tried.check, tried.consumer,
            "verified" if tried.passed else "refuted", at, now,
            one.operation or f"{one.request.method} {one.request.path}", one.name,
        )  # fmt: skip
        found.append(verdict)
        examples = _same_examples(contract, one) if contract is not None and tried.check == "pact" else ()
        found += [replace(verdict, interaction=interaction_hash(e), operation=e.operation, name=e.name)
                  for e in examples]  # fmt: skip
    store.merge(found)
    return len(found)


def require_version(version: str) -> None:
    """Check that ``version`` may be a provider's: it goes into a header (RFC 9110, section 5.5).

    :raises EvidenceError: it may not.
    """
    if not version.isascii() or not version.isprintable() or " " in version or len(version) > _LONGEST:
        raise EvidenceError(
            f"{version!r} is not a provider version",
            hint=f"printable ASCII without spaces, at most {_LONGEST} characters, e.g. 1.4.2",
        )


def provider_version(workspace: Workspace, provider: str) -> str:
    """Return git's name for the state of the provider's sources; ``unversioned`` where there is no git."""
    folder = workspace.sources(provider)
    git = which("git")
    if git is None:
        return _UNKNOWN
    command = [git, "-C", str(folder if folder.is_dir() else workspace.root), "describe", "--tags", "--always"]
    try:
        told = subprocess.run(  # noqa: S603 - no shell, and nothing of it comes from outside
            [*command, "--dirty"], capture_output=True, text=True, timeout=_GIT_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return _UNKNOWN
    return told.stdout.strip() or _UNKNOWN if told.returncode == 0 else _UNKNOWN


def _same_examples(contract: Contract, pact: Interaction) -> Iterator[Interaction]:
    """The examples of the contract that say what an interaction of a pact does: same operation, request, response.

    An answer of which there is nothing to show but its status counts as one, whatever the request.
    """
    found = operation_of(contract, pact)
    if found is None or found.operation.broken is not None:
        return
    operation = found.operation
    answered = _said(pact)
    bare = bare_interaction(operation, pact.response.status)
    if bare is not None and not pact.response.body:
        yield bare
    for example in interactions_of(contract, operation):
        if _said(example) == answered and _asks_the_same(contract, operation, example, pact):
            yield example


def _said(interaction: Interaction) -> str:
    """Status, type and body; headers are left out: those of an example are only what is declared for it."""
    plain = plain_response(interaction.response)
    return canonical([plain["status"], plain["type"], plain["body"]])


def _asks_the_same(contract: Contract, operation: Operation, example: Interaction, pact: Interaction) -> bool:
    """Return whether an example's encoded request is the pact's; headers and cookies count where declared."""
    asked, wanted = example.request, pact.request
    try:
        raw = encode_request(operation, asked.parameters, asked.body, asked.media_type, contract.document)
    except ContractError:  # it leaves the path open
        return False
    path = unquote(wanted.path)
    if not any(path == base + unquote(raw.path) for base in ("", *operation.base_paths)):
        return False
    if sorted(parse_qsl(raw.query, keep_blank_values=True)) != sorted(_pact_query(pact)):
        return False
    if _declared_headers(operation, raw.headers) != _declared_headers(operation, _pact_headers(pact)):
        return False
    return _same_body(asked.body, raw, wanted.body)


def _same_body(decoded: Any, raw: RawRequest, wanted: Any) -> bool:
    if decoded is MISSING or wanted is MISSING:
        return decoded is MISSING and wanted is MISSING
    kind = next((value for name, value in raw.headers if name.lower() == "content-type"), "")
    if is_json(parse_content_type(kind)[0]):
        return canonical(decoded) == canonical(wanted)
    return isinstance(wanted, str) and raw.body == wanted.encode()


def _pact_query(pact: Interaction) -> Iterator[tuple[str, str]]:
    for key, value in pact.request.parameters.items():
        if key.startswith("query."):
            for one in value if isinstance(value, list) else [value]:
                yield key.removeprefix("query."), str(one)


def _pact_headers(pact: Interaction) -> list[tuple[str, str]]:
    parameters = pact.request.parameters.items()
    return [(key.removeprefix("header."), str(value)) for key, value in parameters if key.startswith("header.")]


def _declared_headers(operation: Operation, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    names = {p.name.lower() for p in operation.parameters if p.location == "header"}
    if any(p.location == "cookie" for p in operation.parameters):
        names.add("cookie")
    return sorted((name.lower(), value) for name, value in headers if name.lower() in names)
