from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.parameters.headers import SENT_HEADERS
from beep_mock.interaction import MISSING, Json
from tests.support.declared import document_in, parameter

INTEGERS = {"type": "array", "items": {"type": "integer"}}
STRINGS = {"type": "array", "items": {"type": "string"}}
LISTS = {
    "type": "object",
    "properties": {"of": STRINGS, "or": {"type": ["string", "array"], "items": {"type": "string"}}},
}
COLOUR = {
    "type": "object",
    "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}, "name": {"type": "string"}},
}
OBJECTS = {"type": "array", "items": {"type": "object"}}
FREE = {"type": "object", "additionalProperties": {"type": "integer"}}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return document_in(
        tmp_path_factory.mktemp("document"),
        schemas={
            "Id": {"type": "integer"},
            "Ids": {"type": "array", "items": {"$ref": "#/components/schemas/Id"}},
            "Tree": {
                "type": "object",
                "properties": {"n": {"type": "integer"}, "of": {"$ref": "#/components/schemas/Tree"}},
            },
        },
    )


def decoded(parameter: Parameter, document: Document, text: str) -> Json:
    """The value of a parameter whose location holds ``text``: path value, query string, header or Cookie header."""
    path = {parameter.name: text} if parameter.location == "path" else {}
    query = text if parameter.location == "query" else ""
    name = "HTTP_COOKIE" if parameter.location == "cookie" else "HTTP_" + parameter.name.upper().replace("-", "_")
    environ = {name: text} if parameter.location in ("header", "cookie") else {}
    return compile_decoder([parameter], document)(path, query, environ).get(parameter.key, MISSING)


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, "7", 7),
        ({"type": "integer"}, "-7", -7),
        ({"type": "integer"}, "007", 7),
        ({"type": "integer"}, "123456789012345678901234567890", 123456789012345678901234567890),
        ({"type": "integer"}, "9" * 5000, "9" * 5000),
        ({"type": "integer"}, "7.0", "7.0"),
        ({"type": "integer"}, "1_000", "1_000"),
        ({"type": "integer"}, "+7", "+7"),
        ({"type": "integer"}, "7 7", "7 7"),
        ({"type": "integer"}, "-", "-"),
        ({"type": "integer"}, "", ""),
        ({"type": "integer"}, "\u0663", "\u0663"),
        ({"type": "integer"}, "\u00b2", "\u00b2"),
        ({"type": "number"}, "7", 7),
        ({"type": "number"}, "-7", -7),
        ({"type": "number"}, "7.5", 7.5),
        ({"type": "number"}, "-1e-3", -0.001),
        ({"type": "number"}, "1e400", "1e400"),
        ({"type": "number"}, "NaN", "NaN"),
        ({"type": "number"}, ".5", ".5"),
        ({"type": "number"}, "0x10", "0x10"),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, "True", "True"),
        ({"type": "boolean"}, "1", "1"),
        ({"type": "string"}, "7", "7"),
        ({"type": "string", "nullable": True}, "null", "null"),
        ({"type": ["integer", "null"]}, "null", None),
        ({"type": ["integer", "null"]}, "7", 7),
        ({"type": "integer", "nullable": True}, "", None),
        ({"type": ["string", "integer"]}, "7", 7),
        ({"type": ["string", "integer"]}, "7a", "7a"),
        ({"type": ["boolean", "number", "string"]}, "true", True),
        ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "true", True),
        ({"anyOf": [{"type": "integer"}, {"$ref": "#/components/schemas/Nowhere"}]}, "7", "7"),
        ({"allOf": [{"$ref": "#/components/schemas/Id"}, {"minimum": 1}]}, "7", 7),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, "7.5", "7.5"),
        ({"$ref": "#/components/schemas/Id"}, "7", 7),
        ({"$ref": "#/components/schemas/Nowhere"}, "7", "7"),
        ({"enum": [1, 2]}, "2", 2),
        ({"const": True}, "true", True),
        ({"enum": ["1", "2"]}, "2", "2"),
        ({}, "7", "7"),
        (True, "7", "7"),
        (None, "7", "7"),
    ],
)
@pytest.mark.parametrize("location", ["path", "query", "header", "cookie"])
def test_text_becomes_the_narrowest_type_of_the_schema(
    document: Document, location: Any, schema: Any, text: str, value: Json
) -> None:
    if location in ("header", "cookie"):
        text = text.encode().decode("latin-1")
    sent = f"id={text.replace('+', '%2B')}" if location in ("query", "cookie") else text
    found = decoded(parameter("id", location, schema), document, sent)
    if location == "path" and not text:  # nothing stands where the value belongs: it is missing
        value = MISSING
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("style", "explode", "schema", "text", "value"),
    [
        # OpenAPI 3.1.1, Style Examples
        ("simple", False, STRINGS, "blue,black,brown", ["blue", "black", "brown"]),
        ("simple", True, STRINGS, "blue,black,brown", ["blue", "black", "brown"]),
        ("simple", False, COLOUR, "R,100,G,200,name,x", {"R": 100, "G": 200, "name": "x"}),
        ("simple", True, COLOUR, "R=100,G=200,name=x=y", {"R": 100, "G": 200, "name": "x=y"}),
        ("simple", False, COLOUR, "R,100,G", "R,100,G"),
        ("simple", True, COLOUR, "R=100,G", {"R": "100,G"}),
        ("simple", False, INTEGERS, "1,x", [1, "x"]),
        ("label", False, {"type": "string"}, ".blue", "blue"),
        ("label", False, {"type": "string"}, ".", ""),
        ("label", True, {"type": "number"}, ".1.5", 1.5),
        ("label", False, STRINGS, ".blue,black", ["blue", "black"]),
        ("label", True, STRINGS, ".blue.black", ["blue", "black"]),
        ("label", False, COLOUR, ".R,100,G,200", {"R": 100, "G": 200}),
        ("label", True, COLOUR, ".R=100.G=200", {"R": 100, "G": 200}),
        ("label", False, {"type": "integer"}, "7", "7"),
        ("label", False, {"type": "string"}, "blue", MISSING),
        ("label", True, {"type": ["string", "array"]}, "blue", MISSING),
        ("label", True, {"type": ["string", "array"], "items": {}}, "blue.black", MISSING),
        ("label", True, {}, "blue", MISSING),
        ("matrix", False, {"type": "string"}, ";color=blue", "blue"),
        ("matrix", False, {"type": "string"}, "blue", MISSING),
        ("matrix", True, {"type": "string"}, ";colour=blue", MISSING),
        ("matrix", True, {"type": ["string", "array"]}, "blue", MISSING),
        ("matrix", True, {"type": ["string", "array"]}, ";color=1;other=2", MISSING),
        ("matrix", False, {"type": "string"}, ";color", ""),
        ("matrix", True, {"type": "integer"}, ";color=7", 7),
        ("matrix", False, STRINGS, ";color=blue,black", ["blue", "black"]),
        ("matrix", True, STRINGS, ";color=blue;color=black", ["blue", "black"]),
        ("matrix", True, STRINGS, ";color=;color;color=x", ["", "", "x"]),
        ("matrix", False, COLOUR, ";color=R,100,G,200", {"R": 100, "G": 200}),
        ("matrix", True, COLOUR, ";R=100;G=200", {"R": 100, "G": 200}),
        ("matrix", False, {"type": "string"}, "color=blue", MISSING),
        ("matrix", True, {"type": "string"}, ";other=blue", MISSING),
        ("matrix", True, {"type": ["string", "array"], "items": {}}, ";color=blue;other=x", MISSING),
        ("matrix", False, {"type": "integer"}, ";other=7", ";other=7"),
        ("matrix", False, {"type": "integer"}, "7", "7"),
        ("matrix", True, INTEGERS, ";color=1;other=2", ";color=1;other=2"),
        ("matrix", True, {"type": ["integer", "array"], "items": {}}, ";color=1", 1),
        ("matrix", True, {"type": ["integer", "array"], "items": {}}, ";color=1;color=2", ["1", "2"]),
        ("matrix", True, {"type": ["object", "array"], "items": {}}, ";a=1;b=2", {"a": "1", "b": "2"}),
        ("matrix", True, {"type": ["object", "array"], "items": {}}, ";color=2", ["2"]),
    ],
)
def test_path_styles(document: Document, style: str, explode: bool, schema: Any, text: str, value: Json) -> None:
    assert decoded(parameter("color", "path", schema, style, explode=explode), document, text) == value


