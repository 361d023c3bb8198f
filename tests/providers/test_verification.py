from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from beep_mock.errors import BeepMockError, PactFileError, VerificationError, WorkspaceError
from beep_mock.providers.verification import load_app, load_service, load_states, verify_at, verify_provider
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.support.recorded import interaction, write_pact

APP = """
def create_app():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]
    app.ready = False
    return app
"""
STATES = """
from beep_mock import ProviderStates
states = ProviderStates()

@states.state("it is ready")
def it_is_ready(app, /):
    app.ready = True
    yield
    app.ready = False
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace whose modules are forgotten afterwards: other tests have `providers` of their own."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "providers"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(
        sys, "path", [entry for entry in sys.path if entry and not (Path(entry) / "providers").is_dir()]
    )
    folder = tmp_path / "providers" / "stock"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    (folder / "states.py").write_text(STATES)
    (tmp_path / "contracts" / "stock").mkdir(parents=True)
    (tmp_path / "contracts" / "stock" / "openapi.yaml").write_text("openapi: 3.1.0")
    known = set(sys.modules)
    yield Workspace(tmp_path)
    for name in set(sys.modules) - known:
        if name.partition(".")[0] in {"providers", "broken", "named"} or name.startswith("beep_mock_states:"):
            del sys.modules[name]


def test_a_provider_of_the_workspace_is_served_with_its_states(workspace: Workspace) -> None:
    write_pact(workspace.pacts, interaction(body={}, states=[("it is ready", {})]))
    app = load_service(workspace, "stock")
    assert verify_provider(workspace, "stock", app=app).passed
    assert app.ready is False
    assert verify_provider(workspace, "stock").passed


def test_a_provider_without_states_needs_none(workspace: Workspace) -> None:
    (workspace.root / "providers" / "stock" / "states.py").unlink()
    write_pact(workspace.pacts, interaction(body={}))
    assert verify_provider(workspace, "stock").passed


def test_an_unknown_state_is_told_before_anything_is_asked(workspace: Workspace) -> None:
    write_pact(workspace.pacts, interaction(states=[("it is reddy", {})]))
    (result,) = verify_provider(workspace, "stock").results
    assert result.fault == "the provider state 'it is reddy' is not defined; did you mean 'it is ready'?"


def test_a_running_provider_is_verified_where_it_runs(workspace: Workspace) -> None:
    write_pact(workspace.pacts, interaction(body={}))
    with ThreadServer(load_service(workspace, "stock")) as server:
        assert verify_at(workspace, "stock", server.url).passed


def test_a_pact_that_cannot_be_read_is_a_fault(workspace: Workspace) -> None:
    write_pact(workspace.pacts, interaction(body={}))
    (workspace.pacts / "other.json").write_text("{")
    with pytest.raises(PactFileError, match=r"other\.json"):
        verify_provider(workspace, "stock")


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("", "broken", "write MODULE:FACTORY"),
        ("", "broken:", "write MODULE:FACTORY"),
        ("", "broken:create_app", "broken has no 'create_app'"),
        ("", "nowhere.at.all:create_app", "ModuleNotFoundError: No module named 'nowhere'"),
        ("1/0", "broken:create_app", "broken cannot be imported: ZeroDivisionError"),
        ("import sys; sys.exit('bye')", "broken:create_app", "broken cannot be imported: SystemExit: bye"),
        ("def create_app(): 1/0", "broken:create_app", "broken:create_app failed: ZeroDivisionError"),
        ("create_app = 3", "broken:create_app", "is not an application but int"),
    ],
)
def test_an_application_that_cannot_be_loaded_is_a_fault(workspace: Workspace, code: str, name: str, said: str) -> None:
    (workspace.root / "broken.py").write_text(code)
    with pytest.raises(VerificationError, match=said):
        load_app(workspace, name)


@pytest.mark.parametrize(
    "code",
    [
        "def app(environ, start_response): return [b'it']",
        "class Application:\n    def __call__(self, environ, start_response): return [b'it']\napp = Application",
        "class Application:\n    def __call__(self, environ, start_response): return [b'it']\napp = Application()",
        "def app(name='x'):\n    return lambda environ, start_response: [b'it']",
    ],
)
def test_a_factory_is_called_and_an_application_taken_as_it_is(workspace: Workspace, code: str) -> None:
    (workspace.root / "named.py").write_text(code)
    assert load_app(workspace, "named:app")({}, lambda *_: None) == [b"it"]


def test_nobody_of_that_name_is_a_fault_that_names_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="nearest: stock"):
        load_service(workspace, "stok")


def test_a_service_without_an_application_is_a_fault_that_says_what_to_do(workspace: Workspace) -> None:
    (workspace.root / "providers" / "stock" / "app.py").unlink()
    with pytest.raises(VerificationError, match="use --app or --url"):
        load_service(workspace, "stock")


@pytest.mark.parametrize("code", ["1/0", "states = 3", "import nothing_of_this_name"])
def test_states_that_cannot_be_loaded_are_a_fault(workspace: Workspace, code: str) -> None:
    file = workspace.root / "providers" / "stock" / "states.py"
    file.write_text(code)
    with pytest.raises(BeepMockError) as fault:
        load_states(workspace, "stock")
    assert fault.value.file == str(file)
