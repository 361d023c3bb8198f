"""Provide consistent facts for the values of one object: a person, a location, points in time.

The first name, last name and email of an object belong to one person; ``updated`` is later than ``created``. All data
is fictitious: names of computer scientists, reserved domains (RFC 2606), telephone numbers reserved for fiction.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

__all__ = ["Facts", "Spot"]

_GIVEN = ("Ada", "Alan", "Barbara", "Edsger", "Frances", "Grace", "Katherine", "Ken", "Margaret", "Niklaus", "Radia")
_FAMILY = ("Allen", "Hamilton", "Hopper", "Johnson", "Liskov", "Lovelace", "Perlman", "Ritchie", "Turing", "Wirth")
_STREETS = ("Castle Street", "Garden Lane", "Harbour Road", "Mill Lane", "Station Road", "Station Street")
_COMPANIES = ("Acme", "Blue Harbour", "Bright Leaf", "Global Widgets", "Northwind", "Silver Oak")
_FIRST_DAY = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)


class Spot(NamedTuple):
    """A location; its city, country, currency and so on belong together."""

    city: str
    region: str
    postcode: str
    country: str
    code: str
    currency: str
    language: str
    timezone: str
    latitude: float
    longitude: float


_SPOTS = (
    Spot("Berlin", "Berlin", "10115", "Germany", "DE", "EUR", "de", "Europe/Berlin", 52.52, 13.405),
    Spot("Leeds", "Yorkshire", "LS1 4AP", "United Kingdom", "GB", "GBP", "en", "Europe/London", 53.8008, -1.5491),
    Spot("Lyon", "Auvergne-Rhône-Alpes", "69001", "France", "FR", "EUR", "fr", "Europe/Paris", 45.764, 4.8357),
    Spot("Osaka", "Osaka", "530-0001", "Japan", "JP", "JPY", "ja", "Asia/Tokyo", 34.6937, 135.5023),
    Spot("Portland", "OR", "97201", "United States", "US", "USD", "en", "America/Los_Angeles", 45.5152, -122.6784),
)


class Facts:
    """The facts of one object, each chosen at its first use. ``owner`` is the kind of object, as one word."""

    __slots__ = (
        "_company",
        "_family",
        "_given",
        "_moment",
        "_number",
        "_spot",
        "_street",
        "owner",
        "personal",
        "random",
    )

    def __init__(self, random: Random, owner: str = "", number: int = 0, *, personal: bool = False) -> None:
        """``number`` is the object's position in its list, from 1, or 0. ``personal``: the object is a person."""
        self.random = random
        self.owner = owner
        self.personal = personal
        self._number = number
        self._given = self._family = self._company = self._street = ""
        self._moment: datetime | None = None
        self._spot: Spot | None = None

    @property
    def number(self) -> int:
        """Return the object's number, which distinguishes it from the others in its list."""
        if not self._number:
            self._number = self.random.randint(1, 99)
        return self._number

    @property
    def given(self) -> str:
        """Return the person's first name."""
        self._given = self._given or self.random.choice(_GIVEN)
        return self._given

    @property
    def family(self) -> str:
        """Return the person's last name."""
        self._family = self._family or self.random.choice(_FAMILY)
        return self._family

    @property
    def company(self) -> str:
        """Return the company's name."""
        self._company = self._company or self.random.choice(_COMPANIES)
        return self._company

    @property
    def street(self) -> str:
        """Return a house number and a street."""
        self._street = self._street or f"{self.random.randint(1, 99)} {self.random.choice(_STREETS)}"
        return self._street

    @property
    def spot(self) -> Spot:
        """Return its location."""
        if self._spot is None:
            self._spot = self.random.choice(_SPOTS)
        return self._spot

    def moment(self, age: int = 0) -> datetime:
        """Return a point in time: ``age`` 0 is the creation, a positive one is later, a negative one years earlier."""
        if self._moment is None:
            minutes = self.random.randint(0, 300 * 24 * 60)
            self._moment = _FIRST_DAY + timedelta(minutes=minutes)
        if age < 0:
            return self._moment - timedelta(days=365 * 30 - self._moment.minute * 100)
        return self._moment + timedelta(days=age * 7, hours=age * 3, minutes=age * 11)