def test_labels_without_explode_are_dotted_in_the_tables_of_older_versions(tmp_path: Path) -> None:
    older = document_in(tmp_path, version="3.0.3")
    label = parameter("color", "path", STRINGS, "label", explode=False)
    assert decoded(label, older, ".blue.black") == ["blue", "black"]
    assert decoded(label, older, ".blue,black.brown") == ["blue", "black.brown"]


@pytest.mark.parametrize(
    ("style", "explode", "schema", "query", "value"),
    [
        ("form", True, {"type": "string"}, "color=blue", "blue"),
        ("form", True, {"type": "string"}, "color=", ""),
        ("form", True, {"type": "string"}, "color", ""),
        ("form", True, {"type": "string"}, "colour=blue", MISSING),
        ("form", True, {"type": "string"}, "", MISSING),
        ("form", True, {"type": "string"}, "&&color=a=b&", "a=b"),
        ("form", True, {"type": "string"}, "color=a%26b%3Dc+d%2B%25", "a&b=c d+%"),
        ("form", True, {"type": "string"}, "color=%E4%B8%96", "\u4e16"),
        ("form", True, {"type": "string"}, "color=\u00e4\u00b8\u0096", "\u4e16"),
        ("form", True, {"type": "string"}, "color=%FF", "\ufffd"),
        ("form", True, {"type": "string"}, "color=%zz%4", "%zz%4"),
        ("form", True, {"type": "string"}, "%63olor=a", "a"),
        ("form", True, {"type": "integer"}, "color=+7", " 7"),
        ("form", True, {"type": "integer"}, "color=1&color=2", [1, 2]),
        ("form", True, STRINGS, "color=blue&x=1&color=black", ["blue", "black"]),
        ("form", True, STRINGS, "color=a%20b&color=a,b", ["a b", "a,b"]),
        ("form", True, STRINGS, "color=", [""]),
        ("form", True, INTEGERS, "color=1,2", ["1,2"]),
        ("form", False, STRINGS, "color=blue,black", ["blue", "black"]),
        ("form", False, STRINGS, "color=a%2Cb,c", ["a,b", "c"]),
        ("form", False, STRINGS, "color=a%2Cb", ["a,b"]),
        ("form", False, INTEGERS, "color=1%2C2", [1, 2]),
        ("form", False, INTEGERS, "color=1&color=2", [[1], [2]]),
        ("form", True, COLOUR, "R=100&x=1&G=200", {"R": 100, "G": 200}),
        ("form", True, COLOUR, "x=1", MISSING),
        ("form", True, COLOUR, "R=1&R=2", {"R": ["1", "2"]}),
        ("form", True, COLOUR, "color=R", "R"),
        ("form", True, FREE, "a=1&b=2", {"a": 1, "b": 2}),
        ("form", False, COLOUR, "color=R,100,G,200", {"R": 100, "G": 200}),
        ("form", False, COLOUR, "color=name,a%2Cb", {"name": "a,b"}),
        ("spaceDelimited", False, INTEGERS, "color=1%202+3", [1, 2, 3]),
        ("spaceDelimited", False, COLOUR, "color=R%20100%20G%20200", {"R": 100, "G": 200}),
        ("spaceDelimited", True, STRINGS, "color=a&color=b", ["a", "b"]),
        ("pipeDelimited", False, STRINGS, "color=a|b%7Cc%7cd", ["a", "b", "c", "d"]),
        ("pipeDelimited", False, STRINGS, "color=a,b", ["a,b"]),
        ("pipeDelimited", False, COLOUR, "color=R|100|G|200", {"R": 100, "G": 200}),
        ("deepObject", True, COLOUR, "color[R]=100&color%5BG%5D=200", {"R": 100, "G": 200}),
        ("deepObject", True, COLOUR, "color[name]=a+b&colour[R]=1", {"name": "a b"}),
        ("deepObject", True, COLOUR, "color=1", "1"),
        ("deepObject", True, COLOUR, "color[R=1&[R]=2", MISSING),
        ("deepObject", True, COLOUR, "color[R]=1&color[R]=2", {"R": ["1", "2"]}),
        ("deepObject", True, STRINGS, "color[]=a&color[]=b", ["a", "b"]),
        ("deepObject", True, INTEGERS, "color[1]=2&color[0]=1&color[10]=3", [1, 2, 3]),
        ("deepObject", True, INTEGERS, "color=1&color=2", [1, 2]),
        ("deepObject", True, STRINGS, "color=a", ["a"]),
        ("deepObject", True, LISTS, "color[of]=a", {"of": "a"}),
        ("deepObject", True, LISTS, "color[of]=", {"of": []}),
        ("deepObject", True, LISTS, "color[of]=a&color[of]=b", {"of": ["a", "b"]}),
        ("deepObject", True, LISTS, "color[of][]=a", {"of": ["a"]}),
        ("deepObject", True, LISTS, "color[of][0]=a", {"of": ["a"]}),
        ("deepObject", True, LISTS, "color[or]=a", {"or": "a"}),
        (
            "deepObject",
            True,
            {"$ref": "#/components/schemas/Tree"},
            "color[n]=1&color[of][n]=2&color[of][of][n]=3&color[of][more][x]=4",
            {"n": 1, "of": {"n": 2, "of": {"n": 3}, "more": {"x": "4"}}},
        ),
        ("deepObject", True, COLOUR, "color" + "[a]" * 500 + "=1", MISSING),
        ("form", True, {"type": ["integer", "array"], "items": {"type": "integer"}}, "color=1", 1),
        ("form", True, {"type": ["integer", "array"], "items": {"type": "integer"}}, "color=1&color=2", [1, 2]),
        ("form", True, {"type": ["integer", "array"], "items": {"type": "string"}}, "color=a", ["a"]),
        ("form", False, {"type": ["string", "array"], "items": {"type": "integer"}}, "color=a", "a"),
        ("form", False, {"type": ["string", "array"], "items": {"type": "integer"}}, "color=1,2", [1, 2]),
        ("form", True, {"$ref": "#/components/schemas/Ids"}, "color=1&color=2", [1, 2]),
        ("form", True, {"type": "array", "items": INTEGERS}, "color=%5B1,2%5D&color=[3]", [[1, 2], [3]]),
        # No style has a place for objects in arrays: one JSON text an item, or one for all.
        ("form", True, OBJECTS, 'color={"R":1}&color={}', [{"R": 1}, {}]),
        ("form", True, OBJECTS, 'color={"R":1}', [{"R": 1}]),
        ("form", True, OBJECTS, 'color=[{"R":1},{}]', [{"R": 1}, {}]),
        ("form", True, {**OBJECTS, "type": ["array", "null"]}, 'color={"R":1}', [{"R": 1}]),
        ("form", True, {**OBJECTS, "type": ["array", "null"]}, "color=null", None),
        (
            "form",
            True,
            {"type": "object", "properties": {"list": OBJECTS}},
            'list=[{"R":1},{}]',
            {"list": [{"R": 1}, {}]},
        ),
    ],
)
def test_query_styles(document: Document, style: str, explode: bool, schema: Any, query: str, value: Json) -> None:
    assert decoded(parameter("color", "query", schema, style, explode=explode), document, query) == value


