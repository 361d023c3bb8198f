from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from beep_mock.contracts.document import load_document
from beep_mock.contracts.model import Schema
from beep_mock.contracts.schemas import store as store_module
from beep_mock.contracts.schemas.messages import abbreviated
from beep_mock.contracts.schemas.patterns import AcceptedPattern
from beep_mock.contracts.schemas.store import SchemaStore
from tests.support.judged import Judge

REF = {"$ref": "#/components/schemas/Other"}
WORLD = {
    "type": "object",
    "required": ["id", "name", "secret"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
    },
}


def verdicts(judge: Judge, *values: Any) -> list[bool]:
    return [judge.accepts(value) for value in values]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, [None, "a"], [1]),
        ({"type": "string", "nullable": True, "enum": ["a"]}, ["a"], [None, "b"]),
        ({"type": "string", "nullable": True, "enum": ["a", None]}, [None, "a"], ["b"]),
        ({"type": "string", "enum": ["a", None]}, ["a"], [None]),
        ({"nullable": True, "enum": ["a"]}, ["a"], [None, "b"]),
        ({"nullable": True, "allOf": [REF]}, [1], [None, "a"]),
        ({"type": "integer", "nullable": True, "allOf": [REF]}, [1], [None, "a"]),
        ({"nullable": True, "oneOf": [REF, {"type": "boolean"}]}, [1, True], [None, "a"]),
        ({"oneOf": [REF, {"type": "boolean", "nullable": True}]}, [None, 1, True], ["a"]),
        ({"type": "object", "nullable": True, "anyOf": [{"required": ["a"]}]}, [None, {"a": 1}], [{}]),
        ({"x-nullable": True, "nullable": True, "allOf": [REF]}, [None, 1], ["a"]),
        ({"nullable": True}, [None, 1, "a"], []),
        ({"type": "string"}, ["a"], [None]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [1.5, 2], [1, 0]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, [0.5, 0], [1, 2]),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": False}, [1], [2]),
        ({"exclusiveMinimum": True}, [-1e9], []),
        ({"type": "number", "exclusiveMinimum": 1}, [2], [1]),
        ({**REF, "type": "string"}, [1], ["a"]),
        ({"const": 3}, [3], [4]),
        ({"type": ["integer", "null"]}, [3, None], ["a"]),
    ],
)
def test_openapi_30_means_what_its_authors_mean(schema: Any, good: list[Any], bad: list[Any]) -> None:
    judge = Judge(schema, "3.0.3", Other={"type": "integer"})
    assert verdicts(judge, *good) == [True] * len(good)
    assert verdicts(judge, *bad) == [False] * len(bad)
    assert {rule for rule, _ in judge.rules()} <= {"nullable-ineffective", "reference-siblings"}


def test_in_openapi_31_what_stands_beside_a_reference_counts() -> None:
    judge = Judge({**REF, "maximum": 3}, Other={"type": "integer"})
    assert verdicts(judge, 3, 4, "a") == [True, False, False]


@pytest.mark.parametrize(
    ("schema", "rules"),
    [
        ({"type": "string", "nullable": True, "enum": ["a"]}, ["nullable-ineffective"]),
        ({"nullable": True, "allOf": [REF]}, ["nullable-ineffective"]),
        ({"type": "integer", "nullable": True, "allOf": [REF]}, ["nullable-ineffective"]),
        ({"nullable": True, "anyOf": [REF, {"enum": ["a"]}]}, ["nullable-ineffective"]),
        ({"nullable": True, "anyOf": [REF, {"type": "string", "nullable": True}]}, []),
        ({"nullable": True, "anyOf": [REF, {"enum": [None]}]}, []),
        ({"nullable": True}, []),
        ({"type": "object", "nullable": True, "allOf": [{"required": ["a"]}]}, []),
        ({**REF, "nullable": True}, ["reference-siblings"]),
        ({**REF, "description": "d", "example": 1}, []),
    ],
)
def test_a_nullable_without_effect_in_openapi_30_is_reported(schema: Any, rules: list[str]) -> None:
    judge = Judge(schema, "3.0.3", Other={"type": "integer"})
    assert [rule for rule, _ in judge.rules()] == rules
    if "nullable" in schema:
        assert judge.accepts(None) == (not rules)


def test_nullable_means_nothing_in_openapi_31_and_is_reported() -> None:
    judge = Judge({"type": "string", "nullable": True})
    assert not judge.accepts(None)
    assert judge.rules() == [("keyword-unsupported", "/components/schemas/S/nullable")]


