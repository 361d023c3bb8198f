from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pact import Pact as PactOfPython

from beep_mock.errors import PactFileError
from beep_mock.interaction import MISSING, ProviderState
from beep_mock.pacts.model import read_pact

WORKSPACE = Path(__file__).parents[2]


def written(folder: Path, content: Any) -> Path:
    file = folder / "a.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def document(*interactions: Any, version: str = "4.0", key: str = "pactSpecification") -> dict[str, Any]:
    return {
        "consumer": {"name": "a-b"},
        "provider": {"name": "c"},
        "interactions": list(interactions),
        "metadata": {key: {"version": version}},
    }


def test_version_2(tmp_path: Path) -> None:
    entry = {
        "description": "d",
        "providerState": "there is one",
        "request": {
            "method": "get",
            "path": "/x",
            "query": "q=a%20b&r=1&r=2&empty=",
            "headers": {"X-Kind": "big"},
        },
        "response": {"status": 201, "headers": {"Content-Type": "application/json"}, "body": {"n": None}},
    }
    pact = read_pact(written(tmp_path, document(entry, version="2.0.0", key="pact-specification")))
    assert (pact.consumer, pact.provider, pact.specification) == ("a-b", "c", "2.0.0")
    one = pact.interactions[0]
    assert (one.name, one.source, one.pointer, one.file) == ("d", "pact", "/interactions/0", pact.file)
    assert one.states == (ProviderState("there is one"),)
    assert (one.request.method, one.request.path) == ("GET", "/x")
    assert one.request.parameters == {
        "query.q": "a b",
        "query.r": ["1", "2"],
        "query.empty": "",
        "header.x-kind": "big",
    }
    assert one.request.body is MISSING
    assert (one.response.status, json.loads(one.response.body)) == (201, {"n": None})


def test_version_3(tmp_path: Path) -> None:
    entry = {
        "description": "d",
        "providerStates": [{"name": "one", "params": {"id": 1}}, {"name": "two"}],
        "request": {"method": "POST", "path": "/x", "query": {"q": ["1", "2"]}, "body": [1]},
        "response": {"status": 204},
    }
    one = read_pact(written(tmp_path, document(entry, version="3.0.0"))).interactions[0]
    assert one.states == (ProviderState("one", {"id": 1}), ProviderState("two"))
    assert one.request.parameters == {"query.q": ["1", "2"]}
    assert (one.request.body, one.request.media_type) == ([1], "application/json")
    assert (one.response.body, one.response.media_type) == (b"", "")


def test_version_4_as_pact_python_writes_it(tmp_path: Path) -> None:
    recorded = PactOfPython("a-b", "c").with_specification("V4")
    (
        recorded.upon_receiving("d")
        .given("one", {"id": 1})
        .with_request("PUT", "/x")
        .with_query_parameter("q", "a b")
        .with_header("X-Kind", "big")
        .with_body({"n": 1}, "application/json")
        .will_respond_with(200)
        .with_body("plain text", "text/plain")
    )
    recorded.upon_receiving("an event", "Async").with_body({"n": 1}, "application/json")
    recorded.write_file(tmp_path)
    pact = read_pact(tmp_path / "a-b-c.json")
    assert pact.specification.startswith("4")
    assert pact.messages == ("an event",)
    (one,) = pact.interactions
    assert one.states == (ProviderState("one", {"id": 1}),)
    assert one.request.parameters == {
        "query.q": "a b",
        "header.x-kind": "big",
        "header.content-type": "application/json",
    }
    assert one.request.body == {"n": 1}
    assert (one.response.body, one.response.media_type) == (b"plain text", "text/plain")


def test_version_4_bytes_are_decoded(tmp_path: Path) -> None:
    raw = bytes(range(256))
    entry = {
        "type": "Synchronous/HTTP",
        "description": "d",
        "request": {"method": "GET", "path": "/"},
        "response": {
            "status": 200,
            "body": {
                "content": base64.b64encode(raw).decode(),
                "contentType": "application/octet-stream",
                "encoded": "base64",
            },
        },
    }
    assert read_pact(written(tmp_path, document(entry))).interactions[0].response.body == raw


