from __future__ import annotations

from beep_mock.checks.verifying import curl_of
from beep_mock.interaction import Interaction, Request, Response


def test_an_interaction_s_request_is_a_command() -> None:
    request = Request(
        "POST",
        "/worlds",
        {"query.tag": ["a", "b c"], "query.limit": "1", "header.authorization": "Bearer t"},
        {"name": "O'Hara"},
        "application/json",
    )
    assert curl_of(Interaction("it", "pact", "", request, Response(201))) == (
        "curl -i -X POST -H 'Authorization: Bearer t' -H 'Content-Type: application/json' "
        """--data-raw '{"name": "O'"'"'Hara"}' "$PROVIDER"'/worlds?tag=a&tag=b+c&limit=1'"""
    )


def test_what_has_no_body_and_no_query_is_short() -> None:
    assert curl_of(Interaction("it", "pact", "", Request("GET", "/worlds/1"), Response(200))) == (
        """curl -i -X GET "$PROVIDER"'/worlds/1'"""
    )