@pytest.mark.parametrize(
    ("version", "dialect", "rules"),
    [
        ("3.0.3", "", []),
        ("3.1.0", "http://json-schema.org/draft-04/schema#", []),
        ("3.1.0", "http://json-schema.org/draft-06/schema#", ["keyword-unsupported"]),
        ("3.1.0", "", ["keyword-unsupported"]),
    ],
)
def test_an_exclusive_bound_that_is_a_flag_counts_and_is_reported(version: str, dialect: str, rules: list[str]) -> None:
    declared = {"$schema": dialect} if dialect else {}
    judge = Judge({**declared, "minimum": 10, "exclusiveMinimum": True, "maximum": 20}, version)
    assert [judge.accepts(value) for value in (10, 11, 20)] == [False, True, True]
    assert [rule for rule, _ in judge.rules()] == rules


@pytest.mark.parametrize(
    ("format_", "good", "bad"),
    [
        ("date-time", ["2026-01-31T10:00:00Z", "2026-01-31t10:00:00.5+01:00"], ["2026-01-31", "2026-01-31 10:00:00Z"]),
        ("date", ["2024-02-29"], ["2023-02-29", "20240229"]),
        ("time", ["10:00:00Z"], ["10:00:00", "25:00:00Z"]),
        ("duration", ["P1DT2H", "P2W"], ["1 day", "P"]),
        ("email", ["ada@example.com"], ["ada", "Ada <ada@example.com>"]),
        ("hostname", ["api.example.com"], ["-a.example", "a b"]),
        ("ipv4", ["192.0.2.1"], ["192.0.2.256", "192.0.2"]),
        ("ipv6", ["2001:db8::1"], ["2001:db8::g"]),
        ("uri", ["https://example.com/a?b#c", "urn:a:b"], ["/a", "https://a b"]),
        ("uri-reference", ["/a", "#b"], ["a b"]),
        ("uuid", ["c0ffee00-0000-4000-8000-00000000cafe"], ["c0ffee", "c0ffee000000400080000000cafe"]),
        ("byte", ["", "YQ==", "YWJj"], ["YQ", "Y-==", "a b="]),
        ("int32", [2**31 - 1, -(2**31), "a"], [2**31, -(2**31) - 1]),
        ("int64", [2**63 - 1, -(2**63), 1.5], [2**63, -(2**63) - 1, 10**30]),
        ("float", [1, 1.5, 10**30], []),
        ("binary", ["\x00", "a"], []),
        ("password", ["hush"], []),
        ("made-up", ["anything"], []),
    ],
)
def test_formats_are_assertions(format_: str, good: list[Any], bad: list[Any]) -> None:
    judge = Judge({"format": format_})
    assert verdicts(judge, *good) == [True] * len(good)
    assert verdicts(judge, *bad) == [False] * len(bad)


def test_a_format_that_is_a_range_keeps_tighter_bounds() -> None:
    judge = Judge({"type": "integer", "minimum": 0, "format": "int32", "maximum": 5})
    assert verdicts(judge, 0, 5, -1, 6) == [True, True, False, False]


def test_read_only_and_write_only_properties_belong_in_one_direction() -> None:
    judge = Judge(WORLD)
    assert judge.accepts({"name": "a", "secret": "b"}, "request")
    assert judge.accepts({"name": "a", "secret": "b", "id": "ignored"}, "request")
    assert not judge.accepts({"id": 1, "name": "a"}, "request")
    assert judge.accepts({"id": 1, "name": "a"}, "response")
    assert not judge.accepts({"name": "a", "secret": "b"}, "response")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_the_direction_counts_through_references_and_parts(version: str) -> None:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/World"},
            {"type": "object", "required": ["id", "by"], "properties": {"by": {"$ref": "#/components/schemas/By"}}},
        ]
    }
    judge = Judge(
        {"type": "array", "items": schema},
        version,
        World={"type": "object", "properties": {"id": {"allOf": [{"type": "integer"}], "readOnly": True}}},
        By={"type": "string", "readOnly": True},
    )
    assert judge.accepts([{}], "request")
    assert not judge.accepts([{}], "response")
    assert judge.accepts([{"id": 1, "by": "a"}], "response")


