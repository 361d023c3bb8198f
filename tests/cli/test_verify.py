from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from beep_mock.providers.verification import load_service
from beep_mock.servers.threaded import ThreadServer
from beep_mock.states import states_app
from beep_mock.workspace import Workspace
from tests.support.command_line import run

DEMONSTRATION = Path(__file__).parents[2]
STARTED = (
    f"{sys.executable} -c \"import sys; sys.path.insert(0, '.'); import runpy; runpy.run_module('providers.people')\""
)


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as users run it: in a process of its own, in the workspace's folder."""
    return run("verify", *arguments, cwd=folder, environment={"PYTHONSAFEPATH": "1"})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("contracts", "consumers", "demonstration", "providers", "pacts"):
        shutil.copytree(DEMONSTRATION / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_provider_that_keeps_pacts_examples_and_properties_exits_with_0() -> None:
    done = verify(DEMONSTRATION, "people")
    assert done.returncode == 0, done.stderr
    assert "ok    a request for a person  given the person exists" in done.stdout
    assert "ok    GET /people/{personId}, 404, example 'unknown-person'" in done.stdout
    assert "ok    GET /people/{personId}  " in done.stdout
    assert "14 checks: no findings" in done.stdout


@pytest.mark.parametrize(
    ("kind", "said"), [("pacts", "5 checks"), ("examples", "7 checks"), ("properties", "2 checks")]
)
def test_each_kind_can_be_asked_for_alone(kind: str, said: str) -> None:
    done = verify(DEMONSTRATION, "people", f"--{kind}")
    assert done.returncode == 0, done.stderr
    assert f"{said}: no findings" in done.stdout


def test_peers_are_mocked_and_exact_examples_hold(copy: Path) -> None:
    shutil.copytree(DEMONSTRATION / "mocks", copy / "mocks")
    done = verify(copy, "world", "--examples", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert "example 'founded-world'" in done.stdout


def test_an_example_and_a_property_that_the_provider_breaks(copy: Path) -> None:
    change(copy / "providers/people/app.py", "asdict(person)", "{'id': str(person.id)}")
    done = verify(copy, "people", "--examples", "--properties", "--format", "json")
    assert done.returncode == 1, done.stderr
    rules = {finding["rule"] for case in json.loads(done.stdout)["cases"] for finding in case["findings"]}
    assert rules >= {"example-mismatch", "property-response-schema-conformance"}


def test_a_command_is_started_for_the_verification(copy: Path) -> None:
    done = verify(copy, "people", "--command", STARTED, "--examples", "--properties")
    assert done.returncode == 0, done.stdout + done.stderr


DYING = """
    @app.before_request
    def die() -> None:
        if flask_request.path.endswith("/2"):
            os._exit(3)
"""


def test_a_provider_that_dies_half_way_leaves_what_was_seen(copy: Path) -> None:
    app = copy / "providers/people/app.py"
    change(app, "from dataclasses", "import os\nfrom dataclasses")
    change(app, "    checked = ", f"{DYING}\n    checked = ")
    done = verify(copy, "people", "--command", STARTED, "--examples", "--properties")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "ok    GET /people, 200, example 'earth'" in done.stdout
    assert "verification-partial" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_broken_pact_exits_with_1_and_names_consumer_interaction_field_expected_and_got(copy: Path) -> None:
    change(copy / "providers/world/app.py", "content = asdict(world)", "content = asdict(world) | {'name': 7}")
    done = verify(copy, "world")
    assert done.returncode == 1, done.stderr
    assert "hello → world" in done.stdout
    failed = done.stdout[done.stdout.index("a request for a world  given") :]
    assert 'body $.name: expected "Earth", got 7' in failed
    assert "pacts/hello-world.json" in failed


def test_what_the_application_prints_is_no_part_of_the_report(copy: Path) -> None:
    change(copy / "providers/people/app.py", "app = Flask", "print('chatter')\n    app = Flask")
    change(copy / "providers/people/app.py", "asdict(person) for", "{'id': 'x'} for")
    done = verify(copy, "people", "--format", "json")
    assert done.returncode == 1, done.stderr
    assert "chatter" in done.stderr
    assert "a request for the people of a world" in json.dumps(json.loads(done.stdout))


def test_an_unknown_state_exits_with_2(copy: Path) -> None:
    change(copy / "providers/people/states.py", '"there is no person"', '"there is nobody"')
    done = verify(copy, "people")
    assert done.returncode == 2
    assert "the provider state 'there is no person' is not defined" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hello", "--pacts"], "no pact names the provider 'hello'"),
        (["world", "--header", "x"], "NAME:VALUE"),
        (["world", "--command", "/no/such/program"], "cannot be started"),
        (["wrld"], "the pacts name: people, world"),
        (["wrld", "--examples"], "no service 'wrld'"),
        (["world", "--app", "nowhere:app"], "No module named 'nowhere'"),
        (["world", "--url", "http://127.0.0.1:1"], "cannot be reached"),
        (["world", "--url", "http://h", "--app", "a:b"], "either --app"),
        (["world", "--states-url", "http://h"], "goes with --url"),
        (["world", "--format", "pdf"], "pdf"),
    ],
)
def test_a_fault_exits_with_2_and_no_traceback(arguments: list[str], said: str) -> None:
    done = verify(DEMONSTRATION, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_provider_that_runs_is_verified_where_it_runs() -> None:
    workspace = Workspace(DEMONSTRATION)
    from providers.people.states import states

    app = load_service(workspace, "people")
    with ThreadServer(app) as server, ThreadServer(states_app(states, app)) as arranged:
        done = verify(DEMONSTRATION, "people", "--url", server.url, "--states-url", arranged.url)
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_application_takes_the_states_of_the_folder(copy: Path) -> None:
    (copy / "elsewhere.py").write_text("from providers.people.app import create_app as build\n")
    done = verify(copy, "people", "--app", "elsewhere:build")
    assert done.returncode == 0, done.stdout + done.stderr
