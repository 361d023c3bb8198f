"""The README's tour is executed, in a copy of the workspace: every command, and what it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from beep_mock.mermaid import sequence_diagram
from beep_mock.peers import PeerGraph
from beep_mock.workspace import Workspace

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COPIED = ("contracts", "pacts", "mocks", "providers", "consumers", "demonstration", "ci", "pyproject.toml")


def steps() -> Iterator[tuple[str, str]]:
    """The commands of all console blocks with what they shall print."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def matches(expected: str, printed: str) -> bool:
    """Whether a text is as expected, where ``...`` stands for anything."""
    pattern = ".*".join(re.escape(piece.strip("\n")) for piece in expected.split("..."))
    return re.search(pattern, printed, re.DOTALL) is not None


@pytest.mark.skipif(shutil.which("curl") is None and os.environ.get("CI") != "true", reason="the tour uses curl")
def test_the_tour(tmp_path: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    folder = tmp_path
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS", "WORLD_URL"):
        environment.pop(name, None)
    ran = 0
    for command, expected in steps():
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ")
            continue
        code = re.search(r"^\[exit (\d+)\]\n?", expected, re.MULTILINE)
        wanted = expected.replace(code.group(0), "") if code else expected
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        printed = done.stdout.decode().replace("\r\n", "\n")
        assert done.returncode == (int(code.group(1)) if code else 0), f"{command}\n{printed}"
        assert matches(wanted, printed), f"{command}\nprinted:\n{printed}\nexpected:\n{wanted}"
        ran += 1
    assert ran >= 10


def test_the_sequence_diagram_is_the_workspaces_own() -> None:
    drawn = sequence_diagram(PeerGraph.read(Workspace(ROOT)))
    shown = re.search(r"<!-- sequence -->\n+```mermaid\n(.*?)\n```\n+<!-- /sequence -->", README, re.DOTALL)
    assert shown is not None
    assert shown.group(1) == drawn, "write what `beep-mock graph --sequence` prints into README.md"


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\(([^)h][^)]*)\)", README))))
def test_what_the_readme_links_to_is_there(linked: str) -> None:
    assert (ROOT / linked).exists()
