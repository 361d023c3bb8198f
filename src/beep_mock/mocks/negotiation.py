"""Choose status and media type by server-driven negotiation (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from beep_mock.contracts.model import Operation, ResponseSpec
from beep_mock.contracts.reading.structure import PRODUCES
from beep_mock.contracts.values.media_types import is_json, match_media_type, parse_content_type, telling_parameters
from beep_mock.interaction import Response
from beep_mock.servers.answers import Answer

__all__ = [
    "LONGEST_KEPT",
    "compile_negotiation",
    "invalid_request_status",
    "keeping_produced",
    "success_status",
    "typed_if_empty",
]


LONGEST_KEPT = 512
"""Letters of an ``Accept`` that is remembered; longer ones are taken apart each time."""

_MEMO_LIMIT = 256
_ITEM = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*"?)+')


def success_status(responses: Sequence[ResponseSpec]) -> tuple[ResponseSpec, int] | None:
    """Return the response of a valid request without a preference: lowest 2xx, else 2XX, default, or the first.

    ``2XX`` counts as 200, ``default`` as 200, another range as its first status. 1xx is not final: another has to
    follow (RFC 9110, section 15.2). ``None`` when nothing is declared.
    """
    finals = [r for r in responses if not r.status.startswith("1")]
    successes = [(_as_number(r.status), r) for r in finals if r.status.startswith("2")]
    if successes:
        # An exact status wins over the range, whose status is a guess.
        number, spec = min(successes, key=lambda pair: (pair[1].status.endswith("XX"), pair[0]))
        return spec, number
    for spec in finals:
        if spec.status == "default":
            return spec, 200
    return (finals[0], _as_number(finals[0].status)) if finals else None


def invalid_request_status(responses: Sequence[ResponseSpec]) -> tuple[ResponseSpec, int] | None:
    """Return the contract's own answer to an invalid request: 422, else 400, else 4XX or ``default`` as 422."""
    by_status = {r.status: r for r in responses}
    for status, code in (("422", 422), ("400", 400), ("4XX", 422), ("default", 422)):
        if status in by_status:
            return by_status[status], code
    return None


def _as_number(status: str) -> int:
    if status == "default":
        return 200
    return int(status[0]) * 100 if status.endswith("XX") else int(status)


def compile_negotiation(declared: Sequence[str]) -> Callable[[str | None], int | None]:
    """Return ``choose(accept)`` -> index of the declared media type to send, or ``None`` if none is acceptable (406).

    No ``Accept`` takes the first declared, so does one without any media range; what is malformed asks for nothing. A
    media range whose parameters match nothing is tried again without those that tell no declared types apart (RFC 9110,
    section 12.5.1, has a range with parameters match types with them; few contracts declare any). A declared range
    (``*/*``) may be sent for whatever it covers, after what is declared by its name.
    """
    ranges = [_parse(name) for name in declared]
    telling = telling_parameters(declared)
    memo: dict[str, int | None] = {}

    def choose(accept: str | None) -> int | None:
        if accept is None or accept == "*/*" or not accept:
            return 0
        if accept in memo:
            return memo[accept]
        chosen = _choose(accept, ranges, telling)
        if len(memo) < _MEMO_LIMIT and len(accept) <= LONGEST_KEPT:
            memo[accept] = chosen
        return chosen

    return choose


_Media = tuple[str, str, frozenset[tuple[str, str]]]


def _choose(accept: str, declared: Sequence[_Media], telling: Mapping[str, frozenset[str]]) -> int | None:
    wanted = []
    for item in _ITEM.findall(accept) if '"' in accept else accept.split(","):
        kind, subtype, parameters = _parse(item)
        quality = _quality(dict(parameters).get("q"))
        if not subtype or quality is None:  # no media range: it asks for nothing
            continue
        wanted.append((kind, subtype, frozenset(p for p in parameters if p[0] != "q"), quality))
    if not wanted:
        return 0
    best = _best(declared, wanted)
    if best is None:
        bare = [
            (kind, subtype, frozenset(p for p in parameters if p[0] in telling.get(f"{kind}/{subtype}", ())), quality)
            for kind, subtype, parameters, quality in wanted
        ]
        best = _best(declared, bare)
    return best


def _best(
    declared: Sequence[_Media], wanted: Sequence[tuple[str, str, frozenset[tuple[str, str]], float]]
) -> int | None:
    best, best_rank = None, (0.0, 0.0, False)
    for index, (kind, subtype, parameters) in enumerate(declared):
        # The most specific range that fits a type decides its quality, not the best-liked one.
        specificity, quality, position = -1, 0.0, 0
        for place, (w_kind, w_subtype, w_parameters, w_quality) in enumerate(wanted):
            if not (_overlap(w_kind, kind) and _overlap(w_subtype, subtype)) or not w_parameters <= parameters:
                continue
            rank = (w_kind != "*") + (w_subtype != "*") + len(w_parameters)
            if rank > specificity:
                specificity, quality, position = rank, w_quality, place
        if specificity < 0 or quality <= 0.0:
            continue
        # Equal qualities: a named type before a wildcard, then as asked, then the declared type before a range.
        score = (quality, (specificity > 1) * 1000.0 - position, subtype != "*")
        if best is None or score > best_rank:
            best, best_rank = index, score
    return best


def _overlap(one: str, other: str) -> bool:
    return one == other or "*" in (one, other)


def _quality(text: str | None) -> float | None:
    """Return the weight that a text says; None for a text that says none."""
    if text is None:
        return 1.0
    try:
        weight = float(text)
    except ValueError:
        return None
    return min(max(weight, 0.0), 1.0) if isfinite(weight) else None


def _parse(media_range: str) -> _Media:
    essence, parameters = parse_content_type(media_range)
    kind, _, subtype = essence.partition("/")
    return kind, "*" if kind == "*" else subtype, frozenset((name, text.lower()) for name, text in parameters.items())


def keeping_produced(response: Response, operation: Operation) -> Response:
    """Return a problem as a media type that the operation produces: JSON if there is one, else the first."""
    produced = _produced(operation)
    if not produced or match_media_type(response.media_type, produced) is not None:
        return response
    json = (name for name in produced if is_json(parse_content_type(name)[0]))
    return replace(response, media_type=next(json, produced[0]))


def typed_if_empty(answer: Answer, operation: Operation) -> Answer:
    """Return an empty answer that names what the operation produces, as RFC 9110, section 8.3, permits."""
    produced = _produced(operation)
    if not produced or "*" in produced[0]:
        return answer
    return answer.with_header("Content-Type", produced[0])


def _produced(operation: Operation) -> list[str]:
    found = operation.extensions.get(PRODUCES)
    return found if isinstance(found, list) else []
