"""Pacts drafted from what a consumer was seen to ask of its providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from beep_mock.contracts.compiler import compile_contract
from beep_mock.errors import TrafficFileError, WorkspaceError
from beep_mock.exchanges.exchange import Exchange
from beep_mock.exchanges.recording import read_traffic
from beep_mock.pacts.drafting import DraftFile, draft_pact, write_draft
from beep_mock.providers.state_access import load_states
from beep_mock.workspace import is_service_name

if TYPE_CHECKING:
    from beep_mock.workspace import Workspace

__all__ = ["Drafted", "draft_pacts"]


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft for one provider: ``file`` is None where nothing could be drafted of its ``exchanges``."""

    provider: str
    exchanges: int
    file: DraftFile | None
    left_out: Counter[str] = field(default_factory=Counter)


def draft_pacts(
    workspace: Workspace,
    consumer: str,
    files: Sequence[Path] = (),
    *,
    providers: Iterable[str] = (),
    output: Path | None = None,
) -> tuple[Drafted, ...]:
    """Draft the pacts of ``consumer`` from records of traffic, one a provider, into ``output``.

    Without ``files`` the record of the consumer is taken, else the one of a run that named no consumer.

    :raises WorkspaceError: there is no such service, or the name is not valid.
    :raises TrafficFileError: the recording is missing, unreadable, empty, or another consumer's.
    :raises PactFileError: a draft cannot be written.
    """
    if not is_service_name(consumer):
        raise WorkspaceError(f"{consumer!r} cannot name a service", hint="use letters, digits, '.', '-' and '_'")
    wanted = set(providers)
    for name in wanted:
        workspace.require(name)
    sources = tuple(files) or (_usual(workspace, consumer),)
    recorded = [exchange for file in sources for exchange in _read(file, consumer)]
    services = {exchange.service for exchange in recorded} & set(workspace.services)
    chosen = sorted(services & wanted if wanted else services)
    if not chosen:
        what = f"of {' or '.join(sorted(wanted))}" if wanted else "of a service of this workspace"
        raise TrafficFileError(f"holds no exchange {what}", file=str(sources[0]), hint=_HINT)
    folder = output or workspace.drafts
    return tuple(_draft(workspace, consumer, provider, recorded, folder) for provider in chosen)


_HINT = "record with `beep-mock up --for CONSUMER --record -- COMMAND`"


def _usual(workspace: Workspace, consumer: str) -> Path:
    own = workspace.traffic / f"{consumer}.jsonl"
    run = workspace.traffic / "run.jsonl"
    if not own.exists() and not run.exists():
        raise TrafficFileError("there is no record of traffic", file=str(own), hint=_HINT.replace("CONSUMER", consumer))
    return own if own.exists() else run


def _read(file: Path, consumer: str) -> tuple[Exchange, ...]:
    traffic = read_traffic(file)
    if traffic.consumer not in ("", consumer):
        message = f"is the traffic of {traffic.consumer}, not of {consumer}"
        raise TrafficFileError(message, file=str(file), hint=f"beep-mock pact draft {traffic.consumer}")
    return traffic.exchanges


def _draft(workspace: Workspace, consumer: str, provider: str, recorded: Sequence[Exchange], folder: Path) -> Drafted:
    contract = compile_contract(workspace.contract_path(provider))
    draft = draft_pact(contract, provider, recorded, _states(workspace, provider))
    written = write_draft(folder, consumer, provider, draft.interactions) if draft.interactions else None
    return Drafted(provider, draft.exchanges, written, draft.left_out)


def _states(workspace: Workspace, provider: str) -> Callable[[str], bool]:
    """Return which states the provider has; one outside this workspace is assumed to have a state for each example."""
    if not workspace.provider_folder(provider).is_dir() and not workspace.states_path(provider).is_file():
        return lambda _: True
    try:
        return load_states(workspace, provider).knows
    except WorkspaceError:
        return lambda _: False
