"""A provider of the workspace, or of any address, verified against the workspace's pacts."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from beep_mock.errors import BeepMockError, VerificationError
from beep_mock.interaction import Interaction
from beep_mock.pacts.model import Pact, read_pact
from beep_mock.providers import state_access as state_registry
from beep_mock.providers.pacts import StateHandling, VerificationReport, require_interactions, verify_pacts
from beep_mock.servers.threaded import ThreadServer
from beep_mock.states import ProviderStates, states_app, told

if TYPE_CHECKING:
    from beep_mock.workspace import Workspace

__all__ = [
    "load_app",
    "load_service",
    "load_states",
    "made_app",
    "objection",
    "read_pacts",
    "verify_at",
    "verify_provider",
]


def verify_provider(
    workspace: Workspace,
    provider: str,
    *,
    app: Any = None,
    states: ProviderStates | None = None,
    timeout: float = 4.0,
) -> VerificationReport:
    """Serve the provider's application on 127.0.0.1 and replay the pacts that name it.

    ``app`` is a WSGI application, by default what ``providers/<provider>/app.py:create_app`` makes; ``states`` by
    default those of ``providers/<provider>/states.py``; ``timeout`` is in seconds for one answer.

    :raises VerificationError: there is nothing to verify, or the application or its states cannot be loaded.
    :raises PactFileError: a pact cannot be read.
    """
    pacts = read_pacts(workspace)
    require_interactions(provider, pacts)  # before anything is loaded
    if app is None:
        app = load_service(workspace, provider)
    if states is None:
        states = load_states(workspace, provider)
    endpoint = states_app(states, app)
    with ThreadServer(app) as server, ThreadServer(endpoint) as arranged:
        handling = StateHandling(arranged.url, objection(states), endpoint.failures)
        try:
            return verify_pacts(provider, pacts, url=server.url, states=handling, timeout=timeout)
        finally:
            states.reset()


def verify_at(
    workspace: Workspace, provider: str, url: str, *, states_url: str = "", timeout: float = 4.0
) -> VerificationReport:
    """Replay the pacts that name ``provider`` at a running one; ``states_url`` takes its provider states.

    :raises VerificationError: there is nothing to verify, or the provider does not answer.
    :raises PactFileError: a pact cannot be read.
    """
    states = StateHandling(states_url) if states_url else None
    return verify_pacts(provider, read_pacts(workspace), url=url, states=states, timeout=timeout)


def read_pacts(workspace: Workspace) -> Sequence[Pact]:
    """Return all pacts of the workspace."""
    return [read_pact(path) for path in workspace.pact_paths()]


def load_app(workspace: Workspace, name: str) -> Any:
    """Return the application that ``MODULE:FACTORY`` makes (or is); the workspace's root is importable.

    :raises VerificationError: it cannot be imported, or fails.
    """
    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise VerificationError(f"{name!r} names no application", hint="write MODULE:FACTORY, e.g. shop.app:create_app")
    found = _import(workspace, module_name, attribute)
    return made_app(found, name)


def made_app(found: Any, name: str) -> Any:
    """Return the application that ``found`` is, or makes when it is a function without arguments.

    :raises VerificationError: it is neither, or fails; the message calls it ``name``.
    """
    if not callable(found):
        raise VerificationError(f"{name} is not an application but {type(found).__name__}")
    if not _is_factory(found):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise VerificationError(f"{name} failed: {told(error)}") from error


def load_service(workspace: Workspace, provider: str) -> Any:
    """Return the application that ``providers/<provider>/app.py:create_app`` makes.

    :raises WorkspaceError: nobody of that name is in the workspace.
    :raises VerificationError: it cannot be imported, or fails.
    """
    path = workspace.provider_folder(provider) / "app.py"
    if not path.is_file():
        workspace.require(provider)
        raise VerificationError(
            f"{provider} has no application here",
            file=str(path),
            hint="use --app or --url to say where it runs, or configure it",
        )
    package = ".".join(path.parent.relative_to(workspace.root).parts)
    return load_app(workspace, f"{package}.app:create_app")


def load_states(workspace: Workspace, provider: str) -> ProviderStates:
    """Return the registry of the provider; an empty one where it has no ``states.py``.

    :raises VerificationError: the file cannot be imported.
    :raises WorkspaceError: there is no registry in it.
    """
    path = workspace.states_path(provider)
    if not path.is_file() and not workspace.configuration.service(provider).states:
        return ProviderStates()
    try:
        return state_registry.load_states(workspace, provider)
    except BeepMockError:
        raise
    except (Exception, SystemExit) as error:
        raise VerificationError(f"cannot be imported: {told(error)}", file=str(path)) from error


def _import(workspace: Workspace, module_name: str, attribute: str) -> Any:
    for folder in reversed(workspace.import_paths()):
        if folder not in sys.path:
            sys.path.insert(0, folder)
    try:
        module = import_module(module_name)
    except BeepMockError:
        raise
    except (Exception, SystemExit) as error:
        raise VerificationError(f"{module_name} cannot be imported: {told(error)}") from error
    if not hasattr(module, attribute):
        raise VerificationError(f"{module_name} has no {attribute!r}", file=str(getattr(module, "__file__", "")))
    return getattr(module, attribute)


def _is_factory(found: Callable[..., Any]) -> bool:
    """Return whether it is called with nothing: what wants two arguments is an application already (PEP 3333)."""
    try:
        inspect.signature(found).bind()
    except (TypeError, ValueError):
        return False
    return True


def objection(states: ProviderStates) -> Callable[[Interaction], str]:
    def objection(interaction: Interaction) -> str:
        for state in interaction.states:
            if not states.knows(state.name):
                near = states.nearest(state.name)
                hint = f"; did you mean {near!r}?" if near else ""
                return f"the provider state {state.name!r} is not defined{hint}"
        return ""

    return objection
