"""Values as XML, by the ``xml`` hints of their schema (OpenAPI 3.1.1, XML Object)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from beep_mock.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.interaction import Json

__all__ = ["xml_text"]

_DEPTH = 16  # of $ref and allOf followed in search of a property
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_LETTERS = (  # those of XML 1.0, production 4, that every edition and parser agrees on
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f"
    "\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
)
_NOT_IN_NAME = re.compile(f"[^0-9.{_LETTERS}-]")
_LETTER = re.compile(f"[{_LETTERS}]")


def xml_text(value: Json, schema: Schema | None, document: Document | None) -> str:
    """``value`` as one XML document. A root without a name is called as its component, else ``root``."""
    written = schema.node if schema is not None else {}
    name = "root"
    if isinstance(written, dict) and isinstance(written.get("$ref"), str):
        name = written["$ref"].rpartition("/")[2] or name
    node = _resolved(written, document)
    if isinstance(value, list):  # a document has one root, wrapped or not
        node = {**node, "xml": {**_hints(node), "wrapped": True}}
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_elements(name, value, node, document))


def _elements(name: str, value: Json, node: dict[str, Any], document: Document | None) -> Iterator[str]:
    hints = _hints(node)
    if isinstance(value, list):
        items = _resolved(node.get("items"), document)
        wrapped = hints.get("wrapped") is True
        inner = [part for item in value for part in _elements(_hint(items, "name") or name, item, items, document)]
        yield from [_tagged(_hint(node, "name") or name, hints, "", "".join(inner))] if wrapped else inner
        return
    attributes, content = "", ""
    if isinstance(value, dict):
        for key, entry in value.items():
            child = _property(node, key, document, _DEPTH)
            if _hints(child).get("attribute") is True and not isinstance(entry, (dict, list)):
                attributes += f" {_qualified(_hint(child, 'name') or key, _hints(child))}={quoteattr(_scalar(entry))}"
            else:
                content += "".join(_elements(key, entry, child, document))
    else:
        content = escape(_scalar(value))
    yield _tagged(_hint(node, "name") or name, hints, attributes, content)


def _tagged(name: str, hints: dict[str, Any], attributes: str, content: str) -> str:
    tag = _qualified(name, hints)
    if isinstance(hints.get("namespace"), str):
        prefix = f":{_name(hints['prefix'])}" if isinstance(hints.get("prefix"), str) else ""
        attributes = f" xmlns{prefix}={quoteattr(_legal(hints['namespace']))}{attributes}"
    return f"<{tag}{attributes}>{content}</{tag}>" if content else f"<{tag}{attributes}/>"


def _qualified(name: str, hints: dict[str, Any]) -> str:
    prefix = hints.get("prefix")
    return f"{_name(prefix)}:{_name(name)}" if isinstance(prefix, str) and prefix else _name(name)


def _name(name: str) -> str:
    name = _NOT_IN_NAME.sub("_", name)
    return name if _LETTER.match(name) else f"_{name}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _scalar(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _legal(str(value))


def _hints(node: dict[str, Any]) -> dict[str, Any]:
    hints = node.get("xml")
    return hints if isinstance(hints, dict) else {}


def _hint(node: dict[str, Any], name: str) -> str:
    value = _hints(node).get(name)
    return value if isinstance(value, str) else ""


def _resolved(node: Any, document: Document | None) -> dict[str, Any]:
    if isinstance(node, dict) and "$ref" in node and document is not None:
        try:
            node = document.follow(node, "#")[0]
        except ContractError:
            return {}
    return node if isinstance(node, dict) else {}


def _property(node: dict[str, Any], name: str, document: Document | None, depth: int) -> dict[str, Any]:
    """The schema of property ``name``, declared here or in a part of ``allOf``, ``anyOf`` or ``oneOf``."""
    properties = node.get("properties")
    if isinstance(properties, dict) and name in properties:
        return _resolved(properties[name], document)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node[keyword] if depth and isinstance(node.get(keyword), list) else ():
            found = _property(_resolved(part, document), name, document, depth - 1)
            if found:
                return found
    return {}
