from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from beep_mock.checks.provider_checks import mocked_peers
from beep_mock.providers.verification import load_service
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.support.command_line import run

DEMONSTRATION = Path(__file__).parents[2]


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("verify", *arguments, cwd=folder, environment={"PYTHONSAFEPATH": "1"})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("contracts", "consumers", "demonstration", "providers", "pacts"):
        shutil.copytree(DEMONSTRATION / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_demonstration_takes_and_refuses_what_its_mock_does() -> None:
    done = verify(DEMONSTRATION, "world", "--against-mock")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "agreement with the mock" in done.stdout
    assert "5 checks: no findings" in done.stdout


def test_dropped_validation_is_told_with_a_command_for_each_difference(copy: Path) -> None:
    app = copy / "providers/people/app.py"
    text = app.read_text("utf-8")
    before = '@app.get("/people/<personId>")\n    @checked'
    assert before in text
    app.write_text(text.replace(before, '@app.get("/people/<int:personId>")'), "utf-8")
    done = verify(copy, "people", "--against-mock", "--format", "json")
    assert done.returncode == 1, done.stderr
    cases = {case["name"]: case for case in json.loads(done.stdout)["cases"]}
    assert cases["GET /people"]["passed"]
    failed = [case for case in cases.values() if not case["passed"]]
    assert [case["name"] for case in failed] == [
        "GET /people/{personId}, difference 1 of 2",
        "GET /people/{personId}, difference 2 of 2",
    ]
    assert [case["reproduce"] for case in failed] == [
        "curl -i -X GET \"$PROVIDER\"'/people/0'",
        "curl -i -X GET \"$PROVIDER\"'/people/2147483648'",
    ]
    [finding] = failed[0]["findings"]
    assert finding["rule"] == "agreement-verdict"
    assert "the mock refuses it (422; path.personId: minimum)" in finding["message"]
    assert "as for a valid request" in finding["message"]


def test_it_is_made_beside_other_kinds_when_they_are_named() -> None:
    done = verify(DEMONSTRATION, "people", "--against-mock", "--pacts")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "world → people" in done.stdout
    assert "agreement with the mock" in done.stdout
    assert "\nexamples" not in done.stdout


def test_a_provider_that_runs_already_is_only_written_to_when_told(copy: Path) -> None:
    workspace = Workspace(DEMONSTRATION)
    with mocked_peers(workspace, "world"), ThreadServer(app := load_service(workspace, "world")) as server:
        done = verify(copy, "world", "--against-mock", "--url", server.url)
        assert "POST /worlds, DELETE /worlds/{worldId}; --writes asks them" in done.stdout
        assert 1 in app.extensions["worlds"]
        verify(copy, "world", "--against-mock", "--url", server.url, "--writes")
    assert 1 not in app.extensions["worlds"]
