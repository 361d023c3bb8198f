"""Every document of the corpus is mocked: each operation's own example or sample request gets a declared status."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beep_mock.agreement.prism import questions
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.example_requests import ask
from beep_mock.contracts.model import Operation
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.mocks.mock import Mock
from tests.support.corpus import FOLDER, documents
from tests.support.wsgi_client import call


def declares(operation: Operation, status: int) -> bool:
    declared = {r.status for r in operation.responses}
    return bool({str(status), f"{status // 100}XX", "default"} & declared) or not declared


def bare(operation: Operation) -> Operation:
    """The operation without what its examples say of requests."""
    body = operation.request_body
    if body is not None:
        body = replace(body, content=tuple(replace(media, examples=()) for media in body.content))
    parameters = tuple(replace(parameter, examples=()) for parameter in operation.parameters)
    return replace(operation, parameters=parameters, request_body=body)


@pytest.mark.skipif(not documents(), reason=f"no corpus at {FOLDER}")
@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_operation_answers_as_declared(document: Path) -> None:
    contract = compile_contract(document)
    mock = Mock("service", contract)
    wrong = []
    asked = 0
    for question in questions(contract):
        path = question.target.partition("?")[0]
        match = contract.router.match(path)
        route = match.methods.get(question.operation.method) if match is not None else None
        if route is not None and route.payload is not question.operation and "{" not in question.operation.path:
            continue  # the document declares this very path twice (`/a` and `/a#b`): the first is served
        asked += 1
        headers: dict[str, str] = {}
        for name, value in question.headers:
            headers[name] = f"{headers[name]}; {value}" if name in headers else value
        reply = call(mock, question.operation.method, question.target, headers, question.body)
        served = route.payload if route is not None else question.operation
        if reply.status == 422 and not declares(served, 422) and question.interaction is not None:
            # The document's own request breaks the document; then a sample is to be answered.
            assert reply.json["validation"]
            sample = ask(bare(question.operation), None, Sampler(contract.document, contract.schemas))
            target = f"{sample.path}?{sample.query}" if sample.query else sample.path
            reply = call(mock, question.operation.method, target, dict(sample.headers), sample.body)
        if not declares(served, reply.status) and served.responses:
            wrong.append(f"{question.subject}: {question.target}: {reply.status} {reply.body[:300]!r}")
        elif reply.header("Beep-Mock-Source") == "sample":
            broken = response_violations(
                contract, served, reply.status, reply.headers, reply.body, method=question.operation.method
            )
            wrong += [f"{question.subject}: {v}" for v in broken]
    assert wrong == []
    assert asked > 0 or not any(o.responses for o in contract.operations.values())


@pytest.mark.skipif(not documents(), reason=f"no corpus at {FOLDER}")
def test_the_corpus_is_whole() -> None:
    assert len(documents()) >= 24
