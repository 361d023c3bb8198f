from __future__ import annotations

from typing import Any

import pytest

from beep_mock.interaction import MISSING
from beep_mock.providers.example_differences import not_repeated, repeated_places

WORLDS = {"items": [{"id": 2, "climate": "cold"}, {"id": 3, "climate": "cold"}]}


@pytest.mark.parametrize(
    ("parameters", "body", "expected", "actual", "places"),
    [
        ({"path.worldId": 1}, MISSING, {"id": 1}, {"id": 2}, ["id"]),
        ({"path.world_id": "a"}, MISSING, {"world-id": "a"}, {"world-id": "b"}, ["world-id"]),
        ({"path.worldId": 1}, MISSING, {"id": 1}, {"id": 1, "name": "Earth"}, []),
        ({"path.worldId": 1}, MISSING, {"items": [{"id": 1}]}, {"items": [{"id": 2}]}, []),  # whose ids are these?
        ({"path.worldId": 1}, MISSING, {"id": 7}, {"id": 8}, []),  # the example shows another itself
        ({"query.climate": "cold"}, MISSING, WORLDS, {"items": [{"id": 1, "climate": "hot"}]}, ["items.*.climate"]),
        ({"query.climate": "cold"}, MISSING, WORLDS, {"items": []}, []),
        ({"query.climate": "cold"}, MISSING, {"items": [{"climate": "hot"}]}, {"items": [{"climate": "mild"}]}, []),
        ({"query.limit": 2}, MISSING, WORLDS, {"items": [{}, {}, {}]}, ["items"]),
        ({"query.per-page": 2}, MISSING, [1], [1, 2, 3], [""]),
        ({"query.limit": 1}, MISSING, WORLDS, {"items": [{}, {}, {}]}, []),  # the example does not keep it either
        ({"query.flag": True}, MISSING, {"flag": True}, {"flag": False}, []),
        ({}, {"name": "Venus"}, {"name": "Venus"}, {"name": "Mars"}, ["name"]),
        ({}, {"name": "Venus"}, {"name": "Venus"}, {}, ["name"]),
        ({}, {"name": "Venus"}, {"name": "Venus"}, [], ["name"]),
        ({}, {"founder": 2}, {"founder": {"id": 2}}, {"founder": {"id": 3}}, []),
        ({}, {"at": {"x": 1, "y": 2}}, {"at": {"x": 1, "y": 3}}, {"at": {"x": 9, "y": 9}}, ["at.x"]),
        ({}, {"on": True}, {"on": True}, {"on": 1}, ["on"]),
    ],
)
def test_what_an_example_repeats_must_be_repeated(
    parameters: dict[str, Any], body: Any, expected: Any, actual: Any, places: list[str]
) -> None:
    shown = repeated_places([(parameters, expected)])
    assert [".".join(place) for place, _, _ in not_repeated(parameters, body, expected, actual, shown)] == places


def test_what_one_example_repeats_the_others_do_too() -> None:
    cold, hot = {"query.climate": "cold"}, {"query.climate": "hot"}
    shown = repeated_places([(cold, WORLDS), (hot, {"items": []})])
    assert [place for place, _, _ in not_repeated(hot, MISSING, {"items": []}, WORLDS, shown)] == [
        ("items", "*", "climate"),
        ("items", "*", "climate"),
    ]
    contradicted = repeated_places([(cold, WORLDS), (hot, WORLDS)])
    assert not list(not_repeated(hot, MISSING, WORLDS, WORLDS, contradicted))


def test_an_example_repeats_itself() -> None:
    parameters = {"path.id": 2, "query.climate": "cold", "query.limit": 2}
    shown = repeated_places([(parameters, WORLDS)])
    assert not list(not_repeated(parameters, WORLDS, WORLDS, WORLDS, shown))
