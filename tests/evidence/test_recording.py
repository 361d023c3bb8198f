from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.model import Contract
from beep_mock.errors import EvidenceError
from beep_mock.evidence.hashing import interaction_hash, provider_hashes
from beep_mock.evidence.recording import Tried, provider_version, record_results
from beep_mock.evidence.store import Store
from beep_mock.evidence.trust import bare_interaction
from beep_mock.interaction import Interaction
from beep_mock.pacts.model import read_pact
from beep_mock.workspace import Workspace


@pytest.fixture
def contract(workspace: Workspace) -> Contract:
    return compile_contract(workspace.contract_path("shop"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "evidence.db")


def example(contract: Contract, name: str) -> Interaction:
    every = [i for operation in contract.operations.values() for i in interactions_of(contract, operation)]
    return next(interaction for interaction in every if interaction.name == name)


def pact(folder: Path, request: dict[str, Any], response: dict[str, Any]) -> Interaction:
    entry = {"description": "d", "request": request, "response": response}
    content = {"consumer": {"name": "hello"}, "provider": {"name": "shop"}, "interactions": [entry]}
    file = folder / "pact.json"
    file.write_text(json.dumps(content), "utf-8")
    return read_pact(file).interactions[0]


def test_results_are_evidence_of_the_present_state(workspace: Workspace, contract: Contract, store: Store) -> None:
    tea, out = example(contract, "tea"), example(contract, "out")
    tried = [Tried(tea, True, "example"), Tried(out, False, "example")]
    assert record_results(workspace, "shop", tried, store=store, version="1.4.2", contract=contract) == 2
    verdicts = store.verdicts("shop", provider_hashes(workspace, "shop"))
    assert str(verdicts[interaction_hash(tea)]).startswith("verified shop@1.4.2 20")
    assert str(verdicts[interaction_hash(out)]) == "refuted shop@1.4.2"
    (workspace.root / "providers/shop/app.py").write_text("changed", "utf-8")
    now = provider_hashes(workspace, "shop")
    assert {evidence.standing for evidence in store.verdicts("shop", now).values()} == {"stale"}


TEA = {"method": "GET", "path": "/goods/7", "query": {"lang": ["en"]}, "headers": {"Accept": "application/json"}}
TEA_BODY = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"name": "Tea", "id": 7}}


@pytest.mark.parametrize(
    ("request_", "response", "same"),
    [
        (TEA, TEA_BODY, True),
        (TEA, {**TEA_BODY, "body": {"id": 7}}, False),  # of the rest nobody has looked at anything
        (TEA, {**TEA_BODY, "status": 201}, False),
        ({**TEA, "path": "/goods/8"}, TEA_BODY, False),
        ({**TEA, "query": {"lang": ["de"]}}, TEA_BODY, False),
        ({**TEA, "query": {}}, TEA_BODY, False),
        ({**TEA, "path": "/other/7"}, TEA_BODY, False),
    ],
)
def test_a_pact_speaks_for_the_example_that_says_the_same(
    workspace: Workspace,
    contract: Contract,
    store: Store,
    tmp_path: Path,
    request_: dict[str, Any],
    response: dict[str, Any],
    same: bool,
) -> None:
    recorded = pact(tmp_path, request_, response)
    record_results(
        workspace, "shop", [Tried(recorded, True, "pact", "hello")], store=store, version="1", contract=contract
    )
    verdicts = store.verdicts("shop", provider_hashes(workspace, "shop"))
    assert interaction_hash(recorded) in verdicts
    assert (interaction_hash(example(contract, "tea")) in verdicts) == same


def test_a_refuted_pact_refutes_the_example_whatever_else_passed(
    workspace: Workspace, contract: Contract, store: Store, tmp_path: Path
) -> None:
    tea = example(contract, "tea")
    tried = [
        Tried(pact(tmp_path, TEA, TEA_BODY), False, "pact", "hello"),
        Tried(pact(tmp_path, TEA, TEA_BODY), True, "pact", "other"),
        Tried(tea, True, "example"),
    ]
    record_results(workspace, "shop", tried, store=store, version="1", contract=contract)
    verdicts = store.verdicts("shop", provider_hashes(workspace, "shop"))
    assert str(verdicts[interaction_hash(tea)]) == "refuted shop@1"


def test_a_pact_speaks_for_an_answer_that_says_its_status_and_no_more(
    workspace: Workspace, contract: Contract, store: Store, tmp_path: Path
) -> None:
    tried = [Tried(pact(tmp_path, {"method": "DELETE", "path": "/goods/3"}, {"status": 204}), True, "pact", "hello")]
    record_results(workspace, "shop", tried, store=store, version="1", contract=contract)
    bare = bare_interaction(contract.operations["DELETE /goods/{id}"], 204)
    assert bare is not None
    assert interaction_hash(bare) in store.verdicts("shop", provider_hashes(workspace, "shop"))
    operation = contract.operations["GET /goods/{id}"]
    assert bare_interaction(operation, 200) is bare_interaction(operation, 500) is None


def test_the_version_is_what_git_calls_it(workspace: Workspace) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], cwd=workspace.root, check=True, capture_output=True)

    assert provider_version(workspace, "shop") == "unversioned"
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("tag", "v1.4.2")
    assert provider_version(workspace, "shop") == provider_version(workspace, "elsewhere") == "v1.4.2"
    (workspace.root / "providers/shop/app.py").write_text("2", "utf-8")
    assert provider_version(workspace, "shop") == "v1.4.2-dirty"


@pytest.mark.parametrize("version", ["1 2", "1\r\nX-Evil: yes", "ü", "x" * 201])
def test_a_version_that_fits_no_header_is_a_fault(workspace: Workspace, store: Store, version: str) -> None:
    with pytest.raises(EvidenceError, match="not a provider version"):
        record_results(workspace, "shop", [], store=store, version=version)
