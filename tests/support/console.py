"""Run the console blocks of a Markdown page, and compare what they print with what the page shows.

A ``console`` block holds commands, each after ``$ ``, and below each its output, where ``...`` stands for any text and
a line ``[exit 1]`` for the exit status. ``$ cd FOLDER`` applies to the commands after it. A fenced block with
``title="PATH"`` is a file that the reader writes.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Command", "WrittenFile", "read_steps", "run_steps", "shows"]

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"^\[exit (\d+)\]\n?", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """A command with the output and exit status that the page shows."""

    line: str
    output: str
    status: int = 0


@dataclass(frozen=True)
class WrittenFile:
    """A file that the reader writes, its path relative to the current folder."""

    path: str
    content: str


def read_steps(page: str) -> Iterator[Command | WrittenFile]:
    """Yield the commands and files of a page in order."""
    for block in _BLOCK.finditer(page):
        text = re.sub(rf"^{block['indent']}", "", block["text"], flags=re.MULTILINE)
        if title := re.search(r'\btitle="([^"]+)"', block["info"]):
            yield WrittenFile(title[1], text)
        elif block["info"].split()[:1] == ["console"]:
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                status = _STATUS.search(output)
                yield Command(line, _STATUS.sub("", output), int(status[1]) if status else 0)


def shows(expected: str, printed: str) -> bool:
    """Return whether ``printed`` contains ``expected``, where ``...`` stands for any text."""
    pattern = ".*".join(re.escape(piece.strip("\n")) for piece in expected.split("..."))
    return re.search(pattern, printed, re.DOTALL) is not None


def run_steps(steps: Iterator[Command | WrittenFile], folder: Path, environment: Mapping[str, str]) -> int:
    """Run the steps in ``folder`` and return how many commands ran.

    :raises AssertionError: a command prints or exits otherwise than the page says.
    """
    ran = 0
    for step in steps:
        if isinstance(step, WrittenFile):
            path = folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.content, "utf-8")
            continue
        if step.line.startswith("cd "):
            folder = folder / step.line.removeprefix("cd ")
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", step.line],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        printed = done.stdout.decode().replace("\r\n", "\n")
        if done.returncode != step.status:
            raise AssertionError(f"$ {step.line}\nexit status {done.returncode}, not {step.status}\n{printed}")
        if not shows(step.output, printed):
            raise AssertionError(f"$ {step.line}\nprinted:\n{printed}\nexpected:\n{step.output}")
        ran += 1
    return ran
