from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples import generation
from beep_mock.contracts.samples.numbers import number
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError
from beep_mock.contracts.schemas.formats import ASSERTED
from tests.support.judged import Judge
from tests.support.made_schemas import values


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no value is looked for in vain, as briefly as can be."""
    monkeypatch.setattr(generation, "_EXAMPLES", 5)


QUICK = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(size, value.values()))
    return 1 + sum(map(size, value)) if isinstance(value, list) else 1


def object_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "example": "a", "default": "b"}, "a"),
        ({"type": "string", "examples": ["a", "b"]}, "a"),
        ({"type": "string", "default": "b", "enum": ["a", "b"]}, "b"),
        ({"enum": [None, "a", "b"]}, "a"),
        ({"const": [1]}, [1]),
        ({"type": "null"}, None),
        ({"type": "boolean"}, True),
        ({"type": ["null", "boolean"]}, True),
        ({"type": "integer", "example": "no number", "enum": [4]}, 4),
        ({"allOf": [{"minimum": 3}, {"maximum": 3}], "type": "integer"}, 3),
        ({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5}, 4),
        ({"type": "number", "minimum": 0.25, "maximum": 0.25}, 0.25),
        ({"type": "integer", "multipleOf": 7, "minimum": 8, "maximum": 20}, 14),
        ({"type": "array", "minItems": 2, "items": {"const": 1}}, [1, 1]),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": "a"}], "items": False, "minItems": 2}, [1, "a"]),
        ({"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}}, [1, 2, 3]),
        ({"type": "object", "properties": {"a": False, "b": {"const": 2}}}, {"b": 2}),
        (object_of(a={"example": 1}, b={"default": 2}), {"a": 1, "b": 2}),
        ({**object_of(a={"example": 1}), "example": {"a": 7}}, {"a": 7}),
        ({"type": "array", "items": {"example": 1}}, [1]),
        ({"type": "array", "items": {"example": 1}, "maxItems": 0, "uniqueItems": True}, []),
        ({"prefixItems": [{"const": 1}, {"const": 2}]}, [1, 2]),
        ({"oneOf": [{"type": "null"}, {"const": 1}, {"const": 2}]}, 1),
        ({"anyOf": [False, {"const": 1}]}, 1),
        ({"if": {"const": 1}, "then": {}, "else": False}, 1),
        ({"allOf": [object_of(a={"const": 1}), object_of(b={"const": 2})]}, {"a": 1, "b": 2}),
    ],
)
def test_a_sample_shows_what_the_document_shows(schema: Any, expected: Any) -> None:
    assert Judge(schema).sample() == expected


def test_an_example_that_breaks_its_schema_is_set_aside_and_others_are_kept() -> None:
    good = {"type": "string", "example": "kept"}
    sample = Judge(object_of(good=good, bad={"type": "integer", "example": "three"})).sample()
    assert sample["good"] == "kept"
    assert isinstance(sample["bad"], int)
    whole = {**object_of(a=good, b={"type": "integer"}), "required": ["b"], "example": {"a": "outer"}}
    assert Judge(whole).sample()["a"] == "kept"


def test_a_bad_example_inside_an_alternative_does_not_rule_it_out() -> None:
    branch = object_of(kind={"const": "first"}, n={"type": "integer", "example": "x"})
    sample = Judge({"oneOf": [{**branch, "required": ["kind", "n"]}, {"type": "string"}]}).sample()
    assert sample["kind"] == "first"


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_value_is_preferred_to_null(version: str) -> None:
    for schema in ({"type": "string", "nullable": True}, {"type": ["null", "string"]}):
        assert isinstance(Judge(schema, version).sample(), str)


def test_null_is_the_last_way_out() -> None:
    assert Judge({"type": "integer", "minimum": 3, "maximum": 1, "nullable": True}, "3.0.3").sample() is None


def test_optional_properties_are_shown_and_hidden_ones_are_not() -> None:
    schema = {
        **object_of(
            id={"type": "integer", "readOnly": True},
            name={"type": "string"},
            secret={"$ref": "#/components/schemas/Secret"},
        ),
        "required": ["id", "secret"],
    }
    judge = Judge(schema, Secret={"type": "string", "writeOnly": True})
    assert set(judge.sample("request")) == {"name", "secret"}
    assert set(judge.sample("response")) == {"id", "name"}


@pytest.mark.parametrize("mapping", [{"dog": "#/components/schemas/Dog", "cat": "#/components/schemas/Cat"}, None])
def test_a_discriminator_names_the_alternative(mapping: Any) -> None:
    discriminator = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    references = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    base = {**object_of(kind={"type": "string"}), "required": ["kind"], "discriminator": discriminator}
    others: dict[str, Any] = {
        "Base": base,
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Base"}, {**object_of(purrs={}), "required": ["purrs"]}]},
        "Dog": {**object_of(kind={"type": "string"}, barks={}), "required": ["barks"]},
    }
    names = ["cat", "dog"] if mapping else ["Cat", "Dog"]
    judge = Judge({"oneOf": references, "discriminator": discriminator}, **others)
    assert [judge.sample(seed=seed)["kind"] for seed in (0, 1)] == names
    assert Judge({"type": "array", "items": references[0]}, **others).sample()[0]["kind"] == names[0]


def test_what_the_alternative_says_itself_beats_the_discriminator() -> None:
    branch = {**object_of(kind={"enum": ["feline"]}), "required": ["kind"]}
    schema = {"oneOf": [{"$ref": "#/components/schemas/Cat"}], "discriminator": {"propertyName": "kind"}}
    assert Judge(schema, Cat=branch).sample()["kind"] == "feline"


@pytest.mark.parametrize("target", ["#/components/schemas/Dog", "Dog"])
def test_a_discriminator_that_maps_to_its_own_schema_names_it(target: str) -> None:
    kind = {"enum": ["cat", "dog", "pup"]}
    mapping = {"cat": "#/components/schemas/Cat", "dog": target, "pup": "#/components/schemas/Pup"}
    dog = {**object_of(kind=kind), "discriminator": {"propertyName": "kind", "mapping": mapping}}
    schemas = {"Dog": dog, "Cat": object_of(), "Pup": {"allOf": [{"$ref": "#/components/schemas/Dog"}]}}
    for name, expected in (("Dog", "dog"), ("Pup", "pup")):
        assert Judge({"$ref": f"#/components/schemas/{name}"}, **schemas).sample() == {"kind": expected}


def test_a_discriminator_names_the_outermost_heir() -> None:
    kinds = {"Kind": {"type": "string", "enum": ["Cat", "Lion"]}}
    base = {**object_of(kind={"$ref": "#/components/schemas/Kind"}), "discriminator": {"propertyName": "kind"}}
    felines = {"allOf": [{"$ref": "#/components/schemas/Base"}, object_of(claws={"type": "integer"})]}
    lion = {"allOf": [{"$ref": "#/components/schemas/Feline"}]}
    others = {**kinds, "Base": base, "Feline": felines, "Lion": lion}
    assert Judge({"$ref": "#/components/schemas/Lion"}, **others).sample()["kind"] == "Lion"
    # What stands between has no name of its own among the values.
    assert Judge({"$ref": "#/components/schemas/Feline"}, **others).sample()["kind"] in ("Cat", "Lion")


def test_a_parent_that_lists_its_heirs_is_none_of_them() -> None:
    discriminator = {"propertyName": "kind"}
    others: dict[str, Any] = {
        "Pet": {"allOf": [{"oneOf": [{"$ref": "#/components/schemas/Cat"}]}]},
        "Named": {**object_of(kind={"type": "string"}), "discriminator": discriminator},
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Named"}]},
    }
    assert Judge({"$ref": "#/components/schemas/Pet"}, **others).sample() == {"kind": "Cat"}


def test_a_discriminator_at_what_is_no_string_names_nothing() -> None:
    page = {
        **object_of(content={"type": "array"}),
        "required": ["content"],
        "discriminator": {"propertyName": "content"},
    }
    people = {"allOf": [{"$ref": "#/components/schemas/Page"}, object_of(content={"items": {"enum": ["Ada"]}})]}
    assert Judge({"$ref": "#/components/schemas/People"}, Page=page, People=people).sample() == {"content": ["Ada"]}


def test_alternatives_that_overlap_are_told_apart() -> None:
    schema = {"oneOf": [object_of(a={"type": "string"}), object_of(b={"type": "integer"}, a={})]}
    assert "a" in Judge(schema).sample()


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{**object_of(a={}), "additionalProperties": False}, object_of(b={})]},
        {"allOf": [{"minimum": 3}, {"maximum": 4, "type": "integer"}, {"multipleOf": 4}]},
        {"allOf": [{"type": ["string", "integer"]}, {"type": ["number", "null"]}]},
        {"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]},
        {"allOf": [{"required": ["a"]}, object_of(a={"type": "string", "minLength": 3})], "maxProperties": 1},
        {"type": "object", "minProperties": 3},
        {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^x[0-9]$"}},
        {"type": "object", "minProperties": 2, "patternProperties": {"^k-": {"type": "integer"}}},
        {"type": "object", "required": ["k-1"], "patternProperties": {"^k-": {"type": "integer"}}},
        {"type": "object", "required": ["x"], "additionalProperties": {"type": "integer", "minimum": 7}},
        {**object_of(a={}, b={}, c={}), "maxProperties": 2, "required": ["c"]},
        {**object_of(a={}), "dependentRequired": {"a": ["b"]}, "required": ["a"]},
        {**object_of(a={}), "dependentSchemas": {"a": {"required": ["z"]}}, "required": ["a"]},
        {**object_of(a={}, b={}), "not": {"required": ["b"]}},
        {"not": {"type": "object"}},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}},
        {"type": "array", "uniqueItems": True, "minItems": 12, "items": {"type": "string"}},
        {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": object_of(id={"type": "integer"})},
        {"type": "array", "minItems": 3, "contains": {"const": 7}, "minContains": 2, "items": {"type": "integer"}},
        {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        {"type": "string", "not": {"const": "alpha"}},
        {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        {"oneOf": [object_of(a={}), {**object_of(b={}), "required": ["b"]}]},
        {"if": object_of(k={"const": 1}), "then": {"required": ["x"]}, "else": {"required": ["y"]}, "type": "object"},
        {**object_of(a={"type": "string"}), "unevaluatedProperties": False},
        {"type": "string", "minLength": 3, "maxLength": 3},
        {
            "type": "array",
            "uniqueItems": True,
            "minItems": 4,
            "items": {"oneOf": [{"type": "boolean"}, {"enum": [0, None]}]},
        },
        {
            "type": "object",
            "minProperties": 4,
            "propertyNames": {"maxLength": 2},
            "patternProperties": {"^a": {}},
            "additionalProperties": False,
        },
        True,
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_sample_keeps_every_keyword(schema: Any, seed: int) -> None:
    Judge(schema).sample(seed=seed)  # which the store has judged


@pytest.mark.parametrize("format_", sorted(ASSERTED))
@pytest.mark.parametrize("bounds", [{}, {"minLength": 1}, {"maxLength": 300}])
def test_a_sample_has_its_format(format_: str, bounds: dict[str, int]) -> None:
    for seed in range(5):
        Judge({"type": "string", "format": format_, **bounds}).sample(seed=seed)


@pytest.mark.parametrize(
    "schema",
    [
        {"format": "email", "maxLength": 6},
        {"format": "email", "minLength": 120},
        {"format": "uri", "minLength": 200},
        {"format": "uri", "maxLength": 8},
        {"format": "hostname", "minLength": 60},
        {"format": "byte", "minLength": 41},
        {"format": "uuid", "pattern": "^[0-9a-f]{8}-"},
        {"format": "date", "pattern": "^2026-"},
        {"format": "date-time", "maxLength": 20},
        *({"format": "date-time", "minLength": length, "maxLength": max(25, length + 1)} for length in range(21, 34)),
        {"format": "time", "minLength": 14, "maxLength": 14},
        {"pattern": "^[A-Z]{3}$", "minLength": 3},
        {"pattern": r"^(?=.*\d)[a-z\d]{8,}$", "maxLength": 9},
        {"pattern": r"^(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{12,}$", "maxLength": 20},
        {"pattern": r"^.*(?=ab)..$"},
        {"pattern": r"\bfoo\b", "minLength": 5},
        {"format": "email", "pattern": r"@company\.example$"},
        {"format": "uri", "pattern": "^ftp://"},
    ],
)
def test_a_string_keeps_format_length_and_pattern(schema: dict[str, Any]) -> None:
    for seed in range(3):
        Judge({"type": "string", **schema}).sample(seed=seed)


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({}, 1, 100),
        ({"minimum": 5, "maximum": 5}, 5, 5),
        ({"exclusiveMinimum": 0, "maximum": 1}, 0, 1),
        ({"minimum": 0, "exclusiveMinimum": True, "maximum": 2}, 0.0001, 2),
        ({"maximum": -5}, -200, -5),
        ({"minimum": 10**12}, 10**12, 10**13),
        ({"minimum": -3, "maximum": -1, "multipleOf": 2}, -2, -2),
        ({"multipleOf": 0.01, "minimum": 0.01, "maximum": 0.05}, 0.01, 0.05),
        ({"minimum": 2**63 - 1, "format": "int64"}, 2**63 - 1, 2**63 - 1),
        ({"format": "uint8"}, 0, 255),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_a_number_is_within_its_bounds(schema: dict[str, Any], least: float, most: float, kind: str) -> None:
    whole = kind == "integer"
    for seed in range(10):
        made = number(schema, Random(seed), whole=whole)
        if made is None:
            assert whole
            assert not any(number == int(number) for number in (least, most))
            continue
        assert least <= made <= most
        assert not whole or isinstance(made, int)
        assert Judge({"type": kind, **schema}, "3.0.3").accepts(made)


ONE, OTHER = {"required": ["a"]}, {"title": "b", "type": "object", "required": ["b"]}
BOTH = {"required": ["a", "b"]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"oneOf": [ONE, OTHER]}, "acd"),
        ({"oneOf": [ONE, OTHER], "required": ["b"]}, "bcd"),
        ({"allOf": [{"oneOf": [ONE, OTHER]}, {"oneOf": [{"required": ["c"]}, {"required": ["d"]}]}]}, "ac"),
        ({"oneOf": [BOTH, {"required": ["a", "c"]}]}, "abd"),
        ({"anyOf": [ONE, OTHER]}, "abcd"),
        ({"not": BOTH}, "bcd"),
        ({"not": {"anyOf": [BOTH, {"required": ["c"]}]}}, "bd"),
        ({"not": BOTH, "required": ["a"]}, "acd"),
        ({"not": {"type": "string", "required": ["a"]}}, "abcd"),
    ],
)
def test_properties_that_exclude_each_other_leave_the_others_shown(rule: dict[str, Any], expected: str) -> None:
    schema = {**object_of(**{name: {"type": "string"} for name in "abcd"}), **rule}
    assert "".join(sorted(Judge(schema).sample())) == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "propertyNames": {"maxLength": 4, "pattern": "^x"}, "minProperties": 3},
        {"type": "array", "items": {"type": "string", "pattern": "^x"}, "uniqueItems": True, "minItems": 3},
        {"type": "array", "items": {"type": "string", "pattern": "^x[ab]$"}, "uniqueItems": True, "minItems": 2},
    ],
)
def test_texts_that_must_differ_do_where_a_pattern_leaves_room(schema: dict[str, Any]) -> None:
    for seed in range(3):
        assert len(Judge(schema).sample(seed=seed)) >= 2


@pytest.mark.parametrize("step", [0.01, 0.0001, 0.05, 0.1, 0.3])
def test_a_multiple_is_one_for_those_who_divide_floats_too(step: float) -> None:
    for seed in range(100):
        made = number({"multipleOf": step, "maximum": 50}, Random(seed), whole=False)
        assert made is not None
        assert (made / step).is_integer()
    assert number({"multipleOf": 0.01, "minimum": 0.07, "maximum": 0.07}, Random(0), whole=False) == 0.07


@pytest.mark.parametrize("name", ["²", "٣", "1", "", "a/b~c", "0x1"])
def test_a_property_may_have_any_name(name: str) -> None:
    inner = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    assert name in Judge({**object_of(**{name: inner}), "required": [name]}).sample()


def test_recursion_ends_and_shows_a_few_levels() -> None:
    node = {
        **object_of(
            child={"$ref": "#/components/schemas/S"},
            children={"type": "array", "items": {"$ref": "#/components/schemas/S"}},
        ),
        "required": ["children"],
    }
    sample = Judge(node).sample()
    assert "children" in sample["child"]
    assert size(sample) < 100


def test_a_wide_and_deep_schema_gives_a_bounded_sample() -> None:
    def wide(below: str) -> dict[str, Any]:
        return object_of(**{f"property{n}": {"$ref": f"#/components/schemas/{below}"} for n in range(20)})

    judge = Judge(wide("A"), A=wide("B"), B=wide("C"), C=wide("D"), D={"type": "string"})
    assert 1000 < size(judge.sample()) < 2000


def test_a_required_recursion_has_no_sample() -> None:
    judge = Judge({**object_of(next={"$ref": "#/components/schemas/S"}), "required": ["next"]})
    with pytest.raises(UnsatisfiableError) as fault:
        judge.sample()
    assert fault.value.pointer == "/components/schemas/S"


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "string", "format": "uuid", "maxLength": 24},
        {"type": "string", "pattern": "^a$", "minLength": 2},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "items": {"enum": [1]}, "minItems": 2, "uniqueItems": True},
        {"required": ["a"], "properties": {"a": False}, "type": "object"},
    ],
)
def test_what_nothing_satisfies_is_a_fault_that_says_where(schema: Any) -> None:
    judge = Judge(object_of(), Bad=schema)
    with pytest.raises(UnsatisfiableError) as fault:
        Sampler(judge.document, judge.store).sample(judge.schema("Bad"), "response")
    assert fault.value.pointer == "/components/schemas/Bad"
    assert fault.value.hint


def test_seeds_give_other_samples_and_the_same_again() -> None:
    schema = object_of(name={"type": "string"}, n={"type": "integer"}, kind={"enum": ["a", "b", "c"]}, e={"example": 1})
    judge = Judge(schema)
    samples = [json.dumps(judge.sample(seed=seed)) for seed in range(6)]
    assert len(set(samples)) > 3
    assert [json.dumps(Judge(schema).sample(seed=seed)) for seed in range(6)] == samples


def test_a_schema_that_was_not_registered_before_is_sampled_too() -> None:
    judge = Judge({"type": "integer"})
    judge.sample()
    schema = Schema({"type": "string", "minLength": 30}, "#/elsewhere")
    assert len(Sampler(judge.document, judge.store).sample(schema, "request")) >= 30


def schema_of(value: Any) -> dict[str, Any]:
    """A schema with many keywords that allows ``value``."""
    if isinstance(value, dict):
        properties = {name: schema_of(member) for name, member in value.items()}
        return {**object_of(**properties), "required": list(value), "additionalProperties": False}
    if isinstance(value, list):
        items = {"anyOf": [schema_of(item) for item in value]} if value else {}
        return {"type": "array", "items": items, "minItems": len(value), "maxItems": len(value)}
    if isinstance(value, bool) or value is None:
        return {"enum": [value]}
    if isinstance(value, str):
        return {"type": "string", "minLength": len(value), "maxLength": len(value)}
    return {"type": "number", "minimum": value, "maximum": value + 1}


@QUICK
@given(values)
def test_what_is_satisfiable_is_sampled(value: Any) -> None:
    schema = schema_of(value)
    Judge({"oneOf": [{"allOf": [schema, {"not": {"const": "no such value"}}]}]}).sample()


def test_a_dynamic_reference_leads_to_the_outermost_of_its_name() -> None:
    page = {
        "$id": "https://example.com/page",
        **object_of(items={"type": "array", "minItems": 1, "items": {"$dynamicRef": "#item"}}),
        "required": ["items"],
        "$defs": {"item": {"$dynamicAnchor": "item"}},
    }
    item = {"$dynamicAnchor": "item", **object_of(id={"type": "integer", "minimum": 500}), "required": ["id"]}
    pets = {"$id": "https://example.com/pets", "$ref": "https://example.com/page", "$defs": {"item": item}}
    assert Judge(pets, Page=page).sample()["items"][0]["id"] >= 500


def test_a_tree_that_is_made_strict_elsewhere_is_strict_all_the_way() -> None:
    children = {"type": "array", "items": {"$dynamicRef": "#node"}}
    tree = {"$id": "https://example.com/tree", "$dynamicAnchor": "node", **object_of(n={"const": 1}, children=children)}
    strict = {"$id": "https://example.com/strict", "$dynamicAnchor": "node", "$ref": "https://example.com/tree"}
    found = Judge({**strict, "unevaluatedProperties": False}, Tree=tree).sample()
    assert found["children"][0]["n"] == 1


def test_items_of_before_2020_12_are_a_tuple() -> None:
    schema = {"type": "array", "items": [{"const": 1}, {"const": "a"}], "additionalItems": False, "minItems": 2}
    assert Judge({"$schema": "http://json-schema.org/draft-07/schema#", **schema}).sample() == [1, "a"]


def test_an_anchor_is_followed() -> None:
    named = {"$anchor": "named", "type": "integer", "minimum": 77}
    assert Judge(object_of(a={"$ref": "#named"}), Named=named).sample()["a"] >= 77


def test_the_fault_names_the_part_that_nothing_fits() -> None:
    inner = {"type": "string", "format": "uuid", "maxLength": 24}
    schema = {**object_of(a={"type": "string"}, b={**object_of(id=inner), "required": ["id"]}), "required": ["b"]}
    with pytest.raises(UnsatisfiableError, match="'/b/id'"):
        Judge(schema).sample()


@pytest.mark.parametrize(("least", "most"), [(30, 60), (30, 30), (1, 1), (0, 0), (5000, 5000)])
def test_a_long_text_is_made_of_words(least: int, most: int) -> None:
    found = Judge({**object_of(label={"type": "string", "minLength": least, "maxLength": most})}).sample()["label"]
    assert least <= len(found) <= most
    assert "xx" not in found


@pytest.mark.parametrize(
    ("version", "nullable"),
    [
        ("3.0.3", {"nullable": True, "type": "object"}),
        ("3.0.0", {"nullable": True}),
        ("3.1.0", {"type": ["object", "null"]}),
    ],
)
def test_what_never_ends_ends_with_null(version: str, nullable: dict[str, Any]) -> None:
    self_ = {"$ref": "#/components/schemas/S"}
    parent = {**nullable, "allOf": [self_]} if version != "3.1.0" else {"anyOf": [self_, {"type": "null"}]}
    node = {**object_of(parent=parent), **nullable, "required": ["parent"]}
    found = Judge(node, version).sample()
    while found is not None:
        found = found["parent"]


@pytest.mark.parametrize("format_", ["uri", "email", "date", "uuid", "byte", "hostname"])
def test_a_text_is_told_apart_from_one_of_a_format(format_: str) -> None:
    texts = [{"type": "string", "format": "binary"}, {"type": "string", "format": format_}]
    assert Judge({**object_of(image={"oneOf": texts}), "required": ["image"]}).sample().keys() == {"image"}


@pytest.mark.parametrize(
    "rule",
    [
        {"if": {"required": ["b"]}, "then": False},
        {"if": False},
        {"dependentSchemas": {"b": False}},
    ],
)
def test_what_counts_under_a_condition_makes_nothing_impossible(rule: dict[str, Any]) -> None:
    schema = {**object_of(a={"type": "integer"}, b={"type": "integer"}), "required": ["a"], **rule}
    assert "a" in Judge(schema).sample()
