"""Server-sent events: after the examples of HTML, 9.2.6, and of OpenAPI 3.2.0, Media Type Object; and back again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.json_bodies import BodyError
from beep_mock.contracts.bodies.server_sent_events import read_events, write_events

SHOWN = """event: addString
data: This data is formatted
data: across two lines
retry: 5

event: addNumber
data: 1234.5678
unknownField: this is ignored

: This is a comment
event: addJSON
data: {"foo": 42}

"""


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        ("", []),
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [{"data": "YHOO\n+2\n10"}]),
        (": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
         [{"id": "1", "data": "first event"}, {"id": "", "data": "second event"}]),  # no empty line ends the third
        ("data\n\ndata\ndata\n\ndata:", [{"data": ""}, {"data": "\n"}]),
        ("data:test\n\ndata: test\n\n", [{"data": "test"}, {"data": "test"}]),
        (SHOWN, [
            {"event": "addString", "data": "This data is formatted\nacross two lines", "retry": 5},
            {"event": "addNumber", "data": "1234.5678"}, {"event": "addJSON", "data": '{"foo": 42}'},
        ]),
        ("\ufeffdata: a\r\n\r\ndata: b\r\rdata: c\n\n", [{"data": "a"}, {"data": "b"}, {"data": "c"}]),
        ("retry: 1s\nretry: -1\nid: a\0b\ndata: x\n\n", [{"data": "x"}]),
        ("event: only\n\n", []),
    ],
)  # fmt: skip
def test_events_are_read_as_a_browser_reads_them(stream: str, events: list[Any]) -> None:
    assert read_events(stream.encode()) == events


def test_a_stream_is_utf_8() -> None:
    with pytest.raises(BodyError, match="byte 6"):
        read_events(b"data: \xff\n\n")


LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)
EVENTS = st.fixed_dictionaries(
    {"data": st.lists(LINES, min_size=1, max_size=3).map("\n".join)},
    optional={"event": LINES, "id": LINES, "retry": st.integers(0, 10**15)},
)


@given(st.lists(EVENTS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(events: list[Any]) -> None:
    assert read_events(write_events(events, wrapped=False)) == events


@pytest.mark.parametrize(
    ("item", "wrapped", "written"),
    [
        ({"data": {"n": 1}, "retry": 5}, False, b'retry: 5\ndata: {"n":1}\n\n'),
        ({"n": 1}, False, b'data: {"n":1}\n\n'),
        ({"data": 1}, True, b'data: {"data":1}\n\n'),
        ("text", False, b"data: text\n\n"),
        ({"event": "a\nb", "data": None}, False, b"event: a b\ndata: null\n\n"),
    ],
)
def test_what_is_no_event_is_the_data_of_one(item: Any, wrapped: bool, written: bytes) -> None:
    assert write_events([item], wrapped=wrapped) == written
