"""Our verdict of a request, and openapi-core's: the same faults, but where a specification says otherwise."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from beep_mock.contracts.compiler import compile_contract
from beep_mock.mocks.mock import Mock
from tests.support.disagreements import DISAGREEMENTS, Difference, Disagreement, explanation
from tests.support.requests_near import Asked, requests_of
from tests.support.verdicts import OpenAPICore, our_faults

HERE = Path(__file__).parent
DOCUMENTS = {
    **{file.stem: file for file in sorted((HERE / "documents").glob("*.yaml"))},
    **{file.parent.name: file for file in sorted((HERE.parents[2] / "contracts").glob("*/openapi.yaml"))},
}


@cache
def judges(name: str) -> tuple[Mock, OpenAPICore]:
    mock = Mock(name, compile_contract(DOCUMENTS[name]))
    return mock, OpenAPICore(mock.contract.document.root)


def differences(name: str, asked: Asked) -> list[Difference]:
    mock, openapi_core = judges(name)
    ours, theirs = our_faults(mock, asked), openapi_core.faults(asked)
    return [Difference(asked, fault, fault in ours, ours) for fault in sorted(ours ^ theirs)]


def unintended(name: str, asked: Asked) -> list[str]:
    return [
        f"{d.fault} is refused by {'us' if d.we_refuse else 'openapi-core'} only: {asked}"
        for d in differences(name, asked)
        if explanation(d) is None
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_requests_have_the_same_faults(name: str) -> None:
    mock, _ = judges(name)
    valid: list[bool] = []

    @settings(deadline=None, max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(requests_of(mock.contract))
    def same(asked: Asked) -> None:
        assert unintended(name, asked) == []
        valid.append(not our_faults(mock, asked))

    same()
    # A fair mix: both ways of being wrong can show.
    assert 0.1 < sum(valid) / len(valid) < 0.95


def sample(disagreement: Disagreement) -> Asked:
    method, _, target = disagreement.target.partition(" ")
    contract = judges(disagreement.file)[0].contract
    match = contract.router.match(target.partition("?")[0])
    # A path that nothing matches belongs to no operation.
    operation = match.methods[method].payload if match is not None else next(iter(contract.operations.values()))
    return Asked(operation, method, target, disagreement.headers, disagreement.body)


@pytest.mark.parametrize("disagreement", DISAGREEMENTS, ids=lambda d: d.says[:50])
def test_a_disagreement_is_still_one(disagreement: Disagreement) -> None:
    """Each entry of the list shows in its sample: one that openapi-core has given up is to be taken out."""
    found = {(d.fault, d.we_refuse): explanation(d) for d in differences(disagreement.file, sample(disagreement))}
    assert found.get((disagreement.fault, disagreement.we_refuse)) is disagreement, found


def test_each_disagreement_names_what_decides_it() -> None:
    assert all("section" in d.decides or "appendix" in d.decides for d in DISAGREEMENTS)
