from __future__ import annotations

import pytest

from beep_mock.interaction import Response
from beep_mock.servers.answers import Answer


@pytest.mark.parametrize(
    ("media_type", "body", "sent"),
    [
        ("text/plain", "grün".encode(), "text/plain; charset=utf-8"),
        ("Text/HTML; level=1", "grün".encode(), "Text/HTML; level=1; charset=utf-8"),
        ("text/plain", b"green", "text/plain"),
        ("text/plain; charset=iso-8859-1", "grün".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        ("text/plain", "grün".encode("latin-1"), "text/plain"),
        ("text/event-stream", "data: grün\n\n".encode(), "text/event-stream"),
        ("application/json", '"grün"'.encode(), "application/json"),
    ],
)
def test_text_that_needs_it_says_that_it_is_utf_8(media_type: str, body: bytes, sent: str) -> None:
    assert dict(Answer(Response(200, (), body, media_type), "example").headers)["Content-Type"] == sent
    with_body = Answer(Response(200, (), b"", media_type), "example").with_body(body)
    assert dict(with_body.headers)["Content-Type"] == sent
