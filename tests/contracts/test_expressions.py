"""Runtime expressions, against the examples of the specification and against values that Hypothesis makes."""

from __future__ import annotations

import json
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.expressions import (
    ExpressionError,
    MessageValues,
    RuntimeValues,
    looks_like_expression,
    parse_expression,
)
from beep_mock.interaction import MISSING

# The request and response of OpenAPI 3.1.1, section 4.8.18.2.
BODY = {
    "failedUrl": "https://clientdomain.com/failed",
    "successUrls": ["https://clientdomain.com/fast", "https://clientdomain.com/medium"],
    "a/b": {"m~n": None, "": 0},
}
VALUES = RuntimeValues(
    url="https://example.org/subscribe/myevent?queryUrl=https://clientdomain.com/stillrunning",
    method="POST",
    status=201,
    request=MessageValues(
        headers=[("Host", "example.org"), ("Content-Type", "application/json"), ("X-Trace-Id", "t1")],
        query="queryUrl=https://clientdomain.com/stillrunning&q=a+b%26c&q=second",
        path={"eventType": "myevent"},
        body=BODY,
    ),
    response=MessageValues(headers=[("Location", "https://example.org/subscription/1")], body={"id": 7, "ok": True}),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$url", VALUES.url),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.path.eventType", "myevent"),
        ("$request.query.queryUrl", "https://clientdomain.com/stillrunning"),
        ("$request.query.q", "a b&c"),
        ("$request.header.content-type", "application/json"),
        ("$request.header.X_Trace_Id", "t1"),
        ("$request.body", BODY),
        ("$request.body#", BODY),
        ("$request.body#/failedUrl", "https://clientdomain.com/failed"),
        ("$request.body#/successUrls/1", "https://clientdomain.com/medium"),
        ("$request.body#/a~1b/m~0n", None),
        ("$request.body#/a~1b/", 0),
        ("$response.header.Location", "https://example.org/subscription/1"),
        ("$response.body#/id", 7),
        ("$response.body#/ok", True),
        ("{$request.query.queryUrl}/data", "https://clientdomain.com/stillrunning/data"),
        ("{$response.body#/id}", "7"),
        ("http://x/?id={$response.body#/id}&ok={$response.body#/ok}&s={$statusCode}", "http://x/?id=7&ok=true&s=201"),
        ("{$request.body#/successUrls}", json.dumps(BODY["successUrls"])),
        ("http://127.0.0.1:5000/fixed", "http://127.0.0.1:5000/fixed"),
        ("", ""),
        ("$request.body#/nothing", MISSING),
        ("$request.body#/successUrls/2", MISSING),
        ("$request.body#/successUrls/01", MISSING),
        ("$request.body#/successUrls/-1", MISSING),
        ("$request.body#/failedUrl/0", MISSING),
        ("$request.query.Q", MISSING),
        ("$request.path.EventType", MISSING),
        ("$request.header.absent", MISSING),
        ("$response.query.queryUrl", MISSING),
        ("x{$request.body#/nothing}", MISSING),
        ("x{$request.body#/a~1b/m~0n}", MISSING),
    ],
)
def test_values(text: str, value: Any) -> None:
    assert parse_expression(text).evaluate(VALUES) == value
    assert type(parse_expression(text).evaluate(VALUES)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "$", "$URL", "$request", "$request.", "$request.cookie.a", "$request.body/url", "$request.body.url",
        "$request.body#url", "$request.body#/a~2", "$request.header.", "$request.header.a b", "$response.status",
        "$statuscode", "$request.query", "$request.query.\x00", "{id}", "{$request.body#/url", "$request.body#/url}{",
        "a}b", "{}", "{{$url}}", "x{$nothing}",
    ],
)  # fmt: skip
def test_what_is_no_expression(text: str) -> None:
    if text == "$request.body#/url}{":  # a JSON pointer may hold braces
        assert parse_expression(text).references[0].name == "/url}{"
        return
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.message


def test_a_part_of_the_body_that_is_written_with_a_dot_is_explained() -> None:
    with pytest.raises(ExpressionError, match="body#/name"):
        parse_expression("$request.body.url")


@pytest.mark.parametrize(("value", "meant"), [("$url", True), ("a{$url}", True), ("a", False), (1, False), ({}, False)])
def test_constants_are_told_apart(value: Any, meant: bool) -> None:
    assert looks_like_expression(value) is meant


TOKEN = st.text("!#$%&'*+-.^_`|~" + string.digits + string.ascii_letters, min_size=1, max_size=12)
NAME = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3))


def _escaped(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


@settings(max_examples=60, deadline=None)
@given(st.data(), JSON)
def test_every_part_of_a_body_is_found_by_its_pointer(data: st.DataObject, body: Any) -> None:
    node, pointer = body, ""
    while isinstance(node, list | dict) and node and data.draw(st.booleans()):
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
        key = data.draw(st.sampled_from(keys))
        node, pointer = node[key], f"{pointer}/{_escaped(str(key))}"
    side = data.draw(st.sampled_from(["request", "response"]))
    messages = {"request": MessageValues(), "response": MessageValues(), side: MessageValues(body=body)}
    values = RuntimeValues("http://x/", "GET", 200, **messages)
    expression = parse_expression(f"${side}.body#{pointer}")
    assert expression.evaluate(values) == node
    assert str(expression.references[0]) == f"${side}.body" + (f"#{pointer}" if pointer else "")


@settings(max_examples=60, deadline=None)
@given(TOKEN, NAME, NAME, NAME)
def test_names_of_every_kind_are_found(token: str, query: str, path: str, value: str) -> None:
    request = MessageValues([(token.swapcase(), value)], f"a=1&{quote(query, safe='')}={quote(value, safe='')}",
                            {path: value})  # fmt: skip
    values = RuntimeValues("", "", 0, request, MessageValues([(token, value)]))
    assert parse_expression(f"$request.header.{token}").evaluate(values) == value
    assert parse_expression(f"$response.header.{token}").evaluate(values) == value
    assert parse_expression(f"$request.path.{path}").evaluate(values) == value
    if query != "a":
        assert parse_expression(f"$request.query.{query}").evaluate(values) == value


PLAIN = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLAIN, st.sampled_from(["$url", "$method", "$statusCode", "$request.path.p"])), max_size=4))
def test_embedded_expressions_stand_between_their_texts(parts: list[tuple[str, str]]) -> None:
    texts = {"$url": "http://u/", "$method": "PUT", "$statusCode": "204", "$request.path.p": "{é}"}
    values = RuntimeValues("http://u/", "PUT", 204, MessageValues(path={"p": "{é}"}), MessageValues())
    text = "".join(f"{plain}{{{inner}}}" for plain, inner in parts)
    if text.startswith("$"):
        text = f"x{text}"
        parts = [("x", ""), *parts]
        texts[""] = ""
    assert parse_expression(text).evaluate(values) == "".join(plain + texts[inner] for plain, inner in parts)


PIECES = [*"${}.#/~ab ", "$request.", "$response.", "body", "header.", "query.", "url", "statusCode"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_any_text_is_an_expression_or_says_why_not(text: str) -> None:
    try:
        expression = parse_expression(text)
    except ExpressionError:
        return
    expression.evaluate(VALUES)
    assert expression.text == text
