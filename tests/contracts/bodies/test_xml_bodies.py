"""XML bodies: written and read by the same hints, and by others; hostile ones are refused, not followed."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import encode
from beep_mock.contracts.bodies.xml_bodies import compile_xml
from beep_mock.contracts.bodies.xml_trees import read_xml
from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.interaction import MISSING


@lru_cache
def _document() -> Document:
    with NamedTemporaryFile("w", suffix=".json") as file:
        file.write('{"openapi": "3.2.0", "info": {"title": "x", "version": "1"}, "paths": {}}')
        file.flush()
        return load_document(file.name)


def read(text: str | bytes, schema: Any, charset: str = "") -> Any:
    body = text if isinstance(text, bytes) else text.encode()
    parameters = {"charset": charset} if charset else {}
    return compile_xml(None if schema is None else Schema(schema, "#"), _document())(body, parameters)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=8)
NAMES = ["a", "b", "c", "d"]
SCALARS: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    ({"type": "string"}, TEXT),
    ({"type": "integer"}, st.integers(-(2**70), 2**70)),
    ({"type": "boolean"}, st.booleans()),
    ({"type": "number"}, st.floats(allow_nan=False, allow_infinity=False)),
    ({"type": ["integer", "null"]}, st.integers() | st.none()),
]


@st.composite
def hinted(draw: st.DrawFn, depth: int = 3) -> tuple[dict[str, Any], Any]:
    """A schema with hints, and a value of it."""
    kind = draw(st.sampled_from(["scalar", "array", "object"] if depth else ["scalar"]))
    if kind == "scalar":
        schema, values = draw(st.sampled_from(SCALARS))
        return {**schema}, draw(values)
    if kind == "array":
        schema, values = draw(st.sampled_from(SCALARS))
        items = {**schema, **draw(st.sampled_from([{}, {"xml": {"name": "item"}}]))}
        wrapped = draw(st.sampled_from([{"wrapped": True}, {"nodeType": "element"}]))
        return {"type": "array", "items": items, "xml": wrapped}, draw(st.lists(values, max_size=3))
    properties, value = {}, {}
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)):
        inner, held = draw(hinted(depth=depth - 1))
        if inner["type"] not in ("array", "object") and held is not None and draw(st.booleans()):
            inner["xml"] = draw(st.sampled_from([{"attribute": True}, {"nodeType": "attribute", "name": f"at-{name}"}]))
        elif inner["type"] == "object" and draw(st.booleans()):
            inner["xml"] = {"name": f"e{name}", "namespace": "http://e.com/", "prefix": draw(st.sampled_from("pq"))}
        properties[name], value[name] = inner, held
    return {"type": "object", "properties": properties}, value


@given(hinted())
@settings(max_examples=200, deadline=None)
def test_what_is_written_by_hints_is_read_back(made: tuple[dict[str, Any], Any]) -> None:
    schema, value = {"type": "object", "properties": {"r": made[0]}}, {"r": made[1]}
    body = encode(value, "application/xml", Schema(schema, "#"), _document())
    got = read(body, schema)
    assert got == value


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        ("<a><n>1</n></a>", {"type": "object", "properties": {"n": {"type": "integer"}}}, {"n": 1}),
        ("<a><n>1</n><n>2</n></a>", {"type": "object"}, {"n": ["1", "2"]}),
        ("<a n='1'><b/></a>", {"type": "object"}, {"n": "1", "b": ""}),
        ("<a/>", {"type": "object"}, {}),
        ("<a>text</a>", {"type": "object"}, "text"),
        ("<a> 5 </a>", {"type": "integer"}, 5),
        ("<a> 5 </a>", {"type": "string"}, " 5 "),
        ("<a><b/></a>", {"type": "string"}, "<a><b/></a>"),
        ("<a><b>1</b><b>2</b></a>", {"properties": {"b": {"type": "array", "items": {"type": "integer"}}}},
         {"b": [1, 2]}),
        ("<a><b>1</b></a>", {"properties": {"b": {"type": "array", "items": {"type": "integer"}}}}, {"b": [1]}),
        ("<a><x>1</x></a>", {"type": "object", "additionalProperties": {"type": "integer"}}, {"x": 1}),
        ("<a><m><k>v</k></m></a>",
         {"allOf": [{"properties": {"n": {"type": "object", "xml": {"name": "m"}, "additionalProperties": True}}}]},
         {"n": {"k": "v"}}),
        ("<a><k>v</k></a>",
         {"properties": {"n": {"xml": {"nodeType": "none"}, "properties": {"k": {"type": "string"}}}}},
         {"n": {"k": "v"}}),
        ("<a xmlns:x='u'><b xmlns:x='v' x:k='1'/><x:c/></a>",
         {"properties": {"b": {"properties": {"k": {"type": "integer", "xml": {"attribute": True, "namespace": "v"}}}},
                         "c": {"type": "string", "xml": {"namespace": "u"}}}}, {"b": {"k": 1}, "c": ""}),
        ("<a xml:lang='en' xmlns='u' xmlns:x='v'><x:b>1</x:b></a>", {"type": "object"}, {"b": "1"}),
    ],
)  # fmt: skip
def test_elements_are_values_by_the_schema(text: str, schema: Any, expected: Any) -> None:
    assert read(text, schema) == expected


def test_nothing_is_known_of_what_has_no_schema() -> None:
    assert read("<a><b/></a>", None) is MISSING


def test_the_content_type_says_the_charset() -> None:
    text = "<a>\u00e9</a>"
    assert read(text.encode("latin-1"), {"type": "string"}, "iso-8859-1") == "\u00e9"
    assert read(b"<?xml version='1.0' encoding='iso-8859-1'?>" + text.encode("latin-1"), {"type": "string"}) == "\u00e9"
    assert read(text.encode("utf-16"), {"type": "string"}) == "\u00e9"
    with pytest.raises(BodyError, match="unknown"):
        read(text, {}, "nonsense")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_wins_over_the_charset_of_the_content_type(encoding: str) -> None:
    text = "<a><b>\u00e9</b></a>"
    assert read(text.encode(encoding), {"type": "string"}, "nonsense") == text


BILLION = (
    "<!DOCTYPE a [<!ENTITY x '"
    + "lol" * 10
    + "'>"
    + "".join(f"<!ENTITY x{n} '" + f"&x{n - 1 if n else ''};" * 10 + "'>" for n in range(9))
    + "]><a>&x8;</a>"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "xml"), ("<a>", "xml"), ("<a></b>", "xml"), ("<a/><b/>", "xml"), ("text", "xml"), ("<a>\x00</a>", "xml"),
        ("<a>&undefined;</a>", "xml"), (b"<a>\xff</a>", "xml"), ("<?xml version='1.0' encoding='x-none'?><a/>", "xml"),
        ("<!DOCTYPE a><a/>", "xml"), ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml"), (BILLION, "xml"),
        ("<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/'> %x;]><a/>", "xml"),
        ("<a>" * 257 + "</a>" * 257, "nesting"), ("<a>" * 10_000, "nesting"),
        ("<a>" + "<b/>" * 200_000 + "</a>", "xml"),
    ],
)  # fmt: skip
def test_what_is_no_plain_xml_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(BodyError) as fault:
        read(text, {"type": "object"})
    assert fault.value.code == code


def test_the_deepest_xml_that_is_read_makes_a_value() -> None:
    value = read("<a>" * 256 + "</a>" * 256, {"type": "object"})
    for _ in range(255):
        value = value["a"]
    assert value == ""


def test_lists_in_lists_are_read_as_deep(tmp_path: Path) -> None:
    """Two levels of a schema that refers to itself; each costs the stack more than one call."""
    file = tmp_path / "openapi.json"
    items = {"type": "array", "items": {"$ref": "#/components/schemas/A"}}
    schemas = {"A": {"type": "object", "properties": {"a": items}}}
    file.write_text(json.dumps({"openapi": "3.1.0", "info": {}, "components": {"schemas": schemas}}))
    decode = compile_xml(Schema({"$ref": "#/components/schemas/A"}, "#"), load_document(file))
    value: Any = decode(("<a>" * 256 + "</a>" * 256).encode(), {})
    for _ in range(255):
        (value,) = value["a"]
    assert value == {}


@given(st.binary(max_size=60) | st.text(alphabet="<>/ab='\"&;!?[]-x ", max_size=40).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_whatever_the_bytes_they_are_read_or_refused(body: bytes) -> None:
    with suppress(BodyError):
        assert read_xml(body).name


def test_no_file_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    text = f"<!DOCTYPE a [<!ENTITY e SYSTEM '{secret.as_uri()}'>]><a>&e;</a>"
    with pytest.raises(BodyError, match="document type"):
        read(text, {"type": "string"})


def test_what_a_use_says_of_itself_comes_before_what_it_refers_to(tmp_path: Path) -> None:
    team = {"type": "object", "properties": {"id": {"type": "string"}}, "xml": {"name": "Organization"}}
    used = {
        name: {"allOf": [{"$ref": "#/components/schemas/Team"}, {"xml": {"name": name}}]} for name in ("home", "guest")
    }
    schema = {"type": "object", "properties": used}
    file = tmp_path / "openapi.json"
    root = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": {}}
    file.write_text(json.dumps({**root, "components": {"schemas": {"Team": team}}}))
    document = load_document(file)
    value = {"home": {"id": "a"}, "guest": {"id": "b"}}
    body = encode(value, "application/xml", Schema(schema, "#"), document)
    assert b"<home><id>a</id></home><guest>" in body
    assert compile_xml(Schema(schema, "#"), document)(body, {}) == value


@pytest.mark.parametrize("wrapped", [False, True])
def test_items_are_named_wherever_an_array_is_composed(*, wrapped: bool) -> None:
    items = {"type": "object", "properties": {"n": {"type": "integer"}}, "xml": {"name": "Item"}}
    listed = {"type": "array", "items": items, "xml": {"wrapped": wrapped}}
    schema = {"type": "object", "properties": {"Items": {"allOf": [listed, {"description": "Those."}]}}}
    value = {"Items": [{"n": 1}, {"n": 2}]}
    body = encode(value, "application/xml", Schema(schema, "#"), _document())
    assert body.count(b"<Item>") == 2
    assert body.count(b"<Items>") == int(wrapped)
    assert read(body, schema) == value


@pytest.mark.parametrize("node", ["element", "attribute"])
@pytest.mark.parametrize("name", ["first name", "xsi:type", "1st", "$ref", "a/b"])
def test_names_that_xml_does_not_have_are_read_as_they_are_written(name: str, node: str) -> None:
    schema = {"type": "object", "properties": {name: {"type": "string", "xml": {"attribute": node == "attribute"}}}}
    body = encode({name: "it"}, "application/xml", Schema(schema, "#"), _document())
    assert read(body, schema) == {name: "it"}


def test_an_object_is_no_attribute_whatever_it_is_told() -> None:
    inner = {"type": "object", "properties": {"n": {"type": "integer"}}, "xml": {"attribute": True}}
    schema = {"type": "object", "properties": {"inner": inner}}
    body = encode({"inner": {"n": 1}}, "application/xml", Schema(schema, "#"), _document())
    assert read(body, schema) == {"inner": {"n": 1}}
