"""Links: the values of an exchange that fill the parameters of other operations (OpenAPI 3.1.1, 4.8.20)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from beep_mock.contracts.callbacks import check_references
from beep_mock.contracts.expressions import (
    Expression,
    ExpressionError,
    looks_like_expression,
    parse_expression,
)
from beep_mock.contracts.nodes import child
from beep_mock.contracts.reading.references import split, tokens
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract, Operation, Parameter, ResponseSpec
    from beep_mock.contracts.nodes import Nodes

__all__ = ["Feed", "Link", "check_links", "feeds_of", "read_links", "target_of"]

_FIELDS = frozenset({"operationRef", "operationId", "parameters", "requestBody", "description", "server"})
_LOCATIONS = ("path", "query", "header", "cookie")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a response. Its values are expressions or constants.

    ``operation_ref`` is the place of its target (``#/paths/~1worlds/get``, or one in another file). The keys of
    ``parameters`` may be qualified (``path.id``). ``server`` is the URL of another server to use, if there is one.
    """

    name: str
    operation_id: str
    operation_ref: str
    parameters: Mapping[str, Expression | Json]
    request_body: Expression | Json | Missing
    server: str
    at: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One value that a link passes to ``operation``: read from an exchange, or a constant.

    ``parameter`` is a :attr:`Parameter.key` of that operation, or ``body``.
    """

    link: str
    operation: Operation
    parameter: str
    value: Expression | Json


def read_links(nodes: Nodes, node: dict[str, Any], at: str) -> tuple[Link, ...]:
    """Compile the links of the Response Object ``node``; a faulty link never disables its operation."""
    if "links" not in node:
        return ()
    found = []
    with nodes.scope():
        declared, place = nodes.mapping(node["links"], child(at, "links"), "'links'", breaking=False)
        for name, entry in declared.items():
            if not name.startswith("x-"):
                link = nodes.read(entry, child(place, name), partial(_link, nodes, name), f"link '{name}'")
                if link is not None:
                    found.append(link)
    return tuple(found)


def target_of(link: Link, operations: Mapping[str, Operation], document: Document) -> Operation | None:
    """Return the operation of ``operations`` (by key) that a link leads to; None when it leads out of the document."""
    return _Targets(operations, document).find(link)


def feeds_of(contract: Contract, response: ResponseSpec) -> tuple[Feed, ...]:
    """Return the parameters that the links of a declared response fill, by operation of ``contract``.

    Links that lead elsewhere, and parameters that their operation does not have, are left out.
    """
    if not response.links:
        return ()
    targets = _targets.get(contract)
    if targets is None:
        targets = _targets.setdefault(contract, _Targets(contract.operations, contract.document))
    found: list[Feed] = []
    for link in response.links:
        operation = targets.find(link)
        if operation is None:
            continue
        for name, value in link.parameters.items():
            parameter = _parameter(operation, name)
            if parameter is not None:
                found.append(Feed(link.name, operation, parameter.key, value))
        if link.request_body is not MISSING and operation.request_body is not None:
            found.append(Feed(link.name, operation, "body", link.request_body))
    return tuple(found)


def check_links(nodes: Nodes, operations: Mapping[str, Operation]) -> None:
    """Report links with an unknown target, an unknown parameter or a value that never exists."""
    targets = _Targets(operations, nodes.document)
    for operation in operations.values():
        for response in operation.responses:
            for link in response.links:
                _check_link(nodes, link, operation, targets)


def _check_link(nodes: Nodes, link: Link, owner: Operation, targets: _Targets) -> None:
    for name, value in link.parameters.items():
        if isinstance(value, Expression):
            check_references(nodes, value, owner.parameters, child(child(link.at, "parameters"), name))
    if isinstance(link.request_body, Expression):
        check_references(nodes, link.request_body, owner.parameters, child(link.at, "requestBody"))
    target = targets.find(link)
    if target is None:
        if link.operation_id:
            nodes.error(
                "link-broken", f"link '{link.name}' leads nowhere: no operation has the operationId "
                f"'{link.operation_id}'", child(link.at, "operationId"),
            )  # fmt: skip
        elif link.operation_ref and not split(link.operation_ref)[0]:
            nodes.error(
                "link-broken", f"link '{link.name}' leads nowhere: there is no operation at '{link.operation_ref}'",
                child(link.at, "operationRef"), "write it as '#/paths/~1worlds~1{worldId}/get'",
            )  # fmt: skip
        return
    for name in link.parameters:
        if _parameter(target, name) is None:
            nodes.error(
                "link-parameter-unknown", f"link '{link.name}': {target.key} has no parameter '{name}'",
                child(child(link.at, "parameters"), name),
            )  # fmt: skip


class _Targets:
    """Index of operations by operationId and place."""

    def __init__(self, operations: Mapping[str, Operation], document: Document) -> None:
        self._operations = operations
        self._document = document
        self._by_id: dict[str, Operation] = {}
        for operation in operations.values():
            if operation.operation_id:
                self._by_id.setdefault(operation.operation_id, operation)

    def find(self, link: Link) -> Operation | None:
        if link.operation_id:
            return self._by_id.get(link.operation_id)
        file, pointer = split(link.operation_ref)
        steps = tokens(pointer)
        if not file and len(steps) >= 3 and steps[0] == "paths":
            return self._operations.get(f"{steps[-1].upper()} {steps[1]}") or self._operations.get(
                f"{steps[-1]} {steps[1]}"
            )
        if file:
            return None
        try:  # a path item in `components`, which a path refers to
            _, at = self._document.lookup(link.operation_ref)
        except ContractError:
            return None
        return next((o for o in self._operations.values() if o.at == at), None)


_targets: WeakKeyDictionary[Contract, _Targets] = WeakKeyDictionary()


def _parameter(operation: Operation, name: str) -> Parameter | None:
    """Return the parameter that a link's key names: with its location (OpenAPI 3.2, 4.20.1), else by name."""
    location, dot, bare = name.partition(".")
    if dot and location in _LOCATIONS:
        found = _named(operation.parameters, bare, location)
        if found is not None:
            return found
    return _named(operation.parameters, name, "")


