"""Specmatic as a judge, as npm packs it: installed on first use beside the project, since it is some 90 MB.

It sends the contract's examples and requests of its own to the provider, in a process of its own: most of the time it
takes is Java's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from beep_mock.servers.threaded import ThreadServer
from benchmarks.mutation.judges import Judgement
from benchmarks.mutation.mutant import Mutant, standing
from benchmarks.servers import ROOT

__all__ = ["specmatic"]

_PACKAGE = "specmatic@2.55.1"
_LIMIT = 120
_FAILED = re.compile(r'"(Scenario: .*?) FAILED"')
_RULE = re.compile(r"^\s+(?:R\d{4}:.*|>> .*)$")


def specmatic(mutant: Mutant) -> list[Judgement]:
    """What it finds; nobody's judgement where it is not installed and cannot be."""
    jar = _jar(ROOT / ".beep" / "bench" / "specmatic")
    if jar is None:
        return []
    judgement = Judgement({"specmatic": set()})
    with standing(mutant) as place, ThreadServer(place.create()) as server, tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        document = ROOT / "contracts" / mutant.provider / "openapi.yaml"
        command = ["java", "-jar", str(jar), "test", f"--testBaseURL={server.url}", str(document)]
        environment = {**os.environ, "SPECMATIC_DISABLE_TELEMETRY": "true"}
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_LIMIT, check=False
            )
            judgement.found["specmatic"] |= _failures(done.stdout)
        except subprocess.TimeoutExpired:
            judgement.found["specmatic"].add(f"no verdict within {_LIMIT} s")
        judgement.seconds["specmatic"] = time.monotonic() - begun
    return [judgement]


def _failures(told: str) -> set[str]:
    """Each scenario that failed, with what was wrong and where."""
    found: set[str] = set()
    scenario = ""
    for line in told.splitlines():
        failed = _FAILED.search(line)
        if failed is not None:
            scenario = failed[1]
            found.add(scenario)
        elif scenario and _RULE.match(line):
            found.add(f"{scenario}: {' '.join(line.split())}")
    return found


def _jar(folder: Path) -> Path | None:
    jar = folder / "node_modules" / "specmatic" / "specmatic.jar"
    if jar.exists() or shutil.which("java") is None or shutil.which("npm") is None:
        return jar if jar.exists() and shutil.which("java") else None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')  # else npm looks for one further up
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", _PACKAGE],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return jar if jar.exists() else None
