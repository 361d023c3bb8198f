"""The names that tests import: the types of the fixtures, and the verification of a provider.

>>> from beep_mock.pytest import BeepMocks
>>> def test_greets(beep_mocks: BeepMocks) -> None:
...     world = beep_mocks("world")
...     world.prefer(example="mars")
...     ...  # call your client with world.url
...     world.assert_called("GET", "/worlds/{worldId}")

The fixtures themselves (``beep_mocks``, ``pact_recorder``, ``provider_states``) need no import: the plugin comes with
the package. Importing this module loads nothing heavy; each name loads its module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beep_mock.checks.provider_tests import ProviderReport as ProviderReport
    from beep_mock.checks.provider_tests import verify_provider as verify_provider
    from beep_mock.consumers.recording import PactRecorder as PactRecorder
    from beep_mock.consumers.recording import RecordedPact as RecordedPact
    from beep_mock.exchanges.exchange import Exchange as Exchange
    from beep_mock.exchanges.journal import Journal as Journal
    from beep_mock.mocks.peer_mocks import BeepMocks as BeepMocks
    from beep_mock.mocks.peer_mocks import ServiceMock as ServiceMock
    from beep_mock.states import ProviderStates as ProviderStates

_HOME = {
    "BeepMocks": "beep_mock.mocks.peer_mocks",
    "Exchange": "beep_mock.exchanges.exchange",
    "Journal": "beep_mock.exchanges.journal",
    "PactRecorder": "beep_mock.consumers.recording",
    "ProviderReport": "beep_mock.checks.provider_tests",
    "ProviderStates": "beep_mock.states",
    "RecordedPact": "beep_mock.consumers.recording",
    "ServiceMock": "beep_mock.mocks.peer_mocks",
    "verify_provider": "beep_mock.checks.provider_tests",
}

__all__ = [
    "BeepMocks",
    "Exchange",
    "Journal",
    "PactRecorder",
    "ProviderReport",
    "ProviderStates",
    "RecordedPact",
    "ServiceMock",
    "verify_provider",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
