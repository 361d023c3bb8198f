from __future__ import annotations

from pathlib import Path

import pytest

from beep_mock.consumers.run import RecordingRun, SelectedTests

PASS = (("setup", "passed"), ("call", "passed"), ("teardown", "passed"))
SKIP = (("setup", "skipped"), ("teardown", "passed"))
XFAIL = (("setup", "passed"), ("call", "skipped"), ("teardown", "passed"))
FAIL = (("setup", "passed"), ("call", "failed"), ("teardown", "passed"))
BROKEN_SETUP = (("setup", "failed"), ("teardown", "passed"))
BROKEN_TEARDOWN = (("setup", "passed"), ("call", "passed"), ("teardown", "failed"))
CRASH = (("setup", "passed"), ("???", "failed"))
STOPPED = (("setup", "passed"),)
RERUN = (("setup", "passed"), ("call", "rerun"), ("teardown", "passed"), *PASS)
NO_CALL = (("setup", "passed"), ("teardown", "passed"))
NEVER = ()


def run_of(first: tuple[tuple[str, str], ...], peers: tuple[tuple[str, str], ...] = PASS) -> RecordingRun:
    """A run of two pact tests of `hello`, of which the second passed, and of a test without pacts."""
    run = RecordingRun()
    tests = {"first": first, "second": PASS, "peers": peers}
    run.select(SelectedTests(dict.fromkeys(("first", "second"), "hello"), dict.fromkeys(tests, "hello")))
    for test, phases in tests.items():
        for phase, outcome in phases:
            run.note(test, phase, outcome)
    return run


@pytest.mark.parametrize(
    ("first", "action"),
    [
        (PASS, "replace"),
        (RERUN, "replace"),
        (SKIP, "merge"),
        (XFAIL, "merge"),
        (FAIL, "leave"),
        (BROKEN_SETUP, "leave"),
        (BROKEN_TEARDOWN, "leave"),
        (CRASH, "leave"),
        (STOPPED, "leave"),
        (NO_CALL, "leave"),
        (NEVER, "leave"),
        ((*FAIL, *PASS), "leave"),
    ],
)
def test_how_the_tests_end_decides(first: tuple[tuple[str, str], ...], action: str) -> None:
    verdict = run_of(first).verdict("hello")
    assert verdict.action == action
    assert ("first" in verdict.reason) == (action != "replace")


@pytest.mark.parametrize(("peers", "action"), [(PASS, "replace"), (SKIP, "replace"), (FAIL, "leave"), (NEVER, "leave")])
def test_a_test_without_pacts_counts_when_it_fails(peers: tuple[tuple[str, str], ...], action: str) -> None:
    assert run_of(PASS, peers).verdict("hello").action == action


def test_a_subset_is_merged() -> None:
    run = run_of(PASS)
    run.select(SelectedTests(partial={"hello"}))
    assert run.verdict("hello").action == "merge"
    run.select(SelectedTests(broken={"hello"}))
    assert run.verdict("hello").action == "leave"


def test_a_recording_of_a_test_that_was_not_foreseen_is_merged() -> None:
    run = run_of(PASS)
    for phase, outcome in PASS:
        run.note("dynamic", phase, outcome)
    run.record("dynamic", "hello", [Path("x")])
    assert run.verdict("hello").action == "merge"


def test_consumers_are_judged_each_by_itself() -> None:
    run = run_of(FAIL)
    run.select(SelectedTests({"other": "world"}, {"other": "world"}))
    for phase, outcome in PASS:
        run.note("other", phase, outcome)
    assert run.consumers == ("hello", "world")
    assert [run.verdict(consumer).action for consumer in run.consumers] == ["leave", "replace"]


def test_a_selection_travels_as_json() -> None:
    selection = SelectedTests({"a": "hello"}, {"a": "hello", "b": "hello"}, {"hello"}, {"world"})
    assert SelectedTests.loads(selection.dumps()) == selection
