"""XML text to a tree of elements, within bounds: no document type, no entities but XML's own, nothing fetched."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import NamedTuple
from xml.parsers import expat

from beep_mock.contracts.values.json_text import MOST_NESTING, BodyError
from beep_mock.contracts.values.media_types import text_in

__all__ = ["Attribute", "Element", "read_xml", "source_of"]

_MOST_ELEMENTS = 200_000  # each costs some 300 bytes, and may be written in four
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = ("true", "1")
_NO_CHILDREN: list[Element] = []  # shared by those that have none, and never filled: a list each is a fifth of it all
_NO_ATTRIBUTES: Sequence[Attribute] = ()


class Attribute(NamedTuple):
    """An attribute that is data. ``name`` is without its prefix; ``namespace`` is empty where none is declared."""

    name: str
    namespace: str
    text: str


class Element:
    """An element. ``name`` is as written, with its prefix; ``namespace`` is the URI that this stands for, or empty.

    ``attributes`` are those that are data; ``is_nil`` is whether ``xsi:nil`` says that it holds null.
    """

    __slots__ = ("attributes", "children", "is_nil", "name", "namespace", "text")

    def __init__(self, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace
        self.attributes: Sequence[Attribute] = _NO_ATTRIBUTES
        self.children: list[Element] = _NO_CHILDREN
        self.text = ""
        self.is_nil = False

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]


class _RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_xml(body: bytes, charset: str = "") -> Element:
    """Return the root element of an XML document. ``charset`` is the content type's, which wins (RFC 7303, 3.2)
    unless there is a byte order mark.

    :raises BodyError: it is not well-formed XML, has a document type, or is nested too deep.
    """
    return _Builder().read(text_in(body, charset) if charset and not _marked(body) else body)


def source_of(body: bytes, charset: str = "") -> str:
    """Return the text of an XML document: in the encoding of its byte order mark, else in ``charset``."""
    charset = _marked(body) or charset or "utf-8"
    return body.decode(charset, "replace")


def _marked(body: bytes) -> str:
    """Return the encoding that a byte order mark tells, which wins (RFC 7303, 3.3); empty without one."""
    if body.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


class _Builder:
    """Collects the tree from the parser's events: the parser does not recurse, and neither does this."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.namespaces: dict[str, list[str]] = {}  # by prefix, the innermost last
        self.declared: list[Sequence[str]] = []  # the prefixes that each open element declares

    def read(self, text: str | bytes) -> Element:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._document_type
        try:
            parser.Parse(text, True)
        except _RefusedError as error:
            raise BodyError(error.code, str(error)) from None
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            message = f"no XML: {reason} at line {error.lineno}, column {error.offset + 1}"
            raise BodyError("xml", message) from None
        except (ValueError, LookupError) as error:  # an encoding that it declares and Python does not know
            raise BodyError("xml", f"no XML: {error}") from None
        assert self.root is not None  # noqa: S101 - the parser demands one
        return self.root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) == MOST_NESTING:
            raise _RefusedError("nesting", f"the XML is nested more than {MOST_NESTING} levels deep")
        self.count += 1
        if self.count > _MOST_ELEMENTS:
            raise _RefusedError("xml", f"the XML has more than {_MOST_ELEMENTS} elements")
        declared = [key for key in attributes if key == "xmlns" or key.startswith("xmlns:")] if attributes else ()
        for key in declared:
            self.namespaces.setdefault(key[6:], []).append(attributes[key])
        self.declared.append(declared)
        element = Element(name, self._namespace(name.partition(":")[0] if ":" in name else ""))
        if len(attributes) > len(declared):
            self._read_attributes(element, attributes)
        if not self.open:
            self.root = element
        elif self.open[-1].children:
            self.open[-1].children.append(element)
        else:
            self.open[-1].children = [element]
        self.open.append(element)

    def _end(self, _name: str) -> None:
        self.open.pop()
        for key in self.declared.pop():
            self.namespaces[key[6:]].pop()

    def _text(self, text: str) -> None:
        self.open[-1].text += text

    def _read_attributes(self, element: Element, attributes: dict[str, str]) -> None:
        found = []
        for name, text in attributes.items():
            prefix, _, local = name.rpartition(":")
            if prefix in ("xmlns", "xml") or name == "xmlns":
                continue
            namespace = self._namespace(prefix) if prefix else ""  # Namespaces in XML 1.0, 6.2: no default one
            if namespace == _INSTANCE or (prefix == "xsi" and not namespace):
                element.is_nil = element.is_nil or (local == "nil" and text.strip() in _NIL)
            else:
                found.append(Attribute(local, namespace, text))
        element.attributes = found

    def _namespace(self, prefix: str) -> str:
        uris = self.namespaces.get(prefix)
        return uris[-1] if uris else ""

    def _document_type(self, *_declared: object) -> None:
        raise _RefusedError("xml", "a document type (<!DOCTYPE>) is not read: it could name files, or grow without end")