@pytest.mark.parametrize(
    ("explode", "schema", "text", "value"),
    [
        (False, {"type": "string"}, "a, b", "a, b"),
        (False, {"type": "string"}, "", ""),
        (False, {"type": "string"}, "%41", "%41"),
        (False, {"type": "string"}, "caf\u00c3\u00a9", "caf\u00e9"),
        (False, {"type": "string"}, "caf\u00e9", "caf\u00e9"),
        (False, INTEGERS, "1, 2,\t3", [1, 2, 3]),
        (False, INTEGERS, "", []),
        (False, COLOUR, "R,100, G,200", {"R": 100, "G": 200}),
        (True, COLOUR, "R=100, G=200", {"R": 100, "G": 200}),
    ],
)
def test_headers_are_simple_and_not_percent_encoded(
    document: Document, explode: bool, schema: Any, text: str, value: Json
) -> None:
    assert decoded(parameter("X-Color", "header", schema, explode=explode), document, text) == value


@pytest.mark.parametrize(
    ("style", "explode", "schema", "header", "value"),
    [
        ("form", True, {"type": "integer"}, "a=b; color=7", 7),
        ("form", True, {"type": "string"}, "color=a%20b+c&d", "a b+c&d"),
        ("form", True, {"type": "string"}, 'color="a b"', "a b"),
        ("form", True, {"type": "string"}, "color; colour=1", MISSING),
        ("form", False, INTEGERS, "color=1,2", [1, 2]),
        ("form", True, INTEGERS, "color=1&color=2", [1, 2]),
        ("form", True, INTEGERS, "color=1; color=2", [1, 2]),
        ("form", False, COLOUR, "color=R,100,G,200", {"R": 100, "G": 200}),
        ("form", True, COLOUR, "R=100&G=200", {"R": 100, "G": 200}),
        ("form", True, COLOUR, "R=100; G=200", {"R": 100, "G": 200}),
        ("cookie", True, {"type": "string"}, "color=a%20b", "a%20b"),
        ("cookie", True, INTEGERS, "color=1; color=2", [1, 2]),
    ],
)
def test_cookie_styles(document: Document, style: str, explode: bool, schema: Any, header: str, value: Json) -> None:
    assert decoded(parameter("color", "cookie", schema, style, explode=explode), document, header) == value


