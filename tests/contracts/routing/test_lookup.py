"""Every part of the toolkit asks one look-up which operation a request is for; here they are asked side by side."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.model import Contract
from beep_mock.contracts.routing.lookup import lookup_of
from beep_mock.gateway.real import TrafficJudge
from beep_mock.interaction import Interaction, Request, Response
from beep_mock.mermaid import sequence_diagram
from beep_mock.mocks.mock import Mock
from beep_mock.mocks.overrides import build_override
from beep_mock.pacts.comparison import operation_of
from beep_mock.peers import PeerGraph
from beep_mock.workspace import Workspace
from tests.support.drafts import compiled
from tests.support.wsgi_client import call

BASES = ("/v1", "/v2", "/v1/deep", "/a")
PATHS = ("/a", "/b", "/{id}", "/a/{id}", "/{id}/b", "/v2/a")
ASKED = ("/a", "/b", "/x", "/a/x", "/x/b", "/v2/a", "/a/", "/")


def document(root: tuple[str, ...], items: Mapping[str, Any]) -> dict[str, Any]:
    def servers(bases: tuple[str, ...]) -> dict[str, Any]:
        return {"servers": [{"url": f"https://api.example{base}"} for base in bases]} if bases else {}

    def item(path: str, own: tuple[str, ...], methods: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        names = re.findall(r"{(\w+)}", path)
        parameters = [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names]
        answer = {"responses": {"200": {"description": "fine"}}}
        return {**servers(own), "parameters": parameters, **{m: {**answer, **servers(b)} for m, b in methods.items()}}

    paths = {path: item(path, *entry) for path, entry in items.items()}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **servers(root), "paths": paths}


bases = st.lists(st.sampled_from(BASES), max_size=2, unique=True).map(tuple)
contracts = st.builds(
    document,
    bases,
    st.dictionaries(
        st.sampled_from(PATHS),
        st.tuples(bases, st.dictionaries(st.sampled_from(["get", "post", "head"]), bases, min_size=1)),
        min_size=1,
    ),
)
requests = st.tuples(
    st.sampled_from(["GET", "POST", "HEAD", "PUT"]), st.sampled_from(["", *BASES]), st.sampled_from(ASKED)
)


def candidates(contract: Contract, method: str, path: str) -> tuple[set[str], bool]:
    """The operations the specification lets a request be for, found one by one, without a router.

    The flag says whether one template alone fits: of several, the more concrete may declare other methods only.
    """
    fitting = {}
    for operation in contract.operations.values():
        pattern = re.sub(r"{\w+}", "[^/]+", operation.path)
        if any(re.fullmatch(re.escape(base) + pattern, path) for base in ("", *operation.base_paths)):
            fitting[operation.key] = operation.path
    methods = (f"{method} ", "GET ") if method == "HEAD" else (f"{method} ",)
    wanted = {key for key in fitting if key.startswith(methods)}
    return wanted, len(set(fitting.values())) == 1


def answers(contract: Contract, method: str, path: str) -> dict[str, str | None]:
    """Which operation each part of the toolkit takes a request for."""
    mock = Mock("shop", contract)
    owned = mock.owns(method, path)
    call(mock, method, path)
    found = TrafficJudge(contract).lookup.operation_of(method, path)
    pact = operation_of(contract, Interaction("", "pact", "", Request(method, path), Response(200)))
    override, _ = build_override(contract, {"operation": f"{method} {path}", "response": {"status": 200}})
    asked = mock.journal.entries()[-1].operation or None
    return {
        "mock": asked,
        "owns": asked if owned else None,
        "proxy": found.operation.key if found is not None else None,
        "pact": pact.operation.key if pact is not None else None,
        "override": override.operation if override is not None else None,
    }


@settings(max_examples=150, deadline=None)
@given(written=contracts, request_line=requests)
def test_all_agree_and_obey_the_servers(
    tmp_path_factory: pytest.TempPathFactory, written: dict[str, Any], request_line: tuple[str, str, str]
) -> None:
    folder = tmp_path_factory.mktemp("contract")
    contract = compiled(folder, written)
    method, base, rest = request_line
    path = f"{base}{rest}"
    allowed, is_certain = candidates(contract, method, path)
    found = answers(contract, method, path)
    assert len(set(found.values())) == 1, found
    answer = found["mock"]
    assert answer in allowed or answer is None
    assert answer is not None or not (allowed and is_certain)


ROOT_V1 = document(("/v1",), {"/a": ((), {"get": ()}), "/b": ((), {"get": ("/v2",)})})


def test_a_base_path_of_another_operation_leads_nowhere(tmp_path: Path) -> None:
    contract = compiled(tmp_path, ROOT_V1)
    for path, expected in {"/v1/a": "GET /a", "/v2/b": "GET /b", "/v2/a": None, "/v1/b": None, "/a": "GET /a"}.items():
        assert set(answers(contract, "GET", path).values()) == {expected}, path


def test_methods_of_one_path_are_told_apart_by_their_servers(tmp_path: Path) -> None:
    contract = compiled(tmp_path, document(("/v1",), {"/a": ((), {"get": (), "post": ("/v2",)})}))
    assert set(answers(contract, "POST", "/v1/a").values()) == {None}
    assert call(Mock("shop", contract), "POST", "/v1/a").status == 405
    assert set(answers(contract, "POST", "/v2/a").values()) == {"POST /a"}


ACCENTED = "/v\N{LATIN SMALL LETTER E WITH ACUTE}"


def test_a_base_path_that_is_not_ascii(tmp_path: Path) -> None:
    contract = compiled(tmp_path, document((ACCENTED,), {"/a": ((), {"get": ()})}))
    found = lookup_of(contract).operation_of("GET", f"{ACCENTED}/a".encode().decode("latin-1"))
    assert found is not None
    assert (found.operation.key, found.path) == ("GET /a", "/a")


def test_a_look_up_does_not_keep_its_contract_alive(tmp_path: Path) -> None:
    contract = compiled(tmp_path, ROOT_V1)
    lookup_of(contract)
    gone = ref(contract)
    del contract
    gc.collect()
    assert gone() is None


def test_pictures_ask_it_too(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "shop"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(yaml.safe_dump(ROOT_V1))
    pact = """{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "interactions": [%s],
               "metadata": {"pactSpecification": {"version": "3.0.0"}}}"""
    entry = """{"description": "%s", "request": {"method": "GET", "path": "%s"}, "response": {"status": 200}}"""
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "web-shop.json").write_text(
        pact % ", ".join(entry % (path, path) for path in ("/v1/a", "/v2/a", "/v2/b"))
    )
    drawn = sequence_diagram(PeerGraph.read(Workspace(tmp_path)))
    assert [line.partition(": ")[2] for line in drawn.splitlines() if "->>" in line and "--" not in line] == [
        "GET /a",
        "GET /v2/a",
        "GET /b",
    ]
