"""Text to data: what YAML 1.2 and JSON mean, and what is said about text that cannot be used."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from beep_mock.contracts.reading import fast_yaml
from beep_mock.contracts.reading.fast_yaml import InexactError, read_fast
from beep_mock.contracts.reading.text import read_data
from beep_mock.contracts.reading.tolerant_yaml import MAX_ALIASED, read_yaml
from beep_mock.contracts.reading.yaml_scalars import MAX_DEPTH
from beep_mock.errors import InvalidDocumentError
from beep_mock.findings import Finding

FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"))
SCALARS = st.none() | st.booleans() | st.integers() | FINITE | TEXT
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


def data_of(text: str, name: str = "worlds.yaml") -> Any:
    return read_data(text.encode(), name)[0]


def findings_of(text: str, name: str = "worlds.yaml") -> list[Finding]:
    return read_data(text.encode(), name)[1]


def fault_of(text: str | bytes, name: str = "worlds.yaml") -> InvalidDocumentError:
    with pytest.raises(InvalidDocumentError) as caught:
        read_data(text.encode() if isinstance(text, str) else text, name)
    assert caught.value.file == name
    return caught.value


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        *(("2020-01-01", "2020-01-01"), ("18:00", "18:00"), ("yes", "yes"), ("off", "off"), ("tRue", "tRue")),
        *(("08", 8), ("017", 17), ("0o17", 15), ("0x1F", 31), ("+12", 12), ("-0", 0), ("1e-08", 1e-8), ("12e03", 12e3)),
        *((".5", 0.5), ("5.", 5.0), ("1_000", "1_000"), ("1_0.5", "1_0.5"), ("0b11", "0b11"), ("0X1F", "0X1F")),
        *(("-0x1F", "-0x1F"), ("+0o7", "+0o7"), (".iNf", ".iNf"), ("0o8", "0o8"), ("1e", "1e"), ("inf", "inf")),
        *(
            ("-9223372036854775809", -(2**63) - 1),
            ("9" * 30, int("9" * 30)),
            ("~", None),
            ("Null", None),
            ("nULL", "nULL"),
        ),
        *(("TRUE", True), ("False", False), (".inf", float("inf")), ("-.INF", float("-inf")), ("NaN", "NaN")),
        *(("'1'", "1"), ('"x\\u0041\\/"', "xA/"), ("!!str 1", "1"), ("!!int '3'", 3), ("!!float 3", 3.0)),
        *(("!!timestamp 2020-01-01", "2020-01-01"), ("!!binary aGk=", "aGk="), ("!own thing", "thing"), ("", None)),
    ],
)
def test_plain_scalars_are_read_by_the_core_schema(scalar: str, value: Any) -> None:
    for text in (f"a: {scalar}\n", f"- {scalar}\n- x\n"):
        data = data_of(text)
        read = data["a"] if isinstance(data, dict) else data[0]
        assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        *(("200", "200"), ("true", "true"), ("True", "true"), ("null", "null"), ("~", "null"), ("1.10", "1.10")),
        *(("0200", "0200"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("+1", "+1"), ("1e3", "1e3"), ("'200'", "200")),
        *(("yes", "yes"), ("2020-01-01", "2020-01-01"), ("-0", "-0"), ("a b", "a b"), (".inf", ".inf")),
    ],
)
def test_keys_are_strings_as_they_were_written(key: str, name: str) -> None:
    assert data_of(f"{key}: x\n") == {name: "x"}
    assert data_of(f"a: {{{key}: x}}\n") == {"a": {name: "x"}}


def test_keys_that_become_equal_are_a_duplicate() -> None:
    assert data_of("200: a\n'200': b\n") == {"200": "b"}
    (finding,) = findings_of("200: a\n'200': b\n")
    assert (finding.rule, finding.where.line, finding.where.pointer) == ("duplicate-key", 2, "/200")


@pytest.mark.parametrize(
    "text", ["b: [{c: 1, d: 2,\n  c:\n    3}]\na: 1\n", '{"a": 1, "b": [{"c": 1, "d": 2,\n  "c": 3}]}']
)
def test_the_last_of_duplicate_keys_counts(text: str) -> None:
    assert data_of(text) == {"a": 1, "b": [{"c": 3, "d": 2}]}
    (finding,) = findings_of(text)
    assert (finding.rule, finding.where.file, finding.where.line) == ("duplicate-key", "worlds.yaml", 2)
    assert finding.where.pointer == "/b/0/c"


def test_duplicate_keys_of_a_large_document_are_found_by_the_fast_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_yaml, "_SMALL", 0)
    text = (
        "a:\n  b: 1\n  c:\n    b: 2\n  b: 3\n"  # line 5 is one
        "d:\n  - b: 1\n    e: 2\n  - b: 3\n    b: 4\n"  # line 10 is one
        "f: |\n  b: 1\n  b: 2\ng:\n  # b: 1\n  b: 1\n\n  'b': 2\nh: {b: 1}\n"  # line 18 is one
    )
    data, findings = read_fast(text, "worlds.yaml")
    assert [finding.where.line for finding in findings] == [5, 10, 18]
    assert data == read_yaml(text, "worlds.yaml")[0]
    assert [finding.where.line for finding in read_yaml(text, "worlds.yaml")[1]] == [5, 10, 18]


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert data_of('\ufeff{"openapi": "3.0.0"}', "worlds.json") == {"openapi": "3.0.0"}
    assert data_of("\ufeffopenapi: 3.0.0") == {"openapi": "3.0.0"}


def test_merge_keys_are_merged_and_own_keys_win() -> None:
    text = (
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: {<<: *a, '<<': kept}\ne: {<<: text}\n"
    )
    assert data_of(text)["c"] == {"x": 3, "y": 1, "z": 2}
    assert data_of(text)["d"] == {"x": 1, "y": 1, "<<": "kept"}
    assert data_of(text)["e"] == {"<<": "text"}


def test_aliases_are_copies() -> None:
    data = data_of("a: &a {x: [1]}\nb: *a\nc: &k name\n*k : d\n")
    assert data == {"a": {"x": [1]}, "b": {"x": [1]}, "c": "name", "name": "d"}
    data["a"]["x"].append(2)
    assert data["b"] == {"x": [1]}


@pytest.mark.parametrize("text", ["a: '*x' # &x\n", "a: me & you *or* &amp; him\nb: '&you'\n"])
def test_what_only_looks_like_aliases_is_text(text: str) -> None:
    assert data_of(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: c: d\n", 2, "not valid YAML"),
        ("a: 1\nb:\n\t- c\n", 3, "not valid YAML"),
        ("a: [1,\n", 1, "not valid YAML"),
        ("a: 1\nb: *nowhere\n", 2, "has no anchor"),
        ("a: &x {b: 1}\nc:\n  - *x\n  - *y\n", 4, "has no anchor"),
        ("a:\n  b: &x\n    - 1\n    - *x\n", 4, "contains itself"),
        ("a: 1\n---\nb: 2\n", 2, "several YAML documents"),
        ("- 1\n---\n- 2\n", 2, "several YAML documents"),
        ("a: 1\n? [b, c]\n: d\n", 2, "a mapping's key must be a string"),
        ("a: 1\nb: " + "9" * 5000, 2, "not a number"),
        ("a:\n" + "- " * 100_000 + "x", 2, f"nested deeper than {MAX_DEPTH} levels"),
        ("a:\n " + "[" * 300 + "]" * 300, 2, f"nested deeper than {MAX_DEPTH} levels"),
        ("\n".join(" " * depth + "a:" for depth in range(300)), MAX_DEPTH + 1, "nested deeper"),
    ],
)
def test_yaml_that_cannot_be_used_is_a_fault_with_a_line(text: str, line: int, words: str) -> None:
    fault = fault_of(text)
    assert words in fault.message
    assert fault.line == line


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"a": 1,\n "b": }', 2, "not valid JSON: Expecting value"),
        ('{"a": 1,\n "b": "open', 2, "not valid JSON"),
        ('{"a":\n' + "[" * 300 + "]" * 300 + "}", 2, f"nested deeper than {MAX_DEPTH} levels"),
        ("[" * 100_000, 1, "nested deeper"),
        ('\n{"a": "[[",' + '"b":{' * 300 + "}" * 301, 2, "nested deeper"),
    ],
)
def test_json_that_cannot_be_used_is_a_fault_with_a_line(text: str, line: int, words: str) -> None:
    fault = fault_of(text, "worlds.json")
    assert words in fault.message
    assert fault.line == line


def test_256_levels_are_allowed() -> None:
    flow = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    block = "\n".join(" " * depth + "a:" for depth in range(MAX_DEPTH))
    for text in (flow, flow.replace("]", " ]"), "# yaml\n" + flow, block):
        depth, data = 0, data_of(text)
        while data:
            depth, data = depth + 1, data[0] if isinstance(data, list) else data["a"]
        assert depth in (MAX_DEPTH, MAX_DEPTH - 1)  # the innermost is empty: `[]`, or null


def test_an_alias_bomb_is_a_fault() -> None:
    levels = "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9))
    fault = fault_of("a: &a [x,x,x,x,x,x,x,x,x]\n" + levels)
    assert f"{MAX_ALIASED:,}" in fault.message
    assert fault.line is not None


def test_aliases_cannot_make_a_document_deep() -> None:
    levels = "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 400))
    assert "nested deeper" in fault_of("a0: &a0 []\n" + levels).message


@pytest.mark.parametrize("text", [b"\0\0a: 1", b"\0"])
def test_text_that_begins_with_nul_is_a_fault(text: bytes) -> None:
    assert "NUL" in fault_of(text).message


def test_nul_is_not_the_end() -> None:
    data, findings = read_data(b"a: 1\n\0b: 2\n", "worlds.yaml")
    assert data == {"a": 1, "\ufffdb": 2}
    assert [finding.rule for finding in findings] == ["yaml-irregular"]
    assert fault_of(b'{"a": "\0"}', "worlds.json").line == 1


_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("name", ["worlds.yaml", "worlds.json"])
@pytest.mark.parametrize("encoding", [*_ENCODINGS, "utf-16 with mark", "utf-32 with mark"])
def test_every_encoding_of_yaml_is_read(encoding: str, name: str) -> None:
    plain = '{"a": "é 世 😀", "b": [1]}'
    encoding, _, marked = encoding.partition(" ")
    text = f"\ufeff{plain}".encode(f"{encoding}-be") if marked else plain.encode(encoding)
    assert read_data(text, name) == ({"a": "é 世 😀", "b": [1]}, [])


@given(st.dictionaries(TEXT, TEXT, max_size=4), st.sampled_from(_ENCODINGS))
def test_any_text_is_read_in_any_encoding(data: dict[str, str], encoding: str) -> None:
    assert read_data(json.dumps(data, ensure_ascii=False).encode(encoding), "worlds.json") == (data, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [("a: é\nb: ü".encode("latin-1"), "not UTF-8"), ("a: 1".encode("utf-16") + b"\0", "not UTF-16")],
)
def test_text_that_is_broken_in_its_encoding_is_a_fault(text: bytes, words: str) -> None:
    fault = fault_of(text)
    assert words in fault.message
    assert fault.line == 1
    assert "UTF-8" in fault.hint


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "\ufeff"])
def test_empty_text_is_null(text: str) -> None:
    assert read_data(text.encode(), "worlds.yaml") == (None, [])


@pytest.mark.parametrize(
    "text", ["a: 1\n---\n", "---\na: 1\n...\n", "%YAML 1.1\n---\na: 1\n", "a: 1\n...\n---\n# end\n"]
)
def test_document_markers_around_one_document_are_fine(text: str) -> None:
    assert read_data(text.encode(), "worlds.yaml") == ({"a": 1}, [])


def test_text_that_the_fast_parser_refuses_is_read_with_a_finding() -> None:
    data, findings = read_data(b'a: 1\nb: "x"# why\n', "worlds.yaml")
    assert data == {"a": 1, "b": "x"}
    assert [(finding.rule, finding.where.line) for finding in findings] == [("yaml-irregular", 2)]


def test_control_characters_are_replaced_with_a_finding() -> None:
    data, findings = read_data("a: 'x\x00y\x9fz'\n".encode(), "worlds.yaml")
    assert data == {"a": "x\ufffdy\ufffdz"}
    assert "yaml-irregular" in {finding.rule for finding in findings}


def test_a_flow_mapping_is_yaml_but_no_json() -> None:
    text = b'{a: 1, "b": [x,], } # c'
    assert read_data(text, "worlds.yaml") == ({"a": 1, "b": ["x"]}, [])
    assert "not valid JSON" in fault_of(text, "worlds.json").message
    assert ".yaml" in fault_of("a: 1", "worlds.json").hint


def test_a_long_word_is_looked_at_in_pieces() -> None:
    word = "a" + "_1" * 200_000  # quadratic work on it would not end
    assert data_of(f"a: {word}\nb: 1_000\n") == {"a": word, "b": "1_000"}


def test_half_a_surrogate_pair_is_no_character() -> None:
    data, findings = read_data(rb'{"a\ud800": ["\udfff", "\ud83d\ude00"], "b": 1}', "worlds.json")
    assert data == {"a\ufffd": ["\ufffd", "\U0001f600"], "b": 1}
    assert [finding.rule for finding in findings] == ["json-irregular"]


def test_large_integers_stay_exact() -> None:
    assert data_of('{"a": 123456789012345678901234567890}') == {"a": 123456789012345678901234567890}


@settings(deadline=None, max_examples=60)
@given(TREES)
def test_json_is_read_as_it_was_written(tree: Any) -> None:
    for text in (json.dumps(tree), json.dumps(tree, ensure_ascii=False, indent=2)):
        assert read_data(text.encode(), "worlds.json") == (tree, [])


@settings(deadline=None, max_examples=60)
@given(TREES, st.booleans())
def test_yaml_is_read_as_it_was_written(tree: Any, flow: bool) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=200)
    assert data_of(text) == yaml.safe_load(text) == tree


NUMBERISH = st.text("0123456789_.+-eExXoObB:aAfF", min_size=1, max_size=8)


@settings(deadline=None, max_examples=300)
@given(NUMBERISH, NUMBERISH)
def test_both_parsers_read_alike(first: str, second: str) -> None:
    for text in (f"a: {first}\n", f"{first}: {second}\n", f"[{first}, {second}]", f"- {first}\n- {second}: 1\n"):
        try:
            fast = read_fast(text, "worlds.yaml")[0]
        except (InexactError, ValueError):
            continue
        assert repr(fast) == repr(read_yaml(text, "worlds.yaml")[0])


@settings(deadline=None, max_examples=200)
@given(st.text("ab:-?[]{},&*!|>'\"%@`# \n01", max_size=40) | st.text(max_size=20) | st.binary(max_size=20))
def test_any_text_is_data_or_a_fault(text: str | bytes) -> None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    with contextlib.suppress(InvalidDocumentError):
        data, findings = read_data(raw, "worlds.yaml")
        assert json.loads(json.dumps(data)) == data or data != data
        assert all(finding.where.file == "worlds.yaml" for finding in findings)


@pytest.mark.parametrize(
    ("text", "data", "words", "line"),
    [
        ('{"a": [1, 2,],\n}', {"a": [1, 2]}, "a comma before a closing bracket in column 12 (and 1 more)", 1),
        ('{\n// why, "not"\n"a": "// b, ]"}', {"a": "// b, ]"}, "a comment in column 1", 2),
        ('{"a": /* x,\n} */ 1}', {"a": 1}, "a comment in column 7", 1),
        ('{"a": 1, // last\n}', {"a": 1}, "a comma before a closing bracket in column 8 (and 1 more)", 1),
    ],
)
@pytest.mark.parametrize("name", ["worlds.json", "WORLDS.JSON"])
def test_json_as_people_write_it_is_read_with_a_finding(
    text: str, data: object, words: str, line: int, name: str
) -> None:
    found, (finding,) = read_data(text.encode(), name)
    assert found == data
    assert (finding.rule, finding.where.line) == ("json-irregular", line)
    assert words in finding.message


def test_comments_of_json_are_read_in_a_file_of_either_kind() -> None:
    data, (finding,) = read_data(b'{\n// why\n"a": 1}', "worlds.yaml")
    assert (data, finding.rule) == ({"a": 1}, "json-irregular")
    assert read_data(b"{a: http://b, c: [1,],}", "worlds.yaml") == ({"a": "http://b", "c": [1]}, [])


@pytest.mark.parametrize("text", ['{"a": 1', '{"a": 1, // b', '{"a" 1,}', '{"a": "b // c}'])
def test_json_that_is_broken_otherwise_stays_a_fault(text: str) -> None:
    assert "not valid JSON" in fault_of(text, "worlds.json").message
