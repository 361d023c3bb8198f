"""From traffic to a pact that holds, as a user does it."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import LIMIT, run, serving

DEMONSTRATION = Path(__file__).parents[2]
USES = """
import os, sys
sys.path.insert(0, ".")
from consumers.hello.client import WorldClient
from demonstration.peer import PeerRefusedError

world = WorldClient.at(os.environ["WORLD_URL"])
world.world(1), world.world(2), world.inhabitants(1), list(world.worlds("cold"))
world.create("Venus", "hot", "very-secret-token")
try:
    world.create("Earth", "temperate", "very-secret-token")
except PeerRefusedError as refusal:
    assert refusal.status == 409
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("contracts", "consumers", "demonstration", "providers", "mocks"):
        shutil.copytree(DEMONSTRATION / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_what_a_consumer_asks_of_mocks_becomes_a_pact_that_its_provider_keeps(copy: Path) -> None:
    recorded = run("up", "--for", "hello", "--record", "--", sys.executable, "-c", USES, cwd=copy)
    assert recorded.returncode == 0, recorded.stderr
    assert "recorded 6 of 6 exchanges in" in recorded.stderr
    drafted = run("pact", "draft", "hello", cwd=copy)
    assert drafted.returncode == 0, drafted.stderr
    assert "pacts/drafts/hello-world.json: 5 interactions, of 6 exchanges" in drafted.stdout
    assert run("check", cwd=copy).stdout.count("hello-world.json") == 0  # a draft does not count
    draft = copy / "pacts" / "drafts" / "hello-world.json"
    assert "very-secret-token" not in draft.read_text() + (copy / ".beep/traffic/hello.jsonl").read_text()
    names = [interaction["description"] for interaction in json.loads(draft.read_text())["interactions"]]
    assert "Create a world: venus" in names
    draft.rename(copy / "pacts" / "hello-world.json")
    verified = run("verify", "world", "--pacts", cwd=copy, environment={"PYTHONSAFEPATH": "1"})
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "5 checks: no findings" in verified.stdout
    compared = run("compare", cwd=copy)
    assert compared.returncode == 0, compared.stdout


def test_ctrl_c_ends_a_record_with_all_that_was_asked(copy: Path) -> None:
    with serving("up", "world", "--record=t/run.jsonl", "--port", "0", cwd=copy) as (url, process):
        assert httpx.get(f"{url}/world/worlds/1").status_code == 200
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT)
    assert "recorded 1 of 1 exchanges in t/run.jsonl" in said
    assert len((copy / "t" / "run.jsonl").read_text().splitlines()) == 2
    drafted = run("pact", "draft", "somebody", "--from", "t/run.jsonl", "--output", "out", cwd=copy)
    assert drafted.returncode == 0, drafted.stderr
    assert (copy / "out" / "somebody-world.json").is_file()


def test_bad_input_is_one_clear_fault(copy: Path) -> None:
    for arguments, said in (
        (("pact", "draft", "hello"), "there is no record of traffic"),
        (("pact", "draft", "hello", "--from", "none.jsonl"), "none.jsonl: cannot be read: No such file"),
        (("up", "--record", "world"), "'world' is not a FILE.jsonl"),
        (("up", "world", "--record=contracts/world/openapi.yaml/x.jsonl", "--", "true"), "traffic cannot be recorded"),
    ):
        done = run(*arguments, cwd=copy)
        assert (done.returncode, done.stdout) == (2, ""), done.stdout
        assert said in done.stderr
        assert "Traceback" not in done.stderr
