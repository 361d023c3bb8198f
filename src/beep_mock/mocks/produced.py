"""The media types of all answers of an operation, where its contract says them once (Swagger 2.0, ``produces``).

OpenAPI 3 says them for each response, so that an undeclared status may have any, and a response without content none.
In Swagger 2.0 an answer of another type breaks the contract, whatever its status.
"""

from __future__ import annotations

from dataclasses import replace

from beep_mock.contracts.bodies.media_types import is_json, match_media_type, parse_content_type
from beep_mock.contracts.model import Operation
from beep_mock.contracts.reading.structure import PRODUCES
from beep_mock.interaction import Response
from beep_mock.mocks.answer import Answer

__all__ = ["keeping_produced", "typed_if_empty"]


def keeping_produced(response: Response, operation: Operation) -> Response:
    """A problem of ours as one of the media types that the operation produces: JSON if there is one, else the first."""
    produced = _produced(operation)
    if not produced or match_media_type(response.media_type, produced) is not None:
        return response
    json = (name for name in produced if is_json(parse_content_type(name)[0]))
    return replace(response, media_type=next(json, produced[0]))


def typed_if_empty(answer: Answer, operation: Operation) -> Answer:
    """An answer without content that says what the operation produces (RFC 9110, 8.3, lets a response say so)."""
    produced = _produced(operation)
    if not produced or "*" in produced[0]:
        return answer
    return answer.with_header("Content-Type", produced[0])


def _produced(operation: Operation) -> list[str]:
    found = operation.extensions.get(PRODUCES)
    return found if isinstance(found, list) else []