def test_json_that_is_a_text(tmp_path: Path) -> None:
    entry = {
        "description": "d",
        "request": {"method": "GET", "path": "/"},
        "response": {"status": 200, "body": {"content": "a text", "contentType": "application/json", "encoded": False}},
    }
    assert read_pact(written(tmp_path, document(entry))).interactions[0].response.body == b'"a text"'


_LOOKS_WRAPPED = {"content": "hello", "contentType": "text/plain", "nope": 1}


@pytest.mark.parametrize(
    ("version", "body", "read", "media_type"),
    [
        ("2.0.0", _LOOKS_WRAPPED, json.dumps(_LOOKS_WRAPPED).encode(), "application/json"),
        ("3.0.0", _LOOKS_WRAPPED, json.dumps(_LOOKS_WRAPPED).encode(), "application/json"),
        ("3.0.0", {"content": "eA==", "contentType": "a/b", "encoded": "base64"}, None, "application/json"),
        ("4.0", _LOOKS_WRAPPED, b"hello", "text/plain"),
        ("4", {"content": "hello", "contentType": "text/plain"}, b"hello", "text/plain"),
        ("4.0", {"content": ""}, b"", ""),
        ("4.0", {"content": "eA==", "encoded": "base64"}, b"x", ""),
        ("4.0", {"content": {"n": 1}}, b'{"n": 1}', "application/json"),
        ("4.0", {"n": 1}, b'{"n": 1}', "application/json"),
    ],
)
def test_the_version_says_whether_a_body_is_wrapped(
    tmp_path: Path, version: str, body: Any, read: bytes | None, media_type: str
) -> None:
    entry = {
        "description": "d",
        "request": {"method": "POST", "path": "/", "body": body},
        "response": {"status": 200, "body": body},
    }
    (one,) = read_pact(written(tmp_path, document(entry, version=version))).interactions
    bare = json.dumps(body).encode()
    assert (one.response.body, one.response.media_type) == (bare if read is None else read, media_type)
    assert one.request.media_type == media_type


def test_a_pact_of_messages_has_no_interactions(tmp_path: Path) -> None:
    content = {"consumer": {"name": "a"}, "provider": {"name": "b"}, "messages": [{"description": "an event"}]}
    pact = read_pact(written(tmp_path, content))
    assert (pact.interactions, pact.messages) == ((), ("an event",))


@pytest.mark.parametrize("key", ["interactions", "messages"])
def test_null_is_no_entries(tmp_path: Path, key: str) -> None:
    pact = read_pact(written(tmp_path, document() | {key: None}))
    assert (pact.interactions, pact.messages) == ((), ())


def _with(**changes: Any) -> dict[str, Any]:
    entry = {"description": "d", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    return document({**entry, **changes})


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ("{", ""),
        ("[" * 100_000, ""),
        ([], ""),
        ({}, "/consumer"),
        ({"consumer": {"name": ""}, "provider": {"name": "b"}}, "/consumer/name"),
        ({"consumer": {"name": "a"}, "provider": "b"}, "/provider"),
        (document() | {"interactions": {}}, "/interactions"),
        (document() | {"messages": 1}, "/messages"),
        (document() | {"messages": {"description": "an event"}}, "/messages"),
        (document(1), "/interactions/0"),
        (_with(description=""), "/interactions/0/description"),
        (_with(request=None), "/interactions/0/request"),
        (_with(response={"status": "200"}), "/interactions/0/response/status"),
        (_with(providerStates={}), "/interactions/0/providerStates"),
        (_with(providerStates=[{}]), "/interactions/0/providerStates/0/name"),
        (
            _with(response={"body": {"content": "?", "contentType": "a/b", "encoded": "base64"}}),
            "/interactions/0/response/body/content",
        ),
    ],
)
def test_what_is_no_pact_is_a_fault_that_names_the_place(tmp_path: Path, content: Any, pointer: str) -> None:
    with pytest.raises(PactFileError) as fault:
        read_pact(written(tmp_path, content))
    assert (fault.value.file, fault.value.pointer) == (str(tmp_path / "a.json"), pointer)


