"""Ways to bring provider states about outside of a pact's verifier: a registry of this process, or an endpoint."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beep_mock.errors import VerificationError, WorkspaceError
from beep_mock.providers.replay import Address
from beep_mock.states import ProviderStates

if TYPE_CHECKING:
    from types import ModuleType

    from beep_mock.interaction import Json
    from beep_mock.workspace import Workspace

__all__ = ["EndpointStates", "RegistryStates", "load_states"]


class RegistryStates:
    """The states of a registry, arranged in the application under verification."""

    def __init__(self, registry: ProviderStates, app: Any) -> None:
        self._registry = registry
        self._app = app

    def knows(self, name: str) -> bool:
        """Return whether the registry defines it."""
        return name in self._registry.names

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Bring it about.

        :raises VerificationError: it is not defined, or its handler failed.
        """
        self._registry.setup(name, parameters, self._app)

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:  # noqa: ARG002 - its handler still has them
        """Take it back.

        :raises VerificationError: its handler failed.
        """
        self._registry.teardown(name)


class EndpointStates:
    """The states of a running provider, asked for as Pact's verifier does: ``{"action", "state", "params"}``.

    Nobody can tell which states such a provider knows, so only those that an example names are asked for.
    """

    def __init__(self, url: str, timeout: float) -> None:
        """:raises VerificationError: ``url`` is not an address, or nobody listens there."""
        Address.of(url).require_listener("the endpoint for provider states")
        self._url = url
        self._timeout = timeout

    def knows(self, name: str) -> bool:  # noqa: ARG002 - see the class
        """Never: see the class."""
        return False

    def setup(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Bring it about.

        :raises VerificationError: the endpoint refuses, or does not answer.
        """
        self._ask("setup", name, parameters)

    def teardown(self, name: str, parameters: Mapping[str, Json]) -> None:
        """Take it back; the endpoint is told the parameters again, to find what it has set up.

        :raises VerificationError: the endpoint refuses, or does not answer.
        """
        self._ask("teardown", name, parameters)

    def _ask(self, action: str, name: str, parameters: Mapping[str, Json]) -> None:
        import httpx

        asked = {"action": action, "state": name, "params": dict(parameters)}
        try:
            answer = httpx.post(self._url, content=json.dumps(asked), timeout=self._timeout, trust_env=False,
                                headers={"Content-Type": "application/json"})  # fmt: skip
        except httpx.HTTPError as error:
            message = f"the provider state {name!r}: no answer from {self._url}: {error}"
            raise VerificationError(message) from error
        if not answer.is_success:
            raise VerificationError(f"the provider state {name!r}: {self._url} answers {answer.status_code}")


def load_states(workspace: Workspace, service: str) -> ProviderStates:
    """Return the states of ``service``. The workspace's root becomes importable.

    What goes wrong in the file itself is raised as it is.

    :raises WorkspaceError: there is no such file, or no registry in it.
    """
    path = workspace.states_path(service).resolve()
    if not path.is_file():
        raise WorkspaceError(
            f"{service} has no provider states",
            file=str(path),
            hint="write `states = ProviderStates()` there, with a function for each state",
        )
    registry = getattr(_module(workspace, path), "states", None)
    if not isinstance(registry, ProviderStates):
        raise WorkspaceError("no `states` that is a ProviderStates in it", file=str(path))
    return registry


def _module(workspace: Workspace, path: Path) -> ModuleType:
    """Import the module by the name that tests use, so that there is one registry; by its path where that fails."""
    for folder in workspace.import_paths():
        if folder not in sys.path:
            sys.path.append(folder)
        home = Path(folder).resolve()
        if not path.is_relative_to(home):
            continue
        name = ".".join(path.relative_to(home).with_suffix("").parts)
        try:
            module = import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
        except (TypeError, ValueError):  # a name that Python cannot import
            continue
        else:
            if module.__file__ == str(path):
                return module
    name = f"beep_mock_states:{path}"
    if name not in sys.modules:
        spec = spec_from_file_location(name, path)
        assert spec is not None  # noqa: S101 - it ends in .py
        assert spec.loader is not None  # noqa: S101
        module = module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
