"""What a verification has started ends with it, however it ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.test_verify import DEMONSTRATION
from tests.support.command_line import LIMIT, beep_mock

# It listens, but never answers, and has a child in a session of its own. It tells of itself once it is asked: what
# interrupts an import, before that, may be swallowed by the module that is imported.
PROVIDER = """
import os, signal, socket, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
listening = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
file = sys.argv[1]
with open(file + ".new", "w") as out:
    out.write(f"{os.getpid()} {child.pid}")
listening.accept()  # who only looks whether it listens
asking = listening.accept()
os.rename(file + ".new", file)
time.sleep(600)
"""


def wait_for(is_so: object) -> None:
    assert callable(is_so)
    deadline = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="tied processes are a Linux thing")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_the_provider_and_its_children_do_not_outlive_us(tmp_path: Path, number: int, code: int) -> None:
    (tmp_path / "provider.py").write_text(PROVIDER, "utf-8")
    told = tmp_path / "processes"
    # Behind a shell, as many a provider is started: the direct child is not the one that listens.
    command = f"sh -c '{sys.executable} {tmp_path / 'provider.py'} {told}; true'"
    arguments = ["verify", "people", "--examples", "--timeout", "60", "--command", command]
    with beep_mock(*arguments, cwd=DEMONSTRATION) as process:
        wait_for(told.exists)
        started = [int(text) for text in told.read_text("utf-8").split()]
        try:
            assert all(is_running(one) for one in started)
            process.send_signal(number)
            _, said = process.communicate(timeout=LIMIT)
            assert process.returncode == code
            assert "Traceback" not in said
            wait_for(lambda: not any(is_running(one) for one in started))
        finally:
            for one in started:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
