"""What is sent for a number or text that contradicts itself: as much of its schema as can be."""

from __future__ import annotations

from typing import Any

import pytest

from beep_mock.contracts.samples import generation
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError
from tests.support.judged import Judge


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no value is looked for in vain, as briefly as can be."""
    monkeypatch.setattr(generation, "_EXAMPLES", 5)


def text(**keywords: Any) -> dict[str, Any]:
    return {"type": "string", **keywords}


def whole(**keywords: Any) -> dict[str, Any]:
    return {"type": "integer", **keywords}


CONTRADICTIONS = [
    (text(format="date-time", maxLength=10), text(format="date-time")),
    (text(format="uuid", maxLength=32), text(format="uuid")),
    (text(format="date", minLength=20), text(format="date")),
    (text(format="ipv4", minLength=30, maxLength=20), text(format="ipv4")),
    (text(minLength=5, maxLength=3), text(minLength=5)),
    (text(minLength=2_000_000_000), text()),
    (text(pattern="^[a-z]{9}$", maxLength=5), text(pattern="^[a-z]{9}$")),
    (text(pattern=r"^\d{3}$", format="uuid"), text(format="uuid")),
    (text(pattern="^(?!a)a$"), text()),
    (text(enum=["a", "b"], minLength=3), text(enum=["a", "b"])),
    (whole(enum=["a", "b"]), text(enum=["a", "b"])),
    (whole(minimum=5, maximum=3), whole(minimum=5)),
    (whole(minimum=1, maximum=4, multipleOf=5), whole(minimum=1, maximum=4)),
    (whole(format="int32", minimum=3_000_000_000), whole(minimum=3_000_000_000)),
    ({"allOf": [whole(maximum=1), whole(minimum=3)]}, whole(minimum=3)),
    ({"allOf": [text(), whole()]}, text()),
    ({"allOf": [text(), {"type": "object", "required": ["a"]}]}, {"type": "object", "required": ["a"]}),
]


@pytest.mark.parametrize(("schema", "kept"), CONTRADICTIONS)
def test_a_value_keeps_what_can_be_kept(schema: dict[str, Any], kept: dict[str, Any]) -> None:
    judge = Judge(schema, K=kept)
    sampler = Sampler(judge.document, judge.store)
    with pytest.raises(UnsatisfiableError):
        sampler.sample(judge.schema(), "response")
    value = sampler.nearest(judge.schema(), "response")
    assert not sampler.violations(value, judge.schema("K"), "response")


@pytest.mark.parametrize("schema", [schema for schema, _ in CONTRADICTIONS])
def test_a_required_property_is_there_and_so_are_items(schema: dict[str, Any]) -> None:
    judge = Judge({"type": "object", "required": ["a"], "properties": {"a": schema, "b": text()}})
    assert Sampler(judge.document, judge.store).nearest(judge.schema(), "response").keys() == {"a", "b"}
    judge = Judge({"type": "array", "minItems": 2, "items": schema})
    assert len(Sampler(judge.document, judge.store).nearest(judge.schema(), "response")) == 2
