from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from pact.error import MismatchesError

from beep_mock.consumers.recording import PactRecorder, RecordedPact
from beep_mock.errors import WorkspaceError


def describe(pact: RecordedPact, path: str, status: int = 200) -> None:
    pact.upon_receiving(f"a request for {path}").with_request("GET", path).will_respond_with(status)


def recorded(recorder: PactRecorder) -> list[list[str]]:
    pacts: list[Any] = [json.loads(file.read_text()) for file in recorder.recorded]
    return [[interaction["description"] for interaction in pact["interactions"]] for pact in pacts]


@pytest.fixture
def recorder(tmp_path: Path) -> PactRecorder:
    return PactRecorder("hello", tmp_path)


def test_what_took_place_is_recorded_as_v4(recorder: PactRecorder) -> None:
    describe(recorder("world"), "/a")
    with recorder("world").serve() as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert httpx.get(server.url + "/a").status_code == 200
    assert server.matched
    assert server.mismatches == []
    pact = json.loads(recorder.recorded[0].read_text())
    assert (pact["consumer"], pact["provider"]) == ({"name": "hello"}, {"name": "world"})
    assert pact["metadata"]["pactSpecification"] == {"version": "4.0"}
    assert recorder.unserved == ()


def test_what_did_not_take_place_is_not_recorded(recorder: PactRecorder) -> None:
    describe(recorder("world"), "/a")
    with pytest.raises(MismatchesError), recorder("world").serve():
        pass
    describe(recorder("world"), "/b")
    with recorder("world").serve(raises=False) as server:
        assert httpx.get(server.url + "/c").status_code == 500
    assert not server.matched
    assert len(server.mismatches) == 2
    assert recorder.recorded == ()
    assert recorder.unserved == ()


def test_the_server_is_gone_after_its_with(recorder: PactRecorder) -> None:
    describe(recorder("world"), "/a")
    with recorder("world").serve() as server:
        url = server.url + "/a"
        httpx.get(url)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_an_error_that_the_test_expects_does_not_hinder(recorder: PactRecorder) -> None:
    describe(recorder("world"), "/a", 404)
    with pytest.raises(httpx.HTTPStatusError), recorder("world").serve() as server:
        httpx.get(server.url + "/a").raise_for_status()
    assert recorded(recorder) == [["a request for /a"]]


def test_a_second_round_and_a_second_provider_are_pacts_of_their_own(recorder: PactRecorder) -> None:
    for provider, path in (("world", "/a"), ("world", "/b"), ("people", "/c")):
        describe(recorder(provider), path)
        with recorder(provider).serve() as server:
            httpx.get(server.url + path)
    assert recorded(recorder) == [["a request for /a"], ["a request for /b"], ["a request for /c"]]


def test_what_was_described_but_never_served_is_told(recorder: PactRecorder) -> None:
    describe(recorder("world"), "/a")
    assert recorder.unserved == ("world: a request for /a",)
    assert recorder.recorded == ()


def test_messages_are_recorded_once_they_were_handled(recorder: PactRecorder) -> None:
    pact = recorder("world")
    pact.upon_receiving("a world was created", "Async").with_body({"id": 1}, "application/json")
    handled: list[Any] = []
    pact.verify(lambda body, metadata: handled.append(body), "Async")
    assert len(handled) == 1
    assert recorded(recorder) == [["a world was created"]]


def test_a_message_that_cannot_be_handled_is_not_recorded(recorder: PactRecorder) -> None:
    def handle(body: Any, metadata: Any) -> None:
        raise LookupError

    pact = recorder("world")
    pact.upon_receiving("a world was created", "Async").with_body({"id": 1}, "application/json")
    assert pact.verify(handle, "Async", raises=False)
    assert recorder.recorded == ()


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "-a"])
def test_names_are_checked(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot name a consumer"):
        PactRecorder(name, tmp_path)
    with pytest.raises(WorkspaceError, match="cannot name a provider"):
        PactRecorder("hello", tmp_path)(name)


def test_pact_does_not_track() -> None:
    assert os.environ["PACT_DO_NOT_TRACK"] == "true"