def _named(parameters: Iterable[Parameter], name: str, location: str) -> Parameter | None:
    for parameter in parameters:
        same = parameter.name == name or (parameter.location == "header" and parameter.name.lower() == name.lower())
        if same and location in ("", parameter.location):
            return parameter
    return None


def _link(nodes: Nodes, name: str, node: dict[str, Any], at: str) -> Link:
    nodes.known(node, at, _FIELDS, "a link")
    operation_id, reference = nodes.text(node, at, "operationId"), nodes.text(node, at, "operationRef")
    if not operation_id and not reference:
        nodes.error("link-broken", f"link '{name}' must have 'operationId' or 'operationRef'", at)
    elif operation_id and reference:
        nodes.error("link-ambiguous", f"link '{name}' may not have both 'operationId' and 'operationRef'", at)
    parameters, place = nodes.mapping(node.get("parameters", {}), child(at, "parameters"), "'parameters'",
                                      breaking=False)  # fmt: skip
    server, here = nodes.mapping(node.get("server", {}), child(at, "server"), "'server'", breaking=False)
    body: Expression | Json | Missing = MISSING
    if "requestBody" in node:
        body = _value(nodes, node["requestBody"], child(at, "requestBody"))
    return Link(
        name=name,
        operation_id=operation_id,
        operation_ref=nodes.document.canonical(reference, at) if reference and not operation_id else "",
        parameters={key: _value(nodes, value, child(place, key)) for key, value in parameters.items()},
        request_body=body,
        server=nodes.text(server, here, "url") if server else "",
        at=at,
        description=nodes.text(node, at, "description"),
    )


def _value(nodes: Nodes, value: Json, at: str) -> Expression | Json:
    if not looks_like_expression(value):
        return value
    try:
        return parse_expression(value)
    except ExpressionError as error:
        nodes.warn("expression-invalid", f"treated as a constant: {error.message}", at)
        return value