HALVES = [r"\ud83d", r"\uDE00", r"\ud83d\u0041", r"\ud83d\ud83d\ude00", r"\ude00\ud83d"]


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("place", ["description", "path", "body", "consumer", "member"])
def test_half_of_a_surrogate_pair_is_a_fault_that_names_the_line(tmp_path: Path, half: str, place: str) -> None:
    entry: dict[str, Any] = {
        "description": "HERE" if place == "description" else "d",
        "request": {"method": "GET", "path": "/HERE" if place == "path" else "/"},
        "response": {"status": 200, "body": {"HERE" if place == "member" else "m": "HERE" if place == "body" else 1}},
    }
    content = document(entry, version="3.0.0")
    if place == "consumer":
        content["consumer"] = {"name": "HERE"}
    text = json.dumps(content, indent=1)
    path = tmp_path / "pact.json"
    path.write_text(text.replace("HERE", r"\ud83d\ude00"), "utf-8")
    read_pact(path)  # a whole pair is a character
    path.write_text(text.replace("HERE", half), "utf-8")
    with pytest.raises(PactFileError, match="half of a surrogate pair") as caught:
        read_pact(path)
    assert caught.value.line == text.partition("HERE")[0].count("\n") + 1


def test_surrogates_that_are_bytes_are_a_fault(tmp_path: Path) -> None:
    path = written(tmp_path, document())
    path.write_bytes(path.read_bytes().replace(b'"a-b"', b'"\xed\xa0\x80"', 1))
    with pytest.raises(PactFileError, match="half of a surrogate pair"):
        read_pact(path)


def test_an_escaped_backslash_begins_no_surrogate(tmp_path: Path) -> None:
    entry = {"description": r"\ud83d as it is written", "request": {}, "response": {"status": 200}}
    assert read_pact(written(tmp_path, document(entry))).interactions[0].name == r"\ud83d as it is written"


@pytest.mark.parametrize("encoded", ["JSON", True])
def test_json_in_a_text_with_half_of_a_pair_is_no_json(tmp_path: Path, encoded: Any) -> None:
    body = {"contentType": "application/json", "content": r'"\ud83d"', "encoded": encoded}
    entry = {
        "type": "Synchronous/HTTP",
        "description": "d",
        "request": {"method": "POST", "path": "/", "body": body},
        "response": {"status": 200, "body": body},
    }
    with suppress(PactFileError):
        read_pact(written(tmp_path, document(entry)))


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(PactFileError, match="cannot be read"):
        read_pact(tmp_path / "none.json")


@pytest.mark.parametrize("file", sorted((WORKSPACE / "pacts").glob("*.json")), ids=lambda file: file.name)
def test_the_demonstrations_pacts_are_read(file: Path) -> None:
    pact = read_pact(file)
    assert file.name == f"{pact.consumer}-{pact.provider}.json"
    assert pact.interactions


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_PART = _JSON | st.fixed_dictionaries(
    {},
    optional={
        "description": _JSON,
        "providerStates": _JSON | st.lists(st.fixed_dictionaries({"name": _JSON, "params": _JSON}), max_size=2),
        "request": _JSON
        | st.fixed_dictionaries(
            {"path": _JSON | st.text(), "query": _JSON, "headers": _JSON, "body": _JSON}, optional={"method": _JSON}
        ),
        "response": _JSON | st.fixed_dictionaries({"status": _JSON, "headers": _JSON, "body": _JSON}),
    },
)


@given(interactions=st.lists(_PART, max_size=2))
def test_whatever_stands_in_a_pact_it_is_read_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, interactions: list[Any]
) -> None:
    file = written(tmp_path_factory.getbasetemp(), document(*interactions))
    with suppress(PactFileError):  # any other error would be a traceback on somebody's screen
        pact = read_pact(file)
        assert len(pact.interactions) + len(pact.messages) == len(interactions)


def test_a_message_without_a_description_does_not_refuse_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pact.json"
    http = {"type": "Synchronous/HTTP", "description": "one", "request": {"method": "GET", "path": "/"}}
    content = {
        "consumer": {"name": "c"},
        "provider": {"name": "p"},
        "interactions": [{"type": "Asynchronous/Messages", "contents": {}}, http],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    file.write_text(json.dumps(content))
    pact = read_pact(file)
    assert ([one.name for one in pact.interactions], len(pact.messages)) == (["one"], 1)
