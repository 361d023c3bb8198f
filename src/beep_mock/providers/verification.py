"""A provider of the workspace, or of any address, verified against the workspace's pacts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beep_mock.errors import BeepMockError, VerificationError
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.providers import state_registry
from beep_mock.providers.pacts import VerificationReport, verify_pacts
from beep_mock.serving import ThreadServer
from beep_mock.states import ProviderStates, states_app

if TYPE_CHECKING:
    from beep_mock.workspace import Workspace

__all__ = ["load_app", "load_states", "verify_at", "verify_provider"]


def verify_provider(
    workspace: Workspace, provider: str, *, app: Any = None, states: ProviderStates | None = None
) -> VerificationReport:
    """Serve the provider's application on 127.0.0.1 and replay the pacts that name it.

    ``app`` is a WSGI application, by default what ``providers/<provider>/app.py:create_app`` makes; ``states`` by
    default those of ``providers/<provider>/states.py``.

    :raises VerificationError: there is nothing to verify, or the application or its states cannot be loaded.
    :raises PactFileError: a pact cannot be read.
    """
    pacts = read_pacts(workspace)
    if app is None:
        app = load_app(workspace, f"providers.{provider}.app:create_app")
    if states is None:
        states = load_states(workspace, provider)
    endpoint = states_app(states, app)
    with ThreadServer(app) as server, ThreadServer(endpoint) as arranged:
        report = verify_pacts(provider, pacts, url=server.url, states_url=arranged.url)
    return _with_reasons(report, states, endpoint.failures)


def verify_at(
    workspace: Workspace, provider: str, url: str, *, states_url: str = "", timeout: float = 5.0
) -> VerificationReport:
    """Replay the pacts that name ``provider`` at a running one; ``states_url`` takes its provider states.

    :raises VerificationError: there is nothing to verify, or the provider does not answer.
    :raises PactFileError: a pact cannot be read.
    """
    return verify_pacts(provider, read_pacts(workspace), url=url, states_url=states_url, timeout=timeout)


def read_pacts(workspace: Workspace) -> Sequence[Pact]:
    """All pacts of the workspace."""
    return [read_pact(path) for path in workspace.pact_paths()]


def load_app(workspace: Workspace, name: str) -> Any:
    """The application that ``MODULE:FACTORY`` makes (or is); the workspace's root is importable.

    :raises VerificationError: it cannot be imported, or fails.
    """
    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise VerificationError(f"{name!r} names no application", hint="write MODULE:FACTORY, e.g. shop.app:create_app")
    factory = _import(workspace, module_name, attribute)
    # A class or function makes the application; anything else that can be called with a request is one.
    if not (isinstance(factory, type) or hasattr(factory, "__code__")):
        return factory
    try:
        return factory()
    except Exception as error:
        raise VerificationError(f"{name} failed: {type(error).__name__}: {error}") from error


def load_states(workspace: Workspace, provider: str) -> ProviderStates:
    """The registry of the provider; an empty one where it has no ``states.py``.

    :raises VerificationError: the file cannot be imported.
    :raises WorkspaceError: there is no registry in it.
    """
    path = workspace.provider_folder(provider) / "states.py"
    if not path.is_file():
        return ProviderStates()
    try:
        return state_registry.load_states(workspace, provider)
    except BeepMockError:
        raise
    except Exception as error:
        raise VerificationError(f"cannot be imported: {type(error).__name__}: {error}", file=str(path)) from error


def _import(workspace: Workspace, module_name: str, attribute: str) -> Any:
    with _importable(workspace.root):
        try:
            module = import_module(module_name)
        except Exception as error:
            raise VerificationError(
                f"{module_name} cannot be imported: {type(error).__name__}: {error}", file=str(workspace.root)
            ) from error
    if not hasattr(module, attribute):
        raise VerificationError(f"{module_name} has no {attribute!r}", file=str(getattr(module, "__file__", "")))
    return getattr(module, attribute)


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    yield


def _with_reasons(report: VerificationReport, states: ProviderStates, failures: Sequence[str]) -> VerificationReport:
    """The report, with what the state handlers said in place of the verifier's own words for it."""
    results = []
    for result in report.results:
        if result.fault:
            unknown = next((s.name for s in result.interaction.states if not states.knows(s.name)), "")
            said = next((f for f in failures for s in result.interaction.states if repr(s.name) in f), "")
            if unknown:
                near = states.nearest(unknown)
                said = f"the provider state {unknown!r} is not defined{f'; did you mean {near!r}?' if near else ''}"
            result = replace(result, fault=said or result.fault)
        results.append(result)
    return replace(report, results=tuple(results))
