from __future__ import annotations

import time

import pytest

from beep_mock.contracts.bodies.yaml_bodies import load_yaml
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.interaction import MISSING


def test_a_fault_names_its_line() -> None:
    with pytest.raises(BodyError, match=r"no YAML: .* at line 2") as refused:
        load_yaml(b"a: 1\nb: c: d\n", {})
    assert "file" not in refused.value.message


def test_what_takes_seconds_to_read_is_not_judged() -> None:
    """The fast parser reads a megabyte at once; what it leaves to the tolerant one is not read if it is as long."""
    begun = time.perf_counter()
    assert load_yaml(b"a:\n" + b"- b: 1\n" * 100_000, {}) == {"a": [{"b": 1}] * 100_000}
    assert load_yaml(b"- b: 1\n" * 100_000, {}) is MISSING
    assert load_yaml(b"a: b: c\n" * 100_000, {}) is MISSING
    assert time.perf_counter() - begun < 5


def test_lists_that_are_short_are_read() -> None:
    assert load_yaml(b"- b: 1\n" * 100, {}) == [{"b": 1}] * 100
