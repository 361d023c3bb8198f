"""Readers of header parameters: the style ``simple``, without percent-encoding (headers are not URIs)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from beep_mock.contracts.document import Document
from beep_mock.contracts.model import Parameter
from beep_mock.contracts.values.collection_formats import collection_reader
from beep_mock.contracts.values.delimited import composite_reader, header_decoded
from beep_mock.contracts.values.scalars import Reader, content_reader
from beep_mock.contracts.values.shapes import shape_of

__all__ = ["NO_PARAMETERS", "SENT_HEADERS", "compile_headers", "environ_name", "is_token"]

NO_PARAMETERS = frozenset({"accept", "authorization", "content-type"})
"""Headers whose definition as a parameter, or of a response, is ignored (OpenAPI 3.1.1, section 4.8.12.2.1)."""

SENT_HEADERS = "beep_mock.headers"
"""In the environ, where the server leaves out headers whose bytes are not ASCII: a container that knows their names."""

_SPACE = " \t"  # RFC 9110, 5.6.3
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def compile_headers(parameters: Sequence[Parameter], document: Document) -> list[tuple[str, str, Reader]]:
    """Name in the WSGI environ, key and reader of each parameter."""
    return [(environ_name(p.name), p.key, _reader(p, document)) for p in parameters]


def is_token(text: str) -> bool:
    """Return whether ``text`` is a token, as the names of headers must be (RFC 9110, 5.6.2)."""
    return _TOKEN.fullmatch(text) is not None


def environ_name(header: str) -> str:
    """Return the name of a request header in a WSGI environ (PEP 3333)."""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _reader(parameter: Parameter, document: Document) -> Reader:
    shape = shape_of(parameter.schema, document)
    if parameter.media_type:
        content = content_reader(parameter.media_type, shape)
        return lambda text: content(header_decoded(text.strip(_SPACE)))
    if (collection := collection_reader(parameter.schema, document, header_decoded)) is not None:
        return lambda text: collection(text.strip(_SPACE))
    return composite_reader(shape, document, _members, _member, pairs=parameter.explode)


def _members(text: str) -> list[str]:
    """Return the members of a list (RFC 9110, 5.6.1): without the space around them; an empty list is allowed."""
    return text.split(",") if text.strip(_SPACE) else []


def _member(text: str) -> str:
    return header_decoded(text.strip(_SPACE))
