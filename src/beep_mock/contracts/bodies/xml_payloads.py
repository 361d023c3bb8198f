"""Values as XML, by the ``xml`` hints of their schema (OpenAPI 3.2.0, XML Object)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.interaction import Json

__all__ = ["Hints", "hints_of", "resolved", "xml_name", "xml_text"]


_LETTERS = (  # those of XML 1.0, production 4, that every edition and parser agrees on
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f"
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NOT_IN_NAME = re.compile(f"[^0-9.{_LETTERS}-]")
_LETTER = re.compile(f"[{_LETTERS}]")
_NODE_TYPES = ("element", "attribute", "text", "cdata", "none")


@dataclass(frozen=True, slots=True)
class Hints:
    """``node_type`` is ``element``, ``attribute``, ``text``, ``cdata`` or ``none``, and empty, as names are, where not
    said: then an array is no node of its own and anything else is an element.
    """

    node_type: str
    name: str = ""
    namespace: str = ""
    prefix: str = ""


def hints_of(node: Any, document: Document | None) -> Hints:
    """The hints of a schema, those beside its ``$ref`` before those of what that leads to, then those in ``allOf``,
    where those of parts that are written there come before those that they refer to.

    ``attribute: true`` and ``wrapped: true`` are 3.2's node types ``attribute`` and, of an array, ``element``.
    """
    own = _written(node, document, _DEPTH)
    node_type = own.get("nodeType")
    if node_type not in _NODE_TYPES:
        node_type = "attribute" if own.get("attribute") is True else "element" if own.get("wrapped") is True else ""
    return Hints(str(node_type), *(_text(own, field) for field in ("name", "namespace", "prefix")))


def resolved(node: Any, document: Document | None) -> dict[str, Any]:
    """The schema that ``node`` stands for; an empty one where there is none."""
    if isinstance(node, dict) and "$ref" in node and document is not None:
        try:
            node = document.follow(node, "#")[0]
        except ContractError:
            return {}
    return node if isinstance(node, dict) else {}


def xml_name(name: str) -> str:
    """A name with what no name in XML has made underscores."""
    name = _NOT_IN_NAME.sub("_", name)
    return name if _LETTER.match(name) else f"_{name}"


def _written(node: Any, document: Document | None, depth: int) -> dict[str, Any]:
    if not isinstance(node, dict) or depth == 0:
        return {}
    own = node.get("xml")
    found: dict[str, Any] = own if isinstance(own, dict) else {}
    if "$ref" in node and (target := resolved(node, document)) is not node:
        found = {**_written(target, document, depth - 1), **found}
    parts = node.get("allOf")
    # What a part says in this place is said of it; what a part refers to speaks of all its uses.
    for part in (
        sorted(parts, key=lambda part: isinstance(part, dict) and "$ref" in part) if isinstance(parts, list) else ()
    ):
        found = {**_written(part, document, depth - 1), **found}
    return found


def _text(hints: dict[str, Any], field: str) -> str:
    value = hints.get(field)
    return value if isinstance(value, str) else ""


_DEPTH = 16  # of $ref and allOf followed in search of a property
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'  # 3.2.0, "Representing `null`"


def xml_text(value: Json, schema: Schema | None, document: Document | None) -> str:
    """``value`` as one XML document. A root without a name is called as its component, else ``xml``.

    OpenAPI infers no name for a root that has neither (3.2.0, XML Object); this is the one that Prism gives it.
    """
    written = schema.node if schema is not None else {}
    name = "xml"
    if isinstance(written, dict) and isinstance(written.get("$ref"), str):
        name = written["$ref"].rpartition("/")[2] or name
    hints = hints_of(written, document)
    root = Hints("element", hints.name, hints.namespace, hints.prefix)  # a document has one root, wrapped or not
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_element(name, value, written, root, document))


def _nodes(name: str, value: Json, node: Any, document: Document | None) -> Iterator[str]:
    """What a property, or an item, of that name is written as."""
    hints = hints_of(node, document)
    if isinstance(value, list) and hints.node_type != "element":
        yield from _items(name, value, node, document)
    elif isinstance(value, dict) and hints.node_type == "none":
        yield _inside(value, node, document)[1]
    elif not isinstance(value, (dict, list)) and hints.node_type in ("text", "cdata"):
        text = _scalar(value)
        yield _cdata(text) if hints.node_type == "cdata" else escape(text)
    else:
        yield from _element(name, value, node, hints, document)


def _element(name: str, value: Json, node: Any, hints: Hints, document: Document | None) -> Iterator[str]:
    name = hints.name or name
    if isinstance(value, list):
        yield _tagged(name, hints, "", "".join(_items(name, value, node, document)))  # named as what wraps them
    elif isinstance(value, dict):
        yield _tagged(name, hints, *_inside(value, node, document))
    elif value is None:
        yield _tagged(name, hints, _NIL, "")
    else:
        yield _tagged(name, hints, "", escape(_scalar(value)))


def _items(name: str, value: list[Json], node: Any, document: Document | None) -> Iterator[str]:
    items = _item(resolved(node, document), document, _DEPTH)
    for item in value:  # a list in a list has no element of its own unless it is told so
        yield from _nodes(name, item, items, document)


def _inside(value: dict[str, Json], node: Any, document: Document | None) -> tuple[str, str]:
    """The attributes and the content of an element that is an object."""
    attributes, content = "", ""
    for key, entry in value.items():
        child = _property(resolved(node, document), key, document, _DEPTH)
        hints = hints_of(child, document)
        if hints.node_type == "attribute" and not isinstance(entry, dict):
            if entry is not None:
                text = " ".join(map(_scalar, entry)) if isinstance(entry, list) else _scalar(entry)
                attributes += _namespace(hints) + f" {_qualified(hints.name or key, hints)}={quoteattr(text)}"
        else:
            content += "".join(_nodes(key, entry, child, document))
    return attributes, content


def _tagged(name: str, hints: Hints, attributes: str, content: str) -> str:
    tag = _qualified(name, hints)
    attributes = _namespace(hints) + attributes
    return f"<{tag}{attributes}>{content}</{tag}>" if content else f"<{tag}{attributes}/>"


def _namespace(hints: Hints) -> str:
    if not hints.namespace:
        return ""
    prefix = f":{xml_name(hints.prefix)}" if hints.prefix else ""
    return f" xmlns{prefix}={quoteattr(_legal(hints.namespace))}"


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _qualified(name: str, hints: Hints) -> str:
    return f"{xml_name(hints.prefix)}:{xml_name(name)}" if hints.prefix else xml_name(name)


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _scalar(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _legal(str(value))


def _item(node: dict[str, Any], document: Document | None, depth: int) -> Any:
    """The schema of the items, said here or in a part of ``allOf``, ``anyOf`` or ``oneOf``."""
    if "items" in node:
        return node["items"]
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node[keyword] if depth and isinstance(node.get(keyword), list) else ():
            found = _item(resolved(part, document), document, depth - 1)
            if found:
                return found
    return {}


def _property(node: dict[str, Any], name: str, document: Document | None, depth: int) -> Any:
    """The schema of property ``name``, declared here or in a part of ``allOf``, ``anyOf`` or ``oneOf``."""
    properties = node.get("properties")
    if isinstance(properties, dict) and name in properties:
        return properties[name]
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node[keyword] if depth and isinstance(node.get(keyword), list) else ():
            found = _property(resolved(part, document), name, document, depth - 1)
            if found:
                return found
    additional = node.get("additionalProperties")
    return additional if isinstance(additional, dict) else {}