def test_recursive_schemas_are_judged_all_the_way_down() -> None:
    node = {"type": "object", "required": ["n"], "properties": {"next": {"$ref": "#/components/schemas/S"}, "n": {}}}
    judge = Judge(node)
    value: dict[str, Any] = {"n": 1}
    for _ in range(100):
        value = {"n": 1, "next": value}
    assert judge.accepts(value)
    innermost = value
    while "next" in innermost:
        innermost = innermost["next"]
    del innermost["n"]
    assert not judge.accepts(value)


def test_a_schema_that_only_refers_to_itself_allows_everything_and_is_reported() -> None:
    judge = Judge({"$ref": "#/components/schemas/Other"}, Other={"$ref": "#/components/schemas/S"})
    assert judge.accepts(1)
    assert {rule for rule, _ in judge.rules()} == {"reference-unresolvable"}


@pytest.mark.parametrize(
    ("part", "rule", "pointer"),
    [
        ({"pattern": "("}, "pattern-invalid", "/pattern"),
        ({"pattern": 3}, "pattern-invalid", "/pattern"),
        ({"patternProperties": {"(": {}}}, "pattern-invalid", "/patternProperties/("),
        ({"$ref": "#/nowhere"}, "reference-unresolvable", ""),
        ({"$ref": "missing.yaml#/A"}, "reference-unresolvable", ""),
        ({"$ref": "#/info/title"}, "schema-invalid", ""),
        ({"$ref": 3}, "schema-invalid", ""),
        ({"type": "int"}, "schema-invalid", "/type"),
        ({"type": []}, "schema-invalid", "/type"),
        ({"enum": "a"}, "schema-invalid", "/enum"),
        ({"required": True}, "schema-invalid", "/required"),
        ({"minLength": -1}, "schema-invalid", "/minLength"),
        ({"minimum": "1"}, "schema-invalid", "/minimum"),
        ({"maxItems": 1.5}, "schema-invalid", "/maxItems"),
        ({"multipleOf": 0}, "schema-invalid", "/multipleOf"),
        ({"uniqueItems": "yes"}, "schema-invalid", "/uniqueItems"),
        ({"properties": []}, "schema-invalid", "/properties"),
        ({"items": [{}]}, "schema-invalid", "/items"),
        ({"allOf": []}, "schema-invalid", "/allOf"),
        ({"anyOf": {}}, "schema-invalid", "/anyOf"),
        ({"dependentRequired": {"a": "b"}}, "schema-invalid", "/dependentRequired"),
        ({"$dynamicRef": "#node"}, "reference-unresolvable", "/$dynamicRef"),
        ("string", "schema-invalid", ""),
    ],
)
def test_a_faulty_part_is_left_out_and_reported_where_it_stands(part: Any, rule: str, pointer: str) -> None:
    judge = Judge({"type": "object", "required": ["other"], "properties": {"faulty": part}})
    assert judge.accepts({"faulty": [1, "a"], "other": 1})
    assert not judge.accepts({"faulty": 1})
    assert judge.rules() == [(rule, f"/components/schemas/S/properties/faulty{pointer}")]


def test_repeated_names_in_required_are_read_once() -> None:
    judge = Judge({"required": ["a", "a"]})
    assert verdicts(judge, {"a": 1}, {}) == [True, False]


def test_what_the_library_refuses_unexpectedly_costs_only_its_own_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "beep_mock.contracts.schemas.store.accepted_pattern", lambda pattern: AcceptedPattern(pattern, None)
    )
    judge = Judge({"properties": {"a": REF, "b": {"type": "string"}}}, Other={"pattern": "(", "type": "string"})
    assert verdicts(judge, {"a": 1, "b": "c"}, {"b": 1}) == [True, False]
    assert judge.rules() == [("schema-invalid", "/components/schemas/Other")]


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (["é", {"a": "\ud800"}], ("1", "a")),
        ([{"\udfff": 1}], ("0",)),
        ([{"a": {1: 2}}], ("0", "a")),
        ("\ud800", ()),
    ],
)
def test_what_is_no_json_is_refused_where_it_stands(value: Any, pointer: tuple[str, ...]) -> None:
    judge = Judge({"type": "array", "items": {"type": "integer"}})
    assert not judge.accepts(value)
    assert judge.violations(value)[0].pointer == pointer


