from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.version import Version

from beep_mock import __version__
from beep_mock.cli.init import command
from beep_mock.cli.main import main
from beep_mock.templates import lay_out

BIN = Path(sys.executable).parent


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def in_workspace(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    for name in [n for n in environment if n.startswith("PYTEST_")]:
        del environment[name]  # of the session that runs this test
    return subprocess.run(
        arguments, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    lay_out(folder)
    return folder


@pytest.fixture
def workspace(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "workspace"))


def test_everything_a_team_starts_with_is_there(workspace: Path) -> None:
    assert {
        ".github/workflows/contracts.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        "Makefile",
        "README.md",
        "ci/consumer.sh",
        "consumers/shelf/client.py",
        "consumers/shelf/test_pacts.py",
        "contracts/books/openapi.yaml",
        "mocks/books.yaml",
        "package.json",
        "pacts/shelf-books.json",
        "providers/books/app.py",
        "providers/books/states.py",
        "providers/books/test_pacts.py",
        "pyproject.toml",
        "requirements.txt",
    } <= files(workspace).keys()
    assert os.access(workspace / "ci" / "consumer.sh", os.X_OK)


def test_its_requirements_accept_this_version_and_those_compatible_with_it(workspace: Path) -> None:
    lines = (workspace / "requirements.txt").read_text().splitlines()
    pinned = next(asked for line in lines if (asked := Requirement(line.partition("#")[0] or "x")).name == "beep-mock")
    major, minor, patch = Version(__version__).release
    assert {"docs", "pact", "verify"} <= pinned.extras
    assert pinned.specifier.contains(__version__)
    assert pinned.specifier.contains(f"{major}.{minor}.{patch + 1}")
    assert not pinned.specifier.contains(f"{major}.{minor + 1}.0")


def test_its_sessions_do_not_load_the_plugin_of_schemathesis(workspace: Path) -> None:
    listed = in_workspace(workspace, "python", "-m", "pytest", "-p", "no:cacheprovider", "--trace-config", "--co", "-q")
    assert listed.returncode == 0, listed.stdout + listed.stderr
    assert "beep_mock.pytest_plugin" in listed.stdout
    assert "schemathesis.pytest.plugin" not in listed.stdout


def test_the_command_tells_what_it_wrote_and_what_it_kept(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours")
    result = CliRunner().invoke(command, [str(tmp_path)])
    assert result.exit_code == 0
    assert f"kept     {tmp_path / 'README.md'}" in result.output
    assert f"written  {tmp_path / 'pyproject.toml'}" in result.output
    assert (tmp_path / "README.md").read_text() == "ours"


def test_a_second_time_changes_nothing(workspace: Path) -> None:
    (workspace / "mocks" / "books.yaml").write_text("{}")
    before = files(workspace)
    assert not any(written for _, written in lay_out(workspace))
    assert files(workspace) == before


def test_a_folder_that_is_a_file_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "contracts").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(["init", str(tmp_path)])
    assert stop.value.code == 2
    assert "contracts/books/openapi.yaml: cannot be written" in capsys.readouterr().err


def test_it_passes_beep_mock_check(workspace: Path) -> None:
    done = in_workspace(workspace, "beep-mock", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("3 checks: no findings\n")


def test_its_tests_pass_and_its_pacts_are_up_to_date(workspace: Path) -> None:
    done = in_workspace(workspace, "ci/consumer.sh", "--", "-p", "no:cacheprovider", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_its_provider_keeps_the_pacts(workspace: Path) -> None:
    done = in_workspace(workspace, "python", "-m", "pytest", "-p", "no:cacheprovider", "-q", "providers")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
    done = in_workspace(workspace, "ci/provider.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a request for a book that is not there" in done.stdout


def test_a_provider_that_breaks_its_pact_is_found(workspace: Path) -> None:
    app = workspace / "providers" / "books" / "app.py"
    app.write_text(app.read_text().replace("return jsonify(book)", 'return jsonify(id=book["id"], name=book["title"])'))
    done = in_workspace(workspace, "beep-mock", "verify", "books")
    assert done.returncode == 1
    assert "title" in done.stdout
