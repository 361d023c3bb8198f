"""`beep-mock evidence`, and evidence on its way from `verify` to mocks."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import run, serving

DEMONSTRATION = Path(__file__).parents[2]
STORE = ".beep/evidence.db"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A copy of the demonstration."""
    for folder in ("contracts", "consumers", "demonstration", "providers", "pacts"):
        shutil.copytree(DEMONSTRATION / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def beep(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, cwd=folder, environment={"BEEP_MOCK_EVIDENCE": "", "PYTHONSAFEPATH": "1"})


def verify(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return beep(folder, "verify", "people", "--pacts", "--examples", "--provider-version", "1.4.2", *words)


def known(folder: Path, *words: str) -> dict[str, str]:
    """What is known of each example of people, by its name."""
    done = beep(folder, "evidence", "people", "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    return {one["name"]: one["evidence"] for one in json.loads(done.stdout)["evidence"] if not one["consumer"]}


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_from_nothing_to_verified_stale_and_refuted(world: Path) -> None:
    assert set(known(world).values()) == {"specification-only"}
    assert not (world / ".beep").exists()
    assert verify(world).returncode == 0
    assert set(known(world).values()) == {"verified"}
    listed = beep(world, "evidence", "people").stdout
    assert "verified people@1.4.2 20" in listed
    assert "world" in listed  # whose pact it is
    change(world / "providers/people/app.py", "asdict(person)", "{'id': str(person.id)}")
    assert set(known(world).values()) == {"stale"}
    done = verify(world)
    assert done.returncode == 1
    after = known(world)
    assert {after["ada"], after["unknown-person"]} == {"refuted", "verified"}
    assert set(known(world, "--refuted").values()) == {"refuted"}
    assert known(world, "--stale") == {}


def test_nothing_is_kept_where_nothing_shall_be(world: Path) -> None:
    assert verify(world, "--no-evidence").returncode == verify(world, "--evidence", "none").returncode == 0
    assert not (world / ".beep").exists()
    assert verify(world, "--evidence", "other.db").returncode == 0
    assert set(known(world, "--evidence", "other.db").values()) == {"verified"}


def test_a_store_that_cannot_be_written_is_a_fault_after_the_report(world: Path) -> None:
    (world / ".beep").write_text("a file where the folder would be", "utf-8")
    done = verify(world)
    assert (done.returncode, "no findings" in done.stdout) == (2, True)
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr
    done = verify(world, "--provider-version", "a b")
    assert (done.returncode, done.stdout) == (2, "")


def test_evidence_moves_as_a_file(world: Path) -> None:
    verify(world)
    assert beep(world, "evidence", "export", "e.jsonl").returncode == 0
    shutil.rmtree(world / ".beep")
    assert set(known(world).values()) == {"specification-only"}
    for news in ("13 of 13", "0 of 13"):
        done = beep(world, "evidence", "import", "e.jsonl")
        assert (done.returncode, news in done.stderr) == (0, True), done.stderr
    assert set(known(world).values()) == {"verified"}
    assert beep(world, "evidence", "export", "-").stdout == (world / "e.jsonl").read_text("utf-8")
    assert beep(world, "evidence", "export", "-", "world").stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("evidence", "nope"), "no service 'nope'"),
        (("evidence", "export", "-", "nope"), "no service 'nope'"),
        (("evidence", "import", "nope.jsonl"), "nope.jsonl: cannot be read"),
        (("evidence", "import", "contracts/people/openapi.yaml"), "openapi.yaml:1: is not JSON"),
        (("evidence", "export", "nowhere/e.jsonl"), "cannot be written"),
        (("evidence", "--evidence", "nonsense://x"), "not a database address"),
        (("evidence", "--evidence", "contracts/people/openapi.yaml"), "not a database"),
        (("evidence", "--evidence", "none"), "there is no store"),
        (("up", "people", "--port", "0", "--evidence", "nonsense://x"), "not a database address"),
        (("up", "people", "--min-trust", "verified", "--engine", "prism"), "--min-trust is for our own engine"),
    ],
)
def test_bad_words_are_one_clear_fault(world: Path, words: tuple[str, ...], said: str) -> None:
    done = beep(world, *words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def evidence_of(url: str) -> tuple[int, str]:
    answer = httpx.get(url)
    return answer.status_code, answer.headers["Beep-Mock-Evidence"]


def test_mocks_say_it_and_hear_what_is_new(world: Path) -> None:
    # Named, since the tests' environment says there is none.
    with serving("up", "people", "--port", "0", "--evidence", STORE, cwd=world) as (url, _):
        assert evidence_of(f"{url}/people/people/1") == (200, "specification-only")
        assert verify(world).returncode == 0
        wait_for(url, "verified people@1.4.2")
        change(world / "providers/people/app.py", "asdict(person)", "asdict(person)  # the same")
        wait_for(url, "stale people@1.4.2")
        (world / STORE).write_text("no database any more", "utf-8")
        wait_for(url, "specification-only")
        page = httpx.get(f"{url}/").text
        assert "not a database" in page


def wait_for(url: str, evidence: str) -> None:
    """Ask until a mock says it: it hears of files when the system tells."""
    from time import monotonic

    end = monotonic() + 30  # only a failing test takes them
    while not (found := evidence_of(f"{url}/people/people/1")[1]).startswith(evidence):
        assert monotonic() < end, found


def test_a_document_served_alone_is_known_by_its_workspace_and_less_is_refused(world: Path) -> None:
    assert verify(world).returncode == 0
    words = ("--port", "0", "--evidence", STORE, "--min-trust", "verified")
    with serving("serve", "contracts/people/openapi.yaml", *words, cwd=world) as (url, _):
        status, said = evidence_of(f"{url}/people/1")
        assert (status, said[:22]) == (200, "verified people@1.4.2 ")
        assert evidence_of(f"{url}/people/1?x=1")[0] == 200
        refused = httpx.get(f"{url}/people/1", headers={"Prefer": "dynamic=true"})
        assert (refused.status_code, refused.json()["verify"]) == (501, "beep-mock verify people")
        page = httpx.get(f"{url}/-/").text
        assert "GET /people/{personId}" in page
        assert '<span class="tag good">' in page
