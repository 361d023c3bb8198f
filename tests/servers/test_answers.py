from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.model import Violation
from beep_mock.servers.answers import PROBLEM_JSON, phrase, problem, violation_headers


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    violation = Violation(("query", "limit"), "Error", "minimum", "too small")
    response = problem(422, "UNPROCESSABLE_ENTITY", "no", violations=[violation], pointer="/paths")
    assert (response.status, response.media_type) == (422, PROBLEM_JSON)
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": phrase(422),
        "status": 422,
        "detail": "no",
        "code": "UNPROCESSABLE_ENTITY",
        "validation": [
            {"location": ["query", "limit"], "severity": "Error", "code": "minimum", "message": "too small"}
        ],
        "pointer": "/paths",
    }


def test_an_unregistered_status_has_a_phrase_too() -> None:
    assert phrase(499) == "Unknown"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), max_size=40))
def test_the_header_is_short_ascii_json_of_whole_entries(messages: list[str]) -> None:
    violations = [Violation(("body", str(i)), "Error", "type", m) for i, m in enumerate(messages)]
    headers = dict(violation_headers(violations))
    for header in headers.values():
        assert header.isascii()
        assert header.isprintable()
        assert len(header) <= 4096
    kept = json.loads(headers["Beep-Mock-Violations"])
    assert kept == [v.as_dict() for v in violations][: len(kept)]


def test_prisms_header_says_on_which_side_of_the_exchange() -> None:
    asked, answered = Violation(("query", "n"), "Error", "type", "no"), Violation(("body",), "Error", "required", "no")
    headers = dict(violation_headers([asked], [answered]))
    assert [v["location"] for v in json.loads(headers["Beep-Mock-Violations"])] == [["query", "n"], ["body"]]
    assert [v["location"] for v in json.loads(headers["Sl-Violations"])] == [
        ["request", "query", "n"],
        ["response", "body"],
    ]


def test_a_challenge_is_repeated_where_prisms_clients_look_for_it() -> None:
    body = json.loads(problem(401, "UNAUTHORIZED", "no", challenge="Basic x").body)
    assert body["headers"] == {"WWW-Authenticate": "Basic x"}
    assert "headers" not in json.loads(problem(401, "UNAUTHORIZED", "no").body)
