from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from beep_mock.contracts.samples.echo import echoed, known_values
from beep_mock.interaction import Json


def echo(method: str, path: str, values: dict[str, Json], sample: Json) -> Json:
    operation: Any = SimpleNamespace(method=method, path=path)
    return echoed(sample, known_values(operation, values), lambda _: True)


@pytest.mark.parametrize(
    ("method", "path", "values", "sample", "expected"),
    [
        ("GET", "/worlds/{worldId}", {"path.worldId": 7}, {"id": 1, "name": "x"}, {"id": 7, "name": "x"}),
        ("GET", "/worlds/{worldId}", {"path.worldId": 7}, {"id": 1, "worldId": 2}, {"id": 1, "worldId": 7}),
        ("GET", "/worlds/{worldId}", {"path.worldId": 7}, {"id": 1, "world_id": 2}, {"id": 1, "world_id": 7}),
        ("GET", "/worlds/{world}", {"path.world": "7"}, {"id": 1}, {"id": 7}),
        ("GET", "/worlds/{worldId}", {"path.worldId": 7}, {"id": "a"}, {"id": "7"}),
        ("GET", "/worlds/{name}", {"path.name": "Mars"}, {"id": "a", "name": "b"}, {"id": "a", "name": "Mars"}),
        ("GET", "/worlds/{id}", {"path.id": 7}, {"data": {"id": 1}}, {"data": {"id": 7}}),
        ("GET", "/worlds/{id}", {"path.id": 7}, {"ok": True, "data": {"id": 1}}, {"ok": True, "data": {"id": 7}}),
        ("GET", "/worlds/{id}", {"path.id": 7}, {"ok": True, "sun": {"id": 1}}, {"ok": True, "sun": {"id": 1}}),
        ("GET", "/worlds/{id}/moons", {"path.id": 7}, [{"id": 1, "worldId": 2}], [{"id": 1, "worldId": 7}]),
        ("GET", "/a/{aId}/b/{bId}", {"path.aId": 1, "path.bId": 2}, {"id": 0, "aId": 0}, {"id": 2, "aId": 1}),
        ("GET", "/users/{id}/b/{bId}", {"path.id": 1, "path.bId": 2}, {"id": 0, "userId": 0}, {"id": 2, "userId": 1}),
        ("GET", "/pets", {"query.status": "sold"}, [{"status": "new"}] * 2, [{"status": "sold"}] * 2),
        ("POST", "/pets", {"query.status": "sold"}, [{"status": "new"}], [{"status": "new"}]),
        ("POST", "/pets", {"body": {"status": "sold"}}, {"pets": [{"status": "new"}]}, {"pets": [{"status": "new"}]}),
        ("GET", "/pets", {"query.limit": 5}, {"limit": 1, "i": [{"limit": 2}]}, {"limit": 5, "i": [{"limit": 2}]}),
        ("GET", "/pets", {"query.limit": 5, "query.q": "x"}, {"meta": {"limit": 1, "total": 2}, "data": []},
         {"meta": {"limit": 5, "total": 2}, "data": []}),
        ("GET", "/pets", {"query.limit": 5}, {"quota": {"limit": 1}, "data": []}, {"quota": {"limit": 1}, "data": []}),
        ("GET", "/pets", {"query.id": 5}, [{"id": 2}, {"id": 3}], [{"id": 2}, {"id": 3}]),
        ("POST", "/w", {"body": {"name": "Mars", "secret": 1}}, {"id": 1, "name": "x"}, {"id": 1, "name": "Mars"}),
        ("POST", "/w", {"body": {"a": {"b": 1, "secret": 2}}}, {"a": {"id": 3, "b": 0}}, {"a": {"id": 3, "b": 1}}),
        ("POST", "/w", {"body": {"tags": ["x", "y"]}}, {"tags": ["alpha"]}, {"tags": ["x", "y"]}),
        ("POST", "/w", {"body": {"m": {"k": 1}}}, {"m": {"property1": 0}}, {"m": {"k": 1}}),
        (
            "POST",
            "/w",
            {"body": {"lines": [{"sku": "a"}, {"sku": "b"}]}},
            {"lines": [{"id": 1, "sku": "z"}]},
            {"lines": [{"id": 1, "sku": "a"}, {"id": 1, "sku": "b"}]},
        ),
        (
            "PUT",
            "/w/{id}",
            {"path.id": 7, "query.name": "q", "body": {"id": 8, "name": "n"}},
            {"id": 0, "name": ""},
            {"id": 7, "name": "n"},
        ),
        (
            "PUT",
            "/w/{id}",
            {"path.id": 7, "body": {"data": {"n": 2, "id": 3}}},
            {"data": {"id": 0, "n": 1}},
            {"data": {"id": 7, "n": 2}},
        ),
        ("POST", "/w", {"body": {"a": {"b": 1}}}, {"a": "text"}, {"a": "text"}),
        ("POST", "/w", {"body": ["a"], "header.x-id": 1, "cookie.id": 2}, {"id": 0}, {"id": 0}),
    ],
)  # fmt: skip
def test_an_answer_says_what_its_request_said(
    method: str, path: str, values: dict[str, Json], sample: Json, expected: Json
) -> None:
    before = repr(sample)
    assert echo(method, path, values, sample) == expected
    assert repr(sample) == before, "the stored sample is left as it is"


def test_an_echo_that_breaks_the_answer_is_dropped_and_others_are_kept() -> None:
    sample = {"id": 1, "name": "x", "kind": "a"}
    known = {"id": 7, "name": "too long", "kind": "b"}
    assert echoed(sample, known, lambda value: len(value["name"]) < 3) == {"id": 7, "name": "x", "kind": "b"}


def test_an_answer_that_repeats_nothing_is_the_stored_one() -> None:
    sample = {"id": 1}
    assert echoed(sample, {"name": "x"}, lambda _: True) is sample
    assert echoed("text", {"name": "x"}, lambda _: True) == "text"


def test_a_whole_number_is_written_as_the_integer_that_is_shown() -> None:
    said = echo("POST", "/w", {"body": {"n": 7.0, "x": 7.0}}, {"n": 1, "x": 0.5})
    assert said == {"n": 7, "x": 7.0}
    assert isinstance(said, dict)
    assert [type(said[name]) for name in ("n", "x")] == [int, float]
