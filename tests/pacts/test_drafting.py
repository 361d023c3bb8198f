""""""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract, Violation
from beep_mock.errors import PactFileError
from beep_mock.exchanges.exchange import Exchange
from beep_mock.pacts.drafting import draft_pact, write_draft
from beep_mock.pacts.model import read_pact

ITEM = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
NEW_ITEM = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "password": {"type": "string"}},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X_Key"},
            "asked": {"type": "apiKey", "in": "query", "name": "key"},
        }
    },
    "paths": {
        "/items/{itemId}/{kind}.json": {
            "get": {
                "summary": "Read one item.",
                "parameters": [
                    {"name": "itemId", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "kind", "in": "path", "required": True, "schema": {"enum": ["big", "small"]}},
                ],
                "responses": {
                    "200": {
                        "description": "It.",
                        "headers": {
                            "X-Left": {"schema": {"type": "integer"}},
                            "Set-Cookie": {"schema": {"type": "string"}},
                            "X-Auth-Token": {"schema": {"type": "integer"}},
                        },
                        "content": {
                            "application/json": {
                                "schema": ITEM,
                                "examples": {
                                    "one": {"value": {"id": 1, "name": "One"}, "x-beep-state": "it is there"},
                                    "two": {"value": {"id": 2}},
                                    "three": {
                                        "value": {"id": 3},
                                        "x-beep-state": [{"name": "so many", "params": {"n": 3}}, "more"],
                                    },
                                },
                            }
                        },
                    },
                    "404": {"description": "None.", "content": {"text/plain": {"schema": {"type": "string"}}}},
                },
            }
        },
        "/items": {
            "get": {
                "operationId": "listItems",
                "security": [{"asked": []}],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string", "format": "uuid"}},
                ],
                "responses": {
                    "200": {
                        "description": "All.",
                        "content": {"application/json": {"schema": {"type": "array", "items": ITEM}}},
                    }
                },
            },
            "post": {
                "security": [{"token": []}, {"key": []}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": NEW_ITEM},
                        "application/x-www-form-urlencoded": {"schema": ITEM},
                    }
                },
                "responses": {"201": {"description": "Made."}},
            },
        },
    },
}  # fmt: skip
ONE = "/items/1/big.json"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("shop") / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return compile_contract(path)


def exchange(
    method: str = "GET",
    path: str = ONE,
    status: int = 200,
    answer: Any = None,
    *,
    query: str = "",
    sent: Mapping[str, str] | None = None,
    body: str = "",
    received: Mapping[str, str] | None = None,
    source: str = "example one",
    violations: bool = False,
    service: str = "shop",
) -> Exchange:
    text = answer if isinstance(answer, str) else "" if answer is None else json.dumps(answer)
    headers = {"Content-Type": "application/json"} if text else {}
    return Exchange(
        0, 0.0, service, method, path, query, tuple((sent or {}).items()), body.encode(), status,
        tuple({**headers, **(received or {})}.items()), text.encode(), source, "",
        (Violation(("body",), "Error", "type", "wrong"),) if violations else (),
    )  # fmt: skip


def drafted(contract: Contract, *recorded: Exchange) -> list[dict[str, Any]]:
    return list(draft_pact(contract, "shop", recorded, lambda name: name == "two").interactions)


def rule(part: dict[str, Any], category: str, name: str = "") -> Any:
    found = part["matchingRules"][category]
    (matcher,) = (found[name] if name else found)["matchers"]
    return matcher


def test_an_exchange_becomes_an_interaction(contract: Contract) -> None:
    (one,) = drafted(contract, exchange(answer={"id": 1, "name": "One"}))
    assert (one["description"], one["type"], one["pending"]) == ("Read one item: one", "Synchronous/HTTP", False)
    assert one["providerStates"] == [{"name": "it is there"}]
    assert (one["request"]["method"], one["request"]["path"]) == ("GET", ONE)
    assert rule(one["request"], "path") == {"match": "regex", "regex": r"^/items/(?:-?\d+)/(?:(big|small))\.json$"}
    assert "headers" not in one["request"]
    assert one["response"]["status"] == 200
    assert one["response"]["headers"] == {"Content-Type": ["application/json"]}
    assert one["response"]["body"]["content"] == {"id": 1, "name": "One"}
    assert rule(one["response"], "body", "$.id") == {"match": "integer"}


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("two", [{"name": "two"}]),  # the provider has a state of that name
        ("three", [{"name": "so many", "params": {"n": 3}}, {"name": "more"}]),
        ("unheard", None),
    ],
)
def test_the_state_is_the_example_s(contract: Contract, name: str, states: Any) -> None:
    (one,) = drafted(contract, exchange(answer={"id": 2}, source=f"example {name}"))
    assert one.get("providerStates") == states


