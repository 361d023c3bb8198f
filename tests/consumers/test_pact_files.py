from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.consumers.pact_files import find_pact, update_pact
from beep_mock.errors import PactFileError


def interaction(description: str, status: Any = 200, states: list[Any] | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "type": "Synchronous/HTTP",
        "request": {"method": "GET", "path": "/"},
        "response": {"status": status},
        **({"providerStates": states} if states is not None else {}),
    }


def pact(*interactions: Any, consumer: str = "hello", provider: str = "world", **metadata: Any) -> dict[str, Any]:
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": list(interactions),
        "metadata": {"pactRust": {"ffi": "1"}, "pactSpecification": {"version": "4.0"}, **metadata},
    }


class Recorder:
    """Writes what single tests have recorded beside a folder of pacts."""

    def __init__(self, folder: Path) -> None:
        self.pacts = folder / "pacts"
        self.file = self.pacts / "hello-world.json"
        self._folder = folder / "recorded"
        self._folder.mkdir()

    def paths(self, *pacts: Any) -> list[Path]:
        found = []
        for content in pacts:
            path = self._folder / f"{len(list(self._folder.iterdir()))}.json"
            path.write_text(json.dumps(content))
            found.append(path)
        return found

    def write(self, *pacts: Any, whole: bool = True) -> Any:
        return update_pact(self.pacts, self.paths(*pacts), whole=whole)

    def descriptions(self) -> list[str]:
        return [found["description"] for found in json.loads(self.file.read_text())["interactions"]]


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


def test_a_whole_run_replaces_and_tells_what_is_gone(recorder: Recorder) -> None:
    assert recorder.write(pact(interaction("a")), pact(interaction("b"))).change == "created"
    update = recorder.write(pact(interaction("b")), pact(interaction("c")))
    assert (update.change, update.interactions, update.removed) == ("replaced", 2, ("a",))
    assert recorder.descriptions() == ["b", "c"]
    assert sorted(path.name for path in recorder.pacts.iterdir()) == ["hello-world.json"]


def test_a_subset_is_merged(recorder: Recorder) -> None:
    recorder.write(pact(interaction("a"), interaction("c")))
    update = recorder.write(pact(interaction("b"), interaction("c", 404)), whole=False)
    assert (update.change, update.interactions, update.removed) == ("merged", 3, ())
    found = json.loads(recorder.file.read_text())["interactions"]
    assert [(i["description"], i["response"]["status"]) for i in found] == [("a", 200), ("b", 200), ("c", 404)]


def test_interactions_are_told_apart_by_their_states(recorder: Recorder) -> None:
    first = interaction("a", 200, [{"name": "it exists", "params": {"id": 1}}])
    second = interaction("a", 404, [{"name": "it exists", "params": {"id": 2}}])
    assert recorder.write(pact(second), pact(first), pact(interaction("a", 500))).interactions == 3


def test_the_same_interaction_twice_is_one(recorder: Recorder) -> None:
    assert recorder.write(pact(interaction("a")), pact(interaction("a"))).interactions == 1


@pytest.mark.parametrize("other", [201, 200.0, "200"])
def test_one_interaction_described_differently_is_a_fault(recorder: Recorder, other: Any) -> None:
    recorder.write(pact(interaction("old")))
    with pytest.raises(PactFileError, match="two tests of hello describe 'a' of world differently"):
        recorder.write(pact(interaction("a")), pact(interaction("a", other)))
    assert recorder.descriptions() == ["old"]


@given(st.permutations([interaction(f"{n}") for n in "abcé "] + [interaction("a", 404, [{"name": "x"}])]))
@settings(max_examples=20, deadline=None)
def test_the_order_of_recording_does_not_show(tmp_path_factory: pytest.TempPathFactory, order: list[Any]) -> None:
    one, other = (Recorder(tmp_path_factory.mktemp("pacts")) for _ in range(2))
    one.write(*map(pact, order))
    other.write(pact(*order[:2]))
    other.write(*map(pact, order[2:]), whole=False)
    assert one.file.read_bytes() == other.file.read_bytes()


def test_other_versions_of_tools_do_not_rewrite(recorder: Recorder) -> None:
    recorder.write(pact(interaction("a")))
    recorder.file.write_text(json.dumps(json.loads(recorder.file.read_text())))  # the same in another layout
    before = recorder.file.read_bytes()
    assert recorder.write(pact(interaction("a"), pactRust={"ffi": "2"})).change == "unchanged"
    assert recorder.file.read_bytes() == before


def test_other_metadata_does_rewrite(recorder: Recorder) -> None:
    recorder.write(pact(interaction("a")))
    assert recorder.write(pact(interaction("a"), team={"name": "greeters"})).change == "replaced"
    assert json.loads(recorder.file.read_text())["metadata"]["team"] == {"name": "greeters"}


def test_a_pact_is_known_by_its_content(recorder: Recorder) -> None:
    recorder.pacts.mkdir()
    named = recorder.pacts / "greetings" / "any name.json"
    named.parent.mkdir()
    named.write_text(json.dumps(pact(interaction("a"))))
    assert recorder.write(pact(interaction("b"))).file == named
    assert not recorder.file.exists()


def test_names_with_dashes_do_not_collide(recorder: Recorder) -> None:
    first = recorder.write(pact(interaction("1"), consumer="a-b", provider="c"))
    second = recorder.write(pact(interaction("2"), consumer="a", provider="b-c"))
    assert (first.file.name, second.file.name) == ("a-b-c.json", "a-b-c-2.json")
    assert find_pact(recorder.pacts, "a-b", "c") == first.file
    assert recorder.write(pact(interaction("3"), consumer="a", provider="b-c")).file == second.file


def test_two_files_of_one_pact_are_a_fault(recorder: Recorder) -> None:
    recorder.write(pact(interaction("a")))
    (recorder.pacts / "copy.json").write_bytes(recorder.file.read_bytes())
    with pytest.raises(PactFileError, match="in 2 files"):
        recorder.write(pact(interaction("b")))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"consumer": "hello"}', "[" * 100_000])
def test_an_unreadable_file_is_not_overwritten(recorder: Recorder, content: str) -> None:
    recorder.pacts.mkdir()
    recorder.file.write_text(content)
    with pytest.raises(PactFileError, match=r"no (readable )?pact"):
        recorder.write(pact(interaction("a")))
    assert recorder.file.read_text() == content


def test_a_subset_is_not_merged_into_an_older_specification(recorder: Recorder) -> None:
    recorder.pacts.mkdir()
    recorder.file.write_text(json.dumps(pact(interaction("a"), pactSpecification={"version": "3.0.0"})))
    with pytest.raises(PactFileError, match=r"V4 but 3\.0\.0"):
        recorder.write(pact(interaction("b")), whole=False)
    assert recorder.descriptions() == ["a"]
    assert recorder.write(pact(interaction("b"))).change == "replaced"


def test_nothing_but_v4_is_recorded(recorder: Recorder) -> None:
    with pytest.raises(PactFileError, match="V4 but 2"):
        recorder.write(pact(interaction("a"), pactSpecification={"version": "2.0.0"}))


def test_a_folder_that_cannot_be_written_is_a_fault(recorder: Recorder) -> None:
    recorder.pacts.write_text("a file")
    with pytest.raises(PactFileError, match="Not a directory"):
        recorder.write(pact(interaction("a")))
