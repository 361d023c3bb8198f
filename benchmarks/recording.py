"""What recording one interaction in a test costs, beside the same test with pact-python alone: a ratio.

Both are pytest sessions of the same tests in processes of their own, in turns; measured is what tests take from their
set-up to their teardown, and the end of the session, which writes the pact files. A client's call is part of both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.lines import Line, Settings, ratio_of

ALONE = """
@pytest.fixture(scope="session")
def pacts(tmp_path_factory):
    return tmp_path_factory.mktemp("pacts")

@pytest.fixture
def pact(pacts):
    pact = Pact("hello", "world").with_specification("V4")
    yield pact
    pact.write_file(pacts)
"""

OURS = """
@pytest.fixture
def pact(pact_recorder):
    return pact_recorder("world")
"""

TESTS = """
import httpx, pytest
from pact import Pact, match
{fixtures}
@pytest.fixture(scope="session")
def client():
    with httpx.Client() as client:
        yield client

@pytest.mark.parametrize("number", range({count}))
def test_recording(pact, client, number):
    (
        pact.upon_receiving(f"a request for world {{number}}")
        .given("the world exists", {{"id": number}})
        .with_request("GET", f"/worlds/{{number}}")
        .will_respond_with(200)
        .with_body({{"id": match.int(number), "name": match.str("Earth")}}, "application/json")
    )
    with pact.serve("127.0.0.1") as server:
        assert client.get(f"{{server.url}}/worlds/{{number}}").json()["id"] == number
"""

STOPWATCH = """
import json, time, pytest

class Stopwatch:
    def __init__(self):
        self.tests = {}
        self.end = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        assert report.passed
        self.tests[report.nodeid] = self.tests.get(report.nodeid, 0.0) + report.duration

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self):
        start = time.perf_counter()
        result = yield
        self.end = time.perf_counter() - start
        return result

    def pytest_unconfigure(self):
        print("STOPWATCH", json.dumps([list(self.tests.values()), self.end]))

def pytest_configure(config):
    config.pluginmanager.register(Stopwatch())
"""


def measured(fixtures: str, count: int) -> tuple[float, float]:
    """Seconds of the median test, and of all ``count`` tests with the end of their session."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "consumers", "hello")
        home.mkdir(parents=True)
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        Path(folder, "conftest.py").write_text(STOPWATCH)
        (home / "test_pacts.py").write_text(TESTS.format(fixtures=fixtures, count=count))
        plugins = ("-p", "beep_mock.pytest_plugin", "-p", "no:cacheprovider")
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *plugins],
            cwd=folder,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PACT_DO_NOT_TRACK": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
    found = [line for line in run.stdout.splitlines() if line.startswith("STOPWATCH ")]
    if run.returncode or not found:
        raise RuntimeError(run.stdout + run.stderr)
    times, end = json.loads(found[0].partition(" ")[2])
    return statistics.median(times), sum(times) + end


def measure(settings: Settings) -> list[Line]:
    """What a test that records one interaction takes with ``pact_recorder``, beside pact-python alone."""
    kinds = {"pact-python alone": ALONE, "pact_recorder": OURS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(settings.rounds(3, 1)):
        for name, fixtures in kinds.items():
            found[name].append(measured(fixtures, settings.rounds(200, 60)))
    lines = []
    for index, what in enumerate(("a test that records an interaction", "its whole session")):
        middle, low, high = ratio_of(*([each[index] for each in found[name]] for name in reversed(kinds)))
        lines.append(Line("recording", f"{what}, against pact-python alone", middle, "x", low=low, high=high))
    return lines
