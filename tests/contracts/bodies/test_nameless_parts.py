"""Parts without names: read as others write them, and by others as we write them (RFC 2046, 5.1)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.json_bodies import BodyError
from beep_mock.contracts.bodies.multipart_parts import Part
from beep_mock.contracts.bodies.nameless_parts import read_nameless, write_nameless

CONTENT = st.binary(max_size=20) | st.sampled_from(
    [b"\r\n", b"--", b"--beep-mock", b"\r\n--beep-mock--\r\n", b"a\r\n\r\nb"]
)
PARTS = st.lists(
    st.builds(Part, st.just(""), CONTENT, st.none(), st.sampled_from(["", "text/plain", "image/png"]), st.just("")),
    min_size=1,
)


@given(PARTS)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(parts: list[Part]) -> None:
    body, boundary = write_nameless(parts)
    assert read_nameless(body, boundary) == parts


def test_another_reader_agrees() -> None:
    body, boundary = write_nameless(
        [Part("", b"one", None, "text/plain"), Part("", b'{"n":1}', None, "application/json")]
    )
    head = f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode()
    parts = message_from_bytes(head + body, policy=HTTP).iter_parts()
    assert [(p.get_content_type(), p.get_payload(decode=True)) for p in parts] == [
        ("text/plain", b"one"),
        ("application/json", b'{"n":1}'),
    ]


def test_headers_and_what_stands_around_the_parts() -> None:
    body = (
        b'preamble\r\n--b \r\nContent-Disposition: attachment; name="n";\r\n filename="f"\r\n'
        b"Content-Type: Text/Plain; charset=latin-1\r\n\r\n\xe9\r\n--b\n\nunix\n--b--\r\nepilogue"
    )
    assert read_nameless(body, "b") == [Part("n", b"\xe9", "f", "text/plain", "latin-1"), Part("", b"unix")]


@pytest.mark.parametrize(
    "body", [b"", b"x", b"--b", b"--b\r\n\r\nx", b"--bx\r\n\r\nx\r\n--b--", b"--b\r\nno header\r\n\r\nx\r\n--b--",
             b"--b\r\nA: b\r\n--b--", b"--b\r\n\r\n\r\n" * 10_002 + b"--b--"],
)  # fmt: skip
def test_what_is_no_multipart_body_is_refused(body: bytes) -> None:
    with pytest.raises(BodyError) as fault:
        read_nameless(body, "b")
    assert fault.value.code == "multipart"
    with pytest.raises(BodyError, match="no boundary"):
        read_nameless(body, "")
