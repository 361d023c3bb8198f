"""The store in a real PostgreSQL: Debian's, started for these tests on a socket in a folder of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from beep_mock.errors import EvidenceError
from beep_mock.evidence.store import Store
from beep_mock.evidence.trust import Hashes
from tests.support.command_line import run
from tests.support.made_evidence import NOW, verification

LATER = "2026-11-21T00:00:00.000000+00:00"


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda folder: int(folder.parent.name))


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a database server."""
    programs = _programs()
    if programs is None:
        assert os.environ.get("CI") != "true", "CI installs PostgreSQL: see .ci/run"
        pytest.skip("PostgreSQL is not installed")
    # Not below pytest's folder, which others may not enter; short, for the socket's sake.
    folder = Path(tempfile.mkdtemp(prefix="beep-pg-", dir="/tmp"))
    how = _unprivileged()
    try:
        if how:
            shutil.chown(folder, how["user"], how["group"])
        data = folder / "data"

        def call(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(data), *arguments]
            done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True, check=False, **how)  # fmt: skip
            assert done.returncode == 0, done.stderr

        call("initdb", "-A", "trust", "-U", "beep", "-E", "UTF8", "--no-sync", "--no-locale")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        call("pg_ctl", "-w", "-t", "60", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://beep@/postgres?host={folder}"
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def store(server: str) -> Iterator[Store]:
    from sqlalchemy import create_engine, text

    yield Store.open(server)
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS beep_mock_evidence"))
    engine.dispose()


def test_what_is_recorded_is_read_again(store: Store) -> None:
    assert (store.verifications(), store.providers(), store.verdicts("shop", NOW)) == ([], [], {})
    one, later = verification(), verification(version="2 ü", at=LATER, hashes=Hashes("", ""))
    assert store.record(one, later) == 2
    assert store.record(one, later) == 0
    assert store.verifications() == [one, later]
    assert str(store.verdicts("shop", NOW)["a" * 64]) == "verified shop@1.0 2026-11-20"
    assert str(store.verdicts("shop", Hashes("", ""))["a" * 64]) == "verified shop@2 ü 2026-11-21"
    assert store.record(verification(verdict="refuted", at=LATER)) == 1
    assert str(store.verdicts("shop", NOW)["a" * 64]) == "refuted shop@1.0"


def test_many_writers_make_one_table_and_lose_nothing(server: str, store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Store.open(server).record(verification(f"{number % 10:064}")), range(24)))
    assert len(store.verifications()) == 10


def test_a_database_that_is_not_there_is_a_fault(server: str) -> None:
    with pytest.raises(EvidenceError, match='database "nowhere" does not exist'):
        Store.open(server.replace("/postgres?", "/nowhere?")).verifications()


def test_the_command_line_moves_evidence_from_a_file_to_the_database(server: str, store: Store, tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    local = Store.open(tmp_path / ".beep/evidence.db")
    local.record(verification(), verification(version="2"))
    environment = {"BEEP_MOCK_EVIDENCE": ""}
    done = run("evidence", "export", "e.jsonl", cwd=tmp_path, environment=environment)
    assert done.returncode == 0, done.stderr
    done = run("evidence", "import", "e.jsonl", cwd=tmp_path, environment={"BEEP_MOCK_EVIDENCE": server})
    assert done.returncode == 0, done.stderr
    assert store.verifications() == local.verifications()
