"""The media types that Encoding Objects allow the parts of a multipart body (OpenAPI 3.1.1, section 4.8.15.1.1)."""

from __future__ import annotations

from collections.abc import Callable

from beep_mock.contracts.bodies.json_bodies import BodyError
from beep_mock.contracts.bodies.media_types import match_media_type
from beep_mock.contracts.bodies.multipart_parts import Part
from beep_mock.contracts.model import MediaType

__all__ = ["compile_part_types"]


def compile_part_types(media: MediaType) -> Callable[[Part], None] | None:
    """The function that refuses a part (:class:`BodyError`) of a type that is not among those declared for it.

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
