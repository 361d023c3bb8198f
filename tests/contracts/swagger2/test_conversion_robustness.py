"""No Swagger 2.0 document is too wrong to be read, and each finding is at a place that its author wrote."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.bundle import bundle
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.reading.references import pointer, tokens
from beep_mock.contracts.validator import validator_of
from tests.support.swagger2_drafts import HEAD, VALID, compiled

DRAFT = yaml.safe_load(HEAD + VALID)


def _places(node: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    if path and path != ("swagger",):
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from _places(value, *path, key)


PLACES = list(_places(DRAFT))
ODD_NODES: list[Any] = [
    None, True, 0, 1.5, "", "x", "file", "body", "formData", [], [None], ["a"], [[]], [{}], {}, {"x": {}}, {"": ""},
    {"name": "n", "in": "query"}, {"name": "n", "in": "body", "schema": []}, {"name": 1, "in": "formData"},
    {"$ref": "#/nowhere"}, {"$ref": 5}, {"$ref": {"a": 1}}, {"$ref": "other.yaml#/a"},
    {"$ref": "#/responses/Missing"}, {"$ref": "#/parameters/World"}, {"$ref": "#/definitions/World"},
    {"$ref": "#/paths"}, {"$ref": "#/parameters/World/schema"},
    {"type": ["string", "null"], "x-nullable": 3, "discriminator": []},
    {"type": "array", "items": {"type": "array", "collectionFormat": "multi"}, "collectionFormat": []},
]  # fmt: skip


def put(root: Any, path: tuple[str | int, ...], value: Any) -> None:
    for key in path[:-1]:
        root = root[key]
    root[path[-1]] = value


def check(root: dict[str, Any]) -> None:
    """The document is read, and each finding is at a node of it, or at one that a node of it lacks."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "swagger.json")
        file.write_text(json.dumps(root))
        contract = compile_contract(file)
        validator_of(contract).register_all()
        for operation in contract.operations.values():
            interactions_of(contract, operation)
        json.dumps(bundle(contract.document, "http://127.0.0.1/"))
        for finding in (*contract.findings, *contract.schemas.findings()):
            assert finding.where.file == str(file)
            node: Any = root
            *path, last = tokens(finding.where.pointer) or [""]
            for key in path:
                if key == "discriminator" or (isinstance(node, dict) and key not in node and "x-nullable" in node):
                    break  # in schemas they are changed where they are
                node = node[int(key)] if isinstance(node, list) else node[key]
            assert isinstance(node, (dict, list)), (finding, last)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD_NODES)), min_size=1, max_size=3))
def test_documents_with_odd_nodes(edits: list[tuple[tuple[str | int, ...], Any]]) -> None:
    root = copy.deepcopy(DRAFT)
    for path, value in edits:
        try:
            put(root, path, copy.deepcopy(value))
        except (LookupError, TypeError):
            continue  # an edit before has taken this place away
    check(root)


@pytest.mark.parametrize("part", range(4))
def test_every_node_replaced_by_a_reference_to_itself(part: int) -> None:
    for path in PLACES[part::4]:
        root = copy.deepcopy(DRAFT)
        put(root, path, {"$ref": f"#{pointer(path)}"})
        check(root)


@pytest.mark.parametrize("text", [
    "paths: 3", "paths: {/a: 3}", "paths: {/a: {get: 3}}", "paths: {/a: {parameters: 3, get: {parameters: {}}}}",
    "paths: {/a: {get: {parameters: [3, null, []], responses: 3}}}", "paths: {/a: {get: {responses: {'200': 3}}}}",
    "paths: {/a: {get: {responses: {'200': {headers: 3, examples: 3, schema: 3}}}}}\nproduces: [a/b]",
    "paths: {/a: {get: {responses: {'200': {headers: {a: 3, b: {type: array, items: 3}}}}}}}",
    "paths: {/a: {$ref: '#/paths/~1a'}}", "paths: {/a: {get: {parameters: [{in: body, schema: 3, name: 3}]}}}",
    "paths: {/a: {get: {parameters: [{in: formData, name: a, type: array, items: 3}]}}}", "definitions: 3\npaths: {}",
    "definitions: {a: 3}\nparameters: 3\nresponses: {a: 3}\nsecurityDefinitions: 3\npaths: {}", "paths: {}\nschemes: 3",
    "paths: {}\nparameters: {a: {$ref: '#/parameters/b'}, b: {$ref: '#/parameters/a'}}", "paths: {}\nconsumes: {}",
    "paths: {}\nparameters: {a: {name: a, in: query, type: array, items: {$ref: '#/definitions/a'}}}",
    "paths: {/a: {get: {parameters: [{name: a, in: query, type: [integer, string], schema: 3}]}}}",
])  # fmt: skip
def test_no_document_is_too_wrong(tmp_path: Path, text: str) -> None:
    contract = compiled(tmp_path, text)
    assert contract.findings
    contract.schemas.findings()
    json.dumps(bundle(contract.document, "http://127.0.0.1/"))