@pytest.mark.parametrize(
    ("location", "text", "value"),
    [
        ("path", '{"a":1}', {"a": 1}),
        ("query", "q=%7B%22a%22:1%7D", {"a": 1}),
        ("query", 'q={"a":[1,2]}', {"a": [1, 2]}),
        ("query", "q=%7B", "{"),
        ("query", "q=" + "[" * 300, "[" * 300),
        ("query", "q=1&q=2", [1, 2]),
        ("header", '{"a": 1}', {"a": 1}),
        ("cookie", "q=%7B%22a%22:1%7D", {"a": 1}),
    ],
)
def test_parameters_described_by_content_are_json(document: Document, location: Any, text: str, value: Json) -> None:
    described = parameter("q", location, {"type": "object"}, media_type="application/json")
    assert decoded(described, document, text) == value


def test_parameters_of_another_content_are_text_of_the_schemas_type(document: Document) -> None:
    described = parameter("q", "query", {"type": "integer"}, media_type="text/plain")
    assert decoded(described, document, "q=7") == 7


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, ""),
        (INTEGERS, []),
        (COLOUR, {}),
        ({"type": ["integer", "null"]}, None),
        ({"type": "boolean"}, True),
        ({"type": "integer"}, MISSING),
    ],
)
def test_an_allowed_empty_value_is_something_that_the_schema_admits(
    document: Document, schema: Any, value: Json
) -> None:
    assert decoded(parameter("q", "query", schema, allow_empty_value=True), document, "q") == value
    assert decoded(parameter("q", "query", schema, allow_empty_value=True), document, "q=") == value
    assert decoded(parameter("q", "query", {"type": "integer"}, allow_empty_value=True), document, "q=7") == 7


