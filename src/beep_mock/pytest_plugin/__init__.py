"""The pytest plugin: the fixtures ``beep_mocks``, ``pact_recorder`` and ``provider_states``, and the marker ``pact``.

Loaded by every test session where beep-mock is installed, so it imports nothing that is heavy: what a fixture needs is
imported when a test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from beep_mock.pytest_plugin.recording import (
    PASSED,
    RECORDER,
    Collection,
    consumer_of_item,
    marked,
    reach_of,
    recording_of,
    root_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from beep_mock.consumers.recording import PactRecorder
    from beep_mock.contracts.model import Contract
    from beep_mock.mocks.peer_mocks import BeepMocks, ContractShelf
    from beep_mock.mocks.preferences import Answering
    from beep_mock.states import ProviderStates

__all__ = ["beep_mocks", "pact_recorder", "provider_states"]

_SHELF: pytest.StashKey[ContractShelf] = pytest.StashKey()
_MOCKS: pytest.StashKey[BeepMocks] = pytest.StashKey()
_CONTRACTS: pytest.StashKey[dict[str, Contract | None]] = pytest.StashKey()


@pytest.fixture
def beep_mocks(request: pytest.FixtureRequest) -> Iterator[BeepMocks]:
    """Mocked peers: ``beep_mocks("world").url``, ``.journal``, ``.prefer()``, ``.override()``, ``.assert_called()``.

    The ini options ``beep_mock_examples`` and ``beep_mock_seed`` say how they answer, as ``beep-mock up`` has it.
    """
    from beep_mock.mocks.peer_mocks import BeepMocks, ContractShelf
    from beep_mock.workspace import Workspace

    config = request.config
    if _SHELF not in config.stash:
        config.stash[_SHELF] = ContractShelf(Workspace(root_of(config)))
    mocks = BeepMocks(config.stash[_SHELF], _answering(config))
    request.node.stash[_MOCKS] = mocks
    yield mocks
    mocks.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failed test what its mocks were asked."""
    report = yield
    mocks = item.stash.get(_MOCKS, None)
    if mocks is not None and report.failed:
        report.sections += [(f"beep-mock: {name} was asked", text) for name, text in mocks.described().items()]
    return report


@pytest.fixture
def pact_recorder(request: pytest.FixtureRequest) -> Iterator[PactRecorder]:
    """Pacts of the consumer ``consumers/<name>/``: ``pact_recorder("world")`` is pact-python's DSL for a provider.

    ``@pytest.mark.pact(consumer="hello")`` names the consumer of a test elsewhere.
    """
    recording = recording_of(request.config)
    item = request.node
    consumer = consumer_of_item(item, recording.root)
    if not consumer:
        pytest.fail(
            f"Cannot tell which consumer this pact belongs to: {item.nodeid} is not in consumers/<name>/ of "
            f'{recording.root}\n  move it there, mark it with @pytest.mark.pact(consumer="hello"), or configure `name`',
            pytrace=False,
        )
    try:
        from beep_mock.consumers.recording import PactRecorder
    except ModuleNotFoundError as error:
        if error.name not in {"pact", "pact_ffi"}:
            raise
        pytest.fail("pact_recorder needs pact-python\n  pip install 'beep-mock[pact]'", pytrace=False)
    from beep_mock.errors import WorkspaceError

    try:
        contract_of = _contracts_of(request.config, recording.root) if _compares(request.config) else None
        recorder = PactRecorder(consumer, recording.next_folder(), contract_of)
    except WorkspaceError as fault:
        pytest.fail(str(fault), pytrace=False)
    item.stash[RECORDER] = recorder
    yield recorder
    if item.stash.get(PASSED, False) and recorder.unserved:
        described = "\n".join(f"  {text}" for text in recorder.unserved)
        pytest.fail(f"described but never served, so nothing is known of it:\n{described}", pytrace=False)


