from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.errors import TrafficFileError
from beep_mock.exchanges.recording import read_traffic

EXCHANGE: dict[str, Any] = {
    "service": "world",
    "source": "example earth",
    "request": {"method": "GET", "path": "/worlds/1", "query": "", "headers": [["Accept", "*/*"]], "body": ""},
    "response": {"status": 200, "headers": [["Content-Type", "application/json"]], "body": "{}"},
    "violations": [],
}
LINE = json.dumps(EXCHANGE)


def test_a_record_says_whose_it_is(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(f'{{"traffic": 1, "consumer": "hello"}}\n{LINE}\n\n{LINE}\n')
    traffic = read_traffic(file)
    assert (traffic.consumer, len(traffic.exchanges)) == ("hello", 2)
    one = traffic.exchanges[0]
    assert (one.service, one.method, one.path, one.status, one.source) == (
        "world",
        "GET",
        "/worlds/1",
        200,
        "example earth",
    )
    assert (one.request_headers, one.violations) == ((("Accept", "*/*"),), ())


def test_a_journal_is_a_record_too(tmp_path: Path) -> None:
    file = tmp_path / "journal.json"
    sent = {**EXCHANGE, "direction": "outgoing"}
    file.write_text(json.dumps({"exchanges": [EXCHANGE, sent]}, indent=2))
    traffic = read_traffic(file)
    assert (traffic.consumer, len(traffic.exchanges)) == ("", 1)


def test_a_last_line_without_an_end_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(f"{LINE}\n{LINE[:40]}")
    assert len(read_traffic(file).exchanges) == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [(f"{LINE}\nnot JSON\n{LINE}\n", 2), (f"{LINE}\n[]\n", 2), ('{"service": "x"}\n', 1), ("\xff\xfe", None)],
)
def test_what_is_no_record_is_one_fault(tmp_path: Path, content: str, line: int | None) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(TrafficFileError, match=r"not an? (recording|exchange)") as fault:
        read_traffic(file)
    assert (fault.value.file, fault.value.line) == (str(file), line)


def test_a_record_that_is_not_there_is_a_fault_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(TrafficFileError, match="cannot be read: No such file") as fault:
        read_traffic(tmp_path / "none.jsonl")
    assert "up --for CONSUMER --record" in fault.value.hint
