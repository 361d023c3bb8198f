"""Examples of the parts of an ``allOf``, in the sample of the whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.judged import Judge

TEXT = {"type": "string"}


def object_of(*required: str, **fields: Any) -> dict[str, Any]:
    keywords: dict[str, Any] = {name: fields.pop(name) for name in ("example", "examples", "default") if name in fields}
    return {"type": "object", "required": list(required), "properties": fields, **keywords}


SUN = object_of(name=TEXT, example={"name": "Sun"})
RADIUS = object_of(radius={"type": "integer"}, example={"radius": 7})
REF = {"$ref": "#/components/schemas/Sun"}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"allOf": [SUN, RADIUS]}, {"name": "Sun", "radius": 7}),
        ({"allOf": [RADIUS, REF]}, {"name": "Sun", "radius": 7}),
        ({"allOf": [REF], **object_of("radius", radius={"const": 3})}, {"name": "Sun", "radius": 3}),
        ({"allOf": [REF, object_of(radius={"enum": [3]})]}, {"name": "Sun", "radius": 3}),
        ({"allOf": [REF, {"required": ["name"]}]}, {"name": "Sun"}),
        ({"allOf": [REF, {"description": "a star"}]}, {"name": "Sun"}),
        ({"allOf": [object_of(name=TEXT, default={"name": "Vega"}), RADIUS]}, {"name": "Vega", "radius": 7}),
        ({"allOf": [SUN, RADIUS], "example": {"name": "all of it"}}, {"name": "all of it"}),
        ({**object_of(name=TEXT), "oneOf": [object_of("x", x={"enum": [1]})], "example": {"name": "a", "x": 1}},
         {"name": "a", "x": 1}),
        ({"allOf": [object_of(at=object_of(x=TEXT), example={"at": {"y": "kept whole"}}), RADIUS]},
         {"at": {"y": "kept whole"}, "radius": 7}),
        ({"allOf": [object_of("name", name={"enum": ["Vega"]}, example={"name": "lies"}), RADIUS]},
         {"name": "Vega", "radius": 7}),
    ],
)  # fmt: skip
def test_each_part_shows_its_properties(version: str, schema: dict[str, Any], shown: dict[str, Any]) -> None:
    assert Judge({"type": "array", "items": schema}, version, Sun=SUN).sample() == [shown]


def test_an_example_beside_a_reference_is_of_the_whole() -> None:
    assert Judge({**REF, "example": {"name": "Vega"}}, "3.1.0", Sun=SUN).sample() == {"name": "Vega"}
    assert Judge({**REF, **RADIUS}, "3.1.0", Sun=SUN).sample() == {"radius": 7}


def test_the_properties_of_the_parts_are_sent_in_the_order_they_are_read() -> None:
    parts = [REF, object_of(mass=TEXT, radius=TEXT), {"allOf": [object_of(age=TEXT), object_of(name=TEXT, moons=TEXT)]}]
    names = ["name", "mass", "radius", "age", "moons"]
    assert list(Judge({"allOf": parts}, "3.1.0", Sun=SUN).sample()) == names
    assert list(Judge({**object_of(own=TEXT, radius=TEXT), "allOf": parts}, "3.1.0", Sun=SUN).sample()) == [
        *names,
        "own",
    ]
