"""The parts of a ``multipart/form-data`` body (RFC 7578), read and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from beep_mock.contracts.model import MediaType
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.contracts.values.media_types import match_media_type, parse_content_type

__all__ = ["Part", "compile_part_types", "read_parts", "read_unnamed", "write_parts", "write_unnamed"]


_MOST_PARTS = 10_000
_MOST_HEADERS = 32


class Part(NamedTuple):
    """One part. ``content_type`` is lower case and without parameters; it and ``charset`` are empty when not given."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str = ""
    charset: str = ""


def read_parts(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of ``body``, in order.

    :raises BodyError: it is not a multipart body of that boundary, or has too many parts.
    """
    from multipart import MultipartError, MultipartSegment, PushMultipartParser  # type: ignore[import-untyped]

    if not boundary:
        raise BodyError("boundary", "the content type names no boundary")
    parts: list[Part] = []
    chunks: list[bytes] = []
    segment = None
    try:
        parser = PushMultipartParser(boundary, max_header_count=_MOST_HEADERS, max_segment_count=_MOST_PARTS)
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                segment, chunks = event, []
            elif event is not None:
                chunks.append(event)
            elif segment is not None:
                name, kind, charset = segment.name or "", segment.content_type or "", segment.charset or ""
                parts.append(Part(name, b"".join(chunks), segment.filename, kind, charset))
        parser.close()
    except (MultipartError, UnicodeError) as error:
        raise BodyError("multipart", f"not a multipart body: {error}") from None
    return parts


def write_parts(parts: Iterable[Part]) -> tuple[bytes, str]:
    """Return the body that holds ``parts``, and its boundary: the same for the same parts."""
    written = [(_head(part), part.content) for part in parts]
    boundary, number = "beep-mock", 0
    while any(boundary.encode() in content for _, content in written):
        number += 1
        boundary = f"beep-mock-{number}"
    mark = b"--" + boundary.encode()
    body = b"".join(b"%s\r\n%s\r\n\r\n%s\r\n" % (mark, head, content) for head, content in written)
    return body + mark + b"--\r\n", boundary


def _head(part: Part) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{_quotable(part.name)}"']
    if part.filename is not None:
        lines[0] += f'; filename="{_quotable(part.filename)}"'
    if part.content_type:
        charset = f"; charset={part.charset}" if part.charset else ""
        lines.append(f"Content-Type: {part.content_type}{charset}")
    return "\r\n".join(lines).encode()


def _quotable(text: str) -> str:
    """As browsers write names (HTML, 4.10.21.8): quotation marks and line ends percent-encoded."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


_MOST_HEADER_BYTES = 8192  # bytes
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_FOLD = re.compile(r"\r?\n[ \t]+")


def read_unnamed(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of ``body``, in order; their names are those in their ``Content-Disposition``, if they have one.

    :raises BodyError: it is not a multipart body of that boundary, or has too many parts.
    """
    if not boundary:
        raise BodyError("boundary", "the content type names no boundary")
    mark = b"--" + boundary.encode("utf-8", "replace")
    pieces = re.split(b"(?:^|\r?\n)" + re.escape(mark), body, maxsplit=_MOST_PARTS + 1)
    if len(pieces) < 2:
        raise BodyError("multipart", f"not a multipart body: the boundary {boundary!r} is not in it")
    parts: list[Part] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return parts
        if len(parts) == _MOST_PARTS:
            raise BodyError("multipart", f"not a multipart body: more than {_MOST_PARTS} parts")
        parts.append(_part(piece))
    raise BodyError("multipart", "not a multipart body: the last boundary is missing")


def write_unnamed(parts: Iterable[Part]) -> tuple[bytes, str]:
    """Return the body that holds ``parts``, and its boundary: the same for the same parts."""
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
        raise BodyError("multipart", "not a multipart body: a boundary does not end its line")
    rest = piece[start.end() :]
    if rest.startswith((b"\r\n", b"\n")):  # no headers
        return Part("", rest[rest.index(b"\n") + 1 :])
    head = re.search(rb"\r?\n\r?\n", rest[:_MOST_HEADER_BYTES])
    if head is None:
        raise BodyError("multipart", "not a multipart body: the headers of a part do not end")
    headers: dict[str, str] = {}
    for line in _FOLD.sub(" ", rest[: head.start()].decode("utf-8", "replace")).splitlines():
        found = _HEADER.fullmatch(line)
        if found is None:
            raise BodyError("multipart", "not a multipart body: a part has a malformed header")
        headers.setdefault(found[1].lower(), found[2])
    kind, parameters = parse_content_type(headers.get("content-type", ""))
    _, disposition = parse_content_type(headers.get("content-disposition", ""))
    name, filename = disposition.get("name", ""), disposition.get("filename")
    return Part(name, rest[head.end() :], filename, kind, parameters.get("charset", ""))


def compile_part_types(media: MediaType) -> Callable[[Part], None] | None:
    """Return the function that refuses a part (:class:`BodyError`) of a type that is not among those declared for it.

    A part without a ``Content-Type``, as most clients write fields, is read as what was declared. None where nothing is
    declared.
    """
    types = {
        name: [each.strip() for each in encoding.content_type.split(",") if each.strip()]
        for name, encoding in media.encoding.items()
    }
    declared = {name: listed for name, listed in types.items() if listed}
    if not declared:
        return None

    def judge(part: Part) -> None:
        listed = declared.get(part.name)
        if listed and part.content_type and match_media_type(part.content_type, listed) is None:
            message = f"the part is {part.content_type!r}; declared: {', '.join(listed)}"
            raise BodyError("content-type", message, (part.name,))

    return judge
