from __future__ import annotations

import os
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support.command_line import LIMIT


def written_to(output: int, *arguments: str, errors: int = subprocess.PIPE) -> tuple[int, str]:
    command = [sys.executable, "-m", "beep_mock", *arguments]
    done = subprocess.run(command, stdout=output, stderr=errors, timeout=LIMIT, text=True, check=False)
    return done.returncode, done.stderr


@pytest.fixture
def unread() -> int:
    """A pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["init", "--nonsense"], ["check"]])
def test_a_closed_pipe_is_no_finding(arguments: list[str], unread: int) -> None:
    told, errors = (subprocess.DEVNULL, unread) if "--nonsense" in arguments else (unread, subprocess.PIPE)
    code, said = written_to(told, *arguments, errors=errors)
    assert (code, said or "") == (141, "")
    os.close(unread)


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes them")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("command", "code"), [("--help", 0), ("check", 0), ("config --format json", 0), ("--bad", 2)])
def test_closed_standard_streams_change_nothing_but_the_output(closed: str, command: str, code: int) -> None:
    line = f"{shlex.quote(sys.executable)} -m beep_mock {command} {closed}"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, timeout=LIMIT, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes them")
def test_a_command_does_not_inherit_a_file_of_ours_as_its_output() -> None:
    line = f"{shlex.quote(sys.executable)} -m beep_mock up world -- sh -c 'echo hi && echo no >&2' >&- 2>&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
@pytest.mark.parametrize("arguments", [["--help"], ["check"]])
def test_a_full_disk_is_a_fault_in_one_line(arguments: list[str]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    code, said = written_to(full, *arguments)
    os.close(full)
    assert (code, said) == (2, "error: No space left on device\n")


def test_an_interrupted_import_exits_like_any_interrupt(tmp_path: Path) -> None:
    program = """
        from beep_mock.cli import main

        def interrupted(_):
            exec("raise KeyboardInterrupt")  # as a dataclass that is being made

        main.cli.invoke = interrupted
        main.main(["check"])
    """
    (tmp_path / "interrupted.py").write_text(textwrap.dedent(program))
    ended = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.split()) == (130, [b"aborted"])


def test_help_groups_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "beep_mock", "--help"], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    headings = [line for line in done.stdout.splitlines() if line in ("Mock:", "Test:", "Change:", "Workspace:")]
    assert (done.returncode, headings) == (0, ["Mock:", "Test:", "Change:", "Workspace:"])


@pytest.mark.parametrize(("typo", "suggestion"), [("chek", "Did you mean check?"), ("verfy", "Did you mean verify?")])
def test_a_mistyped_command_is_answered_with_the_nearest(typo: str, suggestion: str) -> None:
    code, said = written_to(subprocess.DEVNULL, typo)
    assert code == 2
    assert said.rstrip().endswith(f"Error: No such command '{typo}'. {suggestion}")


def test_a_command_unlike_any_other_gets_no_suggestion() -> None:
    code, said = written_to(subprocess.DEVNULL, "zzzzzz")
    assert (code, said.rstrip().rpartition("Error: ")[2]) == (2, "No such command 'zzzzzz'.")
