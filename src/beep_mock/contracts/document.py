"""An OpenAPI document: its root and the files it refers to, read on demand."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.reading.files import DocumentFiles, document_version, reason
from beep_mock.contracts.reading.identifiers import Identifiers
from beep_mock.contracts.reading.references import escape, split, tokens
from beep_mock.contracts.reading.retrieval import Retrieval, is_url
from beep_mock.errors import ContractError, InvalidDocumentError, UnresolvableReferenceError
from beep_mock.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from beep_mock.contracts.swagger2.places import Places

__all__ = ["Document", "load_document"]

_MAX_HOPS = 64
_CONVERTED = "3.0.3"  # the version of a document that was Swagger 2.0


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
        self._files = DocumentFiles(retrieval)
        self._found: dict[str, tuple[Any, str]] = {}
        self._reported: set[tuple[str, str]] = set()
        self.file = retrieval.source
        self.version = ""
        self.written = ""

    @property
    def root(self) -> dict[str, Any]:
        return self._files.root

    @property
    def findings(self) -> list[Finding]:
        return self._files.findings

    def lookup(self, ref: str) -> tuple[Any, str]:
        """Return the target of the canonical reference ``ref``, and its place.

        The node may be a ``{"$ref": ...}`` itself (see :meth:`follow`); its place differs from ``ref`` when the way
        leads through other references.

        :raises UnresolvableReferenceError: there is nothing there, or the file cannot be read.
        """
        found = self._found.get(ref)
        if found is None:
            found = self._found[ref] = self._lookup(ref, 0)
        return found

    def follow(self, node: Any, at: str) -> tuple[Any, str]:
        """Resolve ``node`` at the place ``at``: follow ``{"$ref": ...}`` until it is something else.

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
        """Return a ``$ref`` as an author would write it at the place ``at``, made canonical."""
        return self._files.canonical(ref, at)

    def external(self, uri: str, at: str) -> bytes:
        """The content of the file that a URI, written at the place ``at``, names: an example's ``externalValue``.

        :raises UnresolvableReferenceError: it cannot be read, may not be fetched, or does not belong to the document.
        """
        return self._files.external(uri, at)

    def where(self, at: str) -> Where:
        """Return the file, as the user would name it, and the JSON pointer of a place."""
        places = self._files.places
        return self._files.where(at if places is None else places.written(at))

    @property
    def identifiers(self) -> Identifiers:
        """Return the identifiers that schemas declare in the files read so far."""
        return self._files.identifiers

    @property
    def files(self) -> tuple[Path, ...]:
        """All local files that the document is made of, the root first; also those missing that it refers to.

        Files not needed so far are read, as they may refer to others; faults in them are reported elsewhere.
        """
        return self._files.paths

    def _lookup(self, ref: str, hops: int) -> tuple[Any, str]:
        key, fragment = split(ref)
        node = self._files.get(key, ref)
        at = f"{key}#"
        if fragment and not fragment.startswith("/"):
            named = self._files.identifiers.anchor(f"{at}#{fragment}")
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

    def _convert(self, data: dict[str, Any], places: Places) -> None:
        """Make ``data``, as it was read, the OpenAPI document that it means."""
        from beep_mock.contracts.swagger2.conversion import convert_document
        from beep_mock.contracts.swagger2.source import Source

        self._files.put(data | {"components": {"schemas": data.get("definitions")}})  # where references lead already

        def follow(node: Any, at: str) -> tuple[Any, str]:
            node, at = self._follow(node, at, 0)
            return node, places.shown(at)

        def lookup(ref: str) -> tuple[Any, str]:
            node, at = self._lookup(ref, 0)
            return node, places.shown(at)

        source = Source(follow, lookup, self.canonical, self._files.note, places)
        places.root = convert_document(data, self.version, source)
        self._files.put(places.root)
        self._found.clear()

    def _shown(self, ref: str) -> str:
        return ref if self._files.places is None else self._files.places.shown(ref)

    def _report(self, error: UnresolvableReferenceError, at: str) -> None:
        with self._files.lock:
            if (at, error.message) not in self._reported:
                self._reported.add((at, error.message))
                finding = Finding("reference-unresolvable", Severity.ERROR, error.message, self.where(at), error.hint)
                self.findings.append(finding)

    def _place(self, at: str) -> dict[str, Any]:
        where = self.where(at)
        return {"file": where.file, "pointer": where.pointer}


def load_document(
    source: str | Path, *, allow_remote: bool = False, allow_root: bool = False, retrieval: Retrieval | None = None
) -> Document:
    """The document at ``source``: a path, or a URL when ``allow_remote``, or ``allow_root`` for this one file only.

    ``retrieval`` says where its files are when they are not in the file system.

    Only the root is read; the files it refers to are, when they are looked up.

    :raises InvalidDocumentError: it cannot be read, does not parse, or is not an OpenAPI document.
    :raises UnsupportedFeatureError: it is of a version that is not supported.
    """
    file = str(source)
    retrieval = retrieval or Retrieval(file, allow_remote=allow_remote, allow_root=allow_root)
    if is_url(file) and not (allow_remote or allow_root):
        raise InvalidDocumentError(
            "is a URL, which is not fetched", file=file, hint="download it, or allow it with --allow-remote-refs"
        )
    document = Document(retrieval)
    try:
        data = document._files.load("")
    except UnresolvableReferenceError as error:
        raise InvalidDocumentError(error.message, file=file, hint=error.hint) from None
    except ContractError:
        raise
    except IsADirectoryError:
        raise InvalidDocumentError("is a directory", file=file, hint="name the document in it") from None
    except (OSError, ValueError) as error:
        raise InvalidDocumentError(reason(error), file=file) from None
    document.written = document.version = document_version(data, file)
    if document._files.places is not None:
        document.version = _CONVERTED
        document._convert(data, document._files.places)
        return document
    if data["openapi"] != document.version:
        message = f"the version must be a string: {document.version!r}"
        document.findings.append(Finding("openapi-version", Severity.WARNING, message, Where(file, "/openapi")))
        data["openapi"] = document.version
    document._files.put(data)
    return document
