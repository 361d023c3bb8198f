"""XML text to a tree of elements, within bounds: no document type, no entities but XML's own, nothing fetched."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from xml.parsers import expat

from beep_mock.contracts.json_bodies import MOST_NESTING, BodyError

__all__ = ["Element", "read_xml"]


class Element:
    """An element. Names are as written, with their prefix; ``namespace`` is the URI that its prefix stands for."""

    __slots__ = ("attributes", "children", "name", "namespace", "prefixes", "texts")

    def __init__(self, name: str, attributes: dict[str, str], prefixes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.prefixes = prefixes
        self.namespace = prefixes.get(name.partition(":")[0] if ":" in name else "", "")
        self.children: list[Element] = []
        self.texts: list[str] = []

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def text(self) -> str:
        """The element's own text, without that of its children."""
        return "".join(self.texts)


class _RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_xml(body: bytes, charset: str = "") -> Element:
    """The root element of an XML document. ``charset`` is the content type's, which wins (RFC 7303, 3.2).

    :raises BodyError: it is no well-formed XML, has a document type, or is nested too deep.
    """
    text: str | bytes = body
    if charset and not body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = body.decode(charset)
        except LookupError:
            raise BodyError("charset", f"the charset {charset!r} is unknown") from None
        except UnicodeDecodeError as error:
            raise BodyError("charset", f"the text is no {charset} at byte {error.start}") from None
    return _Builder().read(text)


class _Builder:
    """Collects the tree from the parser's events: the parser does not recurse, and neither does this."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []

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
        around = self.open[-1].prefixes if self.open else {"xml": "http://www.w3.org/XML/1998/namespace"}
        declared = {key[6:]: value for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        element = Element(name, attributes, {**around, **declared} if declared else around)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _end(self, _name: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def _document_type(self, *_declared: object) -> None:
        raise _RefusedError("xml", "a document type (<!DOCTYPE>) is not read: it could name files, or grow without end")
