from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.consumers.collection import CollectedFolders, CollectedTest, Uncollected, role_of, selection_of
from beep_mock.consumers.run import SelectedTests

HELLO = Path("consumers", "hello")


def select(root: Path, *more: Any) -> SelectedTests:
    return selection_of(root, root / "consumers", *more)


def collected(root: Path, name: str, path: Path = HELLO / "test_pacts.py", records: bool = True) -> CollectedTest:
    return CollectedTest(name, root / path, "hello", records)


@pytest.mark.parametrize(
    ("path", "consumer"),
    [
        ("consumers/hello/test_pacts.py", "hello"),
        ("consumers/hello-2/deep/er/test_pacts.py", "hello-2"),
        ("consumers/test_pacts.py", ""),
        ("tests/consumers/hello/test_pacts.py", ""),
        ("providers/hello/test_pacts.py", ""),
    ],
)
def test_a_consumer_is_found_from_its_folder(path: str, consumer: str) -> None:
    root = Path("/consumers/project")
    assert (
        role_of(root / "consumers", Path("/consumers", path[3:]) if path.startswith("..") else root / path) == consumer
    )


@pytest.mark.parametrize(
    ("folders", "narrowed", "whole"),
    [
        (["."], False, True),
        (["consumers"], False, True),
        (["consumers/hello"], False, True),
        (["tests", "consumers/hello"], False, True),
        (["consumers/hello/deep"], False, False),
        (["consumers/hel"], False, False),
        ([], False, False),
        (["."], True, False),
    ],
)
def test_what_the_command_line_reaches(tmp_path: Path, folders: list[str], narrowed: bool, whole: bool) -> None:
    reach = CollectedFolders(tuple(tmp_path / folder for folder in folders), narrowed)
    selection = select(tmp_path, [collected(tmp_path, "a")], ["a"], [], reach)
    assert selection.recording == {"a": "hello"}
    assert ("hello" not in selection.partial) == whole


def test_deselected_pact_tests_make_a_part_and_others_do_not(tmp_path: Path) -> None:
    peers = collected(tmp_path, "peers", HELLO / "test_peers.py", records=False)
    tests = [collected(tmp_path, "a"), collected(tmp_path, "b"), peers]
    reach = CollectedFolders((tmp_path,))
    part = select(tmp_path, tests, ["a", "peers"], [], reach)
    assert (part.partial, set(part.members)) == ({"hello"}, {"a", "peers"})
    assert select(tmp_path, tests, ["a", "b"], [], reach).partial == set()


def test_a_marked_test_elsewhere_asks_for_a_run_of_everything(tmp_path: Path) -> None:
    tests = [collected(tmp_path, "a"), collected(tmp_path, "b", Path("tests", "test_hello.py"))]
    assert selection_of(
        tmp_path, tmp_path / "consumers", tests, ["a", "b"], [], CollectedFolders((tmp_path / "consumers",))
    ).partial == {"hello"}
    assert select(tmp_path, tests, ["a", "b"], [], CollectedFolders((tmp_path,))).partial == set()


def test_a_file_that_does_not_load_breaks_its_consumer_only(tmp_path: Path) -> None:
    reach = CollectedFolders((tmp_path,))
    for path, broken in ((HELLO / "test_more.py", {"hello"}), (Path("consumers/world/test_more.py"), set())):
        found = selection_of(
            tmp_path,
            tmp_path / "consumers",
            [collected(tmp_path, "a")],
            ["a"],
            [Uncollected(tmp_path / path, True)],
            reach,
        )
        assert found.broken == broken


@pytest.mark.parametrize(
    ("file", "text", "partial"),
    [
        ("test_more.py", "def test_more(pact_recorder): ...", {"hello"}),
        ("test_more.py", "def test_more(client): ...", set()),
        ("conftest.py", "def world(pact_recorder): ...", {"hello"}),
        ("../conftest.py", "def world(pact_recorder): ...", {"hello"}),
    ],
)
def test_a_file_that_skips_itself_makes_a_part_if_it_may_record(
    tmp_path: Path, file: str, text: str, partial: set[str]
) -> None:
    (tmp_path / HELLO).mkdir(parents=True)
    (tmp_path / HELLO / file).write_text(text)
    skipped = [Uncollected(tmp_path / HELLO / "test_more.py", False)]
    found = selection_of(
        tmp_path, tmp_path / "consumers", [collected(tmp_path, "a")], ["a"], skipped, CollectedFolders((tmp_path,))
    )
    assert found.partial == partial
