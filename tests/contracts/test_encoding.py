from __future__ import annotations

from typing import Any

import pytest

from beep_mock.contracts.encoding import RawRequest, encode_body, encode_form, encode_multipart, encode_request
from beep_mock.contracts.model import Encoding, MediaType, Schema
from beep_mock.errors import ContractError
from tests.support.declared import operation, parameter

BLUES = ["blue", "black", "brown"]
RGB = {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("location", "style", "explode", "value", "expected"),
    [
        # OpenAPI 3.1.1, Style Examples
        ("path", "matrix", False, "", ";color"),
        ("path", "matrix", False, "blue", ";color=blue"),
        ("path", "matrix", False, BLUES, ";color=blue,black,brown"),
        ("path", "matrix", False, RGB, ";color=R,100,G,200,B,150"),
        ("path", "matrix", True, BLUES, ";color=blue;color=black;color=brown"),
        ("path", "matrix", True, RGB, ";R=100;G=200;B=150"),
        ("path", "label", False, BLUES, ".blue,black,brown"),
        ("path", "label", False, RGB, ".R,100,G,200,B,150"),
        ("path", "label", True, BLUES, ".blue.black.brown"),
        ("path", "label", True, RGB, ".R=100.G=200.B=150"),
        ("path", "simple", False, BLUES, "blue,black,brown"),
        ("path", "simple", False, RGB, "R,100,G,200,B,150"),
        ("path", "simple", True, RGB, "R=100,G=200,B=150"),
        ("path", "simple", False, "a/b c\u4e16,;~", "a%2Fb%20c%E4%B8%96%2C%3B~"),
        ("query", "form", True, "blue", "color=blue"),
        ("query", "form", True, "", "color="),
        ("query", "form", True, BLUES, "color=blue&color=black&color=brown"),
        ("query", "form", True, RGB, "R=100&G=200&B=150"),
        ("query", "form", True, {"R": [1, None, 2], "G": [], "B": [{}]}, "R=1&R=2&B=%7B%7D"),
        ("query", "form", False, BLUES, "color=blue,black,brown"),
        ("query", "form", False, RGB, "color=R,100,G,200,B,150"),
        ("query", "form", False, ["a,b", None, "c&d"], "color=a%2Cb,c%26d"),
        ("query", "form", True, [], ""),
        ("query", "form", True, None, ""),
        ("query", "form", True, True, "color=true"),
        ("query", "spaceDelimited", False, BLUES, "color=blue%20black%20brown"),
        ("query", "spaceDelimited", False, RGB, "color=R%20100%20G%20200%20B%20150"),
        ("query", "pipeDelimited", False, BLUES, "color=blue%7Cblack%7Cbrown"),
        ("query", "deepObject", True, RGB, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
        ("header", "simple", False, BLUES, "blue,black,brown"),
        ("header", "simple", True, RGB, "R=100,G=200,B=150"),
        ("header", "simple", False, "a\r\nb", "a  b"),
        ("header", "simple", False, "\u00e9", "\u00c3\u00a9"),
        ("cookie", "form", False, BLUES, "color=blue,black,brown"),
        ("cookie", "form", True, BLUES, "color=blue&color=black&color=brown"),
        ("cookie", "cookie", True, BLUES, "color=blue; color=black; color=brown"),
        ("cookie", "form", True, "a;b c", "color=a%3Bb%20c"),
    ],
)
def test_values_are_written_as_the_tables_of_styles_say(
    location: Any, style: str, explode: bool, value: Any, expected: str
) -> None:
    declared = parameter("color", location, {}, style, explode=explode)
    path = "/{color}" if location == "path" else "/"
    request = encode_request(operation(path, declared), {declared.key: value})
    found = {
        "path": request.path[1:],
        "query": request.query,
        "header": dict(request.headers).get("color"),
        "cookie": dict(request.headers).get("Cookie"),
    }
    assert found[location] == expected


def test_reserved_characters_are_kept_where_that_is_allowed_and_parts_nothing() -> None:
    declared = parameter("q", "query", {}, allow_reserved=True)
    request = encode_request(operation("/", declared), {declared.key: "a/b?c:d@e!f&g=h+i#j[k]"})
    assert request.query == "q=a/b?c:d@e!f%26g%3Dh%2Bi%23j%5Bk%5D"


def test_a_request_has_everything_in_its_place() -> None:
    body = MediaType("application/json", Schema({"type": "object"}, "#/s"), (), {}, "#/m")
    worlds = operation(
        "/caf\u00e9/{world-id}.json:do",
        parameter("world-id", "path", {}),
        parameter("limit", "query", {}),
        parameter("q", "query", {}, media_type="application/json"),
        parameter("X-Trace", "header", {}),
        parameter("a", "cookie", {}),
        parameter("b", "cookie", {}),
        parameter("unset", "query", {}),
        method="POST",
        content=(body,),
    )
    values = {
        "path.world-id": 7,
        "query.limit": 5,
        "query.q": {"a": [1]},
        "header.x-trace": "t",
        "cookie.a": 1,
        "cookie.b": 2,
        "query.nobody": 1,
    }
    request = encode_request(worlds, values, {"n": 1})
    assert request == RawRequest(
        "POST",
        "/caf%C3%A9/7.json:do",
        "limit=5&q=%7B%22a%22%3A%5B1%5D%7D",
        [("X-Trace", "t"), ("Cookie", "a=1; b=2"), ("Content-Type", "application/json")],
        b'{"n":1}',
    )
    assert request.target == "/caf%C3%A9/7.json:do?limit=5&q=%7B%22a%22%3A%5B1%5D%7D"
    assert encode_request(worlds, {"path.world-id": 7}).target == "/caf%C3%A9/7.json:do"


def test_a_path_parameter_without_a_value_is_a_fault() -> None:
    with pytest.raises(ContractError, match="world-id") as fault:
        encode_request(operation("/worlds/{world-id}", parameter("world-id", "path", {})), {})
    assert fault.value.pointer == "/paths/~1it/get"


def test_the_body_is_written_as_the_chosen_media_type_says() -> None:
    json = MediaType("application/json", None, (), {}, "#/a")
    form = MediaType("application/x-www-form-urlencoded", None, (), {}, "#/b")
    anything = MediaType("*/*", None, (), {}, "#/c")
    add = operation("/", method="POST", content=(json, form))
    assert encode_request(add, {}, {"a": 1}, "application/x-www-form-urlencoded").body == b"a=1"
    assert encode_request(add, {}, {"a": 1}, "application/beep+json").body == b'{"a":1}'
    assert encode_request(operation("/"), {}, {"a": 1}).headers == [("Content-Type", "application/json")]
    assert encode_body("text", anything) == (b"text", "text/plain")
    assert encode_body("7", None, "text/plain; charset=utf-16-be") == (b"\x007", "text/plain; charset=utf-16-be")


def test_forms_without_an_encoding_object_repeat_arrays_and_write_objects_as_json() -> None:
    assert encode_form({"a": [1, 2], "b": {"c": "d"}, "e f": "g&h", "i": None, "j": [], "k": True}) == (
        b"a=1&a=2&b=%7B%22c%22%3A%22d%22%7D&e%20f=g%26h&k=true"
    )


def test_forms_keep_to_their_encoding_objects() -> None:
    styles = {
        "a": Encoding("", "form", False, False),
        "b": Encoding("", "deepObject", True, False),
        "c": Encoding("application/json", "form", True, False),
        "d": Encoding("", "form", True, True),
    }
    media = MediaType("application/x-www-form-urlencoded", None, (), styles, "#/m")
    value = {"a": [1, 2], "b": {"c": {"d": [3]}}, "c": [4], "d": "/x"}
    assert encode_form(value, media) == b"a=1,2&b%5Bc%5D%5Bd%5D%5B0%5D=3&c=%5B4%5D&d=/x"


def test_multipart_bodies_have_files_json_and_text() -> None:
    schema = Schema({"properties": {"file": {"type": "string", "format": "binary"}}}, "#/s")
    styles = {"note": Encoding("text/markdown", "form", True, False), "any": Encoding("*/*", "form", True, False)}
    media = MediaType("multipart/form-data", schema, (), styles, "#/m")
    value = {"file": "\xff", "note": "# \u00e9", "any": "x", "it": {"a": 1}, "n": [1, 2], 'a"b': "--beep-mock"}
    body, boundary = encode_multipart(value, media)
    assert boundary == "beep-mock-1"
    assert encode_multipart(value, media) == (body, boundary)
    heads = [part.partition(b"\r\n\r\n") for part in body.split(b"--beep-mock-1\r\n")[1:]]
    assert [head.decode() for head, _, _ in heads] == [
        'Content-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: application/octet-stream',
        'Content-Disposition: form-data; name="note"\r\nContent-Type: text/markdown; charset=utf-8',
        'Content-Disposition: form-data; name="any"',
        'Content-Disposition: form-data; name="it"\r\nContent-Type: application/json',
        'Content-Disposition: form-data; name="n"',
        'Content-Disposition: form-data; name="n"',
        'Content-Disposition: form-data; name="a%22b"',
    ]
    assert [content.removesuffix(b"\r\n") for _, _, content in heads][:4] == [b"\xff", "# é".encode(), b"x", b'{"a":1}']
