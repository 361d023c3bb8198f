"""Plan a world: which services are mocked, which are real, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from beep_mock.errors import WorkspaceError
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.outgoing.reach import LOOPBACK, Reach
from beep_mock.workspace import Workspace, environment_name, is_service_name

__all__ = ["Engine", "Entry", "Plan", "choose_services", "environment_of", "plan_document"]

Engine = Literal["beep-mock", "prism"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One service of a world. ``overrides`` is where its override file is or would be; ``url`` is a real peer's."""

    name: str
    document: str | Path
    overrides: Path | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a world is made from; picklable.

    ``root`` is the folder whose Prism is used. With ``single`` the only entry answers at the root path. ``hosts`` are
    further names that the built-in pages may be asked by. ``tolerant`` serves the other services when a contract
    cannot be read, instead of refusing to start. ``callbacks`` is where mocks may send callbacks; None sends none.
    ``quiet`` prints no findings, alerts and requests on the terminal; ``requests`` prints each request as it comes.
    ``evidence`` is where evidence is, as :func:`beep_mock.evidence.place.address_of` takes it.

    A real peer has ``timeout`` seconds between two signs of life. Requests to it are judged with ``validate_request``.
    As a ``proxy`` this address stands for that peer: pages of any origin may read its answers, whatever it says of
    that itself, and each exchange that violates the contract is printed on the terminal.
    """

    entries: tuple[Entry, ...]
    root: Path
    single: bool = False
    engine: Engine = "beep-mock"
    fallback: bool = False
    errors: bool = False
    cors: bool = True
    watch: bool = False
    tolerant: bool = False
    allow_remote: bool = False
    hosts: tuple[str, ...] = ()
    answering: Answering = AS_DOCUMENTED
    timeout: float = 60.0
    validate_request: bool = True
    proxy: bool = False
    quiet: bool = False
    requests: bool = False
    callbacks: Reach | None = LOOPBACK
    evidence: str = ""


def choose_services(
    workspace: Workspace,
    services: Iterable[str] = (),
    *,
    consumers: Iterable[str] = (),
    real: Mapping[str, str] | None = None,
    without: Iterable[str] = (),
) -> tuple[Entry, ...]:
    """Return the services of a world, sorted by name.

    Mocked are ``services``, the peers of the ``consumers`` and the peers of every service in ``real`` (name to URL);
    with neither ``services`` nor ``consumers`` all that the workspace has. ``without`` are left out; a consumer is
    never mocked for its own sake.

    :raises WorkspaceError: a service or consumer is unknown, or a URL is not valid.
    """
    real = dict(real or {})
    services, consumers, without = tuple(services), tuple(consumers), set(without)
    for name in (*services, *real, *(name for name in without if name not in real)):
        workspace.require(name)
    if both := without & real.keys():
        raise WorkspaceError(f"{min(both)!r} is both real and left out", hint="drop --real or --except for it")
    chosen = {*services, *real}
    if not services and not consumers:
        chosen.update(workspace.services)
    elif consumers or real:
        chosen.update(_peers(workspace, consumers, real))
    names = sorted(chosen - without)
    for name in names:
        workspace.require(name)
    return tuple(
        Entry(
            name,
            workspace.contract_path(name),
            workspace.override_path(name),
            _peer_url(real[name], f"write it as --real {name}=http://127.0.0.1:5002") if name in real else "",
        )
        for name in names
    )


def _peers(workspace: Workspace, consumers: Iterable[str], real: Iterable[str]) -> set[str]:
    # Imported here: reading pacts and contracts is only worth it when somebody's peers are asked for.
    from beep_mock.peers import PeerGraph

    graph = PeerGraph.read(workspace)
    for name in consumers:
        if name not in graph.services and not (workspace.consumers / name).is_dir():
            near = get_close_matches(name, graph.services, n=3, cutoff=0.5)
            raise WorkspaceError(
                f"no service or consumer {name!r} in this workspace",
                file=str(workspace.root),
                hint=f"did you mean {' or '.join(near)}?"
                if near
                else f"known: {', '.join(graph.services) or 'none yet'}",
            )
    return {peer for name in (*consumers, *real) for peer in graph.consumes(name)}


def _suggestion(near: Sequence[str], known: Sequence[str]) -> str:
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known) or 'none yet'}"


def plan_document(document: str, root: Path, upstream: str = "") -> tuple[Entry, ...]:
    """Return one document as the only service, called after its file; ``upstream`` is where the service runs.

    :raises WorkspaceError: there is no such file, or the URL is not valid.
    """
    if "://" not in document and not Path(document).is_file():
        what = "is a folder, not a document" if Path(document).is_dir() else "no such file"
        raise WorkspaceError(what, file=document, hint=f"paths are relative to {root}")
    name = Path(urlsplit(document).path if "://" in document else document).stem
    url = _peer_url(upstream, "write it as http://127.0.0.1:5002") if upstream else ""
    return (Entry(name if is_service_name(name) else "document", document, url=url),)


def environment_of(
    names: Iterable[str], base: str, variable_of: Callable[[str], str] = environment_name
) -> dict[str, str]:
    """Return the variables that tell a service where its peers are: ``{"WORLD_URL": "http://127.0.0.1:9000/world"}``.

    :raises WorkspaceError: two services would share a variable.
    """
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name in names:
        variable = variable_of(name)
        if variable in owners:
            raise WorkspaceError(
                f"{owners[variable]!r} and {name!r} would both be {variable} in the environment",
                hint="rename one of them, or leave it out with --except",
            )
        owners[variable] = name
        found[variable] = f"{base}/{name}"
    return found


def _peer_url(url: str, hint: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    fine = parts.scheme in ("http", "https") and parts.hostname and port != 0
    if not fine or parts.query or parts.fragment or parts.username is not None:
        raise WorkspaceError(f"{url!r} is not the address of a service", hint=hint)
    return url.rstrip("/")
