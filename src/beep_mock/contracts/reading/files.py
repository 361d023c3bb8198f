"""Find and read the files of one document on demand, and make their references canonical."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from beep_mock.contracts.reading.dialects import dialect_of
from beep_mock.contracts.reading.identifiers import Identifiers, Scope
from beep_mock.contracts.reading.references import decoded, escape, settle, split
from beep_mock.contracts.reading.retrieval import Retrieval
from beep_mock.contracts.reading.structure import LITERALS
from beep_mock.contracts.reading.text import read_data
from beep_mock.errors import ContractError, InvalidDocumentError, UnresolvableReferenceError, UnsupportedFeatureError
from beep_mock.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from beep_mock.contracts.swagger2.places import Places

__all__ = ["SWAGGER", "DocumentFiles", "document_version", "reason"]


SWAGGER = "swagger"
"""The field that marks a document as Swagger 2.0 if it has no ``openapi`` field."""

_SUPPORTED = re.compile(r"3\.[012](?:\.\d+)?(?:[-+].*)?")

_KINDS: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("an AsyncAPI document", lambda data: "asyncapi" in data),
    ("a Swagger 1 document", lambda data: "swaggerVersion" in data),
    ("an Arazzo description", lambda data: "arazzo" in data),
    ("an OpenAPI Overlay", lambda data: "overlay" in data),
    ("a Pact file", lambda data: {"consumer", "provider"} <= data.keys()),
    ("a Postman collection", lambda data: type(data.get("info")) is dict and "_postman_id" in data["info"]),
    ("a Kubernetes manifest", lambda data: {"apiVersion", "kind"} <= data.keys()),
    ("a HAR recording", lambda data: type(data.get("log")) is dict and "entries" in data["log"]),
    ("an override file of a mock", lambda data: "interactions" in data),
    ("a JSON Schema", lambda data: "$schema" in data or ("type" in data and "properties" in data)),
    ("a part of an OpenAPI document", lambda data: "paths" in data or "components" in data),
)


def document_version(data: Any, file: str) -> str:
    """Return the version of the document ``data``: ``3.0.3``, or ``2.0``.

    A number (``openapi: 3.1``) is taken as its text.

    :raises InvalidDocumentError: it is not an OpenAPI document; the message says what it looks like.
    :raises UnsupportedFeatureError: it is of a version unknown to us.
    """
    if data is None:
        raise InvalidDocumentError("is empty", file=file, hint="an OpenAPI document begins with `openapi: 3.1.0`")
    if type(data) is not dict:
        kind = "a list" if type(data) is list else "a text" if type(data) is str else "a single value"
        raise InvalidDocumentError(f"is not an OpenAPI document: it holds {kind}, not a mapping", file=file)
    if "openapi" not in data:
        return _swagger_version(data, file) if SWAGGER in data else _fail_kind(data, file)
    version = data["openapi"]
    if type(version) in (int, float):
        version = str(version)
    if type(version) is not str:
        raise InvalidDocumentError("must be a version such as 3.1.0", file=file, pointer="/openapi")
    version = version.strip()
    if version == "3":
        return "3.0"
    if not _SUPPORTED.fullmatch(version):
        raise UnsupportedFeatureError(
            f"OpenAPI {version!r} is not supported",
            file=file,
            pointer="/openapi",
            hint="use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2 (3.2 as far as it resembles 3.1)",
        )
    return version


def _swagger_version(data: dict[str, Any], file: str) -> str:
    """Return ``2.0``; nothing else was ever written in that field (Swagger 1 had ``swaggerVersion``)."""
    version = str(data[SWAGGER]).strip()
    if version not in ("2", "2.0", "2.0.0"):
        newer = version.startswith("3")
        raise UnsupportedFeatureError(
            f"Swagger {version!r} is not supported",
            file=file,
            pointer=f"/{SWAGGER}",
            hint=f"write `openapi: {version}`" if newer else "use version 2.0",
        )
    return "2.0"


def _fail_kind(data: dict[str, Any], file: str) -> NoReturn:
    kind = next((name for name, looks_like in _KINDS if looks_like(data)), "")
    looks = f"; it looks like {kind}" if kind else ""
    raise InvalidDocumentError(
        f"is not an OpenAPI document: it has no `openapi` field{looks}",
        file=file,
        hint="an OpenAPI document begins with `openapi: 3.1.0`",
    )


_NAMING = re.compile(rb"\$(?:id|self|anchor|dynamic(?:Anchor|Ref)|recursive(?:Anchor|Ref)|schema)\b|jsonSchemaDialect")


class DocumentFiles:
    """The data in the files of a document, by key (see :mod:`beep_mock.contracts.reading.retrieval`).

    ``root`` is the root document's data once it is known; ``findings`` what was wrong with the text of the files read
    so far; ``identifiers`` what their schemas are called by themselves; ``places``, of a Swagger 2.0 document only,
    where the nodes of the converted one were written.
    """

    def __init__(self, retrieval: Retrieval) -> None:
        self.lock = threading.RLock()
        self.identifiers = Identifiers()
        self.findings: list[Finding] = []
        self.root: dict[str, Any] = {}
        self.places: Places | None = None
        self._retrieval = retrieval
        self._data: dict[str, Any] = {}
        self._unreadable: dict[str, Exception] = {}
        self._referenced: dict[str, None] = {}  # the keys of the files referred to, in order
        self._external: dict[str, None] = {}  # the keys of the files that examples are in
        self._literals = LITERALS
        self._noted: set[Finding] = set()

    def get(self, key: str, ref: str) -> Any:
        """Return the data in a file that the reference ``ref`` leads to.

        :raises UnresolvableReferenceError: it cannot be read.
        """
        if key in self._data:
            return self._data[key]
        with self.lock:
            if key not in self._data and key not in self._unreadable:
                try:
                    self._data[key] = self.load(key)
                except (OSError, ValueError, ContractError) as error:
                    self._unreadable[key] = error
            if key in self._unreadable:
                raise _unreadable(self._unreadable[key], ref, self._retrieval.name(key))
            return self._data[key]

    def put(self, data: dict[str, Any]) -> None:
        """Say what the root document's data is."""
        self.root = self._data[""] = data

    def load(self, key: str) -> Any:
        """Read a file; its references are canonical afterwards.

        :raises OSError, ValueError, ContractError: it cannot be read.
        """
        text = self._retrieval.read(key)
        data, findings = read_data(text, self._retrieval.name(key))
        self.findings += findings
        if type(data) is not dict and type(data) is not list:
            return data
        scope = Scope("", f"{key}#")
        narrow = None
        if not key and SWAGGER in data and "openapi" not in data:
            self._expect_swagger()
        names = _NAMING.search(text) or dialect_of(self.identifiers.dialect("#")).id != "$id"
        if self.places is None and names and not _version(self.root or data).startswith("3.0"):
            scope = self.identifiers.collect(data, scope.at)
            narrow = self.identifiers.scope
        settle(
            data,
            self._refer,
            lambda name: self._named(name, key, data),
            scope,
            narrow,
            self._refer_dynamically if narrow is not None else None,
            literals=self._literals,
        )
        if self.places is not None:
            from beep_mock.contracts.swagger2.schemas import convert_schemas

            convert_schemas(data, f"{key}#", self.note)
        return data

    def external(self, uri: str, at: str) -> bytes:
        """Return the content of the file that a URI, written at the place ``at``, names.

        :raises UnresolvableReferenceError: it cannot be read, may not be fetched, or does not belong to the document.
        """
        referrer = split(at)[0]
        key = self._retrieval.key(uri, referrer)
        try:
            if not self._retrieval.encloses(key, referrer):  # a mock would show it to everybody, whatever it holds
                raise UnresolvableReferenceError(
                    "leads out of the document's folder, and is not read",
                    hint="keep a copy of that file in the folder of the document",
                )
            with self.lock:
                self._external.setdefault(key)
            return self._retrieval.read(key)
        except (OSError, ValueError, ContractError) as error:
            raise _unreadable(error, uri, self._retrieval.name(key)) from error

    def canonical(self, ref: str, at: str) -> str:
        """Return a ``$ref`` as an author would write it at the place ``at``, made canonical."""
        return self._refer(ref, Scope("", f"{split(at)[0]}#"))

    def where(self, at: str) -> Where:
        """Return the file, as the user would name it, and the JSON pointer of a place as written."""
        key, fragment = split(at)
        return Where(self._retrieval.name(key), fragment)

    def note(self, severity: Severity, rule: str, message: str, at: str, hint: str = "") -> None:
        """Add a finding at a place as written."""
        shown = at if self.places is None else self.places.shown(at)
        finding = Finding(rule, severity, message, self.where(shown), hint)
        if finding not in self._noted:
            self._noted.add(finding)
            self.findings.append(finding)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All local files that the document is made of, the root first; also those missing that it refers to.

        Files not needed so far are read, as they may refer to others; faults in them are reported elsewhere.
        """
        with self.lock:
            pending = list(self._referenced)
            while pending:
                key = pending.pop()
                if key not in self._data and self._retrieval.path(key) is not None:
                    known = len(self._referenced)
                    with suppress(UnresolvableReferenceError):
                        self.get(key, key)
                    pending += list(self._referenced)[known:]
            paths = (self._retrieval.path(key) for key in ("", *self._referenced, *self._external))
            return tuple(dict.fromkeys(path for path in paths if path is not None))

    def _expect_swagger(self) -> None:
        """From here on, files hold nodes of Swagger 2.0."""
        from beep_mock.contracts.swagger2.places import Places
        from beep_mock.contracts.swagger2.schemas import SWAGGER_LITERALS

        self.places = Places()
        self._literals = SWAGGER_LITERALS

    def _moved(self, ref: str) -> str:
        return ref if self.places is None else self.places.moved(ref)

    def _refer(self, ref: str, scope: Scope) -> str:
        canonical = self._canonical(ref, scope)
        self._referenced.setdefault(split(canonical)[0])
        return self._moved(canonical)

    def _refer_dynamically(self, ref: str, scope: Scope) -> str:
        """Return a ``$dynamicRef`` to a name as the resource's place, ``#`` and the name.

        Else as the place it leads to.
        """
        file, name = decoded(ref)
        if name.startswith("/"):
            return self._refer(ref, scope)
        resource = self._canonical(file, scope) if file else scope.at
        self._referenced.setdefault(split(resource)[0])
        return f"{resource}#{name}"

    def _canonical(self, ref: str, scope: Scope) -> str:
        if scope.at == "#" and "%" not in ref and ref.startswith("#/"):
            return ref
        named = self.identifiers.place(ref, scope)
        if named is not None:
            return named
        file, fragment = decoded(ref)
        return f"{self._retrieval.key(file, split(scope.at)[0])}#{fragment}"

    def _named(self, name: str, key: str, data: Any) -> str:
        """Return a schema's bare name in a discriminator's mapping: the root document's, else the file's own."""
        for candidate, owner in (("", self.root or data), (key, data)):
            schemas = _at(owner, "components", "schemas")
            if type(schemas) is dict and name in schemas:
                return f"{candidate}#/components/schemas/{escape(name)}" if candidate else name
        return name


def _unreadable(error: Exception, ref: str, name: str) -> UnresolvableReferenceError:
    if isinstance(error, UnresolvableReferenceError):
        return UnresolvableReferenceError(f"{ref!r} {error.message}", hint=error.hint)
    if isinstance(error, ContractError):
        return UnresolvableReferenceError(f"{ref!r} leads to a file that cannot be read: {error}")
    return UnresolvableReferenceError(f"{ref!r} leads to {name}: {reason(error)}")


def reason(error: Exception) -> str:
    """Return briefly why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return getattr(error, "strerror", "") or str(error)


def _at(node: Any, *path: str) -> Any:
    for key in path:
        node = node.get(key) if type(node) is dict else None
    return node


def _version(data: Any) -> str:
    return str(data.get("openapi", "")) if type(data) is dict else ""
