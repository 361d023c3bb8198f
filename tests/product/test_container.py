"""The Dockerfile's steps, run without Docker: install, start and health check, as a user who may write nowhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PORT = "9000"
INSTALLED = "/opt/beep-mock"


@dataclass
class Stage:
    """One stage of a Dockerfile: its instructions in order."""

    image: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [value for instruction, value in self.instructions if instruction == name]

    def command(self, name: str) -> list[str]:
        """Return the last instruction of that name, in its exec form: a JSON array of strings."""
        words = json.loads(self.values(name)[-1])
        assert isinstance(words, list)
        return [str(word) for word in words]

    def environment(self) -> dict[str, str]:
        pairs = (word.partition("=") for value in self.values("ENV") for word in shlex.split(value))
        return {name: value for name, _, value in pairs}


def read_dockerfile(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile: comments removed, continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    stages: list[Stage] = []
    for line in filter(None, (line.strip() for line in lines.replace("\\\n", " ").splitlines())):
        name, _, value = line.partition(" ")
        if name == "FROM":
            stages.append(Stage(value))
        else:
            stages[-1].instructions.append((name, value.strip()))
    return stages


BUILD, RUNTIME = read_dockerfile((ROOT / "Dockerfile").read_text("utf-8"))


def run_unprivileged(environment: dict[str, str], folder: Path, command: list[str]) -> subprocess.Popen[str]:
    """Start a command whose writing is refused by file permissions: as root, without root's capability to ignore them.

    (Another user might not be allowed to read the Python that runs these tests.)
    """
    if os.geteuid() == 0:
        dropped = "-dac_override,-dac_read_search,-fowner,-chown,-setuid,-setgid"
        command = ["setpriv", "--inh-caps=" + dropped, "--bounding-set=" + dropped, "--no-new-privs", *command]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment that the first stage makes, from a folder that holds only what the stage copies."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("opt") / "beep-mock"
    for value in BUILD.values("COPY"):
        *names, destination = value.split()
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / destination, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source / destination)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for command in BUILD.values("RUN"):
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace(INSTALLED, str(target))],
            cwd=source,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if re.search(r"NewConnectionError|NameResolution|Connection refused", done.stderr) and not os.environ.get("CI"):
            pytest.skip("no package index can be reached")
        assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture
def workspace() -> Iterator[Path]:
    """A workspace in which only those who may ignore permissions can write."""
    place = Path(tempfile.mkdtemp(prefix="beep-mock-container-"))
    folder = place / "workspace"
    for name in ("contracts", "mocks", "pacts"):
        shutil.copytree(ROOT / name, folder / name)
    entries = [folder, *folder.rglob("*")]
    for entry in entries:
        entry.chmod(0o555 if entry.is_dir() else 0o444)
    yield folder
    for entry in entries:
        entry.chmod(0o755)
    shutil.rmtree(place)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root needs setpriv to drop privileges"
)
def test_the_image_serves_a_read_only_workspace_and_is_healthy(installed: Path, workspace: Path) -> None:
    port = free_port()
    environment = {name: value.replace(INSTALLED, str(installed)) for name, value in RUNTIME.environment().items()}
    home = workspace.parent / "tmp"  # the tmpfs
    home.mkdir(mode=0o777)
    environment |= {"HOME": str(home), "TMPDIR": str(home)}
    before = sorted(path.relative_to(workspace) for path in workspace.rglob("*"))
    compiled = set(installed.rglob("*.pyc"))
    assert compiled, "pip compiles when it installs, for nothing can be written later"
    command = [word.replace(PORT, port) for word in (*RUNTIME.command("ENTRYPOINT"), *RUNTIME.command("CMD"))]
    probe = [word.replace(PORT, port) for word in health_check()]

    writing = run_unprivileged(environment, workspace, ["sh", "-c", "touch written"])
    assert writing.wait(timeout=30) != 0, "the workspace is not read-only"
    assert run_unprivileged(environment, workspace, probe).wait(timeout=30) != 0, "nothing listens yet"
    server = run_unprivileged(environment, workspace, command)
    try:
        assert server.stdout is not None
        printed = ""
        while port not in printed:
            line = server.stdout.readline()
            assert line, f"it ended before it served: {printed}"
            printed += line
        asked = run_unprivileged(environment, workspace, probe)
        assert asked.wait(timeout=30) == 0, asked.communicate()[0]
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{port}/world/worlds/1", timeout=10
        ) as response:
            assert json.load(response)["name"] == "Earth"
    finally:
        server.terminate()
        rest = server.communicate(timeout=30)[0]
    assert server.returncode in (0, -15, 143), printed + rest
    assert "Traceback" not in printed + rest
    assert sorted(path.relative_to(workspace) for path in workspace.rglob("*")) == before
    assert set(installed.rglob("*.pyc")) == compiled


def health_check() -> list[str]:
    options, _, command = RUNTIME.values("HEALTHCHECK")[-1].partition(" CMD ")
    assert "--interval=" in options
    words = json.loads(command)
    assert isinstance(words, list)
    return [str(word) for word in words]


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    user, _, group = RUNTIME.values("USER")[-1].partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_the_image_exposes_the_port_that_it_serves() -> None:
    assert RUNTIME.values("EXPOSE") == [PORT]
    assert RUNTIME.command("CMD")[-2:] == ["--port", PORT]


def test_the_builder_is_sent_what_is_copied_and_no_more() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {name for value in BUILD.values("COPY") for name in value.split()[:-1]}
    assert "*" in ignored
    assert sent == copied


def test_the_image_writes_no_bytecode() -> None:
    assert RUNTIME.environment()["PYTHONDONTWRITEBYTECODE"] == "1"
