from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.model import Violation
from beep_mock.exchanges.exchange import Answered, Exchange
from beep_mock.exchanges.journal import Journal
from beep_mock.gateway.request_log import RequestLog, request_line


def journal_of(*paths: str, status: int = 200, violations: int = 0, query: str = "") -> Journal:
    journal = Journal()
    found = tuple(Violation(("query", f"q{n}"), "Error", "type", f"reason {n}") for n in range(violations))
    for path in paths:
        answer = Answered(status, [], b"", "example earth")
        journal.record("world", {"QUERY_STRING": query}, answer, method="GET", path=path, violations=found)
    return journal


def printed(journal: Journal, **options: Any) -> list[str]:
    said: list[str] = []
    log = RequestLog(Journal(), said.append, **{"services": True, "colour": False, **options})
    log._journal = journal
    log.look()
    return "\n".join(said).splitlines()


def test_a_line_says_what_was_asked_and_what_answered() -> None:
    (line,) = printed(journal_of("/worlds/1", query="limit=1"))
    assert re.fullmatch(r"\d\d:\d\d:\d\d  world  GET /worlds/1\?limit=1  200  0\.0 ms  example earth", line)
    (line,) = printed(journal_of("/worlds/1"), services=False)
    assert "world  GET" not in line


def test_violations_stand_below() -> None:
    lines = printed(journal_of("/a", status=422, violations=5))
    assert [line.strip() for line in lines[1:]] == [
        "! query q0: reason 0", "! query q1: reason 1", "! query q2: reason 2", "... and 2 more",
    ]  # fmt: skip


def test_a_flood_is_counted() -> None:
    lines = printed(journal_of(*["/a"] * 90))
    assert (len(lines), lines[-1]) == (21, "... and 70 more requests")
    lines = printed(journal_of(*["/a"] * 300))
    assert (len(lines), lines[-1]) == (4, "... and 297 more requests")


def test_nothing_is_printed_twice() -> None:
    journal = journal_of("/a")
    said: list[str] = []
    log = RequestLog(journal, said.append, services=False, colour=False)
    log.look()
    assert said == []
    journal.record("world", {}, Answered(200, [], b"", ""), method="GET", path="/b")
    log.look()
    log.look()
    assert [line.count("/b") for line in said] == [1]


@pytest.mark.parametrize(("status", "code"), [(200, "32"), (404, "33"), (502, "31"), (0, "31")])
def test_colour(status: int, code: str) -> None:
    exchange = journal_of("/a", status=status)[0]
    assert f"\x1b[{code}m" in request_line(exchange, colour=True)
    assert "\x1b" not in request_line(exchange)


@given(st.text(st.characters(max_codepoint=255)), st.booleans())
def test_a_request_cannot_steer_the_terminal(path: str, colour: bool) -> None:
    exchange: Exchange = journal_of(path, query=path, violations=1)[0]
    line = request_line(exchange, colour=colour)
    line = re.sub(r"\x1b\[\d+m", "", line) if colour else line
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", line)
    assert line.count("\n") == 1  # the violation below it, and none that the request has made up


def test_a_violation_is_one_line() -> None:
    journal = Journal()
    violation = Violation(("body", "a\nb"), "Error", "type", "no\n12:00:00  world  GET /  200")
    journal.record("world", {}, Answered(422, [], b"", "problem"), method="GET", path="/", violations=(violation,))
    assert request_line(journal[0]).count("\n") == 1
