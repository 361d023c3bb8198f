"""beep-mock: contract testing and mock servers from OpenAPI documents.

Importing the package loads nothing heavy; each name loads its module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beep_mock.errors import BeepMockError as BeepMockError
    from beep_mock.findings import Finding as Finding
    from beep_mock.findings import Severity as Severity
    from beep_mock.gateway.app import create_app as create_app
    from beep_mock.interaction import Interaction as Interaction
    from beep_mock.interaction import Request as Request
    from beep_mock.interaction import Response as Response
    from beep_mock.states import ProviderStates as ProviderStates
    from beep_mock.workspace import Workspace as Workspace

__version__ = "0.2.0"

_HOME = {
    "BeepMockError": "beep_mock.errors",
    "Finding": "beep_mock.findings",
    "Interaction": "beep_mock.interaction",
    "ProviderStates": "beep_mock.states",
    "Request": "beep_mock.interaction",
    "Response": "beep_mock.interaction",
    "Severity": "beep_mock.findings",
    "Workspace": "beep_mock.workspace",
    "create_app": "beep_mock.gateway.app",
}

__all__ = [
    "BeepMockError",
    "Finding",
    "Interaction",
    "ProviderStates",
    "Request",
    "Response",
    "Severity",
    "Workspace",
    "__version__",
    "create_app",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
