"""beep-mock: contract testing and mock servers from OpenAPI documents.

The public API is what ``beep_mock.__all__`` and ``beep_mock.pytest.__all__`` list. Every other module, and every name
that begins with an underscore, may change without notice.

>>> from pathlib import Path
>>> from tempfile import mkdtemp
>>> from beep_mock import compile_contract
>>> file = Path(mkdtemp(), "openapi.yaml")
>>> _ = file.write_text("{openapi: 3.1.0, info: {title: T, version: '1'}, paths: {/a: {get: {responses: {}}}}}")
>>> list(compile_contract(file).operations)
['GET /a']

Importing the package loads nothing heavy; each name loads its module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beep_mock.checks.provider_tests import ProviderReport as ProviderReport
    from beep_mock.checks.provider_tests import verify_provider as verify_provider
    from beep_mock.consumers.recording import PactRecorder as PactRecorder
    from beep_mock.consumers.recording import RecordedPact as RecordedPact
    from beep_mock.contracts.compiler import compile_contract as compile_contract
    from beep_mock.contracts.model import Contract as Contract
    from beep_mock.contracts.model import Operation as Operation
    from beep_mock.contracts.model import Violation as Violation
    from beep_mock.errors import BeepMockError as BeepMockError
    from beep_mock.errors import ConfigurationError as ConfigurationError
    from beep_mock.errors import ContractError as ContractError
    from beep_mock.errors import EvidenceError as EvidenceError
    from beep_mock.errors import InvalidDocumentError as InvalidDocumentError
    from beep_mock.errors import OverrideError as OverrideError
    from beep_mock.errors import PactFileError as PactFileError
    from beep_mock.errors import ReportFileError as ReportFileError
    from beep_mock.errors import ServerStartError as ServerStartError
    from beep_mock.errors import TrafficFileError as TrafficFileError
    from beep_mock.errors import UnresolvableReferenceError as UnresolvableReferenceError
    from beep_mock.errors import UnsupportedFeatureError as UnsupportedFeatureError
    from beep_mock.errors import VerificationError as VerificationError
    from beep_mock.errors import WorkspaceError as WorkspaceError
    from beep_mock.exchanges.exchange import Exchange as Exchange
    from beep_mock.exchanges.journal import Journal as Journal
    from beep_mock.findings import Finding as Finding
    from beep_mock.findings import Severity as Severity
    from beep_mock.findings import Where as Where
    from beep_mock.gateway.app import create_app as create_app
    from beep_mock.interaction import Interaction as Interaction
    from beep_mock.interaction import ProviderState as ProviderState
    from beep_mock.interaction import Request as Request
    from beep_mock.interaction import Response as Response
    from beep_mock.mocks.peer_mocks import BeepMocks as BeepMocks
    from beep_mock.mocks.peer_mocks import ServiceMock as ServiceMock
    from beep_mock.states import ProviderStates as ProviderStates
    from beep_mock.workspace import Workspace as Workspace

__version__ = "0.2.0"

_HOME = {
    "BeepMockError": "beep_mock.errors",
    "BeepMocks": "beep_mock.mocks.peer_mocks",
    "Contract": "beep_mock.contracts.model",
    "ConfigurationError": "beep_mock.errors",
    "ContractError": "beep_mock.errors",
    "EvidenceError": "beep_mock.errors",
    "Exchange": "beep_mock.exchanges.exchange",
    "Finding": "beep_mock.findings",
    "Interaction": "beep_mock.interaction",
    "InvalidDocumentError": "beep_mock.errors",
    "Journal": "beep_mock.exchanges.journal",
    "Operation": "beep_mock.contracts.model",
    "OverrideError": "beep_mock.errors",
    "PactFileError": "beep_mock.errors",
    "PactRecorder": "beep_mock.consumers.recording",
    "ProviderReport": "beep_mock.checks.provider_tests",
    "ProviderState": "beep_mock.interaction",
    "ProviderStates": "beep_mock.states",
    "RecordedPact": "beep_mock.consumers.recording",
    "ReportFileError": "beep_mock.errors",
    "Request": "beep_mock.interaction",
    "Response": "beep_mock.interaction",
    "ServerStartError": "beep_mock.errors",
    "ServiceMock": "beep_mock.mocks.peer_mocks",
    "Severity": "beep_mock.findings",
    "TrafficFileError": "beep_mock.errors",
    "UnresolvableReferenceError": "beep_mock.errors",
    "UnsupportedFeatureError": "beep_mock.errors",
    "VerificationError": "beep_mock.errors",
    "Violation": "beep_mock.contracts.model",
    "Where": "beep_mock.findings",
    "Workspace": "beep_mock.workspace",
    "WorkspaceError": "beep_mock.errors",
    "compile_contract": "beep_mock.contracts.compiler",
    "create_app": "beep_mock.gateway.app",
    "verify_provider": "beep_mock.checks.provider_tests",
}

__all__ = [
    "BeepMockError",
    "BeepMocks",
    "ConfigurationError",
    "Contract",
    "ContractError",
    "EvidenceError",
    "Exchange",
    "Finding",
    "Interaction",
    "InvalidDocumentError",
    "Journal",
    "Operation",
    "OverrideError",
    "PactFileError",
    "PactRecorder",
    "ProviderReport",
    "ProviderState",
    "ProviderStates",
    "RecordedPact",
    "ReportFileError",
    "Request",
    "Response",
    "ServerStartError",
    "ServiceMock",
    "Severity",
    "TrafficFileError",
    "UnresolvableReferenceError",
    "UnsupportedFeatureError",
    "VerificationError",
    "Violation",
    "Where",
    "Workspace",
    "WorkspaceError",
    "__version__",
    "compile_contract",
    "create_app",
    "verify_provider",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
