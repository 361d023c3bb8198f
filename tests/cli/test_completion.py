from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from beep_mock.cli.main import cli


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_our_program_and_its_variable(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_BEEP_MOCK_COMPLETE" in result.output
    assert "beep-mock" in result.output


def test_another_shell_is_refused() -> None:
    result = CliRunner().invoke(cli, ["completion", "tcsh"])
    assert result.exit_code == 2


def test_bash_accepts_the_script() -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = CliRunner().invoke(cli, ["completion", "bash"]).output
    assert subprocess.run([bash, "-n"], input=script, text=True).returncode == 0


@pytest.mark.parametrize(("words", "position", "expected"), [("ch", 1, "check"), ("check --for", 2, "--format")])
def test_words_are_completed(words: str, position: int, expected: str) -> None:
    environment = {
        "_BEEP_MOCK_COMPLETE": "bash_complete",
        "COMP_WORDS": f"beep-mock {words}",
        "COMP_CWORD": str(position),
    }
    program = "from beep_mock.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"plain,{expected}"]
