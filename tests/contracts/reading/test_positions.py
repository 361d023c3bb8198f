"""The lines of nodes, in YAML and JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.reading import positions
from beep_mock.contracts.reading.positions import give_back, line_of
from beep_mock.contracts.reading.references import pointer

YAML = """\
# comment
openapi: 3.0.0
paths:
  /worlds/{id}:
    get: &get
      responses:
        200:
          description: |
            a: 1
            b: 2
        "404": {description: x,
          content: {}}
    put: *get
  ~: 1
tags:
  - name: a

  -
    name: b
"""

JSON = """\

{
  "openapi": "3.0.0", "paths": {
    "/a~b\\/\\u00e9\\ud83d\\ude00": {"get": [1, {"x":
      true}, "{"]},
    "\\"": null
  }
}
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        *(("", 2), ("/openapi", 2), ("/paths", 3), ("/paths/~1worlds~1{id}/get", 5)),
        *(("/paths/~1worlds~1{id}/get/responses/200/description", 8),),
        *(("/paths/~1worlds~1{id}/get/responses/404", 11), ("/paths/~1worlds~1{id}/get/responses/404/content", 12)),
        *(("/paths/~1worlds~1{id}/put/responses", 13), ("/paths/null", 14), ("/tags/0/name", 16), ("/tags/1", 19)),
        *(("/tags/1/name", 19), ("/tags/2", 15), ("/nowhere/at/all", 2)),
    ],
)
def test_lines_in_yaml(tmp_path: Path, where: str, line: int) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text(YAML, encoding="utf-8")
    assert line_of(str(file), where) == line


@pytest.mark.parametrize(
    ("where", "line"),
    [
        *(("", 2), ("/openapi", 3), ("/paths", 3), ("/paths/~1a~0b", 3), ('/paths/"', 6)),
        *(("/paths/~1a/b", 3), ("/paths/nowhere", 3)),
    ],
)
def test_lines_in_json(tmp_path: Path, where: str, line: int) -> None:
    file = tmp_path / "worlds.json"
    file.write_text(JSON, encoding="utf-8")
    assert line_of(str(file), where) == line
    key = pointer(["paths", "/a~b/é\N{GRINNING FACE}"])
    assert line_of(str(file), key) == 4
    assert line_of(str(file), f"{key}/get/1/x") == 4
    assert line_of(str(file), f"{key}/get/2") == 5


def test_a_flow_mapping_of_yaml_has_lines(tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("{a: 1,\n b: [x,\n y]}\n", encoding="utf-8")
    assert [line_of(str(file), where) for where in ("/a", "/b", "/b/1")] == [1, 2, 3]


def test_lines_follow_a_change_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    for count in range(3):
        file.write_text("\n" * count + "a: 1\n", encoding="utf-8")
        assert line_of(str(file), "/a") == count + 1


def test_a_file_that_did_not_change_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("a: 1\nb: 2\n", encoding="utf-8")
    assert line_of(str(file), "/a") == 1
    monkeypatch.setattr(positions, "events", None)
    assert line_of(str(file), "/b") == 2


@pytest.mark.parametrize(
    "text",
    ["", "# x", "a: [", "{", "}", '{"a": 1}}', "[1]]", "? {a: 1}\n: b", "? [a]\n: b", "a: b: c", "\0", "[" * 5000],
)
def test_what_has_no_lines_gives_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text(text, encoding="utf-8")
    assert line_of(str(file), "/x/y") in (None, 1)


@pytest.mark.parametrize("file", ["", "nowhere.yaml", ".", "https://worlds.example/x.yaml", "a\0b"])
def test_a_file_that_is_none_has_no_lines(file: str) -> None:
    assert line_of(file, "/x") is None


def test_text_that_is_not_utf_8_has_no_lines(tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_bytes(b"a: \xff")
    assert line_of(str(file), "/a") is None


def oracle(node: yaml.Node, path: list[str], line: int, lines: dict[str, int]) -> None:
    lines[pointer(path)] = line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            oracle(value, [*path, key.value], key.start_mark.line + 1, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            oracle(value, [*path, str(index)], value.start_mark.line + 1, lines)


NAMES = st.text("abc/~{} é", max_size=5)
TREES = st.recursive(NAMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=3), st.sampled_from(["yaml", "flow", "json"]))
def test_lines_agree_with_a_composing_parser(tmp_path_factory: pytest.TempPathFactory, tree: Any, form: str) -> None:
    text = json.dumps(tree, indent=1) if form == "json" else yaml.safe_dump(tree, default_flow_style=form == "flow")
    file = tmp_path_factory.getbasetemp() / f"lines-{os.getpid()}.yaml"
    file.write_text(text, encoding="utf-8")
    positions._index.cache_clear()
    lines: dict[str, int] = {}
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    oracle(root, [], root.start_mark.line + 1, lines)
    assert {where: line_of(str(file), where) for where in lines} == lines


def test_lines_are_forgotten_and_found_again(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text("openapi: 3.1.0\ninfo:\n  title: T\n")
    assert positions.line_of(str(file), "/info/title") == 3
    assert positions._index.cache_info().currsize > 0
    give_back()
    assert positions._index.cache_info().currsize == 0
    assert positions.line_of(str(file), "/info/title") == 3
