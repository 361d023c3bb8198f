from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli
from beep_mock.processes import descendants
from beep_mock.servers.ports import elsewhere
from tests.gateway.conftest import COMMON, PEOPLE, WORLD, write
from tests.support.command_line import LIMIT, beep_mock, run, serving

PYTHON = sys.executable
# A command that leaves processes behind: one in a session of its own, one that ignores SIGTERM.
LEAVES = f"""
import subprocess, sys
subprocess.Popen([{PYTHON!r}, "-c", "import time; time.sleep(600)"], start_new_session=True)
stubborn = subprocess.Popen(
    [{PYTHON!r}, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)"],
    stdout=subprocess.PIPE,
)
stubborn.stdout.readline()
print("started", flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    write(root / "contracts/world/openapi.yaml", WORLD)
    write(root / "contracts/world/common.yaml", COMMON)
    write(root / "contracts/people/openapi.yaml", PEOPLE)
    return root


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with serving("up", "--port", "0", cwd=folder) as (url, _):
        yield url


def test_services_answer_at_their_paths(url: str) -> None:
    assert httpx.get(f"{url}/world/worlds/2").json() == {"name": "Mars"}
    assert httpx.get(f"{url}/people/people").json() == ["ada"]
    assert "<h1>" in httpx.get(f"{url}/").text


def test_how_they_answer_is_said_for_all(folder: Path) -> None:
    with serving("up", "world", "people", "--port", "0", "--ignore-examples", "--seed", "3", cwd=folder) as (url, _):
        for path in ("/world/worlds/2", "/people/people"):
            assert httpx.get(url + path).headers["Beep-Mock-Source"] == "sample"


def test_services_answer_to_their_hosts(url: str) -> None:
    assert httpx.get(f"{url}/worlds/2", headers={"Host": "world.localhost"}).json() == {"name": "Mars"}


def test_the_environment_does_not_reach_the_journal(url: str) -> None:
    httpx.get(f"{url}/world/worlds/1")
    exchange = httpx.get(f"{url}/-/journal?service=world").json()["exchanges"][-1]
    assert {name for name, _ in exchange["request"]["headers"]} <= {
        "Host", "Accept", "Accept-Encoding", "Connection", "User-Agent",
    }  # fmt: skip


def test_a_save_is_served_at_the_same_port(tmp_path: Path, folder: Path) -> None:
    write(tmp_path / "contracts/people/openapi.yaml", PEOPLE)
    with serving("up", "--port", "0", cwd=tmp_path) as (url, process):
        write(tmp_path / "contracts/people/openapi.yaml", PEOPLE.replace("[ada]", "[grace]"))
        assert process.stderr is not None
        assert "people: loaded again" in process.stderr.readline()
        assert httpx.get(f"{url}/people/people").json() == ["grace"]


def test_a_table_says_where_everything_is(folder: Path) -> None:
    with beep_mock("up", "--port", "0", "--real", "people=http://127.0.0.1:1", cwd=folder) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if "Ctrl-C" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    base = lines[-1].split()[1].removesuffix("/")
    assert f"world    mocked                    {base}/world   {base}/world/docs" in lines
    assert f"people   real, http://127.0.0.1:1  {base}/people  {base}/people/docs" in lines
    assert f"export PEOPLE_URL={base}/people" in lines
    assert process.returncode == 0


def test_a_command_finds_the_services_and_gives_its_status(folder: Path) -> None:
    code = "import os, httpx, sys; print(httpx.get(os.environ['WORLD_URL'] + '/worlds/2').json()['name']); sys.exit(7)"
    done = run("up", "--", PYTHON, "-c", code, cwd=folder, environment={"HTTP_PROXY": "http://127.0.0.1:1"})
    assert (done.stdout, done.returncode) == ("Mars\n", 7)
    assert "world 1 (0 contract violations)" in done.stderr


def test_a_consumer_gets_its_peers_only(folder: Path) -> None:
    code = "import os; print(sorted(n for n in os.environ if n in ('WORLD_URL', 'PEOPLE_URL')))"
    done = run("up", "--for", "world", "--", PYTHON, "-c", code, cwd=folder)
    assert (done.stdout, done.returncode) == ("['PEOPLE_URL']\n", 0)


def test_a_command_ended_by_a_signal_is_128_and_more(folder: Path) -> None:
    done = run("up", "--", PYTHON, "-c", "import os; os.kill(os.getpid(), 9)", cwd=folder)
    assert done.returncode == 128 + 9


def test_what_a_command_leaves_behind_ends_with_it(folder: Path) -> None:
    with beep_mock("up", "--", PYTHON, "-c", LEAVES, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        below = descendants(process.pid)
        assert process.wait(LIMIT) == 0
    assert not [p for p in below if Path(f"/proc/{p}").exists()]


def test_nothing_outlives_us_when_we_are_killed(folder: Path) -> None:
    forever = LEAVES + "\nimport time; time.sleep(600)"
    with beep_mock("up", "--", PYTHON, "-c", forever, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        below = [os.pidfd_open(p) for p in descendants(process.pid)]
        assert len(below) == 5  # worker, keeper, the command, and two that it has started
        process.kill()
        for handle in below:
            assert select.select([handle], [], [], LIMIT)[0], "it still runs"
            os.close(handle)
        # Whoever holds the other end of our pipes has ended as well.
        assert process.communicate(timeout=LIMIT)[0] == ""


def test_a_request_to_end_reaches_the_command(folder: Path) -> None:
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(5)); print(flush=True); time.sleep(600)"
    with beep_mock("up", "--", PYTHON, "-c", code, cwd=folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(LIMIT) == 5


def test_an_occupied_port_is_a_fault_that_names_the_program(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = run("up", "--port", str(listener.getsockname()[1]), cwd=folder)
    assert done.returncode == 2
    assert f"taken by process {os.getpid()} (" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mars"], "no service 'mars'"),
        (["--real", "world"], "NAME=URL"),
        (["--real", "world=x", "--real", "world=y"], "twice"),
        (["--except", "world", "--except", "people"], "no service to serve"),
        (["--"], "a command must follow"),
        (["--host", "host.invalid"], "not an address of this machine"),
        (["--port", "70000"], "70000"),
        (["--", "no-such-command"], "command not found"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(
    folder: Path, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from beep_mock.cli.main import main

    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as stop:
        main(["up", *arguments])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_contract_that_cannot_be_read_is_a_fault_for_a_command(tmp_path: Path) -> None:
    write(tmp_path / "contracts/world/openapi.yaml", "openapi: [")
    done = run("up", "--", PYTHON, "-c", "print('never')", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "openapi.yaml:" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_teaches_by_example() -> None:
    text = CliRunner().invoke(cli, ["up", "--help"]).output
    assert "beep-mock up --for hello -- pytest" in text
    assert "[-- COMMAND ...]" in text


def test_requests_are_printed_as_they_come(folder: Path) -> None:
    with serving("up", "--port", "0", cwd=folder) as (url, process):
        httpx.get(f"{url}/world/worlds/1")
        assert process.stderr is not None
        line = next(line for line in process.stderr if "GET /worlds/1" in line)
    assert re.fullmatch(r"\d\d:\d\d:\d\d  world  GET /worlds/1  200  [\d.]+ ms  example \S+", line.rstrip())


def test_quiet_prints_none(folder: Path) -> None:
    with serving("up", "--port", "0", "--quiet", cwd=folder) as (url, process):
        for _ in range(3):
            httpx.get(f"{url}/world/worlds/1")
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_an_environment_file_holds_the_addresses(folder: Path, tmp_path: Path) -> None:
    code = "import os; print(os.environ['WORLD_URL'], os.environ['PEOPLE_URL'])"
    done = run("up", "--env-file", str(tmp_path / "mocks.env"), "--", PYTHON, "-c", code, cwd=folder)
    lines = dict(line.split("=") for line in (tmp_path / "mocks.env").read_text().splitlines())
    assert done.stdout.split() == [lines["WORLD_URL"], lines["PEOPLE_URL"]]


def test_an_environment_file_that_cannot_be_written_is_one_fault(folder: Path, tmp_path: Path) -> None:
    done = run("up", "--env-file", str(tmp_path / "no" / "mocks.env"), "--", "true", cwd=folder)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_named_hosts_reach_the_pages(folder: Path) -> None:
    with serving("up", "--port", "0", "--allow-host", "mocks.example", cwd=folder) as (url, _):
        assert httpx.get(f"{url}/-/services", headers={"Host": "mocks.example"}).status_code == 200
        assert httpx.get(f"{url}/-/services", headers={"Host": "other.example"}).status_code == 403


EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is tested


def test_addresses_for_other_machines_are_printed(folder: Path) -> None:
    with beep_mock("up", "--port", "0", "--host", EVERYWHERE, cwd=folder) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if "Ctrl-C" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
    others = [line.rpartition(" ")[2] for line in lines if line.startswith("for other machines: http://")]
    assert len(others) == len(set(others)) == len(elsewhere(EVERYWHERE, 1))
    assert not any("127." in one for one in others)


def test_of_several_that_start_at_once_on_one_port_one_stays(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "beep_mock", "up", "--port", str(port), "-q", "--no-watch"]
    started = [
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    try:
        stays = [process for process in started if any("Dashboard" in line for line in process.stdout or ())]
        assert len(stays) == 1
        for process in started:
            if process is not stays[0]:
                assert process.wait(LIMIT) == 2
                assert process.stderr is not None
                assert "is taken by" in process.stderr.read()
        assert stays[0].poll() is None
    finally:
        for process in started:
            process.terminate()
            process.communicate()
