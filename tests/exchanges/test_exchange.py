from __future__ import annotations

from beep_mock.exchanges.exchange import Reply


def test_headers_of_a_reply_are_found_in_any_case() -> None:
    reply = Reply(200, (("X-A", "1"), ("x-a", "2"), ("content-Type", "Application/JSON ; charset=utf-8")))
    assert (reply.header("X-a"), reply.header("X-B")) == ("1", "")
    assert (reply.content_type, reply.media_type) == ("Application/JSON ; charset=utf-8", "application/json")


def test_a_reply_without_a_body_has_no_media_type() -> None:
    assert (Reply(204).content_type, Reply(204).media_type) == ("", "")
