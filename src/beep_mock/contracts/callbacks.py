"""Callbacks and webhooks: the requests that a provider sends by itself, as a document declares them.

A callback belongs to an operation, and a runtime expression gives its URL (OpenAPI 3.1.1, 4.8.18); a webhook belongs to
the document and has no URL (4.8.1, `webhooks`). Their operations are compiled like any other: the provider sends the
*request*, and its consumer may answer with the responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.expressions import Expression, ExpressionError, parse_expression
from beep_mock.contracts.nodes import child
from beep_mock.contracts.parameters.declared import read_parameters
from beep_mock.contracts.parameters.headers import NO_PARAMETERS
from beep_mock.contracts.routing.path_items import declared_operations, path_item_fields
from beep_mock.contracts.routing.templates import PathTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from beep_mock.contracts.model import Contract, Operation, Parameter
    from beep_mock.contracts.nodes import Nodes
    from beep_mock.findings import Finding

    Compile = Callable[[str, Any, str, PathTemplate, Mapping[str, tuple[Parameter, str]], Finding | None], Operation]
    """Compiles a method's Operation Object: method, node, place, template, path item's parameters, what breaks it."""

__all__ = ["Callback", "check_references", "outgoing_operations", "read_callbacks", "read_path_item", "read_webhooks"]


@dataclass(frozen=True, slots=True, eq=False)
class Callback:
    """One path item of a callback: ``operations`` are sent to what ``url`` evaluates to.

    ``name`` is the callback's; several entries share it when it has several expressions.
    """

    name: str
    url: Expression
    operations: tuple[Operation, ...]
    at: str


def read_callbacks(nodes: Nodes, node: dict[str, Any], at: str, compile_operation: Compile) -> tuple[Callback, ...]:
    """Return the callbacks of the Operation Object ``node``.

    A faulty callback never breaks the operation itself.
    """
    if "callbacks" not in node:
        return ()
    found: list[Callback] = []
    with nodes.scope():
        declared, place = nodes.mapping(node["callbacks"], child(at, "callbacks"), "'callbacks'", breaking=False)
        for name, entry in declared.items():
            if not name.startswith("x-"):
                reader = partial(_callback, nodes, name, compile_operation)
                found += nodes.read(entry, child(place, name), reader, f"callback '{name}'") or ()
    return tuple(found)


def read_webhooks(nodes: Nodes, root: dict[str, Any], compile_operation: Compile) -> dict[str, dict[str, Operation]]:
    """Return the webhooks of a document by name and method: `webhooks`, or before 3.1 the widely used `x-webhooks`."""
    found: dict[str, dict[str, Operation]] = {}
    for field in ("webhooks", "x-webhooks"):
        if field not in root or (field == "webhooks" and nodes.document.version.startswith("3.0")):
            continue
        declared, place = nodes.mapping(root[field], f"#/{field}", f"'{field}'", breaking=False)
        for name, entry in declared.items():
            if not name.startswith("x-") and name not in found:
                operations = read_path_item(nodes, entry, child(place, name), name, compile_operation)
                found[name] = {operation.method: operation for operation in operations}
    return found


def read_path_item(nodes: Nodes, node: Any, at: str, text: str, compile_operation: Compile) -> tuple[Operation, ...]:
    """Return the operations of a path item without a path; ``text`` is used in its place."""
    with nodes.scope() as broken:
        fields = path_item_fields(nodes, node, at)
        item = {name: value for name, (value, _) in fields.items()}
        parameters = read_parameters(nodes, item, fields["parameters"][1] if "parameters" in fields else at)
    template = PathTemplate(text, (), ())
    return tuple(
        compile_operation(method, operation, place, template, parameters, broken.finding)
        for method, (operation, place) in declared_operations(nodes, fields).items()
    )


def outgoing_operations(contract: Contract) -> Iterator[Operation]:
    """Yield the requests that a provider sends: operations of webhooks and callbacks, in document order."""
    for operations in contract.webhooks.values():
        yield from operations.values()
    for operation in contract.operations.values():
        for callback in operation.callbacks:
            yield from callback.operations


def check_references(nodes: Nodes, expression: Expression, parameters: Iterable[Parameter], at: str) -> None:
    """Warn of values that an expression can never find in an exchange of the operation with these ``parameters``.

    "Request parameters MUST be declared in the `parameters` section of the parent operation or they cannot be
    evaluated. This includes request headers." (OpenAPI 3.1.1, 4.8.20.4)
    """
    declared = {parameter.key for parameter in parameters}
    for reference in expression.references:
        if reference.source not in ("header", "query", "path"):
            continue
        if reference.side == "response":
            if reference.source != "header":
                message = f"'{reference}' is never there: a response has no {reference.source}"
                nodes.warn("expression-unresolvable", message, at, "a response has a body, headers and a status")
            continue
        name = reference.name.lower() if reference.source == "header" else reference.name
        if f"{reference.source}.{name}" in declared or (reference.source == "header" and name in NO_PARAMETERS):
            continue
        message = f"'{reference}': the operation declares no {reference.source} parameter '{reference.name}'"
        nodes.warn("expression-unresolvable", message, at, "declare it under 'parameters'")


def _callback(
    nodes: Nodes, name: str, compile_operation: Compile, node: dict[str, Any], at: str
) -> tuple[Callback, ...]:
    found = []
    for key, entry in node.items():
        if key.startswith("x-") or key == "$ref":
            continue
        here = child(at, key)
        try:
            url = parse_expression(key)
        except ExpressionError as error:
            nodes.error(
                "expression-invalid", f"callback '{name}' cannot be sent: {error.message}", here,
                "write where it goes as a runtime expression: '{$request.body#/url}'",
            )  # fmt: skip
            continue
        operations = read_path_item(nodes, entry, here, key, compile_operation)
        found.append(Callback(name, url, operations, here))
    return tuple(found)
