"""Parts without names: read as others write them, and by others as we write them (RFC 2046, 5.1)."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import compile_body_decoder, parse_content_type
from beep_mock.contracts.bodies.multipart import Part, read_unnamed, write_parts, write_unnamed
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Encoding, MediaType, Schema
from beep_mock.contracts.values.json_text import BodyError
from tests.support.declared import document_in

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
    body, boundary = write_unnamed(parts)
    assert read_unnamed(body, boundary) == parts


def test_another_reader_agrees() -> None:
    body, boundary = write_unnamed(
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
    assert read_unnamed(body, "b") == [Part("n", b"\xe9", "f", "text/plain", "latin-1"), Part("", b"unix")]


@pytest.mark.parametrize(
    "body", [b"", b"x", b"--b", b"--b\r\n\r\nx", b"--bx\r\n\r\nx\r\n--b--", b"--b\r\nno header\r\n\r\nx\r\n--b--",
             b"--b\r\nA: b\r\n--b--", b"--b\r\n\r\n\r\n" * 10_002 + b"--b--"],
)  # fmt: skip
def test_what_is_no_multipart_body_is_refused(body: bytes) -> None:
    with pytest.raises(BodyError) as fault:
        read_unnamed(body, "b")
    assert fault.value.code == "multipart"
    with pytest.raises(BodyError, match="no boundary"):
        read_unnamed(body, "")


FORM = "multipart/form-data"


def declared(content_type: str, schema: Any) -> MediaType:
    node = {"type": "object", "properties": {"it": schema}}
    return MediaType(FORM, Schema(node, "#/body"), (), {"it": Encoding(content_type, "form", True, False)}, "#/media")


def read(folder: Path, media: MediaType, *parts: Part) -> Any:
    body, boundary = write_parts(parts)
    return compile_body_decoder(media, document_in(folder))(body, {"boundary": boundary})


@pytest.mark.parametrize(
    ("content_type", "sent", "allowed"),
    [
        ("image/png", "image/png", True),
        ("image/png", "image/gif", False),
        ("image/png", "application/octet-stream", False),
        ("image/png, image/jpeg", "image/jpeg", True),
        ("image/*", "image/webp", True),
        ("image/*", "text/plain", False),
        ("*/*", "text/plain", True),
        ("Application/JSON;charset=utf-8", "application/json", True),
        ("application/json", "text/plain", False),
        ("application/json", "", True),
        ("", "image/gif", True),
        (" , ", "image/gif", True),
    ],
)
def test_a_part_has_a_type_that_its_encoding_object_lists(
    tmp_path: Path, content_type: str, sent: str, allowed: bool
) -> None:
    media, part = declared(content_type, {}), Part("it", b'"x"', "it.x" if sent[:5] == "image" else None, sent)
    if allowed:
        assert read(tmp_path, media, part, Part("other", b"1", None, "text/csv")).keys() == {"it", "other"}
        return
    with pytest.raises(BodyError) as caught:
        read(tmp_path, media, part)
    assert (caught.value.code, caught.value.place) == ("content-type", ("it",))


@pytest.mark.parametrize("content_type", ["image/png, image/jpeg", "image/*", "text/plain, application/json", "*/*"])
@pytest.mark.parametrize("value", ["text", 7, {"a": 1}, ["a", "b"]])
def test_what_we_write_has_one_of_the_types(tmp_path: Path, content_type: str, value: Any) -> None:
    media = declared(content_type, {})
    body, sent = encode_body({"it": value}, media)
    read: Any = compile_body_decoder(media, document_in(tmp_path))(body, parse_content_type(sent)[1])
    assert read.keys() == {"it"}
