from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from beep_mock.errors import EvidenceError
from beep_mock.evidence.transfer import evidence_lines, read_evidence, write_evidence
from tests.support.made_evidence import verification

GOOD = json.loads(list(evidence_lines([verification()]))[1])
MARK = '{"beep-mock-evidence": 1}\n'


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = [verification(), verification(version="2", verdict="refuted", check="pact", consumer="hällo")]
    write_evidence(tmp_path / "e.jsonl", found)
    with (tmp_path / "e.jsonl").open(encoding="utf-8") as lines:
        assert read_evidence(lines, "e.jsonl") == found
    assert [file.name for file in tmp_path.iterdir()] == ["e.jsonl"]


def test_times_of_other_zones_are_made_comparable() -> None:
    line = json.dumps({**GOOD, "at": "2026-11-20T12:00:00+02:00"})
    assert read_evidence([MARK, line, "\n"], "e") == [verification()]


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        ([], None, "is empty"),
        (["hello"], 1, "not JSON"),
        (["[1]"], 1, "not an evidence file"),
        (['{"consumer": {}}'], 1, "not an evidence file"),
        (['{"beep-mock-evidence": 2}'], 1, "version 2"),
        ([MARK, '{"at": '], 2, "cut off"),
        ([MARK, json.dumps(GOOD), "[]"], 3, "must be an object"),
        ([MARK, json.dumps({**GOOD, "provider": 1})], 2, "`provider` must be a text"),
        ([MARK, json.dumps({**GOOD, "provider": "a b"})], 2, "without spaces"),
        ([MARK, json.dumps({**GOOD, "version": "1\r\nX: y"})], 2, "without spaces"),
        ([MARK, json.dumps({**GOOD, "verdict": "fine"})], 2, "`verdict`"),
        ([MARK, json.dumps({**GOOD, "check": "guess"})], 2, "`check`"),
        ([MARK, json.dumps({**GOOD, "hashes": {}})], 2, "`hashes`"),
        ([MARK, json.dumps({**GOOD, "at": "yesterday"})], 2, "`at`"),
        ([MARK, json.dumps({**GOOD, "at": "2026-11-20"})], 2, "`at`"),
        ([MARK, "x" * 70_000], 2, "too long"),
        ([MARK, "[" * 60_000], 2, "not JSON"),
    ],
)
def test_what_is_no_evidence_is_a_fault_with_its_line(lines: list[str], line: int | None, said: str) -> None:
    with pytest.raises(EvidenceError, match=said) as found:
        read_evidence(lines, "e.jsonl")
    assert (found.value.file, found.value.line) == ("e.jsonl", line)


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").mkdir()
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_evidence(tmp_path / "e.jsonl", [verification()])
    assert [file.name for file in tmp_path.iterdir()] == ["e.jsonl"]
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_evidence(tmp_path / "nowhere" / "e.jsonl", [])


def test_a_link_stays_one_and_the_umask_holds(tmp_path: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to("e.jsonl")
    before = os.umask(0o077)
    try:
        write_evidence(link, [verification()])
    finally:
        os.umask(before)
    assert link.is_symlink()
    assert (tmp_path / "e.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_no_file_to_be_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_evidence(pipe, [verification()])
    assert os.read(reading, 65536).startswith(b'{"beep-mock-evidence"')
    os.close(reading)
    assert pipe.is_fifo()
