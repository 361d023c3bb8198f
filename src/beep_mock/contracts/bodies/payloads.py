"""Decide what an example's body is sent as: the concrete media type of a range, and text that is JSON already."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.values.media_types import parse_content_type
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema

__all__ = ["admits_text", "concrete_media_type", "json_written_as_text"]

_DEPTH = 16  # of $ref, allOf, anyOf and oneOf followed in search of a schema's type
_CONCRETE = {"*/*": "", "application/*": "application/json", "text/*": "text/plain", "image/*": "image/png",
             "audio/*": "audio/mpeg", "video/*": "video/mp4", "multipart/*": "multipart/form-data",
             "font/*": "font/woff2", "model/*": "model/stl", "message/*": "message/http"}  # fmt: skip


def concrete_media_type(name: str, value: Json) -> str:
    """Return the media type to send ``value`` as where a range (``text/*``) is declared; any other name is kept."""
    bare, _ = parse_content_type(name)
    if not bare.endswith("*"):
        return name
    return _CONCRETE.get(bare) or ("text/plain" if isinstance(value, str) else "application/json")


def json_written_as_text(value: str, schema: Schema | None, document: Document | None) -> Json | Missing:
    """Return the value that a string stands for where an example's JSON was written as text, else :data:`MISSING`.

    A string is text of that kind when it parses and the schema admits no string; where the schema says nothing of
    the type, only an object or array is believed.
    """
    admits = admits_text(schema.node if schema is not None else True, document)
    if admits:
        return MISSING
    try:
        found = json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return MISSING
    return found if admits is False or isinstance(found, (dict, list)) else MISSING


def admits_text(node: Any, document: Document | None, depth: int = _DEPTH) -> bool | None:
    """Return whether a schema admits a string; None when it does not say."""
    if not isinstance(node, dict) or depth == 0:
        return None
    if isinstance(node.get("$ref"), str):
        if document is None:
            return None
        try:
            return admits_text(document.follow(node, "#")[0], document, depth - 1)
        except ContractError:
            return None
    kind = node.get("type")
    if isinstance(kind, (str, list)):
        return "string" in kind if isinstance(kind, list) else kind == "string"
    if isinstance(node.get("enum"), list):
        return any(isinstance(entry, str) for entry in node["enum"])
    for keyword in ("allOf", "anyOf", "oneOf"):
        if isinstance(node.get(keyword), list):
            verdicts = [admits_text(entry, document, depth - 1) for entry in node[keyword]]
            if keyword == "allOf":
                return False if False in verdicts else True if True in verdicts else None
            return True if True in verdicts else None if None in verdicts else False
    return False if "properties" in node or "items" in node else None


def _refuse(constant: str) -> Json:
    raise ValueError(constant)
