from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.errors import PactFileError
from beep_mock.pacts.draft_files import write_draft
from beep_mock.pacts.model import read_pact


def interaction(description: str, status: int = 200, **more: Any) -> dict[str, Any]:
    request = {"method": "GET", "path": "/"}
    return {"description": description, "request": request, "response": {"status": status}, **more}


def test_a_draft_is_a_pact_that_says_that_it_is_a_draft(tmp_path: Path) -> None:
    found = write_draft(tmp_path / "new", "hello", "world", [interaction("b"), interaction("a")])
    assert (found.file, found.added, found.kept) == (tmp_path / "new" / "hello-world.json", 2, 0)
    pact = read_pact(found.file)
    assert (pact.consumer, pact.provider, pact.specification) == ("hello", "world", "4.0")
    assert [one.name for one in pact.interactions] == ["a", "b"]
    assert json.loads(found.file.read_text())["metadata"]["beep-mock"] == {"draft": True}
    assert [file.name for file in found.file.parent.iterdir()] == ["hello-world.json"]


def test_what_a_reviewer_has_changed_stays(tmp_path: Path) -> None:
    write_draft(tmp_path, "hello", "world", [interaction("a", 418)])
    found = write_draft(tmp_path, "hello", "world", [interaction("a"), interaction("b")])
    assert (found.added, found.kept) == (1, 1)
    assert [one.response.status for one in read_pact(found.file).interactions] == [418, 200]


def test_provider_states_tell_interactions_apart(tmp_path: Path) -> None:
    states = [{"name": "it exists"}]
    found = write_draft(tmp_path, "hello", "world", [interaction("a"), interaction("a", providerStates=states)])
    assert found.added == 2


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"consumer": {"name": "hello"}, "provider": {"name": "world"}, "interactions": [], "metadata": {}}',
    ],
)
def test_what_is_no_draft_is_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "hello-world.json"
    file.write_text(content)
    with pytest.raises(PactFileError, match="is no draft"):
        write_draft(tmp_path, "hello", "world", [interaction("a")])
    assert file.read_text() == content


def test_a_draft_that_is_a_kept_pact_s_is_never_replaced(tmp_path: Path) -> None:
    file = write_draft(tmp_path, "hello", "world", [interaction("a")]).file
    file.write_text(file.read_text().replace('"draft": true', '"draft": false'))
    with pytest.raises(PactFileError, match="is no draft of a pact of hello with world"):
        write_draft(tmp_path, "hello", "world", [])


def test_a_folder_that_cannot_be_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PactFileError, match="cannot be written"):
        write_draft(tmp_path / "file", "hello", "world", [interaction("a")])
