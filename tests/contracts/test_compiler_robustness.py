"""Documents that nobody has checked: real ones, broken ones, and an independent validator's word on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import load_document
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.model import Contract
from beep_mock.errors import ContractError
from beep_mock.findings import Severity
from tests.support.drafts import CORPUS, DRAFT, at, changed, compiled, corpus_contract, corpus_documents, drop, put

VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}

CORPUS_FINDINGS: dict[str, set[str]] = {  # each seen and confirmed by eye
    "box.json": {"path-not-plain", "path-ambiguous"},  # keys that differ by their #fragment only
    "conjur/openapi.yml": {"parameter-ignored"},
    "iceberg-rest.yaml": {"field-unknown", "reference-misplaced"},  # a parameter where a header belongs; example: $ref
    "intercom.yaml": {"parameter-undeclared-in-path", "parameter-ignored"},  # the validator says so too
    "readme-parameters-style.json": {"response-missing", "path-not-plain", "path-ambiguous"},
    "readme-schema-circular.yaml": {"parameter-ignored"},
    "stripe.yaml": {"duplicate-key", "parameter-style-undefined"},  # arrays as deepObject
}


def _places(node: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    if path and path != ("openapi",):
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from _places(value, *path, key)


PLACES = list(_places(DRAFT))

ODD_NODES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, -1, 1.5, "", "x", "$ref", "2XX", "#/components/schemas/World", [], [None], [1], ["a"],
        [[]], [{}], {}, {"x": {}}, {"x": []}, {"": ""}, {"name": 1}, {"name": "n", "in": "query"},
        {"name": "n", "in": "body", "schema": []}, {"$ref": "#/nowhere"}, {"$ref": "#/paths"}, {"$ref": 5},
        {"$ref": ""}, {"$ref": {"a": 1}}, {"$ref": "other.yaml#/a"}, {"$ref": "#/components/responses/Refused"},
        {"$ref": "#/components/parameters/fields"}, {"$ref": "https://example.com/a.yaml"},
    ]
)  # fmt: skip
NODES = ODD_NODES | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _everything(contract: Contract) -> None:
    for operation in contract.operations.values():
        for interaction in interactions_of(contract, operation):
            assert 100 <= interaction.response.status <= 599
        contract.router.match("/worlds/1")
    for finding in contract.findings:
        assert finding.message
        assert finding.where.file


@given(st.lists(st.tuples(st.sampled_from(PLACES), NODES), min_size=1, max_size=3), st.sampled_from(["3.0.3", "3.1.0"]))
@settings(max_examples=300, deadline=None)
def test_no_document_makes_the_compiler_raise(edits: list[tuple[tuple[str | int, ...], Any]], version: str) -> None:
    root = changed(put("openapi", value=version))
    for path, value in edits:
        try:
            put(*path, value=value)(root)
        except (LookupError, TypeError):
            continue  # an edit before has taken this place away
    with TemporaryDirectory() as folder:
        file = Path(folder, "openapi.json")
        file.write_text(json.dumps(root))
        try:
            document = load_document(file)
        except ContractError:
            return
        _everything(compile_contract(document))


def test_every_node_replaced_by_a_reference_to_itself(tmp_path: Path) -> None:
    for path in PLACES:
        pointer = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)
        _everything(compiled(tmp_path, changed(put(*path, value={"$ref": f"#/{pointer}"}))))


def _is_valid(root: dict[str, Any], uri: str) -> bool | None:
    """The validator's verdict; None where it fails itself."""
    try:
        return next(iter(VALIDATORS[root["openapi"][:3]](root, base_uri=uri).iter_errors()), None) is None
    except Exception:  # noqa: BLE001 - whatever it raises, it is no verdict
        return None


def _leads_nowhere(path: tuple[str | int, ...]) -> bool:
    """Whether dropping this node makes a finding of ours that the validator does not look for."""
    return path[:2] in (("components", "securitySchemes"), ("components", "examples"))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_missing_node_is_an_error_only_if_the_validator_says_so(tmp_path: Path, version: str) -> None:
    root = changed(put("openapi", value=version))
    mappings = [path for path in PLACES if isinstance(at(DRAFT, *path[:-1]), dict) and not _leads_nowhere(path)]
    verdicts = []
    for path in mappings[::3]:
        contract = compiled(tmp_path, changed(drop(*path), root=root))
        errors = [finding for finding in contract.findings if finding.severity is Severity.ERROR]
        valid = _is_valid(contract.document.root, (tmp_path / "openapi.json").as_uri())
        assert not (valid and errors), (path, errors)
        verdicts.append(valid)
    assert verdicts.count(True) > 20
    assert False in verdicts


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here (BEEP_MOCK_CORPUS)")
@pytest.mark.parametrize("file", corpus_documents(), ids=lambda file: file.name)
def test_the_corpus_has_the_findings_it_deserves(file: Path) -> None:
    contract = compile_contract(file)
    assert contract.operations
    assert {f.rule for f in contract.findings} == CORPUS_FINDINGS.get(str(file.relative_to(CORPUS)), set())
    assert not [f for f in contract.findings if f.severity is Severity.ERROR]
    assert all(operation.broken is None for operation in contract.operations.values())


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("redocly-museum.yaml", True),
        ("redocly-cafe-32.yaml", True),
        ("oai-api-with-examples.yaml", True),
        ("readme-parameters-style.json", True),
    ],
)
def test_the_validator_agrees_on_the_corpus(name: str, valid: bool) -> None:
    contract = corpus_contract(name)
    assert _is_valid(contract.document.root, (CORPUS / name).as_uri()) is valid
    assert not [f for f in contract.findings if f.severity is Severity.ERROR]


def test_a_large_document_keeps_its_order_and_its_sharing() -> None:
    contract = corpus_contract("stripe.yaml")
    assert len(contract.operations) == 402
    assert contract.router.match("/v1/charges/ch_1") is not None
    accounts = contract.operations["GET /v1/accounts/{account}"]
    assert accounts.responses[0].content[0].schema is not None
    assert (
        accounts.responses[0].content[0].schema.node
        is contract.document.lookup(
            "#/paths/~1v1~1accounts~1{account}/get/responses/200/content/application~1json/schema"
        )[0]
    )
