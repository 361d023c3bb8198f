"""The scripts in ci/, as a team would run them in its own workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from beep_mock.templates import lay_out
from tests.support.prism import ROOT

SCRIPTS = ROOT / "ci"
HOSTED = {"github-actions.yml": ".github/workflows/contracts.yml", "gitlab-ci.yml": ".gitlab-ci.yml"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace with the scripts, whose `beep-mock` and `python -m pytest` are stand-ins that tests write."""
    shutil.copytree(SCRIPTS, tmp_path / "ci")
    for folder in ("bin", "consumers", "providers"):
        (tmp_path / folder).mkdir()
    return tmp_path


def stand_in(workspace: Path, name: str, script: str) -> None:
    path = workspace / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(workspace: Path, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{workspace / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        [workspace / "ci" / script, *arguments],
        env={"PATH": path, "HOME": str(workspace), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def pact(version: str = "1", **changes: Any) -> str:
    return json.dumps({"interactions": [], "metadata": {"pactRust": {"ffi": version}}, **changes})


def record(workspace: Path, content: str, *, status: int = 0) -> None:
    """Make the consumers' tests record ``content``."""
    (workspace / "recorded").write_text(content)
    record = f'echo "$*" > asked; cp recorded pacts/a-b.json; exit {status}'
    stand_in(workspace, "python", f'[ "$1" = -m ] || exec {sys.executable} "$@"; {record}')


def test_the_consumers_job_passes_when_pacts_are_what_was_recorded(workspace: Path) -> None:
    (workspace / "pacts").mkdir()
    (workspace / "pacts" / "a-b.json").write_text(pact("1"))
    record(workspace, pact("2"))
    done = run(workspace, "consumer.sh")
    assert (done.returncode, done.stderr) == (0, "")
    assert (workspace / "asked").read_text() == "-m pytest consumers\n"


@pytest.mark.parametrize("before", [None, pact(interactions=[{"description": "another"}])])
def test_the_consumers_job_fails_when_they_are_not(workspace: Path, before: str | None) -> None:
    if before is not None:
        (workspace / "pacts").mkdir()
        (workspace / "pacts" / "a-b.json").write_text(before)
    record(workspace, pact())
    done = run(workspace, "consumer.sh")
    assert done.returncode == 1
    assert done.stdout == f"pacts/a-b.json: {'is new' if before is None else 'has changed'}\n"
    assert "pacts/ is not up to date" in done.stderr


def test_the_consumers_job_fails_with_its_tests(workspace: Path) -> None:
    record(workspace, pact(), status=3)
    assert run(workspace, "consumer.sh").returncode == 3


def test_the_consumers_job_takes_names_and_options(workspace: Path) -> None:
    record(workspace, pact())
    run(workspace, "consumer.sh", "hello", "world", "--", "-n", "2")
    assert (workspace / "asked").read_text() == "-m pytest consumers/hello consumers/world -n 2\n"


def test_the_providers_job_verifies_all_and_gives_the_worst_status(workspace: Path) -> None:
    for name in ("one", "three", "two"):
        (workspace / "providers" / name).mkdir()
        (workspace / "providers" / name / "app.py").touch()
    (workspace / "providers" / "shared").mkdir()
    stand_in(workspace, "beep-mock", 'echo "$@" >> asked; [ "$2" != three ] || exit 2; [ "$2" != one ] || exit 1')
    done = run(workspace, "provider.sh", "--", "--format", "json")
    assert done.returncode == 2
    asked = (workspace / "asked").read_text().splitlines()
    assert asked == [f"verify {name} --format json" for name in ("one", "three", "two")]


def test_the_providers_job_takes_names(workspace: Path) -> None:
    stand_in(workspace, "beep-mock", 'echo "$@" >> asked')
    assert run(workspace, "provider.sh", "two").returncode == 0
    assert (workspace / "asked").read_text() == "verify two\n"


def test_the_providers_job_without_a_provider_is_a_fault(workspace: Path) -> None:
    assert run(workspace, "provider.sh").returncode == 2


@pytest.mark.parametrize(
    ("installed", "environment", "status", "asked"),
    [
        (True, {}, 0, "check --against-prism --format json\n"),
        (False, {}, 0, "check --format json\n"),
        (False, {"CI": "true"}, 2, None),
    ],
)
def test_the_contracts_job_needs_prism_on_a_ci_server(
    workspace: Path, installed: bool, environment: dict[str, str], status: int, asked: str | None
) -> None:
    if shutil.which("prism", path="/usr/bin:/bin"):
        pytest.skip("Prism is installed for all")
    stand_in(workspace, "beep-mock", 'echo "$@" >> asked')
    if installed:
        stand_in(workspace, "prism", "")
    done = run(workspace, "contract.sh", "--format", "json", **environment)
    written = workspace / "asked"
    assert (done.returncode, written.read_text() if written.exists() else None) == (status, asked)


def test_what_init_lays_out_is_this_pipeline(tmp_path: Path) -> None:
    lay_out(tmp_path)
    for script in ("consumer.sh", "provider.sh", "contract.sh", "compare_pacts.py"):
        assert (tmp_path / "ci" / script).read_text() == (SCRIPTS / script).read_text()
    for ours, theirs in HOSTED.items():
        assert (tmp_path / theirs).read_text() == (SCRIPTS / ours).read_text()


@pytest.mark.parametrize("name", HOSTED)
def test_hosted_pipelines_call_scripts_that_exist(name: str) -> None:
    text = (SCRIPTS / name).read_text()
    assert isinstance(yaml.safe_load(text), dict)
    for script in ("consumer.sh", "provider.sh", "contract.sh"):
        assert f"ci/{script}" in text
        assert os.access(SCRIPTS / script, os.X_OK)
