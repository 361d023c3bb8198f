"""List where our mock differs from Prism on purpose, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.agreement.prism import Question
    from beep_mock.exchanges.exchange import Reply

__all__ = ["INTENDED", "EngineComparison", "EngineDifference", "IntendedDifference", "intended"]


@dataclass(frozen=True, slots=True)
class EngineComparison:
    """A question and both replies. ``openapi`` is the version that the document declares."""

    openapi: str
    question: Question
    ours: Reply
    theirs: Reply


@dataclass(frozen=True, slots=True)
class EngineDifference:
    """One aspect in which two replies differ, and how it is on either side."""

    aspect: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class IntendedDifference:
    """An aspect (empty: any) in which we mean to differ where ``applies``, because of ``reason``."""

    aspect: str
    reason: str
    applies: Callable[[EngineComparison, EngineDifference], bool]


def intended(comparison: EngineComparison, difference: EngineDifference) -> IntendedDifference | None:
    """Return the entry of :data:`INTENDED` that explains a difference; ``None`` makes it a finding."""
    for entry in INTENDED:
        if entry.aspect in ("", difference.aspect) and entry.applies(comparison, difference):
            return entry
    return None


def _asked(comparison: EngineComparison) -> int:
    """Return the status that the question names; 0 when it names none."""
    interaction = comparison.question.interaction
    return interaction.response.status if interaction is not None else 0


def _is_json_as_text(comparison: EngineComparison, _: EngineDifference) -> bool:
    try:
        outer = json.loads(comparison.theirs.body)
        return isinstance(outer, str) and bool(json.loads(outer) == json.loads(comparison.ours.body))
    except ValueError:
        return False


def _is_wrapped_example(comparison: EngineComparison, _: EngineDifference) -> bool:
    try:
        outer = json.loads(comparison.theirs.body)
        return isinstance(outer, dict) and bool(outer.get("value") == json.loads(comparison.ours.body))
    except ValueError:
        return False


def _violations_of(theirs: Reply) -> bytes:
    """Return Prism's reasons why a request is invalid, from its header or a problem's body."""
    return theirs.header("sl-violations").encode() + theirs.body


def _sends_form(comparison: EngineComparison) -> bool:
    return ("Content-Type", "application/x-www-form-urlencoded") in comparison.question.headers


INTENDED: tuple[IntendedDifference, ...] = (
    IntendedDifference(
        "media type",
        "A response without content has no media type (RFC 9110, section 8.3); Prism sends text/plain and no byte.",
        lambda c, _: not c.ours.media_type and c.theirs.media_type == "text/plain" and not c.theirs.body,
    ),
    IntendedDifference(
        "media type",
        "HEAD has the headers of GET (RFC 9110, section 9.3.2); Prism leaves out the media type.",
        lambda c, _: c.question.operation.method == "HEAD" and not c.theirs.media_type,
    ),
    IntendedDifference(
        "generated response",
        "Our samples keep the schema; Prism's break it for patterns, alternatives and recursion.",
        lambda _, d: d.ours == "valid",
    ),
    IntendedDifference(
        "body",
        "A JSON example written as a string is the JSON it stands for; Prism sends the string.",
        _is_json_as_text,
    ),
    IntendedDifference(
        "status",
        "An invalid request gets the error that the client prefers, so that it can try how it takes that error; "
        "Prism gives its 422, 400 or default whatever was asked.",
        lambda c, _: c.ours.status == _asked(c) >= 400 and c.theirs.status in (400, 422),
    ),
    IntendedDifference(
        "status",
        "Examples are sent in every media type; Prism has no way to write some, such as application/x-ndjson.",
        lambda c, _: c.theirs.status == 500 and b"Cannot find serializer" in c.theirs.body,
    ),
    IntendedDifference(
        "status",
        "A repeated field of a form is an array (OpenAPI, style `form`); Prism takes it for a text and refuses it.",
        lambda c, _: _sends_form(c) and c.theirs.status in (400, 422) and b"must be array" in _violations_of(c.theirs),
    ),
    IntendedDifference(
        "status",
        "WSGI (PEP 3333) hands a path over decoded: %2F in a segment cannot be told from a slash.",
        lambda c, _: "%2F" in c.question.target.partition("?")[0] and c.ours.status == 404,
    ),
    IntendedDifference(
        "body",
        "An `example` that is a reference to a named example means that example's value; Prism sends the whole object.",
        _is_wrapped_example,
    ),
    IntendedDifference(
        "status",
        "A header parameter named Authorization is ignored (OpenAPI, Parameter Object, `name`); Prism demands it.",
        lambda c, _: c.theirs.status in (400, 422) and b"property 'authorization'" in _violations_of(c.theirs),
    ),
    IntendedDifference(
        "",
        "Prism does not know what OpenAPI 3.2 adds, such as `dataValue` in examples and `querystring` parameters.",
        lambda c, _: not c.openapi.startswith(("2.", "3.0", "3.1")),
    ),
)
"""All intended differences. Extend it only with what a user of Prism can accept when told the reason."""
