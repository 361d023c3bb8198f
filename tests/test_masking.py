from __future__ import annotations

import json
from typing import Any

import pytest

from beep_mock.masking import is_secret, masked, masked_message, masked_text, without_passwords

TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "Set-Cookie", "X-Auth-Token", "x-api-key", "apiToken", "dbPassword", "PASSWORD", "pwd"),
        *("X-Amz-Security-Token", "X-Amz-Signature", "X-Goog-Signature", "Ocp-Apim-Subscription-Key", "X-Vault-Token"),
        *("x-functions-key", "client_secret", "AccountKey", "private_key", "JSESSIONID", "x-shopify-access-token"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("nextPageToken", "cursor", "continuation_token", "maxTokens", "tokenType", "spin", "page_token", "syncToken"),
        *("NextContinuationToken", "total_tokens", "key", "primaryKey", "sort-key", "monkey", "author", "secretary"),
    ],
)
def test_names_of_what_is_none(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        {"user": {"password": "HUSH"}},
        [{"credentials": {"name": "HUSH", "key": ["HUSH"]}}],
        {"access_token": 7353, "pin": 7353},
        {"seen": [f"Bearer {TOKEN}"]},
    ],
)
def test_secrets_are_masked_at_any_depth(value: Any) -> None:
    for text in (str(masked(value)), masked_text(json.dumps(value))):
        assert not any(secret in text for secret in ("HUSH", "7353", TOKEN))
        assert "***" in text


@pytest.mark.parametrize(
    "text",
    [
        '{"error": {"access_token": "HUSH", "more": ...',  # cut off
        'no object: {"password":"HU\\"SH"}',
        '{"a": 1, "password": "HUSH',
        '{"credentials": ["HUSH", "HUSH"',
        '{"credentials": {"a": {"b": "HUSH"}, "c": "HUSH"},',
        '{"a": ' * 5000 + '{"password": "HUSH"',
        "[" * 600 + '{"password": "HUSH"}' + "]" * 600,
        '"outer": {"password": HUSH}',
        "grant_type=x&client_secret=HUSH",
        "at https://example.com/?access_token=HUSH it is",
        f"refused: {TOKEN}",
        "at https://bob:HUSH@example.com/",
        "at postgres://HUSH@db, and more",
    ],
)
def test_secrets_are_masked_in_what_is_no_json(text: str) -> None:
    shown = masked_text(text)
    assert "SH" not in shown
    assert TOKEN not in shown
    assert "***" in shown


@pytest.mark.parametrize("text", ['{"name":  "x"}', "a=b", "no", '{"password": null}', "", '[1.0, "x"'])
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert masked_text(text) == text


def test_a_message_about_a_secret_says_nothing_of_it() -> None:
    assert masked_message(("body", "user", "password"), "'HUSH' is too short") == "***"
    assert masked_message(("body", "user"), "'Bob' is too short") == "'Bob' is too short"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'http://bob:hush@h:1/x' and ftp://bob@h", "'http://***@h:1/x' and ftp://***@h"),
        ("http://h/a@b?c=d@e#f@g", "http://h/a@b?c=d@e#f@g"),
        ("bob@example.com, x://y z@w", "bob@example.com, x://y z@w"),
        ("<http://b:a@d:h@x>", "<http://***@x>"),
    ],
)
def test_users_of_addresses_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert without_passwords(text) == shown
