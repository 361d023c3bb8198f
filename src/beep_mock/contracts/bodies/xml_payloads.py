"""Values as XML, by the ``xml`` hints of their schema (OpenAPI 3.2.0, XML Object)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from beep_mock.contracts.bodies.xml_hints import Hints, hints_of, resolved, xml_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.interaction import Json

__all__ = ["xml_text"]

_DEPTH = 16  # of $ref and allOf followed in search of a property
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'  # 3.2.0, "Representing `null`"


def xml_text(value: Json, schema: Schema | None, document: Document | None) -> str:
    """Return ``value`` as one XML document. A root without a name is called as its component, else ``xml``.

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
    """Yield the XML of a property, or an item, of that name."""
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
    for item in value:  # a list in a list has no element of its own unless a hint says so
        yield from _nodes(name, item, items, document)


def _inside(value: dict[str, Json], node: Any, document: Document | None) -> tuple[str, str]:
    """Return the attributes and the content of an element that is an object."""
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
    """Return the schema of the items, said here or in a part of ``allOf``, ``anyOf`` or ``oneOf``."""
    if "items" in node:
        return node["items"]
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node[keyword] if depth and isinstance(node.get(keyword), list) else ():
            found = _item(resolved(part, document), document, depth - 1)
            if found:
                return found
    return {}


def _property(node: dict[str, Any], name: str, document: Document | None, depth: int) -> Any:
    """Return the schema of property ``name``, declared here or in a part of ``allOf``, ``anyOf`` or ``oneOf``."""
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