def test_each_parameter_takes_its_own_and_the_free_object_the_rest(document: Document) -> None:
    decode = compile_decoder(
        [
            parameter("id", "path", {"type": "integer"}),
            parameter("tag", "path", {"type": "string"}),
            parameter("limit", "query", {"type": "integer"}),
            parameter("filter", "query", COLOUR, "deepObject", explode=True),
            parameter("rest", "query", FREE),
            parameter("filter[R]x", "query", {"type": "integer"}),
            parameter("X-Trace", "header", {"type": "string"}),
            parameter("session", "cookie", {"type": "string"}),
        ],
        document,
    )
    values = decode(
        {"id": "7", "tag": "x"},
        "limit=5&filter[R]=1&more=2&filter[G]=3",
        {"HTTP_X_TRACE": "t", "HTTP_COOKIE": "session=s"},
    )
    assert values == {
        "path.id": 7,
        "path.tag": "x",
        "query.limit": 5,
        "query.filter": {"R": 1, "G": 3},
        "query.rest": {"more": 2},
        "header.x-trace": "t",
        "cookie.session": "s",
    }
    assert decode({}, "", {}) == {}


def test_an_operation_without_parameters_has_no_values(document: Document) -> None:
    assert compile_decoder([], document)({"id": "1"}, "a=1", {"HTTP_COOKIE": "a=1"}) == {}


def test_a_recursive_schema_of_types_ends(tmp_path: Path) -> None:
    endless = {"Self": {"allOf": [{"$ref": "#/components/schemas/Self"}, {"type": "integer"}]}}
    document = document_in(tmp_path, schemas=endless)
    assert decoded(parameter("q", "query", {"$ref": "#/components/schemas/Self"}), document, "q=7") == 7


def test_siblings_of_a_reference_count_from_3_1_on(tmp_path: Path) -> None:
    schema = {"$ref": "#/components/schemas/Any", "type": "integer"}
    for version, value in (("3.0.3", "7"), ("3.1.0", 7)):
        document = document_in(tmp_path, version, {"Any": {"description": "anything"}})
        assert decoded(parameter("q", "query", schema), document, "q=7") == value


@pytest.mark.parametrize("style", ["form", "cookie"])
def test_a_cookie_header_that_the_server_does_not_give_on_was_sent(document: Document, style: str) -> None:
    """A header whose bytes are no ASCII: what is required is not missing, only unreadable."""
    text = {"type": "string"}
    cookies = [
        replace(parameter("session", "cookie", text, style), required=True),
        parameter("theme", "cookie", text, style),
    ]
    decode = compile_decoder(cookies, document)
    assert decode({}, "", {SENT_HEADERS: {"cookie"}}) == {"cookie.session": "\ufffd"}
    assert decode({}, "", {SENT_HEADERS: {"cookie"}, "HTTP_COOKIE": "theme=dark"}) == {"cookie.theme": "dark"}
    assert decode({}, "", {SENT_HEADERS: {"host"}}) == {}
    assert decode({}, "", {}) == {}
