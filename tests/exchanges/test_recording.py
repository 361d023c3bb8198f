"""What a run's services were asked is kept in a file, bounded and whole."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from beep_mock import create_app
from beep_mock.errors import TrafficFileError
from beep_mock.exchanges.recording import TrafficRecorder, read_traffic
from beep_mock.servers.threaded import ThreadServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world() -> Iterator[ThreadServer]:
    with ThreadServer(create_app(ROOT, services=("world",))) as server:
        yield server


def recorder(world: ThreadServer, file: Path) -> TrafficRecorder:
    address = httpx.URL(world.url)
    return TrafficRecorder(address.host, address.port or 0, file, "hello")


def test_exchanges_are_recorded_with_secrets_masked(world: ThreadServer, tmp_path: Path) -> None:
    file = tmp_path / "new" / "hello.jsonl"
    recording = recorder(world, file)
    assert read_traffic(file).exchanges == ()
    httpx.get(f"{world.url}/world/worlds/1", headers={"Authorization": "Bearer very-secret"})
    httpx.get(f"{world.url}/world/worlds/999")
    assert recording.finish() == f"recorded 2 of 2 exchanges in {file}"
    recorded = read_traffic(file)
    assert recorded.consumer == "hello"
    assert [(one.path, one.status) for one in recorded.exchanges] == [("/worlds/1", 200), ("/worlds/999", 404)]
    assert "very-secret" not in file.read_text()
    assert [one.name for one in file.parent.iterdir()] == ["hello.jsonl"]


def test_it_records_while_the_world_runs(world: ThreadServer, tmp_path: Path) -> None:
    recording = recorder(world, tmp_path / "t.jsonl")
    recording.start()
    httpx.get(f"{world.url}/world/worlds/1")
    assert recording.finish().startswith("recorded 1 of 1 exchanges")
    assert recording.finish().startswith("recorded 1 of 1 exchanges")  # nothing is recorded twice


def test_a_record_is_bounded_and_says_what_it_does_not_hold(
    world: ThreadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beep_mock.exchanges.recording._MOST", 2)
    file = tmp_path / "t.jsonl"
    recording = recorder(world, file)
    for _ in range(3):
        httpx.get(f"{world.url}/world/worlds/1")
    assert recording.finish() == f"recorded 2 of 3 exchanges in {file}; 1 were too many to record"
    assert len(read_traffic(file).exchanges) == 2


def test_what_the_journal_has_forgotten_is_counted(world: ThreadServer, tmp_path: Path) -> None:
    recording = recorder(world, tmp_path / "t.jsonl")
    httpx.get(f"{world.url}/world/worlds/1")
    httpx.delete(f"{world.url}/-/journal")
    httpx.get(f"{world.url}/world/worlds/2")
    assert "recorded 1 of 2 exchanges" in recording.finish()


def test_a_file_that_cannot_be_written_is_one_fault(world: ThreadServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrafficFileError, match="traffic cannot be recorded"):
        recorder(world, tmp_path / "file" / "t.jsonl")


def test_a_disk_that_fills_up_is_one_fault_and_what_was_recorded_stays(world: ThreadServer, tmp_path: Path) -> None:
    folder = tmp_path / "traffic"
    recording = recorder(world, folder / "t.jsonl")
    kept = (folder / "t.jsonl").read_bytes()
    (folder / "t.jsonl").unlink()
    (folder / "t.jsonl").mkdir()  # nothing can take its place now
    httpx.get(f"{world.url}/world/worlds/1")
    with pytest.raises(TrafficFileError, match="traffic cannot be recorded"):
        recording.finish()
    assert json.loads(kept)["consumer"] == "hello"


def test_a_world_that_is_gone_ends_the_record_only(tmp_path: Path) -> None:
    with ThreadServer(create_app(ROOT, services=("world",))) as server:
        recording = recorder(server, tmp_path / "t.jsonl")
    assert recording.finish().startswith("recorded 0 of 0")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_its_owner_may_read_a_recording(world: ThreadServer, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    recording = recorder(world, file)
    httpx.post(f"{world.url}/world/worlds", json={"password": "HUSH"})
    recording.finish()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
