"""Calling a peer that answers late, wrongly or not at all."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from demonstration.peer import Peer, PeerBrokenError, PeerRefusedError, PeerUnavailableError

Handler = Callable[[httpx.Request], httpx.Response]


def peer(handler: Handler, pauses: list[float] | None = None) -> Peer:
    sleep = (pauses if pauses is not None else []).append
    return Peer("shop", "http://shop.example/base", transport=httpx.MockTransport(handler), sleep=sleep)


def answers(*given: httpx.Response | Exception) -> tuple[Handler, list[httpx.Request]]:
    """A handler that gives these answers in turn, and the requests it got."""
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        answer = given[len(requests) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handler, requests


def test_a_call_says_what_it_is_told_to() -> None:
    handler, requests = answers(httpx.Response(201, json={"id": 1}))
    body = peer(handler).call("POST", "/items", query={"a": 1, "b": None}, json={"name": "x"}, token="t")
    assert body == {"id": 1}
    (request,) = requests
    assert str(request.url) == "http://shop.example/base/items?a=1"
    assert request.headers["Authorization"] == "Bearer t"
    assert request.content == b'{"name":"x"}'


def test_an_answer_without_a_body_is_none() -> None:
    handler, _ = answers(httpx.Response(204))
    assert peer(handler).call("DELETE", "/items/1") is None


@pytest.mark.parametrize("first", [httpx.ConnectError("refused"), httpx.ReadTimeout("late"), httpx.Response(503)])
def test_what_may_be_repeated_is_tried_again_after_growing_pauses(first: httpx.Response | Exception) -> None:
    handler, requests = answers(first, httpx.Response(502), httpx.Response(200, json=[]))
    pauses: list[float] = []
    assert peer(handler, pauses).call("GET", "/items") == []
    assert len(requests) == 3
    assert pauses == [0.1, 0.2]


def test_after_the_last_attempt_the_peer_is_unavailable() -> None:
    handler, requests = answers(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(PeerUnavailableError, match=r"shop: GET .*/items got no answer: refused"):
        peer(handler).call("GET", "/items")
    assert len(requests) == 3


@pytest.mark.parametrize("first", [httpx.ReadTimeout("late"), httpx.Response(503)])
def test_what_may_not_be_repeated_is_tried_once(first: httpx.Response | Exception) -> None:
    handler, requests = answers(first)
    with pytest.raises(PeerUnavailableError):
        peer(handler).call("POST", "/items", json={})
    assert len(requests) == 1


def test_an_error_of_the_peer_is_not_repeated() -> None:
    handler, requests = answers(httpx.Response(500))
    with pytest.raises(PeerUnavailableError, match="answered 500"):
        peer(handler).call("GET", "/items")
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("answer", "title", "detail"),
    [
        (httpx.Response(404, json={"title": "Unknown", "detail": "no 1"}), "Unknown", "no 1"),
        (httpx.Response(404, text="gone"), "Not Found", ""),
        (httpx.Response(404, json=["odd"]), "Not Found", ""),
    ],
)
def test_a_refusal_says_why(answer: httpx.Response, title: str, detail: str) -> None:
    handler, requests = answers(answer)
    with pytest.raises(PeerRefusedError) as refusal:
        peer(handler).call("GET", "/items/1")
    assert (refusal.value.status, refusal.value.title, refusal.value.detail) == (404, title, detail)
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(302), httpx.Response(200, content=b"\xff")]
)
def test_an_answer_that_cannot_be_understood_is_broken(answer: httpx.Response) -> None:
    handler, _ = answers(answer)
    with pytest.raises(PeerBrokenError):
        peer(handler).call("GET", "/items")


def test_connections_are_closed_at_the_end() -> None:
    handler, _ = answers(httpx.Response(200, json=1), httpx.Response(200, json=1))
    with peer(handler) as one:
        assert one.call("GET", "/") == 1
    with pytest.raises(RuntimeError, match="closed"):
        one.call("GET", "/")
