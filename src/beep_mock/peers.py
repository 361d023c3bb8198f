"""Read who consumes whom from the pacts and from ``x-consumes`` in the contracts.

``x-consumes`` stands at the top of a contract or on an operation, as a list of services or as a mapping of services to
the operations that are called there::

    x-consumes: [people]
    x-consumes:
      people: [GET /people, "GET /people/{personId}"]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from beep_mock.errors import BeepMockError, ContractError
from beep_mock.findings import Finding, Severity, Where
from beep_mock.pacts.model import Pact, read_pact

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.workspace import Workspace

__all__ = ["METHODS", "Call", "PeerGraph"]

METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
_FIELD: Final = "x-consumes"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that an ``x-consumes`` declares.

    ``operation`` (a key such as ``GET /people``) is ``""`` where only the service is named; ``caller``, the operation
    that declares it, is ``""`` at the top of a contract.
    """

    consumer: str
    caller: str
    provider: str
    operation: str
    where: Where


@dataclass(frozen=True)
class PeerGraph:
    """The graph of a workspace.

    ``edges`` are all pairs of consumer and provider, sorted; ``calls`` what the contracts declare, in their order;
    ``operations`` the operation keys of every service, in its contract's order; ``pacts`` all pacts that could be read;
    ``base_paths`` the base paths that each operation is served at, by service and operation key.
    """

    edges: tuple[tuple[str, str], ...]
    calls: tuple[Call, ...] = ()
    operations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pacts: tuple[Pact, ...] = ()
    findings: tuple[Finding, ...] = ()
    base_paths: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def read(cls, workspace: Workspace) -> PeerGraph:
        """Return the graph of ``workspace``; what cannot be read or understood is a finding, never an error."""
        return _Reader(workspace).graph()

    @property
    def services(self) -> tuple[str, ...]:
        """Everyone in the graph or with a contract, sorted."""
        return tuple(sorted({*self.operations, *(service for edge in self.edges for service in edge)}))

    def consumes(self, service: str) -> tuple[str, ...]:
        """Return the peers that ``service`` calls, sorted."""
        return tuple(provider for consumer, provider in self.edges if consumer == service)

    def consumers_of(self, service: str) -> tuple[str, ...]:
        """Return those who call ``service``, sorted."""
        return tuple(consumer for consumer, provider in self.edges if provider == service)


class _Reader:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._findings: list[Finding] = []

    def graph(self) -> PeerGraph:
        calls: list[Call] = []
        operations: dict[str, tuple[str, ...]] = {}
        bases: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for service in self._workspace.services:
            keys: list[str] = []
            document = self._document(self._workspace.contract_path(service))
            for key, node, at in _places(document) if document else ():
                if key:
                    keys.append(key)
                if document and _FIELD in node:
                    calls += self._calls(service, key, node[_FIELD], document.where(f"{at}/{_FIELD}"))
            operations[service] = tuple(keys)
            bases[service] = _base_paths(document) if document else {}
        pacts = tuple(self._pacts())
        for call in calls:
            self._check(call, operations)
        pairs = {(call.consumer, call.provider) for call in calls} | {(pact.consumer, pact.provider) for pact in pacts}
        return PeerGraph(tuple(sorted(pairs)), tuple(calls), operations, pacts, tuple(self._findings), bases)

    def _document(self, path: Path) -> Document | None:
        from beep_mock.contracts.document import load_document  # heavy: only when there is one to read

        try:
            return load_document(path)
        except ContractError as error:
            self._unreadable("contract-unreadable", error)
            return None

    def _pacts(self) -> Iterator[Pact]:
        for path in self._workspace.pact_paths():
            try:
                yield read_pact(path)
            except BeepMockError as error:
                self._unreadable("pact-unreadable", error)

    def _calls(self, service: str, caller: str, declared: Any, where: Where) -> Iterator[Call]:
        match declared:
            case str():
                yield Call(service, caller, declared, "", where)
            case list() if all(isinstance(name, str) for name in declared):
                for name in declared:
                    yield Call(service, caller, name, "", where)
            case dict():
                for name, keys in declared.items():
                    match keys:
                        case None | []:
                            yield Call(service, caller, name, "", where)
                        case str():
                            yield Call(service, caller, name, _key(keys), where)
                        case list() if all(isinstance(key, str) for key in keys):
                            for key in keys:
                                yield Call(service, caller, name, _key(key), where)
                        case _:
                            self._malformed(where)
            case _:
                self._malformed(where)

    def _check(self, call: Call, operations: Mapping[str, tuple[str, ...]]) -> None:
        if call.provider not in operations:
            known = ", ".join(operations)
            self._found("consumes-unknown-service", f"no service {call.provider!r} here", call.where, f"known: {known}")
        elif call.operation and operations[call.provider] and call.operation not in operations[call.provider]:
            self._found(
                "consumes-unknown-operation",
                f"{call.provider} has no operation {call.operation!r}",
                call.where,
                "write it as its contract does, e.g. GET /worlds/{worldId}",
            )

    def _malformed(self, where: Where) -> None:
        hint = "write [people], or {people: [GET /people]}"
        self._found("consumes-malformed", f"{_FIELD} names no services", where, hint)

    def _unreadable(self, rule: str, error: BeepMockError) -> None:
        where = Where(error.file, error.pointer, error.line)
        self._findings.append(Finding(rule, Severity.ERROR, error.message, where, error.hint))

    def _found(self, rule: str, message: str, where: Where, hint: str) -> None:
        self._findings.append(Finding(rule, Severity.WARNING, message, where, hint))


def _places(document: Document) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield the places where ``x-consumes`` may stand: key (``""`` at the top), node, place."""
    yield "", document.root, "#"
    paths = document.root.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        at = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}"
        try:
            node, at = document.follow(item, at)
        except ContractError:  # a finding of the contract's own check
            continue
        for method, operation in _items(node):
            if method in METHODS and isinstance(operation, dict):
                yield f"{method.upper()} {path}", operation, f"{at}/{method}"


def _base_paths(document: Document) -> dict[str, tuple[str, ...]]:
    """Return the base paths of each operation: its own servers, else its path item's, else the document's."""
    from beep_mock.contracts.nodes import Nodes  # loaded with the document already
    from beep_mock.contracts.routing.servers import read_base_paths

    nodes = Nodes(document)
    root = read_base_paths(nodes, document.root, "#") or ("",)
    found: dict[str, tuple[str, ...]] = {}
    of_items: dict[str, tuple[str, ...]] = {}
    for key, node, at in _places(document):
        if not key:
            continue
        item_at = at.rpartition("/")[0]
        if item_at not in of_items:
            item, place = document.lookup(item_at)
            of_items[item_at] = read_base_paths(nodes, item, place) or root
        found[key] = read_base_paths(nodes, dict(node), at) or of_items[item_at]
    return found


def _items(node: Any) -> Iterable[tuple[str, Any]]:
    return node.items() if isinstance(node, dict) else ()


def _key(written: str) -> str:
    method, _, path = written.strip().partition(" ")
    return f"{method.upper()} {path.strip()}"