@pytest.fixture
def provider_states(request: pytest.FixtureRequest) -> Iterator[ProviderStates]:
    """Yield the registry ``states`` of ``providers/<name>/states.py``; what a test set up is taken back after it.

    The provider is the one in whose folder the test is; ``@pytest.mark.pact(provider="world")`` names another.
    """
    from beep_mock.consumers.collection import role_of
    from beep_mock.errors import BeepMockError
    from beep_mock.providers.state_access import load_states
    from beep_mock.workspace import Workspace

    root = root_of(request.config)
    workspace = Workspace(root)
    provider = marked(request.node, "provider") or role_of(workspace.providers, request.node.path)
    provider = provider or workspace.own_service
    if not provider:
        pytest.fail(
            f"Cannot tell which provider's states are meant: {request.node.nodeid} is not in providers/<name>/ of "
            f'{root}\n  move it there, mark it with @pytest.mark.pact(provider="world"), or configure `name`',
            pytrace=False,
        )
    try:
        registry = load_states(workspace, provider)
    except BeepMockError as fault:
        pytest.fail(str(fault), pytrace=False)
    yield registry
    try:
        registry.reset()
    except BeepMockError as fault:
        pytest.fail(str(fault), pytrace=False)


def _compares(config: pytest.Config) -> bool:
    try:
        return bool(config.getini("beep_mock_compare_pacts"))
    except ValueError as error:
        pytest.fail(f"beep_mock_compare_pacts must be true or false: {error}", pytrace=False)


def _contracts_of(config: pytest.Config, root: Path) -> Callable[[str], Contract | None]:
    """Return what finds the contract of a provider, None where the workspace has none; each is compiled once."""
    from difflib import get_close_matches

    from beep_mock.contracts.compiler import compile_contract
    from beep_mock.errors import WorkspaceError
    from beep_mock.workspace import Workspace

    contracts = config.stash.setdefault(_CONTRACTS, {})
    workspace = Workspace(root)

    def contract_of(provider: str) -> Contract | None:
        if provider in contracts:
            return contracts[provider]
        known = provider in workspace.services
        if not known and (near := get_close_matches(provider, workspace.services, n=1, cutoff=0.8)):
            raise WorkspaceError(
                f"no contract for {provider!r} in this workspace",
                file=str(workspace.contracts),
                hint=f"did you mean {near[0]!r}? If not: pact_recorder({provider!r}, compare=False)",
            )
        contracts[provider] = compile_contract(workspace.contract_path(provider)) if known else None
        return contracts[provider]

    return contract_of


def _answering(config: pytest.Config) -> Answering:
    from beep_mock.mocks.preferences import EXAMPLES, Answering, seed_of

    examples = config.getini("beep_mock_examples")
    for known in EXAMPLES:
        if examples == known:
            return Answering(examples=known, seed=seed_of(config.getini("beep_mock_seed")))
    pytest.fail(f"beep_mock_examples is {examples!r}; it can be {', '.join(EXAMPLES)}", pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
    parser.addini(
        "beep_mock_examples",
        "What beep_mocks do with an example that breaks its schema: as-written, repair or refuse.",
        default="as-written",
    )
    parser.addini(
        "beep_mock_compare_pacts",
        "Whether pact_recorder fails a test that expects what the provider's contract does not promise.",
        type="bool",
        default=True,
    )
    parser.addini("beep_mock_seed", "Which samples beep_mocks answer with where there is no example.", default="0")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and watch what is collected."""
    config.addinivalue_line(
        "markers", "pact(consumer='', provider=''): whose pacts a test records, or whose provider states it uses."
    )
    config.pluginmanager.register(Collection(config))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where to record, and what the command line covers."""
    recording = recording_of(node.config)
    reach = reach_of(node.config)
    node.workerinput["beep_mock"] = {
        "folder": str(recording.folder),
        "folders": [str(folder) for folder in reach.folders],
        "narrowed": reach.narrowed,
    }
