from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.bodies.decoding import BodyError, compile_body_decoder, parse_content_type
from beep_mock.contracts.bodies.multipart_parts import Part, write_parts
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Encoding, MediaType, Schema
from tests.support.declared import document_in

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
