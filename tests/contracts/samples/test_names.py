from __future__ import annotations

import re
from datetime import datetime
from random import Random
from typing import Any

import pytest

from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.names import named_text, plural, singular, words_of
from beep_mock.contracts.samples.numbers import named_flag, named_number
from tests.support.judged import Judge

TEXT, WHOLE, MOMENT = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}
SEEDS = range(8)


def object_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("createdAt", ("created", "at")),
        ("created_at", ("created", "at")),
        ("X-Request-ID", ("x", "request", "id")),
        ("URLPath", ("url", "path")),
        ("line2", ("line", "2")),
    ],
)
def test_a_name_is_read_word_by_word(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("categories", "category"),
        ("FileBase", "file"),
        ("boxes", "box"),
        ("UserResponse", "user"),
        ("items", ""),
        ("status", "status"),
    ],
)
def test_things_have_a_singular(name: str, one: str) -> None:
    assert singular(name) == one


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("email", r"[a-z]+\.[a-z]+@example\.com"),
        ("contactEmailAddress", r"[a-z]+\.[a-z]+@example\.com"),
        ("phone_number", r"\+\d{12}"),
        ("countryCode", "[A-Z]{2}"),
        ("currency", "[A-Z]{3}"),
        ("billing_postal_code", r"[\dA-Z -]{5,8}"),
        ("photoUrls", r"https://example\.com/images/[a-z]+\.png"),
        ("homepageUrl", r"https://example\.com/.+"),
        ("createdAt", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("last_seen", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("middle_name", "[A-Z][a-z]+"),
        ("colour", "#[0-9a-f]{6}"),
        ("orderId", r"order-\d+"),
        ("uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("unit_price", r"\d+\.\d\d"),
        ("description", r"[A-Z].* .*\."),
        ("apiVersion", r"\d\.\d\.\d"),
        ("paid", "[a-z]+"),
    ],
)
def test_a_text_looks_like_what_its_property_is_called(name: str, form: str) -> None:
    for seed in SEEDS:
        assert re.fullmatch(form, named_text(name, Facts(Random(seed))))


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("age", 18, 80),
        ("quantity", 1, 9),
        ("percentage", 0, 100),
        ("created_at", 1_700_000_000, 1_800_000_000),
        ("iat", 1_700_000_000, 1_800_000_000),
        ("exp", 1_700_000_000, 1_900_000_000),
        ("latitude", -90, 90),
        ("rating", 1, 5),
        ("totalPrice", 3, 10_000),
        ("total", 1, 100),
        ("publicationYear", 2020, 2030),
    ],
)
def test_a_number_is_of_the_size_that_its_property_has(name: str, least: int, most: int) -> None:
    for seed in SEEDS:
        for whole in (True, False):
            found = named_number(name, Facts(Random(seed)), whole=whole)
            assert found is not None
            assert least <= found <= most
            assert not whole or isinstance(found, int)


def test_a_name_that_says_nothing_gives_no_number() -> None:
    assert named_number("foo", Facts(Random(0)), whole=True) is None


def test_flags_are_true_but_for_what_is_rarely_so() -> None:
    assert named_flag("enabled")
    assert not named_flag("isDeleted")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_object_is_about_one_person_at_one_place(seed: int) -> None:
    person = object_of(
        first_name=TEXT, last_name=TEXT, email={**TEXT, "format": "email"}, city=TEXT, country=TEXT, timezone=TEXT
    )
    found = Judge({"$ref": "#/components/schemas/User"}, User=person).sample(seed=seed)
    assert found["email"] == f"{found['first_name']}.{found['last_name']}@example.com".lower()
    cities = {"Berlin": "DE", "Leeds": "GB", "Lyon": "FR", "Osaka": "JP", "Portland": "US"}
    assert found["country"] == cities[found["city"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_created_is_changed_later_and_expires_last(seed: int) -> None:
    found = Judge(object_of(expiresAt=MOMENT, updatedAt=MOMENT, createdAt=MOMENT, birthday=MOMENT)).sample(seed=seed)
    moments = [datetime.fromisoformat(found[name]) for name in ("birthday", "createdAt", "updatedAt", "expiresAt")]
    assert moments == sorted(moments)
    assert len(set(moments)) == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_the_items_of_a_list_are_told_apart(seed: int) -> None:
    item = object_of(id=WHOLE, name=TEXT)
    found = Judge({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}, "minItems": 3}, Pet=item).sample(
        seed=seed
    )
    first = found[0]["id"]
    assert [one["id"] for one in found] == list(range(first, first + len(found)))


def test_a_name_is_that_of_a_person_where_it_is_a_person_s() -> None:
    schema = object_of(owner=object_of(name=TEXT), company=object_of(name=TEXT))
    found = [Judge(schema).sample(seed=seed) for seed in SEEDS]
    assert {one["owner"]["name"] for one in found} & {one["company"]["name"] for one in found} == set()
    assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", one["owner"]["name"]) for one in found)


def test_what_the_schema_says_beats_what_the_name_says() -> None:
    schema = object_of(age={**WHOLE, "maximum": 3}, email={**TEXT, "maxLength": 4}, id={**TEXT, "pattern": "^x$"})
    for seed in SEEDS:
        found = Judge(schema).sample(seed=seed)
        assert found["id"] == "x"
        assert found["age"] <= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_has_an_email_is_a_person_unless_a_company(seed: int) -> None:
    found = Judge(object_of(name=TEXT, email=TEXT)).sample(seed=seed)
    assert found["email"] == f"{found['name'].replace(' ', '.')}@example.com".lower()


@pytest.mark.parametrize(("one", "several"), [("city", "cities"), ("box", "boxes"), ("day", "days"), ("pet", "pets")])
def test_things_have_a_plural(one: str, several: str) -> None:
    assert plural(one) == several
    assert singular(several) == one
