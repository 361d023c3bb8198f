from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue

import pytest

from beep_mock.gateway import reload
from beep_mock.gateway.reload import Reloader

WAIT = 10  # seconds; only a failing test takes them


@pytest.fixture
def seen() -> Queue[str]:
    return Queue()


@pytest.fixture
def watch(seen: Queue[str]) -> Iterator[Callable[[dict[str, list[Path]]], Reloader]]:
    started: list[Reloader] = []

    def watch(files: dict[str, list[Path]]) -> Reloader:
        reloader = Reloader(lambda: files, seen.put)
        started.append(reloader)
        reloader.start()
        return reloader

    yield watch
    for reloader in started:
        reloader.stop()


Watch = Callable[[dict[str, list[Path]]], Reloader]


def save_by_renaming(file: Path) -> None:
    other = file.with_name("." + file.name + ".swp")
    other.write_text("renamed", encoding="utf-8")
    other.replace(file)


@pytest.mark.parametrize(
    "change",
    [lambda f: f.write_text("longer than before", encoding="utf-8"), save_by_renaming, lambda f: f.unlink(), os.utime],
    ids=["write", "rename", "remove", "touch"],
)
def test_every_way_of_saving_is_noticed(
    tmp_path: Path, watch: Watch, seen: Queue[str], change: Callable[[Path], object]
) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text("text", encoding="utf-8")
    watch({"world": [file]})
    change(file)
    assert seen.get(timeout=WAIT) == "world"


def test_a_file_that_is_made_later_is_noticed(tmp_path: Path, watch: Watch, seen: Queue[str]) -> None:
    file = tmp_path / "mocks" / "world.yaml"
    watch({"world": [file]})
    file.parent.mkdir()
    file.write_text("text", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "world"


def test_a_file_of_two_services_concerns_both(tmp_path: Path, watch: Watch, seen: Queue[str]) -> None:
    shared, own = tmp_path / "common.yaml", tmp_path / "own.yaml"
    watch({"world": [shared], "people": [shared, own], "hello": [own]})
    shared.write_text("text", encoding="utf-8")
    assert {seen.get(timeout=WAIT), seen.get(timeout=WAIT)} == {"world", "people"}


def test_files_may_change_with_a_reload(tmp_path: Path, seen: Queue[str]) -> None:
    first, second = tmp_path / "a" / "one.yaml", tmp_path / "b" / "two.yaml"
    for file in (first, second):
        file.parent.mkdir()
        file.write_text("text", encoding="utf-8")
    files = {"world": [first]}

    def reload(name: str) -> None:
        files["world"] = [first, second]
        seen.put(name)

    reloader = Reloader(lambda: files, reload)
    reloader.start()
    first.write_text("refers to the other", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "world"
    for length in range(5, 100):  # until it is watched too
        second.write_text("x" * length, encoding="utf-8")
        with suppress(Empty):
            assert seen.get(timeout=WAIT / 100) == "world"
            break
    else:
        pytest.fail("the other file is not watched")
    reloader.stop()


def test_other_files_in_the_folder_are_nobodys(tmp_path: Path, watch: Watch, seen: Queue[str]) -> None:
    file = tmp_path / "openapi.yaml"
    reloader = watch({"world": [file]})
    (tmp_path / "other.yaml").write_text("text", encoding="utf-8")
    file.write_text("text", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "world"
    reloader.stop()
    assert seen.empty()


def test_what_is_made_and_named_while_watching_is_noticed(tmp_path: Path, seen: Queue[str]) -> None:
    (tmp_path / "openapi.yaml").write_text("text", encoding="utf-8")
    reloader = Reloader(lambda: {file.name: [file] for file in tmp_path.iterdir()}, seen.put)
    reloader.start()
    (tmp_path / "late.json").write_text("text", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "late.json"
    reloader.stop()


def test_what_a_reload_finds_is_no_change(tmp_path: Path, seen: Queue[str]) -> None:
    file, found, other = (tmp_path / name for name in ("openapi.yaml", "found.yaml", "other.yaml"))
    found.write_text("text", encoding="utf-8")
    files = {"world": [file], "other": [other]}

    def reload(name: str) -> None:
        files["world"] = [file, found]
        seen.put(name)

    reloader = Reloader(lambda: files, reload)
    reloader.start()
    file.write_text("refers to the other", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "world"
    other.write_text("a look later", encoding="utf-8")
    assert seen.get(timeout=WAIT) == "other"
    reloader.stop()


def test_checks_without_an_event_take_a_bounded_share_of_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "thread_time", lambda: 10.0)
    assert reload._pause_after(9.5) == 0.5 / reload.SHARE
    assert reload._pause_after(10.0) == reload.INTERVAL
