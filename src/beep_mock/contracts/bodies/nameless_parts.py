"""The parts of a multipart body that have no names: ``multipart/mixed`` and its like (RFC 2046, 5.1), read and written.

A part may hold anything, another multipart body as well: nothing here looks inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from beep_mock.contracts.bodies.json_bodies import BodyError
from beep_mock.contracts.bodies.media_types import parse_content_type
from beep_mock.contracts.bodies.multipart_parts import Part

__all__ = ["read_nameless", "write_nameless"]

_MOST_PARTS = 10_000
_MOST_HEADERS = 8192  # bytes
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_FOLD = re.compile(r"\r?\n[ \t]+")


def read_nameless(body: bytes, boundary: str) -> list[Part]:
    """The parts of ``body``, in order; their names are those in their ``Content-Disposition``, if they have one.

    :raises BodyError: it is no multipart body of that boundary, or has too many parts.
    """
    if not boundary:
        raise BodyError("boundary", "the content type names no boundary")
    mark = b"--" + boundary.encode("utf-8", "replace")
    pieces = re.split(b"(?:^|\r?\n)" + re.escape(mark), body, maxsplit=_MOST_PARTS + 1)
    if len(pieces) < 2:
        raise BodyError("multipart", f"no multipart body: the boundary {boundary!r} is not in it")
    parts: list[Part] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return parts
        if len(parts) == _MOST_PARTS:
            raise BodyError("multipart", f"no multipart body: more than {_MOST_PARTS} parts")
        parts.append(_part(piece))
    raise BodyError("multipart", "no multipart body: the last boundary is missing")


def write_nameless(parts: Iterable[Part]) -> tuple[bytes, str]:
    """The body that holds ``parts``, and its boundary: the same for the same parts."""
    written = [
        (f"Content-Type: {part.content_type}\r\n".encode() if part.content_type else b"", part.content)
        for part in parts
    ]
    boundary, number = "beep-mock", 0
    while any(boundary.encode() in content for _, content in written):
        number += 1
        boundary = f"beep-mock-{number}"
    mark = b"--" + boundary.encode()
    body = b"".join(b"%s\r\n%s\r\n%s\r\n" % (mark, head, content) for head, content in written)
    return body + mark + b"--\r\n", boundary


def _part(piece: bytes) -> Part:
    start = re.match(rb"[ \t]*\r?\n", piece)
    if start is None:
        raise BodyError("multipart", "no multipart body: a boundary does not end its line")
    rest = piece[start.end() :]
    if rest.startswith((b"\r\n", b"\n")):  # no headers
        return Part("", rest[rest.index(b"\n") + 1 :])
    head = re.search(rb"\r?\n\r?\n", rest[:_MOST_HEADERS])
    if head is None:
        raise BodyError("multipart", "no multipart body: the headers of a part do not end")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(" ", rest[: head.start()].decode("utf-8", "replace")).splitlines():
        found = _HEADER.fullmatch(line)
        if found is None:
            raise BodyError("multipart", "no multipart body: a header of a part is none")
        headers.setdefault(found[1].lower(), found[2])
    kind, parameters = parse_content_type(headers.get("content-type", ""))
    _, disposition = parse_content_type(headers.get("content-disposition", ""))
    name, filename = disposition.get("name", ""), disposition.get("filename")
    return Part(name, rest[head.end() :], filename, kind, parameters.get("charset", ""))
