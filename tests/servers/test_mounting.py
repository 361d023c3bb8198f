from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.interaction import Response
from beep_mock.servers.answers import Answer
from beep_mock.servers.mounting import below, moved_headers


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Location", "/jobs/42", "/shop/jobs/42"),
        ("content-location", "/", "/shop/"),
        ("Location", "42", "42"),
        ("Location", "/../jobs/./42?a=/../b", "/shop/jobs/42?a=/../b"),
        ("Location", "?page=2", "?page=2"),
        ("Location", "", ""),
        ("Location", "https://pay.example/jobs", "https://pay.example/jobs"),
        ("Location", "//pay.example/jobs", "//pay.example/jobs"),
        ("Link", '</jobs?page=2>; rel="next", <3>; rel=last', '</shop/jobs?page=2>; rel="next", <3>; rel=last'),
        ("Link", '</a>; title="not </b> but \\" </c>", </d>', '</shop/a>; title="not </b> but \\" </c>", </shop/d>'),
        ("Link", '</a>; rel=self; anchor="/b"', '</shop/a>; rel=self; anchor="/shop/b"'),
        ("Refresh", "5; url=/jobs/42", "5; url=/shop/jobs/42"),
        ("Refresh", "5;URL='/jobs'", "5;URL='/shop/jobs'"),
        ("Refresh", "0, /jobs", "0, /shop/jobs"),
        ("Refresh", "5", "5"),
        ("Refresh", "soon", "soon"),
        ("Set-Cookie", "a=1; Path=/jobs; Secure", "a=1; Path=/shop/jobs; Secure"),
        ("Set-Cookie", "a=1; path = /", "a=1; path = /shop"),
        ("Set-Cookie", "a=/x; HttpOnly", "a=/x; HttpOnly"),
        ("Set-Cookie", "__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure"),
        ("X-Path", "/jobs", "/jobs"),
    ],
)
def test_urls_are_moved_and_nothing_else(name: str, value: str, seen: str) -> None:
    assert moved_headers([(name, value)], below("/shop")) == [(name, seen)]


_SEGMENTS = st.lists(st.text("abc.-_~%20", min_size=1, max_size=4), max_size=3)


@given(_SEGMENTS, _SEGMENTS)
def test_a_moved_location_leads_to_the_same_resource_below_the_mount(asked: list[str], target: list[str]) -> None:
    """The standard library resolves both: what the service meant, and what the client makes of the moved header."""
    location = "/" + "/".join(target)
    meant = urljoin(f"http://shop/{'/'.join(asked)}", location).removeprefix("http://shop")
    ((_, moved),) = moved_headers([("Location", location)], below("/shop"))
    assert urljoin(f"http://here/shop/{'/'.join(asked)}", moved) == f"http://here/shop{meant}"


@given(st.sampled_from(["/", "/jobs", "/jobs/x"]))
def test_a_moved_cookie_is_a_cookie(path: str) -> None:
    ((_, moved),) = moved_headers([("Set-Cookie", f"a=1; Path={path}; Max-Age=5")], below("/shop"))
    morsel = SimpleCookie(moved)["a"]
    assert (morsel["path"], morsel["max-age"]) == (f"/shop{path}".rstrip("/"), "5")


def test_an_answer_is_moved_as_a_copy() -> None:
    answer = Answer(Response(201, (("Location", "/jobs/42"),), b"", ""), "example")
    assert ("Location", "/shop/jobs/42") in answer.below("/shop").headers
    assert ("Location", "/jobs/42") in answer.headers
