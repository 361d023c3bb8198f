"""Where a provider's states are kept: the registry ``states`` in ``providers/<service>/states.py``."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

from beep_mock.errors import WorkspaceError
from beep_mock.states import ProviderStates

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from beep_mock.workspace import Workspace

__all__ = ["load_states"]


def load_states(workspace: Workspace, service: str) -> ProviderStates:
    """The states of ``service``. The workspace's root becomes importable.

    What goes wrong in the file itself is raised as it is.

    :raises WorkspaceError: there is no such file, or no registry in it.
    """
    path = (workspace.provider_folder(service) / "states.py").resolve()
    if not path.is_file():
        raise WorkspaceError(
            f"{service} has no provider states",
            file=str(path),
            hint="write `states = ProviderStates()` there, with a function for each state",
        )
    registry = getattr(_module(workspace.root, service, path), "states", None)
    if not isinstance(registry, ProviderStates):
        raise WorkspaceError("no `states` that is a ProviderStates in it", file=str(path))
    return registry


def _module(root: Path, service: str, path: Path) -> ModuleType:
    """The module as the tests import it, so that there is one registry; by its path where that is another's name."""
    if str(root) not in sys.path:
        sys.path.append(str(root))
    name = f"providers.{service}.states"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
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
