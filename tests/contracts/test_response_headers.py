from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.response_headers import simple_text, written_headers
from tests.contracts.drafts import OK, changed, compiled, put


def _written(folder: Path, headers: dict[str, Any], name: str = "") -> list[tuple[str, str]]:
    contract = compiled(folder, changed(put(*OK, "headers", value=headers)))
    return list(written_headers(contract.document, contract.operations["GET /worlds/{id}"].responses[0], name))


@pytest.mark.parametrize(
    ("value", "explode", "expected"),
    [
        ("a b", False, "a b"), (1, False, "1"), (1.5, False, "1.5"), (True, False, "true"), (None, False, ""),
        (["a", 1], False, "a,1"), (["a", 1], True, "a,1"), ({"a": 1, "b": "c"}, False, "a,1,b,c"),
        ({"a": 1, "b": "c"}, True, "a=1,b=c"), ({"a": {"b": 1}}, True, 'a={"b": 1}'), ([], False, ""),
    ],
)  # fmt: skip
def test_values_in_style_simple(value: Any, explode: bool, expected: str) -> None:
    assert simple_text(value, explode) == expected


def test_the_example_of_the_same_name_then_the_first_then_the_schemas(tmp_path: Path) -> None:
    headers = {
        "A": {"schema": {}, "examples": {"x": {"value": "first"}, "y": {"value": "second"}}},
        "B": {"schema": {"example": "in schema", "default": "no"}, "example": 5},
        "C": {"schema": {"example": "in schema", "default": "no"}},
        "D": {"schema": {"default": 3}},
        "E": {"schema": {"type": "string"}},
        "F": {"content": {"application/json": {"schema": {}, "example": "in content"}}},
        "G": {},
    }
    rest = [("B", "5"), ("C", "in schema"), ("D", "3"), ("F", "in content")]
    assert _written(tmp_path, headers, "y") == [("A", "second"), *rest]
    assert _written(tmp_path, headers, "z") == [("A", "first"), *rest]
    assert _written(tmp_path, headers) == [("A", "first"), *rest]


def test_references_are_followed(tmp_path: Path) -> None:
    headers = {"A": {"schema": {"$ref": "#/paths/~1worlds~1{id}/get/responses/200/headers/B/schema"}},
               "B": {"schema": {"examples": ["x"]}}, "C": {"schema": {"$ref": "#/nowhere"}}}  # fmt: skip
    assert _written(tmp_path, headers) == [("A", "x"), ("B", "x")]


def test_how_the_message_travels_is_the_servers_to_say(tmp_path: Path) -> None:
    names = (
        "Content-Length",
        "content-type",
        "Content-Encoding",
        "Transfer-Encoding",
        "Connection",
        "Content-Language",
    )
    headers = {name: {"schema": {}, "example": "x"} for name in names}
    assert _written(tmp_path, headers) == [("Content-Language", "x")]
