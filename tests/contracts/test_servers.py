from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beep_mock.contracts.servers import base_path
from tests.contracts.drafts import changed, compiled, put


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


def test_a_variable_without_a_declaration_is_empty(tmp_path: Path) -> None:
    contract = compiled(tmp_path, changed(put("servers", value=[{"url": "https://h/{stage}/api"}])))
    assert contract.base_paths == ("/api",)
    assert [f.rule for f in contract.findings] == ["server-variable-undeclared"]