def test_requests_of_one_shape_are_one_interaction(contract: Contract) -> None:
    found = drafted(
        contract,
        exchange(path="/items", query="limit=1", answer=[], source="sample"),
        exchange(path="/items", query="limit=2", answer=[{"id": 1}], source="sample"),
        exchange(path="/items", query="limit=3&tag=a&tag=b", answer=[{"id": 1}], source="sample"),
        exchange(path="/items", answer=[{"id": 1}], source="sample"),
    )
    assert [one["request"].get("query") for one in found] == [
        {"limit": ["2"]},  # the answer that shows an item
        {"limit": ["3"], "tag": ["a", "b"]},
        None,
    ]
    assert [one["description"] for one in found] == [
        "GET /items: 200",
        "GET /items: 200, with limit, tag",
        "GET /items: 200, without a query",
    ]
    assert rule(found[0]["request"], "query", "limit") == {"match": "regex", "regex": r"^-?\d+$"}


def test_an_example_of_the_contract_is_preferred_to_what_was_made_up(contract: Contract) -> None:
    (one,) = drafted(contract, exchange(answer={"id": 7}, source="sample"), exchange(answer={"id": 1}))
    assert one["description"] == "Read one item: one"


def test_only_declared_headers_are_kept(contract: Contract) -> None:
    trace = "9f1c2f0e-1d5c-4c0c-9f3a-0d6f2f4b8a11"
    sent = {"X-Trace": trace, "X-Other": "1", "User-Agent": "x", "Accept": "application/json", "Host": "x"}
    (listed,) = drafted(contract, exchange(path="/items", answer=[], sent=sent, source="sample"))
    assert listed["request"]["headers"] == {"X-Trace": [trace], "Accept": ["application/json"]}
    received = {"X-Left": "3", "Set-Cookie": "***", "X-Auth-Token": "***", "Date": "today"}
    (one,) = drafted(contract, exchange(answer={"id": 1}, received=received))
    assert one["response"]["headers"] == {"Content-Type": ["application/json"], "X-Left": ["3"]}
    assert rule(one["response"], "header", "X-Left") == {"match": "regex", "regex": r"^-?\d+$"}


def test_no_secret_gets_into_a_draft(contract: Contract) -> None:
    bearer = exchange(
        "POST", "/items", 201, sent={"Authorization": "***", "Content-Type": "application/json"},
        body='{"id": 1, "password": "hunter2"}', source="sample",
    )  # fmt: skip
    key = exchange(
        "POST",
        "/items",
        201,
        sent={"X-Key": "***", "Content-Type": "application/json"},
        body='{"id": 1}',
        source="sample",
    )
    asked = exchange(path="/items", query="key=***", answer=[], source="sample")
    made, other, listed = drafted(contract, bearer, key, asked)
    assert made["request"]["headers"]["Authorization"] == ["Bearer token"]
    assert rule(made["request"], "header", "Authorization") == {"match": "regex", "regex": "^Bearer .+$"}
    assert made["request"]["body"]["content"] == {"id": 1, "password": "***"}
    assert other["request"]["headers"]["X_Key"] == ["key"]
    assert listed["request"]["query"] == {"key": ["key"]}
    assert "hunter2" not in json.dumps([made, other, listed])


