from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.model import Violation
from beep_mock.exchanges.journal import BODY_LIMIT, MASK, Journal


def record(journal: Journal, path: str = "/a", body: bytes = b"", answer: bytes = b"{}", **environ: Any) -> None:
    secrets = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_KEY", "query:api_key", "query:api key"})
    headers = [("Content-Type", "application/json"), ("Set-Cookie", "session=secret")]
    violation = Violation(("body",), "Error", "type", "no")
    journal.record("world", "GET", path, environ, body, 200, headers, answer, "sample", "GET /a", (violation,), secrets)


def test_an_exchange_reads_back() -> None:
    journal = Journal()
    record(journal, body=b"hi", HTTP_X_TOKEN_COUNT="3", CONTENT_TYPE="text/plain", QUERY_STRING="a=1")
    (exchange,) = journal.entries()
    assert (exchange.id, exchange.service, exchange.method, exchange.path) == (1, "world", "GET", "/a")
    assert exchange.request_headers == (("X-Token-Count", "3"), ("Content-Type", "text/plain"))
    assert (exchange.query, exchange.request_body, exchange.response_body) == ("a=1", b"hi", b"{}")
    shown = json.loads(json.dumps(exchange.as_dict()))
    assert shown["violations"][0]["location"] == ["body"]
    assert shown["source"] == "sample"


def test_secrets_are_masked_before_they_are_stored() -> None:
    journal = Journal()
    record(
        journal,
        HTTP_AUTHORIZATION="Bearer secret",
        HTTP_COOKIE="session=secret",
        HTTP_X_KEY="secret",
        QUERY_STRING="x=1&api_key=secret&api%5Fkey=secret&api+key=secret",
    )
    assert "secret" not in repr(journal._rows)[: repr(journal._rows).index("Set-Cookie")]
    (exchange,) = journal.entries()
    assert "secret" not in json.dumps(exchange.as_dict())
    assert dict(exchange.request_headers)["Authorization"] == MASK
    assert exchange.query == f"x=1&api_key={MASK}&api%5Fkey={MASK}&api+key={MASK}"


def test_the_oldest_go_when_there_are_too_many() -> None:
    journal = Journal(capacity=3)
    for i in range(5):
        record(journal, f"/{i}")
    assert [e.path for e in journal.entries()] == ["/2", "/3", "/4"]
    assert [e.path for e in journal.entries(after=4)] == ["/4"]


def test_bodies_are_cut_and_the_whole_is_bounded() -> None:
    journal = Journal(max_bytes=10 * BODY_LIMIT)
    for i in range(50):
        record(journal, body=b"x" * (BODY_LIMIT * 3), answer=b"y" * (BODY_LIMIT * 3), HTTP_X=str(i))
    kept = journal.entries()
    assert 1 < len(kept) < 6
    assert {len(e.request_body) for e in kept} == {len(e.response_body) for e in kept} == {BODY_LIMIT}


def test_huge_headers_count() -> None:
    journal = Journal(max_bytes=100_000)
    for _ in range(20):
        record(journal, HTTP_X="x" * 30_000)
    assert len(journal) == 3


def test_the_answers_headers_and_the_violations_count() -> None:
    journal = Journal(max_bytes=100_000)
    many = [(f"X-{i}", "x" * 1000) for i in range(30)]
    violations = [Violation(("body", str(i)), "Error", "type", "n" * 100) for i in range(50)]
    for _ in range(20):
        journal.record("world", "GET", "/", {}, b"", 200, many, b"", "real", "")
    assert len(journal) == 3
    for _ in range(20):
        journal.record("world", "GET", "/", {}, b"", 422, [], b"", "problem", "", violations)
    assert len(journal) == 3


def test_clear_one_service_or_all() -> None:
    journal = Journal()
    record(journal)
    journal.record("people", "GET", "/p", {}, b"", 200, [], b"", "sample", "")
    journal.clear("world")
    assert [e.service for e in journal.entries()] == ["people"]
    assert journal.entries("world") == []
    journal.clear()
    assert len(journal) == 0


def test_secrets_in_the_address_of_the_page_before_are_masked() -> None:
    journal = Journal()
    record(journal, HTTP_REFERER="http://page.example/a?x=1&api_key=hidden")
    (exchange,) = journal.entries()
    assert dict(exchange.request_headers)["Referer"] == f"http://page.example/a?x=1&api_key={MASK}"


@given(
    st.lists(
        st.tuples(
            st.dictionaries(
                st.sampled_from(
                    ["HTTP_A", "HTTP_KEY", "HTTP_COOKIE", "HTTP_REFERER", "PATH", "wsgi.version", "HTTP_B_C"]
                ),
                st.sampled_from(["one", "two", "", "http://a/?key=3"]),
            ),
            st.sampled_from(
                [frozenset[str](), frozenset({"HTTP_KEY"}), frozenset({"HTTP_A", "query:key", "HTTP_B_C", "x"})]
            ),
        ),
        max_size=12,
    )
)
@settings(max_examples=60, deadline=None)
def test_headers_are_kept_in_order_and_masked_whatever_came_before(
    requests: list[tuple[dict[str, str], frozenset[str]]],
) -> None:
    journal = Journal()
    for environ, secrets in requests:
        journal.record("world", "GET", "/", environ, b"", 200, [], b"", "", "", (), secrets)
    for (environ, secrets), exchange in zip(requests, journal.entries(), strict=True):
        expected = []
        for name, value in environ.items():
            if name.startswith("HTTP_"):
                masked = name in secrets or name == "HTTP_COOKIE"
                if name == "HTTP_REFERER" and "query:key" in secrets:
                    value = value.replace("key=3", f"key={MASK}")
                expected.append((name[5:].replace("_", "-").title(), MASK if masked else value))
        assert exchange.request_headers == tuple(expected)


def test_ever_new_headers_are_recorded_without_being_kept() -> None:
    journal = Journal(capacity=2)
    for i in range(300):
        record(journal, **dict[str, Any]({f"HTTP_X_{i}": str(i)}))
    record(journal, **dict[str, Any]({"HTTP_" + "X" * 5000: "long"}))
    assert journal.entries()[0].request_headers == (("X-299", "299"),)
    assert journal.entries()[1].request_headers[0][1] == "long"
    assert sum(map(len, journal._layouts.values())) <= 64
