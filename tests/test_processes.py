from __future__ import annotations

import os
import subprocess
import sys

import pytest

from beep_mock.processes import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="tied processes are a Linux thing")

FAMILY = """
import os, subprocess, sys
from beep_mock.processes import adopt_orphans, descendants, end_descendants

adopt_orphans()
child = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"
subprocess.run([sys.executable, "-c", child])
print(len(descendants(os.getpid())), flush=True)
end_descendants(2.0)
print(len(descendants(os.getpid())), flush=True)
"""


def test_orphans_are_adopted_and_ended() -> None:
    done = subprocess.run([sys.executable, "-c", FAMILY], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["1", "0"]


def test_descendants_are_listed_parents_first() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(flush=True); input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        below = descendants(os.getpid())
        assert process.pid in below
        (grandchild,) = descendants(process.pid)
        assert below.index(process.pid) < below.index(grandchild)
        process.communicate(b"\n")


def test_one_whose_parent_is_gone_ends_at_once() -> None:
    code = (
        "import os; from beep_mock.processes import die_with_parent; die_with_parent(os.getppid() + 1); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (-9, "")
