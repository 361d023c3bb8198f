"""Compare this tree with another commit, in turns: processor time a request, start-up and memory.

``python -m benchmarks.turns COMMIT [--rounds N]`` checks the commit out, starts servers of both trees on the same
document, asks them in turns, and prints the ratio of medians (other / ours for requests: above 1 is faster now;
ours / other for start-up and memory: below 1 is less now). Processor time varies less than throughput on a busy
machine.

A second server of this tree takes part as the control: its ratio, which would be 1 without noise, is printed beside
each figure. A difference that is not clearly larger than the control's says nothing.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load import KINDS, requests_a_second, write_script
from benchmarks.servers import DOCUMENT, ROOT, free_port, processor_seconds, pss_mib, running

_PATH = "/worlds/1?limit=1"


@contextmanager
def _checkout(commit: str) -> Iterator[Path]:
    """Check a commit out into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", str(tree), commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def _serve(tree: Path, port: int) -> list[str]:
    """Start the server from ``tree``, whatever version is installed."""
    command = [sys.executable, "-m", "beep_mock", "serve", str(DOCUMENT), "--port", str(port)]
    return ["env", f"PYTHONPATH={tree / 'src'}", *command]


def main() -> None:
    """Print one line a figure; the arguments are in the module's docstring."""
    parser = argparse.ArgumentParser(description="compare this tree with another commit, in turns")
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args()
    figures: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        trees = {"ours": ROOT, "other": stack.enter_context(_checkout(chosen.commit)), "control": ROOT}
        for tree in trees.values():
            compileall.compile_dir(tree / "src", quiet=1)
        for turn in range(chosen.rounds):
            for name in _order(trees, turn):
                with running(_serve(trees[name], port := free_port()), port, _PATH, success=True) as (pid, seconds):
                    figures.setdefault("start-up", {}).setdefault(name, []).append(seconds)
                    figures.setdefault("memory", {}).setdefault(name, []).append(pss_mib(pid))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports, pids = {}, {}
        for name, tree in trees.items():
            ports[name] = free_port()
            command = _serve(tree, ports[name])
            pids[name] = stack.enter_context(running(command, ports[name], _PATH, success=True))[0]
        scripts = {kind: write_script(folder, kind) for kind in KINDS}
        for turn in range(-1, chosen.rounds):
            for kind, script in scripts.items():
                for name in _order(trees, turn):
                    before = processor_seconds(pids[name])
                    _, count = requests_a_second(ports[name], script, 2)
                    spent = (processor_seconds(pids[name]) - before) / count * 1e6
                    if turn >= 0:  # the first round warms up
                        figures.setdefault(kind, {}).setdefault(name, []).append(spent)
    for what, values in figures.items():
        ours, other, control = (statistics.median(values[name]) for name in ("ours", "other", "control"))
        ratio, noise = (other / ours, control / ours) if what in KINDS else (ours / other, ours / control)
        unit = {"start-up": "s", "memory": "MiB"}.get(what, "us of processor time")
        print(
            f"{what:10} {ratio:5.3f}  (control {noise:5.3f})   ours {ours:8.3f}  other {other:8.3f}"
            f"  {unit}, {chosen.rounds} rounds"
        )


def _order(trees: dict[str, Path], turn: int) -> list[str]:
    """Return the names in an order that gives each of them each place equally often."""
    names = list(trees)
    shift = turn % len(names)
    return names[shift:] + names[:shift]


if __name__ == "__main__":
    main()
