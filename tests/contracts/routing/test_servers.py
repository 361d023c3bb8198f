from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.routing.servers import base_path, is_url_of, server_urls
from tests.support.drafts import changed, compiled, put


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://world.example", ""), ("https://world.example/", ""), ("https://h:8080/api/v1", "/api/v1"),
        ("https://h/api/v1/", "/api/v1"), ("//h/api", "/api"), ("/api", "/api"), ("api", "/api"), ("./api", "/api"),
        ("/", ""), ("", ""), (".", ""), ("https://h/a%20b", "/a b"), ("https://h/a?x=/y#/z", "/a"),
        ("http://[::1]:80/a", "/a"), ("http://[bad/a", "/a"), ("https://h//a//b", "/a/b"), ("/a/../b", "/b"),
        ("../b", "/b"),
    ],
)  # fmt: skip
def test_the_path_of_a_servers_url(url: str, expected: str) -> None:
    assert base_path(url) == expected


@given(st.text())
def test_any_text_has_a_base_path(url: str) -> None:
    path = base_path(url)
    assert path == "" or (path.startswith("/") and not path.endswith("/"))


@pytest.mark.parametrize(
    ("url", "variables", "expected"),
    [
        ("{scheme}://{host}:{port}/{base}", {"scheme": "https", "host": "h", "port": "1", "base": "v1/x"}, "/v1/x"),
        ("{server}", {"server": "https://h/api"}, "/api"),
        ("/v{major}", {"major": "2"}, "/v2"),
        ("https://h/{empty}", {"empty": ""}, ""),
    ],
)
def test_variables_stand_for_their_defaults(tmp_path: Path, url: str, variables: dict[str, str], expected: str) -> None:
    server = {"url": url, "variables": {name: {"default": value} for name, value in variables.items()}}
    contract = compiled(tmp_path, changed(put("servers", value=[server])))
    assert contract.base_paths == (expected,)
    assert contract.findings == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/{stage}/{version}", ("/live/v2", "/live/v1", "/test/v2", "/test/v1")),
        ("https://{version}.example/{stage}", ("/live", "/test")),
        ("{scheme}://{version}/api", ("/api",)),
        ("/{version}/{version}", ("/v2/v2", "/v1/v1")),
    ],
)
def test_each_listed_value_of_a_path_is_a_base_path_the_default_first(
    tmp_path: Path, url: str, expected: tuple[str, ...]
) -> None:
    variables = {
        "scheme": {"default": "https", "enum": ["http", "https"]},
        "stage": {"default": "live", "enum": ["live", "test"]},
        "version": {"default": "v2", "enum": ["v1", "v2"]},
    }
    contract = compiled(tmp_path, changed(put("servers", value=[{"url": url, "variables": variables}])))
    assert contract.base_paths == expected


def test_the_values_of_many_variables_are_bounded(tmp_path: Path) -> None:
    names = [f"v{number}" for number in range(12)]
    variables = {name: {"default": "a", "enum": [*"abcdefghij"]} for name in names}
    server = {"url": "".join(f"/{{{name}}}" for name in names), "variables": variables}
    assert len(compiled(tmp_path, changed(put("servers", value=[server]))).base_paths) <= 64


def test_a_variable_may_be_all_that_it_lists(tmp_path: Path) -> None:
    variables = {
        "region": {"default": "r0", "enum": [f"r{n}" for n in range(100)]},  # changes no path
        "v": {"default": "v2", "enum": ["v1", "v2"]},
        "end": {"default": "", "enum": ["", "x/y"]},
    }
    server = {"url": "https://{region}.h/{v}/api/{end}", "variables": variables}
    contract = compiled(tmp_path, changed(put("servers", value=[server])))
    assert contract.base_paths == ("/v2/api", "/v2/api/x/y", "/v1/api", "/v1/api/x/y")
    assert contract.findings == ()


def test_the_paths_of_a_server_are_bounded(tmp_path: Path) -> None:
    variables = {name: {"default": "0", "enum": [str(n) for n in range(50)]} for name in "abcdef"}
    server = {"url": "/{a}/{b}/{c}/{d}/{e}/{f}", "variables": variables}
    contract = compiled(tmp_path, changed(put("servers", value=[server])))
    assert contract.base_paths[0] == "/0/0/0/0/0/0"
    assert len(contract.base_paths) == 64


def test_a_variable_without_a_declaration_is_empty(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put("servers", value=[{"url": "https://h/{stage}/api"}])))
    assert contract.base_paths == ("/api",)
    assert [f.rule for f in contract.findings] == ["server-variable-undeclared"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("https://a.example/v1", True),
        ("https://b.c.example/v1", True),
        ("https://.example/v1", True),
        ("https://a.example/v2", True),
        ("https://a.example/v3", False),
        ("https://a.example", False),
        ("http://a.example/v1", False),
        ("https://a.example/v1/", False),
    ],
)
def test_a_servers_url_with_variables(asked: str, expected: bool) -> None:
    server = {"url": "https://{place}.example/{version}/", "variables": {"version": {"enum": ["v1", "v2"]}}}
    assert is_url_of(server_urls({"servers": [server]})[0], asked) is expected


PIECES = st.lists(st.sampled_from(["a", "b", ".", "{x}", "{y}"]), max_size=6)


@given(PIECES, st.text("ab.c", max_size=8))
def test_a_url_is_a_servers_if_an_expression_says_so(pieces: list[str], asked: str) -> None:
    (server,) = server_urls({"servers": [{"url": "".join(pieces), "variables": {"y": {"enum": ["a", "bc", ""]}}}]})
    known = {"{x}": ".*", "{y}": "(?:a|bc|)"}
    assert is_url_of(server, asked) is bool(re.fullmatch("".join(known.get(p, re.escape(p)) for p in pieces), asked))


def test_a_long_url_is_nobodys() -> None:
    (server,) = server_urls({"servers": [{"url": "{a}.{b}.{c}.{d}.{e}/"}]})
    assert is_url_of(server, "." * 2000)
    assert not is_url_of(server, "." * 60_000)


@pytest.mark.parametrize("servers", [None, {}, [None], [{}], [{"url": 1}]])
def test_what_is_no_server_has_no_url(servers: object) -> None:
    assert server_urls({"servers": servers}) == ()
