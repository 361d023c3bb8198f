"""An OpenAPI document: its root, and every file it refers to, read when they are needed."""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.identifiers import Identifiers, Scope
from beep_mock.contracts.kinds import SWAGGER, document_version
from beep_mock.contracts.reading import read_data
from beep_mock.contracts.references import decoded, escape, settle, split, tokens
from beep_mock.contracts.retrieval import Retrieval, is_url
from beep_mock.contracts.structure import LITERALS
from beep_mock.errors import ContractError, InvalidDocumentError, UnresolvableReferenceError
from beep_mock.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from beep_mock.contracts.swagger2_places import Places

__all__ = ["Document", "load_document"]

_MAX_HOPS = 64
_CONVERTED = "3.0.3"  # the version of a document that was Swagger 2.0
_NAMING = re.compile(rb"\$(?:id|self|anchor|dynamic(?:Anchor|Ref)|recursive(?:Anchor|Ref)|schema)\b|jsonSchemaDialect")


class Document:
    """A document whose ``$ref``s are canonical: each is the place it leads to, wherever it is read.

    ``file`` is the root document as the user named it; ``root`` its data, whose keys are all strings; ``version`` the
    ``openapi`` field; ``findings`` what was wrong with the text of the files read so far and with the references
    followed so far. The data must not be changed.

    Swagger 2.0 is converted when it is loaded: ``root`` and ``version`` are those of an OpenAPI 3.0 document, all
    places are places in it, and :meth:`where` leads back to what the author wrote. ``written`` is the version that the
    author wrote: ``2.0`` there, else the same as ``version``.
    """

    def __init__(self, retrieval: Retrieval) -> None:
        self._retrieval = retrieval
        self._lock = threading.RLock()
        self._files: dict[str, Any] = {}
        self._unreadable: dict[str, Exception] = {}
        self._referenced: dict[str, None] = {}  # the keys of the files referred to, in order
        self._external: dict[str, None] = {}  # the keys of the files that examples are in
        self._found: dict[str, tuple[Any, str]] = {}
        self._identifiers = Identifiers()
        self._reported: set[tuple[str, str]] = set()
        self.file = retrieval.source
        self.findings: list[Finding] = []
        self.root: dict[str, Any] = {}
        self.version = ""
        self.written = ""
        self._places: Places | None = None  # where the nodes of a converted document were written
        self._literals = LITERALS

    def lookup(self, ref: str) -> tuple[Any, str]:
        """What the canonical reference ``ref`` leads to, and its place.

        The node may be a ``{"$ref": ...}`` itself (see :meth:`follow`); its place differs from ``ref`` when the way
        leads through other references.

        :raises UnresolvableReferenceError: there is nothing there, or the file cannot be read.
        """
        found = self._found.get(ref)
        if found is None:
            found = self._found[ref] = self._lookup(ref, 0)
        return found

    def follow(self, node: Any, at: str) -> tuple[Any, str]:
        """What ``node`` at the place ``at`` stands for: while it is a ``{"$ref": ...}``, what that leads to.

        :raises UnresolvableReferenceError: it leads nowhere, or only round in a circle; names the referring place.
        """
        if type(node) is not dict or "$ref" not in node:
            return node, at
        try:
            return self._follow(node, at, 0)
        except UnresolvableReferenceError as error:
            self._report(error, at)
            raise

    def canonical(self, ref: str, at: str) -> str:
        """A ``$ref`` as an author would write it at the place ``at``, made canonical."""
        return self._refer(ref, Scope("", f"{split(at)[0]}#"))

    def external(self, uri: str, at: str) -> bytes:
        """The content of the file that a URI, written at the place ``at``, names: an example's ``externalValue``.

        :raises UnresolvableReferenceError: it cannot be read, or may not be fetched.
        """
        key = self._retrieval.key(uri, split(at)[0])
        with self._lock:
            self._external.setdefault(key)
        try:
            return self._retrieval.read(key)
        except (OSError, ValueError, ContractError) as error:
            raise _unreadable(error, uri, self._retrieval.name(key)) from error

    def where(self, at: str) -> Where:
        """The file, as the user would name it, and the JSON pointer of a place."""
        key, fragment = split(at if self._places is None else self._places.written(at))
        return Where(self._retrieval.name(key), fragment)

    @property
    def identifiers(self) -> Identifiers:
        """What the schemas of the files read so far are called by themselves."""
        return self._identifiers

    @property
    def files(self) -> tuple[Path, ...]:
        """All local files that the document is made of, the root first; also those missing that it refers to.

        Files not needed so far are read, as they may refer to others; what is wrong with them is no concern here.
        """
        with self._lock:
            pending = list(self._referenced)
            while pending:
                key = pending.pop()
                if key not in self._files and self._retrieval.path(key) is not None:
                    known = len(self._referenced)
                    with suppress(UnresolvableReferenceError):
                        self._file(key, key)
                    pending += list(self._referenced)[known:]
            paths = (self._retrieval.path(key) for key in ("", *self._referenced, *self._external))
            return tuple(dict.fromkeys(path for path in paths if path is not None))

    def _lookup(self, ref: str, hops: int) -> tuple[Any, str]:
        key, fragment = split(ref)
        node = self._file(key, ref)
        at = f"{key}#"
        if fragment and not fragment.startswith("/"):
            named = self._identifiers.anchor(f"{at}#{fragment}")
            if named is None:
                raise UnresolvableReferenceError(f"{ref!r} leads nowhere: no such $anchor", **self._place(at))
            return self._lookup(named, hops)
        for token in tokens(fragment):
            if type(node) is dict and token not in node and "$ref" in node:
                node, at = self._follow(node, at, hops)
            node = self._step(node, token, ref, at)
            at = f"{at}/{escape(token)}"
        return node, at

    def _follow(self, node: Any, at: str, hops: int) -> tuple[Any, str]:
        while type(node) is dict and "$ref" in node:
            ref = node["$ref"]
            if type(ref) is dict:
                break  # a name chosen by the author, e.g. a property called $ref
            if type(ref) is not str:
                raise UnresolvableReferenceError("a $ref must be a string", **self._place(at))
            hops += 1
            if hops > _MAX_HOPS:
                raise UnresolvableReferenceError(
                    f"{self._shown(ref)!r} refers only to itself, in a circle", **self._place(at)
                )
            try:
                node, at = self._found.get(ref) or self._lookup(ref, hops)
            except UnresolvableReferenceError as error:
                raise UnresolvableReferenceError(error.message, hint=error.hint, **self._place(at)) from error
        return node, at

    def _step(self, node: Any, token: str, ref: str, at: str) -> Any:
        if type(node) is dict and token in node:
            return node[token]
        if type(node) is list and token.isdecimal() and int(token) < len(node):
            return node[int(token)]
        near = get_close_matches(token, node, n=1) if type(node) is dict else []
        shown = self._shown(f"{at}/")[:-1]
        hint = f"did you mean {shown}/{escape(near[0])}?" if near else ""
        raise UnresolvableReferenceError(
            f"{self._shown(ref)!r} leads nowhere: no {token!r} in {shown}", hint=hint, **self._place(at)
        )

    def _file(self, key: str, ref: str) -> Any:
        if key in self._files:
            return self._files[key]
        with self._lock:
            if key not in self._files and key not in self._unreadable:
                try:
                    self._files[key] = self._load(key)
                except (OSError, ValueError, ContractError) as error:
                    self._unreadable[key] = error
            if key in self._unreadable:
                raise _unreadable(self._unreadable[key], ref, self._retrieval.name(key))
            return self._files[key]

    def _load(self, key: str) -> Any:
        text = self._retrieval.read(key)
        data, findings = read_data(text, self._retrieval.name(key))
        self.findings += findings
        if type(data) is not dict and type(data) is not list:
            return data
        scope = Scope("", f"{key}#")
        narrow = None
        if not key and SWAGGER in data and "openapi" not in data:
            self._expect_swagger()
        if self._places is None and _NAMING.search(text) and not _version(self.root or data).startswith("3.0"):
            scope = self._identifiers.collect(data, scope.at)
            narrow = self._identifiers.scope
        settle(
            data,
            self._refer,
            lambda name: self._named(name, key, data),
            scope,
            narrow,
            self._refer_dynamically if narrow is not None else None,
            literals=self._literals,
        )
        if self._places is not None:
            from beep_mock.contracts.swagger2_schemas import convert_schemas

            convert_schemas(data, f"{key}#", self._note)
        return data

    def _expect_swagger(self) -> None:
        """From here on, files hold nodes of Swagger 2.0."""
        from beep_mock.contracts.swagger2_places import Places
        from beep_mock.contracts.swagger2_schemas import SWAGGER_LITERALS

        self._places = Places()
        self._literals = SWAGGER_LITERALS

    def _convert(self, data: dict[str, Any], places: Places) -> None:
        """Make ``data``, as it was read, the OpenAPI document that it means."""
        from beep_mock.contracts.swagger2 import convert_document
        from beep_mock.contracts.swagger2_source import Source

        self._files[""] = data | {"components": {"schemas": data.get("definitions")}}  # where references lead already

        def follow(node: Any, at: str) -> tuple[Any, str]:
            return self._follow(node, at, 0)

        def lookup(ref: str) -> tuple[Any, str]:
            return self._lookup(ref, 0)

        source = Source(follow, lookup, self.canonical, self._note, places)
        places.root = convert_document(data, self.version, source)
        self.root = self._files[""] = places.root
        self._found.clear()

    def _note(self, severity: Severity, rule: str, message: str, at: str, hint: str = "") -> None:
        """Note a finding at a place as written."""
        key, fragment = split(self._shown(at))
        finding = Finding(rule, severity, message, Where(self._retrieval.name(key), fragment), hint)
        if finding not in self.findings:
            self.findings.append(finding)

    def _moved(self, ref: str) -> str:
        return ref if self._places is None else self._places.moved(ref)

    def _shown(self, ref: str) -> str:
        return ref if self._places is None else self._places.shown(ref)

    def _refer(self, ref: str, scope: Scope) -> str:
        canonical = self._canonical(ref, scope)
        self._referenced.setdefault(split(canonical)[0])
        return self._moved(canonical)

    def _refer_dynamically(self, ref: str, scope: Scope) -> str:
        """A ``$dynamicRef`` to a name as the resource's place, ``#`` and the name; else as the place it leads to."""
        file, name = decoded(ref)
        if name.startswith("/"):
            return self._refer(ref, scope)
        resource = self._canonical(file, scope) if file else scope.at
        self._referenced.setdefault(split(resource)[0])
        return f"{resource}#{name}"

    def _canonical(self, ref: str, scope: Scope) -> str:
        if scope.at == "#" and "%" not in ref and ref.startswith("#/"):
            return ref
        named = self._identifiers.place(ref, scope)
        if named is not None:
            return named
        file, fragment = decoded(ref)
        return f"{self._retrieval.key(file, split(scope.at)[0])}#{fragment}"

    def _named(self, name: str, key: str, data: Any) -> str:
        """A schema's bare name in a discriminator's mapping: the root document's, else the file's own."""
        for candidate, owner in (("", self.root or data), (key, data)):
            schemas = _at(owner, "components", "schemas")
            if type(schemas) is dict and name in schemas:
                return f"{candidate}#/components/schemas/{escape(name)}" if candidate else name
        return name

    def _report(self, error: UnresolvableReferenceError, at: str) -> None:
        with self._lock:
            if (at, error.message) not in self._reported:
                self._reported.add((at, error.message))
                finding = Finding("reference-unresolvable", Severity.ERROR, error.message, self.where(at), error.hint)
                self.findings.append(finding)

    def _place(self, at: str) -> dict[str, Any]:
        where = self.where(at)
        return {"file": where.file, "pointer": where.pointer}