@pytest.mark.parametrize("value", [10**400, -(10**30), 2**64, 1e308])
def test_numbers_of_any_size_are_judged(value: float) -> None:
    assert verdicts(Judge({"type": "number"}), value) == [True]
    assert verdicts(Judge({"minimum": 0, "maximum": 1}), value) == [False]


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "keyword", "message"),
    [
        ({"type": "integer"}, "a", (), "type", '"a" is not an integer'),
        ({"type": ["null", "string"]}, 3, (), "type", "3 is not a string or null"),
        (
            {"properties": {"a/b": {"items": {"maximum": 1}}}},
            {"a/b": [0, 2]},
            ("a/b", "1"),
            "maximum",
            "2 is greater than 1",
        ),
        ({"required": ["name"]}, {}, (), "required", '"name" is missing'),
        ({"enum": ["a", "b"]}, "c", (), "enum", '"c" is not one of "a", "b"'),
        ({"const": {"a": 1}}, 1, (), "const", '1 is not {"a": 1}'),
        ({"format": "date"}, "x", (), "format", "\"x\" does not have the format 'date'"),
        ({"format": "byte"}, "x", (), "format", "\"x\" does not have the format 'byte'"),
        ({"pattern": "^a"}, "b", (), "pattern", '"b" does not match "^a"'),
        ({"minLength": 2}, "b", (), "minLength", '"b" has 1, at least 2 characters'),
        ({"maxItems": 1}, [1, 2], (), "maxItems", "[1, 2] has 2, at most 1 item"),
        ({"minProperties": 1}, {}, (), "minProperties", "{} has 0, at least 1 property"),
        ({"uniqueItems": True}, [1, 1], (), "uniqueItems", "[1, 1] has equal items"),
        ({"multipleOf": 2}, 3, (), "multipleOf", "3 is not a multiple of 2"),
        (
            {"properties": {"y": {}}, "additionalProperties": False},
            {"x": 1},
            (),
            "additionalProperties",
            'undeclared: "x"',
        ),
        ({"properties": {"x": False}}, {"x": 1}, ("x",), "falseSchema", "1 is not allowed here"),
        ({"not": {"type": "string"}}, "a", (), "not", '"a" is what it must not be'),
        (
            {"anyOf": [{"type": "string"}, {"properties": {"k": {"type": "string"}}, "type": "object"}]},
            {"k": 1},
            (),
            "anyOf",
            "{\"k\": 1} does not match any of the 2 alternatives; the nearest fails at 'k': 1 is not a string",
        ),
        ({"oneOf": [{}, {}]}, 1, (), "oneOf", "1 fits alternatives 1 and 2 of 2, it must fit just one"),
        (
            {"oneOf": [{}, {"type": "string"}, {"minimum": 1}, {"maximum": 1}]},
            1,
            (),
            "oneOf",
            "1 fits alternatives 1, 3 and 4 of 4, it must fit just one",
        ),
        (
            {"oneOf": [{}] * 12},
            1,
            (),
            "oneOf",
            "1 fits alternatives 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more of 12, it must fit just one",
        ),
        (
            {"oneOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "null"}}}]},
            {"a": 1},
            (),
            "oneOf",
            "{\"a\": 1} does not match any of the 2 alternatives; the nearest fails at 'a': 1 is not a string",
        ),
    ],
)
def test_violations_say_what_is_wrong_where(
    schema: Any, value: Any, pointer: tuple[str, ...], keyword: str, message: str
) -> None:
    (violation,) = Judge(schema).violations(value)
    assert (violation.pointer, violation.keyword, violation.message) == (pointer, keyword, message)


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(10_000)), {"a": "é" * 500}, [["a" * 79]], '"' * 200])
def test_a_long_value_is_abbreviated(value: Any) -> None:
    shown = abbreviated(value)
    assert len(shown) <= 80
    assert "…" in shown


def test_a_short_value_is_shown_whole() -> None:
    assert abbreviated({"a": [1, None, "é"]}) == json.dumps({"a": [1, None, "é"]}, ensure_ascii=False)


def test_at_most_a_hundred_violations_are_reported() -> None:
    assert len(Judge({"items": {"type": "string"}}).violations(list(range(500)))) == 100


