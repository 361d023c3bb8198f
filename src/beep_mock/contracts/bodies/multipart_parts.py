"""The parts of a ``multipart/form-data`` body (RFC 7578), read and written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from beep_mock.contracts.bodies.json_bodies import BodyError

__all__ = ["Part", "read_parts", "write_parts"]

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
    """The parts of ``body``, in order.

    :raises BodyError: it is no multipart body of that boundary, or has too many parts.
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
        raise BodyError("multipart", f"no multipart body: {error}") from None
    return parts


def write_parts(parts: Iterable[Part]) -> tuple[bytes, str]:
    """The body that holds ``parts``, and its boundary: the same for the same parts."""
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