def test_what_is_no_json_is_relied_on_by_its_type_alone(contract: Contract) -> None:
    missing = exchange(status=404, answer="none", received={"Content-Type": "text/plain"}, source="sample")
    (one,) = drafted(contract, missing)
    assert one["response"] == {"status": 404, "headers": {"Content-Type": ["text/plain"]}}
    form = {"Authorization": "***", "Content-Type": "application/x-www-form-urlencoded"}
    (made,) = drafted(contract, exchange("POST", "/items", 201, sent=form, body="id=1", source="sample"))
    assert made["request"]["body"] == {"content": "id=1", "contentType": form["Content-Type"], "encoded": False}


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        (exchange(answer={"id": 1}, violations=True), "against the contract"),
        (exchange(answer={"id": "x"}), "against the contract"),
        (exchange(path="/items/x/big.json", answer={"id": 1}), "against the contract"),
        (exchange(status=500), "against the contract"),
        (exchange(status=422, source="problem"), "answered by beep-mock itself"),
        (exchange("HEAD"), "HEAD, which says nothing that GET does not"),
        (exchange(path="/nowhere", answer={"id": 1}), "of no operation of the contract"),
        (exchange(answer={"id": 1, "name": "x" * 65536}), "a body too long to be recorded whole"),
        (exchange(answer='{"id": 1, "name": "\ufffd"}'), "a body that is not text"),
    ],
)
def test_what_cannot_be_relied_on_is_left_out(contract: Contract, recorded: Exchange, reason: str) -> None:
    draft = draft_pact(contract, "shop", [recorded])
    assert (draft.interactions, dict(draft.left_out)) == ((), {reason: 1})


def test_others_exchanges_and_preflights_are_passed_over(contract: Contract) -> None:
    draft = draft_pact(contract, "shop", [exchange(service="else"), exchange("OPTIONS", source="preflight")])
    assert (draft.interactions, draft.exchanges, dict(draft.left_out)) == ((), 0, {})


def interaction(description: str, status: int = 200, **more: Any) -> dict[str, Any]:
    request = {"method": "GET", "path": "/"}
    return {"description": description, "request": request, "response": {"status": status}, **more}


def test_a_draft_is_a_pact_that_says_that_it_is_a_draft(tmp_path: Path) -> None:
    found = write_draft(tmp_path / "new", "hello", "world", [interaction("b"), interaction("a")])
    assert (found.file, found.added, found.kept) == (tmp_path / "new" / "hello-world.json", 2, 0)
    pact = read_pact(found.file)
    assert (pact.consumer, pact.provider, pact.specification) == ("hello", "world", "4.0")
    assert [one.name for one in pact.interactions] == ["a", "b"]
    assert json.loads(found.file.read_text())["metadata"]["beep-mock"] == {"draft": True}
    assert [file.name for file in found.file.parent.iterdir()] == ["hello-world.json"]


def test_what_a_reviewer_has_changed_stays(tmp_path: Path) -> None:
    write_draft(tmp_path, "hello", "world", [interaction("a", 418)])
    found = write_draft(tmp_path, "hello", "world", [interaction("a"), interaction("b")])
    assert (found.added, found.kept) == (1, 1)
    assert [one.response.status for one in read_pact(found.file).interactions] == [418, 200]


def test_provider_states_tell_interactions_apart(tmp_path: Path) -> None:
    states = [{"name": "it exists"}]
    found = write_draft(tmp_path, "hello", "world", [interaction("a"), interaction("a", providerStates=states)])
    assert found.added == 2


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"consumer": {"name": "hello"}, "provider": {"name": "world"}, "interactions": [], "metadata": {}}',
    ],
)
def test_what_is_no_draft_is_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "hello-world.json"
    file.write_text(content)
    with pytest.raises(PactFileError, match="is not a draft"):
        write_draft(tmp_path, "hello", "world", [interaction("a")])
    assert file.read_text() == content


def test_a_draft_that_is_a_kept_pact_s_is_never_replaced(tmp_path: Path) -> None:
    file = write_draft(tmp_path, "hello", "world", [interaction("a")]).file
    file.write_text(file.read_text().replace('"draft": true', '"draft": false'))
    with pytest.raises(PactFileError, match="is not a draft of a pact of hello with world"):
        write_draft(tmp_path, "hello", "world", [])


def test_a_folder_that_cannot_be_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PactFileError, match="cannot be written"):
        write_draft(tmp_path / "file", "hello", "world", [interaction("a")])