def test_one_check_judges_all_values_of_a_request() -> None:
    judge = Judge(WORLD)
    properties = {"query.limit": Schema({"type": "integer"}, "#/limit"), "body": judge.schema()}
    key = judge.store.register_object("GET /worlds", properties, ["query.limit", "query.limit"], "request")
    check = judge.store.checker(key)
    assert check({"query.limit": 3, "body": {"name": "a", "secret": "b"}, "query.other": "x"})
    assert check({"query.limit": 3})
    assert not check({"body": {"name": "a", "secret": "b"}})
    pointers = [
        v.pointer for v in judge.store.violations(key, {"query.limit": "x", "body": {"name": 1, "secret": "b"}})
    ]
    assert sorted(pointers) == [("body", "name"), ("query.limit",)]


def test_what_is_registered_later_is_compiled_beside_what_is_there() -> None:
    judge = Judge(REF, Other={"type": "integer"}, Third={"type": "string"})
    first = judge.store.checker(judge.store.register(judge.schema(), "response"))
    assert first(1)
    second = judge.store.checker(judge.store.register(judge.schema("Third"), "response"))
    assert second("a")
    assert not second(1)
    assert not first("a")
    key = judge.store.register_object("late", {"a": judge.schema("Other")}, [], "request")
    assert not judge.store.checker(key)({"a": "x"})


@pytest.mark.parametrize(("registered", "alone"), [(100, 8), (64 * 20, 20)])
def test_the_more_schemas_there_are_the_later_all_of_them_are_compiled(
    registered: int, alone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[int] = []

    def counting(keyed: dict[str, Any], shared: dict[str, Any]) -> Any:
        compiled.append(len(keyed))
        return real(keyed, shared)

    real = store_module._compiled
    monkeypatch.setattr(store_module, "_compiled", counting)
    store = Judge({}).store
    keys = [store.register(Schema({"maximum": n}, f"#/late/{n}"), "response") for n in range(registered)]
    assert all(store.checker(key)(-1) for key in keys[: alone + 2])
    assert compiled == [*[1] * alone, registered - alone]


def test_a_key_stands_for_one_schema() -> None:
    judge = Judge({"type": "integer"})
    key = judge.store.register(judge.schema(), "request")
    assert judge.store.register(judge.schema(), "request") == key
    assert judge.store.register(judge.schema(), "response") != key
    other = judge.store.register(Schema({"type": "string"}, judge.schema().at), "request")
    assert other != key
    assert judge.store.checker(other)("a")
    assert not judge.store.checker(key)("a")


def test_an_unknown_key_is_a_key_error() -> None:
    store = Judge({}).store
    with pytest.raises(KeyError):
        store.checker("nowhere")
    with pytest.raises(KeyError):
        store.violations("nowhere", 1)


def test_a_store_is_compiled_once_by_many_threads() -> None:
    judge = Judge({"type": "array", "items": REF}, Other=WORLD)
    key = judge.store.register(judge.schema(), "response")
    late = [Schema({"type": "integer", "minimum": n}, f"#/late/{n}") for n in range(16)]

    def use(n: int) -> bool:
        good = judge.store.checker(key)([{"id": 1, "name": "a"}])
        return good and judge.store.checker(judge.store.register(late[n], "request"))(n)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(16)))


def test_schemas_of_other_files_are_judged(tmp_path: Any) -> None:
    (tmp_path / "root.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"
        "components: {schemas: {S: {type: array, items: {$ref: 'parts/a.yaml#/A'}}}}\n"
    )
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/a.yaml").write_text(
        "A: {type: object, properties: {a: {$ref: '#/A'}, b: {$ref: b.yaml}, c: {pattern: '('}}}\n"
    )
    (tmp_path / "parts/b.yaml").write_text("type: string\n")
    document = load_document(tmp_path / "root.yaml")
    store = SchemaStore(document, document.version)
    key = store.register(Schema(document.root["components"]["schemas"]["S"], "#/components/schemas/S"), "request")
    assert store.checker(key)([{"a": {"b": "x"}}])
    assert not store.checker(key)([{"a": {"b": 1}}])
    (finding,) = store.findings()
    assert finding.where.file == str(tmp_path / "parts/a.yaml")
    assert finding.where.pointer == "/A/properties/c/pattern"


@pytest.mark.parametrize("version", ["3.0.0", "3.0.1", "3.0.2"])
def test_before_its_clarification_nullable_allows_null_whatever_stands_beside_it(version: str) -> None:
    for schema in ({"nullable": True, "allOf": [REF]}, {"type": "string", "nullable": True, "enum": ["a"]}):
        judge = Judge(schema, version, Other={"type": "integer"})
        assert judge.accepts(None)
        assert not judge.accepts([])
        assert not judge.rules()
