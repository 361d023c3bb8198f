from __future__ import annotations

from typing import Any

import pytest

from beep_mock.interaction import Interaction, Request, Response
from beep_mock.providers.results import InteractionResult, Mismatch, VerificationReport, result_of

EXAMPLE = b'{"a": {"b": [{"c": 1}]}, "with.dot": 2, "password": "hush"}'
INTERACTION = Interaction("one", "pact", "", Request("GET", "/"), Response(200, body=EXAMPLE))


def told(*mismatches: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"result": "Error", "mismatch": {"type": "mismatches", "mismatches": list(mismatches)}, **more}
    return {"interactionResults": [entry], "errors": []}


def mismatch(**entry: Any) -> Mismatch:
    (found,) = result_of("shop", INTERACTION, told(entry)).mismatches
    return found


def test_colours_are_taken_out() -> None:
    found = mismatch(type="BodyMismatch", path="$.x", expected="\x1b[31m1", actual="2\x1b[0m", mismatch="\x1b[1mno")
    assert found == Mismatch("body $.x", "1", "2", "no")


def test_long_values_are_cut() -> None:
    found = mismatch(type="BodyMismatch", path="$.x", expected="e" * 5000, actual="a" * 5000, mismatch="")
    assert (len(found.expected), len(found.actual)) == (200, 200)


@pytest.mark.parametrize(
    ("path", "key", "field", "expected"),
    [
        ("$", "a", "body $.a", '{"b": [{"c": 1}]}'),
        ("$.a.b[5]", "c", "body $.a.b[5].c", "1"),
        ("$['a'].b[0]", "c", "body $['a'].b[0].c", "1"),
        ("$", "unknown", "body $.unknown", "to be there"),
    ],
)
def test_a_missing_key_is_told_with_its_example(path: str, key: str, field: str, expected: str) -> None:
    found = mismatch(type="BodyMismatch", path=path, mismatch=f"Actual map is missing the following keys: {key}")
    assert (found.field, found.expected, found.actual) == (field, expected, "nothing")


def test_a_missing_secret_is_told_without_its_example() -> None:
    found = mismatch(type="BodyMismatch", path="$", mismatch="Actual map is missing the following keys: password")
    assert (found.field, found.actual) == ("body $.password", "nothing")
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("path", "expected", "actual"),
    [
        ("$.user", '"bob"', '{"user":{"password":"HUSH"}}'),
        ("$.user", {"password": "HUSH"}, {"password": "HUSH"}),
        ("$.credentials.key", '"HUSH"', '"HUSH"'),
        ("$['x-api-key']", '"HUSH"', '"HUSH"'),
    ],
)
def test_a_secret_is_not_shown_wherever_it_stands(path: str, expected: Any, actual: Any) -> None:
    message = "Expected a Map but got HUSH"
    found = mismatch(type="BodyMismatch", path=path, expected=expected, actual=actual, mismatch=message)
    assert "HUSH" not in repr(found)
    assert "***" in found.actual


def test_a_missing_object_is_told_without_the_secrets_in_it() -> None:
    example = Response(200, body=b'{"user": {"password": "HUSH", "name": "Bob"}}')
    one = Interaction("one", "pact", "", Request("GET", "/"), example)
    entry = {"type": "BodyMismatch", "path": "$", "mismatch": "Actual map is missing the following keys: user"}
    (found,) = result_of("shop", one, told(entry)).mismatches
    assert found.expected == '{"password": "***", "name": "Bob"}'


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Expected 'x' (String) to be an integer", "an integer, such as 3"),
        ("Expected 'x' (String) to be the same type as 3 (Integer)", "something like 3"),
        ("Expected 'x' to match '^[0-9]+$'", "to match'^[0-9]+$'"),
        ("Expected [] (size 0) to have minimum size of 1", "to have minimum size of 1"),
        ("Expected 'x' (String) to be equal to 3 (Integer)", "3"),
    ],
)
def test_a_rule_is_told_in_words(message: str, expected: str) -> None:
    found = mismatch(type="BodyMismatch", path="$.x", expected="3", actual='"x"', mismatch=message)
    assert found.expected.replace(" '", "'") == expected.replace(" '", "'")


def test_the_kind_of_a_body_is_told_once() -> None:
    result = result_of(
        "shop",
        INTERACTION,
        told(
            {"type": "BodyTypeMismatch", "expected": "application/json", "actual": "text/plain", "mismatch": ""},
            {"type": "HeaderMismatch", "key": "Content-Type", "expected": "a", "actual": "b", "mismatch": ""},
        ),
    )
    assert [found.field for found in result.mismatches] == ["header Content-Type"]


def test_kinds_that_are_not_known_are_told_all_the_same() -> None:
    assert mismatch(type="NewMismatch", key="k", expected=1, actual=None, mismatch="m") == Mismatch(
        "k", "1", "null", "m"
    )


def test_an_error_is_a_fault_and_no_mismatch() -> None:
    result = result_of("shop", INTERACTION, told(mismatch={"type": "error", "message": "no connection"}))
    assert (result.fault, result.mismatches) == ("could not be verified: no connection", ())
    assert not result.passed


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ({}, "the verifier has left it out"),
        ({"interactionResults": [], "errors": [{"mismatch": {"message": "unreadable"}}]}, "unreadable"),
        ({"interactionResults": [{"result": "OK"}, {"result": "OK"}]}, "the verifier has left it out"),
    ],
)
def test_no_result_is_a_fault(results: dict[str, Any], reason: str) -> None:
    assert result_of("shop", INTERACTION, results).fault == f"could not be verified: {reason}"


def test_nothing_at_all_has_not_passed() -> None:
    assert not VerificationReport("stock", ()).passed


def test_a_report_reads_as_lines() -> None:
    broken = InteractionResult("shop", INTERACTION, (Mismatch("status", "200", "500", ""),))
    untried = InteractionResult("shop", INTERACTION, fault="hangs")
    report = VerificationReport("stock", (InteractionResult("shop", INTERACTION), broken, untried))
    assert str(report).splitlines() == [
        "ok   shop: one",
        "FAIL shop: one",
        "       status: expected 200, got 500",
        "FAIL shop: one",
        "       hangs",
    ]
