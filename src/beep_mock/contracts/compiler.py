"""Compile a document into a contract. A defect becomes a finding and disables only what depends on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.document import Document, load_document
from beep_mock.contracts.links import check_links
from beep_mock.contracts.model import Contract, Example, Operation, Parameter
from beep_mock.contracts.nodes import Nodes, child
from beep_mock.contracts.operations import PathContext, compile_operation, compile_webhooks, extensions_of
from beep_mock.contracts.parameters.declared import read_parameters
from beep_mock.contracts.routing.path_items import check_template, declared_operations, path_item_fields
from beep_mock.contracts.routing.router import Router
from beep_mock.contracts.routing.servers import read_base_paths, server_urls
from beep_mock.contracts.routing.shared_urls import listed_texts, marks_of
from beep_mock.contracts.routing.templates import PathTemplate, parse_template
from beep_mock.contracts.schemas.store import SchemaStore
from beep_mock.contracts.security import read_requirements, read_schemes
from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["compile_contract"]

_EXCLUDING = re.compile(r"\[\^(?:\\.|[^\]\\])*\]")  # a class of what is not allowed
_WITH_SLASHES = ("uri", "uri-reference", "uri-template", "iri", "iri-reference", "json-pointer")
_ENCODED = re.compile(r"\b(?:ur[il]|percent)[- ]?encoded\b", re.IGNORECASE)
_ROOT_FIELDS = frozenset({"openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"})
_ROOT_FIELDS_31 = frozenset({*_ROOT_FIELDS, "webhooks", "jsonSchemaDialect", "$self"})


def compile_contract(source: str | Path | Document, *, allow_remote: bool = False) -> Contract:
    """Compile an OpenAPI 3.0, 3.1 or 3.2 document, or one in Swagger 2.0.

    Nothing is raised for what is merely invalid: ``Contract.findings`` tells it, and an operation that cannot be
    served carries its finding in ``Operation.broken``.

    :raises InvalidDocumentError: the file cannot be read, does not parse, or is not an OpenAPI document.
    :raises UnsupportedFeatureError: it is of a version that is not supported.
    """
    document = source if isinstance(source, Document) else load_document(source, allow_remote=allow_remote)
    return _Compilation(document).contract()


class _Compilation:
    """The state of compiling one document: findings so far, operations so far."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = document.root
        self.nodes = Nodes(document)
        self.modern = not document.version.startswith("3.0")
        self.newest = self.modern and not document.version.startswith("3.1")
        self.operations: dict[str, Operation] = {}
        self.routes: list[tuple[str, dict[str, Operation]]] = []
        self._operation_ids: dict[str, str] = {}
        self._urls: dict[tuple[object, ...], str] = {}

    def contract(self) -> Contract:
        nodes, root = self.nodes, self.root
        info, _ = nodes.mapping(root.get("info", {}), "#/info", "'info'", breaking=False)
        self._check_root(info)
        components, place = nodes.mapping(root.get("components", {}), "#/components", "'components'", breaking=False)
        schemes = read_schemes(nodes, components, place)
        security = read_requirements(nodes, root, "#", schemes) or ()
        base_paths = read_base_paths(nodes, root, "#") or ("",)
        servers = server_urls(root)
        outline = PathContext(parse_template("/"), {}, security, schemes, base_paths, None, servers=servers)
        paths, place = nodes.mapping(root.get("paths", {}), "#/paths", "'paths'", breaking=False)
        for template, node in paths.items():
            if not template.startswith("x-"):
                self._path(parse_template(template), node, child(place, template), outline)
        webhooks = compile_webhooks(nodes, root, schemes)
        check_links(nodes, self.operations)
        every_base = dict.fromkeys((*base_paths, *(base for op in self.operations.values() for base in op.base_paths)))
        return Contract(
            title=nodes.text(info, "#/info", "title"),
            version=nodes.text(info, "#/info", "version"),
            openapi=self.document.written,
            document=self.document,
            operations=self.operations,
            router=Router(
                self.routes,
                {text: names for text, methods in self.routes if (names := self._wide(text, methods))},
                {text: values for text, methods in self.routes if (values := self._listed(methods))},
            ),
            schemas=SchemaStore(self.document, self.document.version),
            base_paths=tuple(every_base),
            findings=tuple(dict.fromkeys((*self.document.findings, *nodes.findings.values()))),
            extensions=extensions_of(root),
            webhooks=webhooks,
            security_schemes=tuple(scheme for scheme in schemes.values() if scheme is not None),
        )

    def _check_root(self, info: dict[str, Any]) -> None:
        nodes, root = self.nodes, self.root
        nodes.known(root, "#", _ROOT_FIELDS_31 if self.modern else _ROOT_FIELDS, "an OpenAPI document")
        if "info" not in root:
            nodes.error("field-missing", "an OpenAPI document must have 'info'", "#")
        else:
            nodes.text(info, "#/info", "title", required_by="'info'")
            nodes.text(info, "#/info", "version", required_by="'info'")
        if "paths" not in root and not (self.modern and ("webhooks" in root or "components" in root)):
            nodes.error("field-missing", "an OpenAPI document must have 'paths'", "#")

    def _path(self, template: PathTemplate, node: Any, at: str, outline: PathContext) -> None:
        nodes = self.nodes
        check_template(nodes, template, at)
        with nodes.scope() as found:
            fields = path_item_fields(nodes, node, at)
            item = {name: value for name, (value, _) in fields.items()}
            place = fields["parameters"][1] if "parameters" in fields else at
            parameters = read_parameters(nodes, item, place)
        place = fields["servers"][1] if "servers" in fields else at
        context = PathContext(
            template=template,
            parameters=parameters,
            security=outline.security,
            schemes=outline.schemes,
            base_paths=read_base_paths(nodes, item, place) or outline.base_paths,
            broken=found.finding,
            servers=server_urls(item) or outline.servers,
        )
        methods: dict[str, Operation] = {}
        for method, (operation, place) in declared_operations(nodes, fields).items():
            compiled = compile_operation(nodes, method, operation, place, context)
            methods[method] = self.operations[compiled.key] = compiled
            self._check_unique(compiled, template)
        if methods:
            self.routes.append((template.text, methods))

    def _check_unique(self, operation: Operation, template: PathTemplate) -> None:
        nodes, key = self.nodes, operation.key
        if operation.operation_id:
            first = self._operation_ids.setdefault(operation.operation_id, key)
            if first != key:
                nodes.error(
                    "operation-id-duplicate", f"operationId '{operation.operation_id}' is {first}'s already",
                    child(operation.at, "operationId"),
                )  # fmt: skip
        marks = frozenset(marks_of(operation, self.document).items())
        named = frozenset(p.name for p in operation.parameters if p.required and p.location == "query")
        url = (operation.method, marks, named, *(segment.literals for segment in template.segments))
        first = self._urls.setdefault(url, operation.path)
        if first != operation.path:
            renamed = parse_template(first).names != template.names
            nodes.warn(
                "path-ambiguous", f"{key} shares its URL with '{first}', which answers what both take", operation.at,
                "templates that differ only in the names of their parameters are the same path" if renamed else "",
            )  # fmt: skip

    def _wide(self, path: str, methods: dict[str, Operation]) -> frozenset[str]:
        """Return the path parameters whose examples, enums, patterns or descriptions have slashes."""
        # Where all is templated, people's words are not enough to take every path.
        is_told = any(segment.is_literal for segment in parse_template(path).segments)
        return frozenset(
            parameter.name
            for parameter in _of_paths(methods)
            if any(isinstance(example.value, str) and "/" in example.value for example in _shown(parameter))
            or self._is_sliced(parameter)
            or (is_told and self._is_encoded(parameter))
        )

    def _is_sliced(self, parameter: Parameter) -> bool:
        """Return whether a parameter's enum or pattern contains a slash, as multi-segment resource names do."""
        if parameter.schema is None:
            return False
        if any("/" in text for text in listed_texts(parameter.schema, self.document)):
            return True
        try:
            node, _ = self.document.follow(parameter.schema.node, parameter.schema.at)
        except ContractError:
            return False
        if not isinstance(node, dict):
            return False
        pattern = node.get("pattern")
        return node.get("format") in _WITH_SLASHES or (isinstance(pattern, str) and "/" in _EXCLUDING.sub("", pattern))

    def _is_encoded(self, parameter: Parameter) -> bool:
        """Return whether its description asks callers to encode it ("ID or URL-encoded path of the project")."""
        try:
            node, _ = self.document.lookup(parameter.at)
        except ContractError:
            return False
        told = node.get("description") if isinstance(node, dict) and node.get("in") == "path" else None
        return isinstance(told, str) and _ENCODED.search(told) is not None

    def _listed(self, methods: dict[str, Operation]) -> dict[str, frozenset[str]]:
        """Return the values of the path parameters that have a few only."""
        found: dict[str, frozenset[str]] = {}
        for parameter in _of_paths(methods):
            texts = listed_texts(parameter.schema, self.document) if parameter.schema is not None else frozenset()
            if texts:
                found[parameter.name] = found.get(parameter.name, frozenset()) | texts
        return found


def _of_paths(methods: dict[str, Operation]) -> Iterator[Parameter]:
    for operation in methods.values():
        yield from (parameter for parameter in operation.parameters if parameter.location == "path")


def _shown(parameter: Parameter) -> Iterator[Example]:
    yield from parameter.examples
    node = parameter.schema.node if parameter.schema is not None else None
    if isinstance(node, dict) and "example" in node:
        yield Example("", node["example"], parameter.at)
