"""Discriminators: what they decide, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.judged import Judge

BRANCHES = {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}
PETS: dict[str, Any] = {
    "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"type": "string"}}},
    "Dog": {"type": "object", "required": ["kind", "tricks"], "properties": {"kind": {"type": "string"}}},
}


@pytest.mark.parametrize("version", ["3.0.4", "3.1.1", "3.2.0"])
@pytest.mark.parametrize(
    "discriminator",
    [
        {"propertyName": "kind"},
        {"propertyName": "kind", "mapping": {"meow": "Cat", "woof": "#/components/schemas/Dog"}},
    ],
)
def test_a_discriminator_changes_no_verdict(version: str, discriminator: dict[str, Any]) -> None:
    judge = Judge({**BRANCHES, "discriminator": discriminator}, version, **PETS)
    for value in ({"kind": "Cat", "lives": 9}, {"kind": "Dog", "lives": 9}, {"kind": "Cow", "tricks": 0}):
        assert judge.accepts(value)
    assert not judge.accepts({"kind": "Cat"})
    assert not judge.accepts({"kind": "Cat", "lives": 9, "tricks": 1})
    assert not judge.rules()


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0"])
def test_before_it_decides_which_alternative_counts(version: str) -> None:
    schema = {**BRANCHES, "discriminator": {"propertyName": "kind", "mapping": {"woof": "#/components/schemas/Dog"}}}
    judge = Judge(schema, version, **PETS)
    assert judge.accepts({"kind": "Cat", "lives": 9, "tricks": 1})  # a dog as well, by its schema
    assert judge.accepts({"kind": "woof", "tricks": 1, "lives": 9})
    assert judge.accepts({"kind": "Dog", "tricks": 1, "lives": 9})
    assert not judge.accepts({"kind": "Dog", "lives": 9})
    assert not judge.accepts({"kind": "Cat", "tricks": 1})
    assert judge.accepts({"kind": "Cow", "tricks": 1})
    assert not judge.accepts({"kind": "Cow", "tricks": 1, "lives": 9})
    assert not judge.accepts({"kind": "Cow"})
    assert not judge.rules()


@pytest.mark.parametrize(
    ("discriminator", "rule", "pointer"),
    [
        ("kind", "discriminator-invalid", ""),
        ({"mapping": {}}, "discriminator-invalid", ""),
        ({"propertyName": "kind", "mapping": ["Cat"]}, "discriminator-invalid", "/mapping"),
        ({"propertyName": "kind", "mapping": {"a": "Cow"}}, "discriminator-unresolvable", "/mapping/a"),
        ({"propertyName": "kind", "mapping": {"a": 1}}, "discriminator-unresolvable", "/mapping/a"),
        (
            {"propertyName": "kind", "mapping": {"a/b": "#/components/schemas/Cow"}},
            "discriminator-unresolvable",
            "/mapping/a~1b",
        ),
    ],
)
def test_a_discriminator_that_leads_nowhere_is_reported(discriminator: Any, rule: str, pointer: str) -> None:
    judge = Judge({**BRANCHES, "discriminator": discriminator}, "3.0.4", **PETS)
    assert judge.rules() == [(rule, f"/components/schemas/S/discriminator{pointer}")]
    assert judge.accepts({"kind": "Cat", "lives": 9})


def variants(count: int) -> dict[str, Any]:
    return {
        f"V{i}": {"type": "object", "required": ["kind", f"x{i % 7}"], "properties": {f"x{i % 7}": {"type": "integer"}}}
        for i in range(count)
    }


@pytest.mark.parametrize("count", [2, 255, 256, 257, 1500])
def test_any_number_of_alternatives_is_judged(count: int) -> None:
    one_of = [{"$ref": f"#/components/schemas/V{i}"} for i in range(count)]
    judge = Judge({"oneOf": one_of, "discriminator": {"propertyName": "kind"}}, "3.0.3", **variants(count))
    for i in (0, 1, count // 2, count - 1):
        assert judge.accepts({"kind": f"V{i}", f"x{i % 7}": 1})
        assert not judge.accepts({"kind": f"V{i}", f"x{i % 7}": "no"})
        assert not judge.accepts({"kind": f"V{i}", f"x{(i + 1) % 7}": 1})
    assert not judge.accepts({"kind": "V"})
    assert not judge.rules()


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "V0", "V1"]), st.integers(0, 4), max_size=5),
    st.sampled_from(["a", "b", "c", "V0", "V1", "V2", "V3", "V4", "z"]),
    st.sets(st.integers(0, 4)),
)
def test_the_alternative_that_is_named_counts_else_just_one_has_to_fit(
    mapping: dict[str, int], kind: str, given_keys: set[int]
) -> None:
    """By OpenAPI 3.0.3, section 4.7.24.1; of alternatives with one name the last counts."""
    schemas = {f"V{i}": {"type": "object", "required": ["kind", f"x{i}"]} for i in range(5)}
    discriminator = {
        "propertyName": "kind",
        "mapping": {name: f"#/components/schemas/V{i}" for name, i in mapping.items()},
    }
    schema = {"oneOf": [{"$ref": f"#/components/schemas/V{i}"} for i in range(5)], "discriminator": discriminator}
    named = mapping.get(kind, int(kind[1:]) if kind.startswith("V") else None)
    fitting = [i for i in range(5) if i in given_keys]
    expected = named in given_keys if named is not None else len(fitting) == 1
    value = {"kind": kind, **{f"x{i}": 0 for i in given_keys}}
    assert Judge(schema, "3.0.3", **schemas).accepts(value) is expected
