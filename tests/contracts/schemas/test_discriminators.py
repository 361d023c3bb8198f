"""Discriminators: what they decide, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

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
