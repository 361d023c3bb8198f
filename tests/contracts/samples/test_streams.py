"""Sampled streams have a few items, and no more than their schema admits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.contracts.samples.streams import lengthened
from beep_mock.contracts.schemas.store import SchemaStore

ITEM = {"type": "integer"}


@pytest.mark.parametrize(
    ("whole", "value", "length"),
    [
        ({"type": "array"}, [1], 3),
        ({"type": "array"}, [1, 2, 3, 4], 4),
        ({"type": "array"}, [], 0),  # nothing was to be shown
        ({"type": "array", "maxItems": 2}, [1], 2),
        ({"type": "array", "maxItems": 1}, [1], 1),
        ({"type": "string"}, "text", 4),
    ],
)
def test_a_stream_has_a_few_items(tmp_path: Path, whole: Any, value: Any, length: int) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {}, "paths": {}, "components": {"schemas": {"I": ITEM}}}))
    document = load_document(file)
    store = SchemaStore(document, document.version)
    sampler = Sampler(document, store)
    item, schema = Schema(ITEM, "#/components/schemas/I"), Schema(whole, "#/whole")
    longer = lengthened(value, schema, item, store, lambda each, number: sampler.sample(each, "response", number))
    assert len(longer) == length
    assert longer[: len(value)] == value
    assert store.checker(store.register(schema, "response"))(longer)


def test_without_a_schema_of_items_nothing_is_added(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {}, "paths": {}}))
    document = load_document(file)
    store = SchemaStore(document, document.version)
    assert lengthened([1], Schema({}, "#/whole"), None, store, lambda _each, _number: 1) == [1]
