"""Requests for real documents' operations: each finds its operation, and what is written is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.contracts.bodies.formats import compile_body_decoder
from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.document import Document
from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.model import Contract, Operation, Parameter
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.routing.templates import Segment, parse_template
from beep_mock.contracts.values.shapes import Shape, shape_of
from beep_mock.interaction import Json
from tests.support.declared import received
from tests.support.drafts import corpus_documents


def sample(parameter: Parameter, document: Document) -> Json:
    if parameter.media_type:
        return {"a": [1]} if "json" in parameter.media_type else "a"
    shape = shape_of(parameter.schema, document)
    if not shape.scalars and "array" in shape.types:
        return [scalar(shape_of(shape.items, document))]
    if not shape.scalars:
        inner = {name: shape_of(schema, document) for name, schema in shape.properties.items()}
        found = {name: scalar(each) for name, each in inner.items() if each.scalars == each.types}
        return found or {"x": scalar(shape_of(shape.additional, document))}
    return scalar(shape)


def scalar(shape: Shape) -> Json:
    return next((v for kind, v in (("string", "x"), ("integer", 7), ("boolean", True)) if kind in shape.types), "x")


@pytest.mark.parametrize("file", corpus_documents(), ids=lambda file: file.stem)
def test_every_operation_of_a_real_document_is_found_and_its_parameters_read(file: Path) -> None:
    contract = compile_contract(file)
    missed = []
    for operation in contract.operations.values():
        if operation.broken is not None:
            continue
        missed += wrong_values(operation, contract)
        for media in operation.request_body.content if operation.request_body is not None else ():
            assert callable(compile_body_decoder(media, contract.document))
    assert missed == []


def wrong_values(operation: Operation, contract: Contract) -> list[object]:
    document = contract.document
    values = {p.key: sample(p, document) for p in operation.parameters}
    request = encode_request(operation, values)
    _, query, environ = received(request, operation.path)
    match = contract.router.match(environ["PATH_INFO"], operation.method)
    assert match is not None
    route = match.methods[operation.method]
    if route.payload is not operation:  # several keys of one URL: the first is served
        same = [parse_template(path).segments for path in (route.template, operation.path)]
        return [] if shapes(same[0]) == shapes(same[1]) else [(operation.key, route.template)]
    found = compile_decoder(operation.parameters, document)(route.values(match.slots), query, environ)
    return [] if found == values else [(operation.key, values, found)]


def shapes(segments: tuple[Segment, ...]) -> list[tuple[str, ...]]:
    return [segment.literals for segment in segments]
