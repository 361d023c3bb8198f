"""Compile an Operation Object: its parameters, request body, responses and security."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.callbacks import check_references, read_callbacks, read_webhooks
from beep_mock.contracts.content import read_content, read_headers
from beep_mock.contracts.links import read_links
from beep_mock.contracts.model import Operation, Parameter, RequestBody, ResponseSpec, SecurityScheme
from beep_mock.contracts.nodes import Nodes, child, kind_of
from beep_mock.contracts.parameters.declared import CREDENTIALS, effective_parameters, read_parameters
from beep_mock.contracts.reading.structure import PROMISED
from beep_mock.contracts.routing.servers import ServerUrl, read_base_paths, server_urls
from beep_mock.contracts.security import Alternatives, read_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beep_mock.contracts.routing.templates import PathTemplate
    from beep_mock.findings import Finding

__all__ = ["PathContext", "compile_operation", "compile_webhooks", "extensions_of"]

_FIELDS = frozenset(
    {"tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses",
     "callbacks", "deprecated", "security", "servers"}
)  # fmt: skip
_BODY_FIELDS = frozenset({"description", "content", "required"})
_RESPONSE_FIELDS = frozenset({"description", "summary", "headers", "content", "links"})
_STATUS = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")


@dataclass(frozen=True, slots=True)
class PathContext:
    """The settings that an operation inherits from its path item and its document.

    ``parameters`` are the path item's, by key, with their places; ``broken`` is what is wrong with them.
    ``outgoing`` operations are callbacks and webhooks; their own callbacks would be the consumer's.
    """

    template: PathTemplate
    parameters: Mapping[str, tuple[Parameter, str]]
    security: Alternatives
    schemes: dict[str, SecurityScheme | None]
    base_paths: tuple[str, ...]
    broken: Finding | None
    outgoing: bool = False
    servers: tuple[ServerUrl, ...] = ()


def extensions_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``x-`` fields of a node, as written."""
    return {name: value for name, value in node.items() if name.startswith("x-")}


def compile_operation(nodes: Nodes, method: str, node: Any, at: str, context: PathContext) -> Operation:
    """Compile the operation ``method`` at the context's path; ``broken`` says what makes it unusable."""
    key = f"{method} {context.template.text}"
    with nodes.scope() as found:
        node, at = nodes.mapping(node, at, "an operation")
        nodes.known(node, at, _FIELDS, "an operation")
        parameters = {**context.parameters, **read_parameters(nodes, node, at)}
        declared = read_requirements(nodes, node, at, context.schemes)
        security = context.security if declared is None else declared
        if CREDENTIALS in parameters:
            security = security or _any_credentials(parameters[CREDENTIALS][0], context)
            if nodes.document.written != "2.0":  # there it is a parameter like others
                del parameters[CREDENTIALS]
        operation_parameters = effective_parameters(nodes, context.template, parameters.values(), key, at)
        request_body = _request_body(nodes, node, at)
        responses = _responses(nodes, node, at, key) if node or found.finding is None else ()
    callbacks = () if context.outgoing else read_callbacks(nodes, node, at, partial(_outgoing, nodes, context.schemes))
    for callback in callbacks:
        check_references(nodes, callback.url, operation_parameters, callback.at)
    tags, place = nodes.listing(node, at, "tags", breaking=False)
    for index, tag in enumerate(tags):
        if not isinstance(tag, str):
            nodes.error("structure-invalid", f"a tag must be a string, this is {kind_of(tag)}", child(place, index))
    return Operation(
        method=method,
        path=context.template.text,
        operation_id=nodes.text(node, at, "operationId"),
        summary=nodes.text(node, at, "summary"),
        tags=tuple(tag for tag in tags if isinstance(tag, str)),
        parameters=operation_parameters,
        request_body=request_body,
        responses=responses,
        security=security,
        base_paths=read_base_paths(nodes, node, at) or context.base_paths,
        at=at,
        broken=found.finding or context.broken,
        deprecated=nodes.flag(node, at, "deprecated"),
        extensions=extensions_of(node),
        callbacks=callbacks,
        servers=server_urls(node) or context.servers,
    )


def _any_credentials(parameter: Parameter, context: PathContext) -> Alternatives:
    """Return the demand of a required ``Authorization`` header: any value."""
    if context.outgoing or not parameter.required:
        return ()
    return ((SecurityScheme(parameter.name, "apiKey", location="header", parameter="Authorization"),),)


def _outgoing(
    nodes: Nodes,
    schemes: dict[str, SecurityScheme | None],
    method: str,
    node: Any,
    at: str,
    template: PathTemplate,
    parameters: Mapping[str, tuple[Parameter, str]],
    broken: Finding | None,
) -> Operation:
    """Compile an operation that the provider calls: the document's security and servers do not apply."""
    context = PathContext(template, parameters, (), schemes, ("",), broken, outgoing=True)
    return compile_operation(nodes, method, node, at, context)


def compile_webhooks(
    nodes: Nodes, root: dict[str, Any], schemes: dict[str, SecurityScheme | None]
) -> dict[str, dict[str, Operation]]:
    """Compile the webhooks of a document, by name and method."""
    return read_webhooks(nodes, root, partial(_outgoing, nodes, schemes))


def _request_body(nodes: Nodes, node: dict[str, Any], at: str) -> RequestBody | None:
    if "requestBody" not in node:
        return None
    return nodes.read(node["requestBody"], child(at, "requestBody"), partial(_read_body, nodes), "'requestBody'")


def _read_body(nodes: Nodes, node: dict[str, Any], at: str) -> RequestBody:
    nodes.known(node, at, _BODY_FIELDS, "a request body")
    if "content" not in node:
        nodes.error("field-missing", "a request body must have 'content'", at)
    return RequestBody(required=nodes.flag(node, at, "required"), content=read_content(nodes, node, at), at=at)


def _responses(nodes: Nodes, node: dict[str, Any], at: str, key: str) -> tuple[ResponseSpec, ...]:
    declared, place = nodes.mapping(node.get("responses", {}), child(at, "responses"), "'responses'")
    found: dict[str, ResponseSpec] = {}
    for name, entry in declared.items():
        if name.startswith("x-"):
            continue
        here = child(place, name)
        status = name if name == "default" else name.upper()
        if not _STATUS.fullmatch(status):
            nodes.error("status-invalid", f"'{name}' is not a status", here, "use 100 to 599, 1XX to 5XX or default")
            continue
        if status != name:
            nodes.error("status-invalid", f"status '{name}' must be written '{status}'", here)
        response = nodes.read(entry, here, partial(_response, nodes, status), f"response '{status}'")
        if response is not None:
            found.setdefault(status, response)
    if node.get("responses") in (None, {}):
        optional = "responses" not in node and not nodes.document.version.startswith("3.0")
        note = nodes.warn if optional else nodes.error
        note("response-missing", f"{key} declares no response", at, "declare at least one under 'responses'")
    return tuple(found.values())


def _response(nodes: Nodes, status: str, node: dict[str, Any], at: str) -> ResponseSpec:
    nodes.known(node, at, _RESPONSE_FIELDS, "a response")
    described = nodes.document.version.startswith(("3.0", "3.1"))
    return ResponseSpec(
        status=status,
        description=nodes.text(node, at, "description", required_by="a response" if described else ""),
        headers=read_headers(nodes, node, at),
        content=read_content(nodes, node, at),
        at=at,
        links=read_links(nodes, node, at),
        implied=read_content(nodes, node, at, PROMISED),
    )
