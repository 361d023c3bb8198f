"""What is wrong with parts of a document that no operation may need: a mock is none the worse, its author would know.

A reference that leads nowhere, and a default that its own schema refuses (OpenAPI 3.0.4, section 4.7.24.1: it "MUST
conform to the defined type"; JSON Schema 2020-12, validation, 9.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.model import Schema
from beep_mock.contracts.nodes import child
from beep_mock.contracts.reading.structure import FIELDS
from beep_mock.errors import ContractError
from beep_mock.findings import Finding, Severity

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract

__all__ = ["part_findings"]


def part_findings(contract: Contract) -> Iterator[Finding]:
    """What is wrong with the parts of the document, used or not. All schemas are made known to the store."""
    parts = _Parts(contract.document)
    parts.walk(contract.document.root, "document", "#")
    yield from parts.findings
    defaults = []
    for schema in parts.schemas:
        node = schema.node
        if schema.at.startswith("#/components/schemas/") and schema.at.count("/") == 3:
            contract.schemas.register(schema, "request")
        if type(node) is dict and "default" in node and (contract.schemas.modern or "$ref" not in node):
            defaults.append((schema, contract.schemas.register(schema, "request")))
    for schema, key in defaults:
        violations = contract.schemas.violations(key, schema.node["default"])
        if violations:
            message = f"the default breaks its own schema: {violations[0].message}"
            where = contract.document.where(child(schema.at, "default"))
            yield Finding("default-invalid", Severity.WARNING, message, where, "correct the default or its schema")


class _Parts:
    """Goes through a document by what its fields hold, each place once."""

    def __init__(self, document: Document) -> None:
        self.schemas: list[Schema] = []
        self.findings: list[Finding] = []
        self._document = document
        self._seen: set[tuple[str, str]] = set()

    def walk(self, node: Any, kind: str, at: str) -> None:
        """Go through ``node``, a ``kind`` or a list or mapping of them."""
        waiting = [(node, kind, at)]
        while waiting:
            node, kind, at = waiting.pop()
            if kind[0] == "{" and type(node) is dict and type(node.get("$ref")) is not str:
                waiting += [(each, kind[1:-1], child(at, name)) for name, each in node.items()]
            elif kind[0] == "[" and type(node) is list:
                waiting += [(each, kind[1:-1], f"{at}/{index}") for index, each in enumerate(node)]
            elif kind[0] not in "{[" and type(node) is dict and (kind, at) not in self._seen:
                self._seen.add((kind, at))
                waiting += self._inside(node, kind, at)

    def _inside(self, node: dict[str, Any], kind: str, at: str) -> Iterator[tuple[Any, str, str]]:
        if type(node.get("$ref")) is str:
            try:
                target, place = self._document.follow(node, at)
            except ContractError as fault:
                where = self._document.where(at)
                finding = Finding("reference-unresolvable", Severity.WARNING, fault.message, where, fault.hint)
                self.findings.append(finding)
            else:
                yield target, kind, place
        if kind == "schema":
            self.schemas.append(Schema(node, at))
        for field, value in node.items():
            if kind == "callback":
                yield value, "path item", child(at, field)
            elif (inner := FIELDS.get(kind, {}).get(field)) is not None:
                yield value, inner, child(at, field)
