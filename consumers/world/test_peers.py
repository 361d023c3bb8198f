"""The client of `people` against a running `people`, mocked or real, at ``PEOPLE_URL``."""

from __future__ import annotations

import os

import pytest

from providers.world.people_client import PeopleClient

URL = os.environ.get("PEOPLE_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="PEOPLE_URL is not set")


def test_people_live_on_earth() -> None:
    people = PeopleClient.at(URL).living_on(1)
    assert people
    assert people == sorted(people, key=lambda person: person.id)


def test_somebody_is_found() -> None:
    first = PeopleClient.at(URL).living_on(1)[0]
    assert PeopleClient.at(URL).find(first.id) == first


def test_nobody_is_not_found() -> None:
    assert PeopleClient.at(URL).find(999) is None