def load_document(source: str | Path, *, allow_remote: bool = False, allow_root: bool = False) -> Document:
    """The document at ``source``: a path, or a URL when ``allow_remote``, or ``allow_root`` for this one file only.

    Only the root is read; the files it refers to are, when they are looked up.

    :raises InvalidDocumentError: it cannot be read, does not parse, or is no OpenAPI document.
    :raises UnsupportedFeatureError: it is of a version that is not supported.
    """
    file = str(source)
    retrieval = Retrieval(file, allow_remote=allow_remote, allow_root=allow_root)
    if is_url(file) and not (allow_remote or allow_root):
        raise InvalidDocumentError(
            "is a URL, which is not fetched", file=file, hint="download it, or allow it with --allow-remote-refs"
        )
    document = Document(retrieval)
    try:
        data = document._load("")
    except UnresolvableReferenceError as error:
        raise InvalidDocumentError(error.message, file=file, hint=error.hint) from None
    except ContractError:
        raise
    except IsADirectoryError:
        raise InvalidDocumentError("is a directory", file=file, hint="name the document in it") from None
    except (OSError, ValueError) as error:
        raise InvalidDocumentError(_reason(error), file=file) from None
    document.written = document.version = document_version(data, file)
    if document._places is not None:
        document.version = _CONVERTED
        document._convert(data, document._places)
        return document
    if data["openapi"] != document.version:
        message = f"the version must be a string: {document.version!r}"
        document.findings.append(Finding("openapi-version", Severity.WARNING, message, Where(file, "/openapi")))
        data["openapi"] = document.version
    document.root = data
    document._files[""] = data
    return document


def _unreadable(error: Exception, ref: str, name: str) -> UnresolvableReferenceError:
    if isinstance(error, UnresolvableReferenceError):
        return UnresolvableReferenceError(f"{ref!r} {error.message}", hint=error.hint)
    if isinstance(error, ContractError):
        return UnresolvableReferenceError(f"{ref!r} leads to a file that cannot be read: {error}")
    return UnresolvableReferenceError(f"{ref!r} leads to {name}: {_reason(error)}")


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return getattr(error, "strerror", "") or str(error)


def _at(node: Any, *path: str) -> Any:
    for key in path:
        node = node.get(key) if type(node) is dict else None
    return node


def _version(data: Any) -> str:
    return str(data.get("openapi", "")) if type(data) is dict else ""
