""""""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from beep_mock.contracts.model import ResponseSpec
from beep_mock.interaction import Response
from beep_mock.mocks.negotiation import (
    compile_negotiation,
    invalid_request_status,
    keeping_produced,
    success_status,
    typed_if_empty,
)
from beep_mock.servers.answers import Answer, problem
from tests.support.swagger2_drafts import compiled

DECLARED = ["application/json", "application/xml", "text/plain; charset=utf-8"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, 0),
        ("", 0),
        ("*/*", 0),
        ("application/xml", 1),
        ("text/*", 2),
        ("application/*;q=0.5, text/plain", 2),
        ("application/json;q=0, */*", 1),
        ("TEXT/PLAIN", 2),
        ('text/plain;charset="UTF-8"', 2),
        ("text/plain;charset=latin-1", 2),
        ("application/json;q=nonsense, application/xml;q=0.1", 1),
        ("image/png", None),
        (",", 0),
        ("json", 0),
        ("-Infinity", 0),
        ("json, image/png", None),
        ("image/png, *; q=.2", 0),
        ("application/xml;q=", 1),
        ("application/xml;q=abc", 0),
        ("application/xml;q=nan, text/plain;q=0.1", 2),
        ('image/png;a="x, text/plain", application/xml', 1),
    ],
)
def test_accept(accept: str | None, chosen: int | None) -> None:
    assert compile_negotiation(DECLARED)(accept) == chosen


RANGES = st.sampled_from(
    ["application/json", "application/xml", "text/plain", "application/*", "text/*", "*/*", "image/png"]
)
WEIGHTS = st.sampled_from(["", ";q=1", ";q=0.7", ";q=0.3", ";q=0"])


@given(st.lists(st.tuples(RANGES, WEIGHTS), min_size=1, max_size=4, unique_by=lambda pair: pair[0]))
def test_agrees_with_werkzeug_on_the_quality_of_what_is_chosen(asked: list[tuple[str, str]]) -> None:
    accept = ",".join(r + w for r, w in asked)
    declared = ["application/json", "application/xml", "text/plain"]
    oracle = parse_accept_header(accept, MIMEAccept)
    # Werkzeug's `quality` takes the most specific range too (RFC 9110, section 12.5.1).
    qualities = [oracle.quality(name) for name in declared]
    chosen = compile_negotiation(declared)(accept)
    if max(qualities) == 0:
        assert chosen is None
    else:
        assert chosen is not None
        assert qualities[chosen] == max(qualities)


def specs(*statuses: str) -> list[ResponseSpec]:
    return [ResponseSpec(s, "", (), (), f"#/{s}") for s in statuses]


@pytest.mark.parametrize(
    ("declared", "accept", "chosen"),
    [
        (["*/*"], "application/json", 0),
        (["*/*"], "application/json;q=0", None),
        (["text/*"], "text/plain", 0),
        (["text/*"], "application/json", None),
        (["*/*", "application/json"], "application/json", 1),
        (["application/*", "application/json"], "application/xml", 0),
    ],
)
def test_a_declared_range_is_acceptable_where_it_covers_what_is_asked(
    declared: list[str], accept: str, chosen: int | None
) -> None:
    assert compile_negotiation(declared)(accept) == chosen


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["404", "201", "200"], ("200", 200)),
        (["2XX", "201"], ("201", 201)),
        (["2XX", "200"], ("200", 200)),
        (["404", "default"], ("default", 200)),
        (["5XX", "404"], ("5XX", 500)),
        ([], None),
    ],
)
def test_success_status(statuses: list[str], expected: tuple[str, int] | None) -> None:
    found = success_status(specs(*statuses))
    assert (found and (found[0].status, found[1])) == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["400", "422"], ("422", 422)),
        (["400", "4XX"], ("400", 400)),
        (["4XX", "default"], ("4XX", 422)),
        (["200", "default"], ("default", 422)),
        (["200", "404"], None),
    ],
)
def test_invalid_request_status(statuses: list[str], expected: tuple[str, int] | None) -> None:
    found = invalid_request_status(specs(*statuses))
    assert (found and (found[0].status, found[1])) == expected


PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("produces", "told", "empty"),
    [
        ("[]", PROBLEM, None),
        ("[text/plain, application/json]", "application/json", "text/plain"),
        ("[text/plain, application/problem+json]", PROBLEM, "text/plain"),
        ("['*/*']", PROBLEM, None),
        ("[application/vnd.a+json; v=1]", "application/vnd.a+json; v=1", "application/vnd.a+json; v=1"),
        ("[image/png]", "image/png", "image/png"),
    ],
)
def test_media_types(tmp_path: Path, produces: str, told: str, empty: str | None) -> None:
    text = f"paths: {{/a: {{get: {{produces: {produces}, responses: {{'204': {{description: d}}}}}}}}}}\n"
    operation = compiled(tmp_path, text).operations["GET /a"]
    response = keeping_produced(problem(422, "CODE", "why"), operation)
    assert (response.media_type, response.body) == (told, problem(422, "CODE", "why").body)
    answer = typed_if_empty(Answer(Response(204, ()), "sample"), operation)
    assert dict(answer.headers).get("Content-Type") == empty
