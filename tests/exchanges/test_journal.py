from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.model import Violation
from beep_mock.exchanges.exchange import Answered, Exchange
from beep_mock.exchanges.journal import BODY_LIMIT, Journal
from beep_mock.masking import MASK


def record(journal: Journal, path: str = "/a", body: bytes = b"", answer: bytes = b"{}", **environ: Any) -> None:
    secrets = frozenset({"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_KEY", "query:api_key", "query:api key"})
    headers = [("Content-Type", "application/json"), ("Set-Cookie", "session=secret")]
    violation = Violation(("body",), "Error", "type", "no")
    answered = Answered(200, headers, answer, "sample")
    journal.record(
        "world", environ, answered, method="GET", path=path, body=body, operation="GET /a", violations=(violation,),
        secrets=secrets,
    )  # fmt: skip


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
        journal.record("world", {}, Answered(200, many, b"", "real"), method="GET", path="/")
    assert len(journal) == 3
    for _ in range(20):
        refused = Answered(422, [], b"", "problem")
        journal.record("world", {}, refused, method="GET", path="/", violations=violations)
    assert len(journal) == 3


def test_clear_one_service_or_all() -> None:
    journal = Journal()
    record(journal)
    journal.record("people", {}, Answered(200, [], b"", "sample"), method="GET", path="/p")
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
                    [
                        "HTTP_A",
                        "HTTP_KEY",
                        "HTTP_COOKIE",
                        "HTTP_X_API_KEY",
                        "HTTP_REFERER",
                        "PATH",
                        "wsgi.version",
                        "HTTP_B_C",
                    ]
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
        journal.record("world", environ, Answered(200, [], b"", ""), method="GET", path="/", secrets=secrets)
    for (environ, secrets), exchange in zip(requests, journal.entries(), strict=True):
        expected = []
        for name, value in environ.items():
            if name.startswith("HTTP_"):
                masked = name in secrets or name in ("HTTP_COOKIE", "HTTP_X_API_KEY")
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


def test_secrets_by_name_are_masked_whatever_the_contract_says() -> None:
    journal = Journal()
    answered = Answered(200, [], b"", "")
    environ = {"HTTP_X_API_KEY": "hidden", "HTTP_X_REQUEST_ID": "7", "QUERY_STRING": "access_token=hidden&page_token=9"}
    journal.record("world", environ, answered, method="GET", path="/")
    assert journal[0].request_headers == (("X-Api-Key", MASK), ("X-Request-Id", "7"))
    assert journal[0].query == f"access_token={MASK}&page_token=9"


def test_exchanges_are_found_by_position() -> None:
    journal = Journal()
    for path in ("/1", "/2", "/3"):
        record(journal, path)
    assert (journal[0].path, journal[-1].path, [e.path for e in journal[1:]]) == ("/1", "/3", ["/2", "/3"])
    assert [e.path for e in journal] == ["/1", "/2", "/3"]
    assert [e.path for e in journal.entries(most=2)] == ["/1", "/2"]
    with pytest.raises(IndexError, match="holds 3 exchanges"):
        journal[3]


def test_listeners_hear_every_exchange_and_harm_none() -> None:
    journal = Journal()
    heard: list[Callable[[], Exchange]] = []

    def break_down(_: Callable[[], Exchange]) -> None:
        raise RuntimeError("broken listener")

    end_broken, end_heard = journal.listen(break_down), journal.listen(heard.append)
    record(journal, HTTP_AUTHORIZATION="Bearer hidden")
    end_broken()
    record(journal, "/b")
    end_heard()
    end_heard()  # ends nothing more
    record(journal, "/c")
    assert [exchange() for exchange in heard] == journal[:2]
    assert dict(heard[0]().request_headers)["Authorization"] == MASK


def test_a_listener_may_ask_for_the_exchange_when_the_journal_has_forgotten_it() -> None:
    journal = Journal(capacity=1)
    heard: list[Callable[[], Exchange]] = []
    journal.listen(heard.append)
    record(journal, "/a")
    record(journal, "/b")
    assert [heard[0]().path, journal[0].path] == ["/a", "/b"]


def test_listeners_hear_what_many_threads_record() -> None:
    journal = Journal(capacity=10)
    heard: list[Callable[[], Exchange]] = []
    journal.listen(heard.append)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: record(journal, f"/{i}"), range(200)))
    assert sorted(exchange().id for exchange in heard) == [*range(1, 201)]


def test_an_exchange_is_read_from_its_json() -> None:
    journal = Journal()
    record(journal, body=b'{"a": 1}', HTTP_X="1", QUERY_STRING="a=1")
    assert Exchange.from_dict(json.loads(json.dumps(journal[0].as_dict()))) == journal[0]


def test_how_long_it_took() -> None:
    journal = Journal()
    journal.record("w", {}, Answered(200, [], b"", ""), method="GET", path="/", begun=time() - 5)
    journal.record("w", {}, Answered(200, [], b"", ""), method="GET", path="/")
    assert journal[0].duration >= 5
    assert journal[1].duration == 0


def test_secrets_in_headers_of_the_response_are_masked_by_their_names() -> None:
    journal = Journal()
    headers = [("X-Auth-Token", "hidden"), ("Set-Cookie", "a=hidden"), ("WWW-Authenticate", "Bearer"), ("ETag", "1")]
    journal.record("w", {}, Answered(200, headers, b"", ""), method="GET", path="/")
    assert [value for _, value in journal[0].response_headers] == [MASK, MASK, "Bearer", "1"]


def test_an_address_in_a_header_keeps_no_secret() -> None:
    journal = Journal()
    sent = {"HTTP_X_BACK": "https://bob:HUSH@h/?a=1&access_token=HUSH", "HTTP_ACCEPT": "*/*"}
    answered = Answered(302, [("Location", "https://bob:HUSH@h/x?api_key=HUSH&page=2")], b"", "real")
    journal.record("world", sent, answered, method="GET", path="/")
    exchange = journal[0]
    assert dict(exchange.request_headers) == {"X-Back": f"https://{MASK}@h/?a=1&access_token={MASK}", "Accept": "*/*"}
    assert dict(exchange.response_headers) == {"Location": f"https://{MASK}@h/x?api_key={MASK}&page=2"}
