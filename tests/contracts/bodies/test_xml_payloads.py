from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bodies.formats import encode
from beep_mock.contracts.bodies.xml_payloads import xml_text
from beep_mock.contracts.model import Schema
from tests.support.drafts import corpus_contract

NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
SCALARS = {"type": "string"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def _written(value: Any, schema: Any) -> str:
    text = xml_text(value, Schema(schema, "#"), None)
    prolog, _, rest = text.partition("\n")
    assert prolog == '<?xml version="1.0" encoding="UTF-8"?>'
    return rest


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [  # after the examples of OpenAPI 3.1.1 and 3.2.0, XML Object
        ({"id": 0, "name": "x"}, {"xml": {"name": "animal"}}, "<animal><id>0</id><name>x</name></animal>"),
        (
            {"id": 123, "name": "x"},
            {
                "properties": {
                    "id": {"xml": {"attribute": True}},
                    "name": {"xml": {"namespace": "https://e.com/s", "prefix": "sample"}},
                }
            },
            '<xml id="123"><sample:name xmlns:sample="https://e.com/s">x</sample:name></xml>',
        ),
        (
            {"animals": ["a", "b"]},
            {"properties": {"animals": {"items": {"xml": {"name": "animal"}}}}},
            "<xml><animal>a</animal><animal>b</animal></xml>",
        ),
        ({"animals": ["a", "b"]}, {}, "<xml><animals>a</animals><animals>b</animals></xml>"),
        (
            {"animals": ["a"]},
            {"properties": {"animals": {"items": SCALARS, "xml": {"name": "aliens", "wrapped": True}}}},
            "<xml><aliens><aliens>a</aliens></aliens></xml>",
        ),
        (
            {"animals": ["a"]},
            {
                "properties": {
                    "animals": {"items": {"xml": {"name": "animal"}}, "xml": {"name": "aliens", "wrapped": True}}
                }
            },
            "<xml><aliens><animal>a</animal></aliens></xml>",
        ),
        (["a", "b"], {"items": {"xml": {"name": "p"}}, "xml": {"name": "ps"}}, "<ps><p>a</p><p>b</p></ps>"),
        ({"a": None, "b": True, "c": "<&"}, {}, f"<xml><a{NIL}/><b>true</b><c>&lt;&amp;</c></xml>"),
        ({"1 a": "\x00"}, {}, "<xml><_1_a>\ufffd</_1_a></xml>"),
        ({"a": 1}, {"allOf": [{"properties": {"a": {"xml": {"name": "b"}}}}]}, "<xml><b>1</b></xml>"),
    ],
)
def test_the_hints_are_followed(value: Any, schema: Any, expected: str) -> None:
    assert _written(value, schema) == expected


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_it_is_well_formed_whatever_the_value(value: Any) -> None:
    assert ET.fromstring(_written(value, {})).tag == "xml"  # noqa: S314 - our own text


def test_a_component_without_a_name_of_its_own_is_called_by_its_reference() -> None:
    contract = corpus_contract("swagger-petstore.yaml")
    value = {"id": 1, "name": "rex", "photoUrls": ["u"], "category": {"id": 2, "name": "dogs"}}
    body = encode(value, "application/xml", Schema({"$ref": "#/components/schemas/Pet"}, "#"), contract.document)
    pet = ET.fromstring(body)  # noqa: S314 - our own text
    assert pet.tag == "pet"
    assert [child.tag for child in pet] == ["id", "name", "photoUrls", "category"]
    assert [child.tag for child in pet[2]] == ["photoUrl"]
