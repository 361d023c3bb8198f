from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.parameters.declared import shown_value
from beep_mock.interaction import MISSING
from tests.support.drafts import operation_with

NUMBERS = {"type": "array", "items": {"type": "integer"}}
PAIR = {"type": "object", "properties": {"a": {"type": "integer"}}}


def _shown(folder: Path, value: Any, location: str, **declared: Any) -> Any:
    parameter = {"name": "p", "in": location, "required": True, **declared}
    contract = operation_with(folder, {"parameters": [parameter]}, "/a/{p}" if location == "path" else "/a")
    (operation,) = contract.operations.values()
    return shown_value(operation.parameters[0], value, contract.document)


@pytest.mark.parametrize(
    ("value", "location", "declared", "expected"),
    [
        ("12", "path", {"schema": {"type": "integer"}}, 12),
        ("abc", "path", {"schema": {"type": "integer"}}, "abc"),
        ("1,2", "path", {"schema": NUMBERS}, [1, 2]),
        (";p=1,2", "path", {"schema": NUMBERS, "style": "matrix"}, [1, 2]),
        ("1,2", "query", {"schema": NUMBERS, "explode": False}, [1, 2]),
        ("1|2", "query", {"schema": NUMBERS, "style": "pipeDelimited"}, [1, 2]),
        ("p=1&p=2", "query", {"schema": NUMBERS}, [1, 2]),
        ("p[a]=1", "query", {"schema": PAIR, "style": "deepObject", "explode": True}, {"a": 1}),
        ("1,2", "header", {"schema": NUMBERS}, [1, 2]),
        ("true", "cookie", {"schema": {"type": "boolean"}}, True),
        ('{"a": 1}', "query", {"content": {"application/json": {"schema": PAIR}}}, {"a": 1}),
        ("12", "query", {"schema": {"type": "string"}}, "12"),
        ("12", "query", {"schema": {}}, "12"),
        ([1, 2], "query", {"schema": NUMBERS}, [1, 2]),
        (None, "query", {"schema": NUMBERS}, None),
        (MISSING, "query", {"schema": NUMBERS}, MISSING),
        ("\u00e9\ud800", "query", {"schema": {"type": "integer"}}, None),
    ],
)
def test_text_is_decoded_as_a_requests_would_be(
    tmp_path: Path, value: Any, location: str, declared: dict[str, Any], expected: Any
) -> None:
    shown = _shown(tmp_path, value, location, **declared)
    if expected is None and value is not None:  # text that no server could receive: whatever it is, it is text
        assert isinstance(shown, str)
    else:
        assert shown == expected
