"""The facts that the values of one object share: a person, a place on earth, the moments of its life.

An object with a first name, a last name and an email is about one person; what was created is changed later.
Everything is made up: names of computer science's past, domains that nobody owns (RFC 2606), telephone numbers kept
for drama.
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
    """A place on earth, whose parts belong together."""

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
    """The facts of one object, each chosen when it is first asked for. ``owner`` is what the object is, in a word."""

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
        """``number`` is the object's in its list, from 1; 0 when it is in none. ``personal``: it is about a person."""
        self.random = random
        self.owner = owner
        self.personal = personal
        self._number = number
        self._given = self._family = self._company = self._street = ""
        self._moment: datetime | None = None
        self._spot: Spot | None = None

    @property
    def number(self) -> int:
        """The object's number, by which it is told from others of its list."""
        if not self._number:
            self._number = self.random.randint(1, 99)
        return self._number

    @property
    def given(self) -> str:
        """A person's first name."""
        self._given = self._given or self.random.choice(_GIVEN)
        return self._given

    @property
    def family(self) -> str:
        """A person's last name."""
        self._family = self._family or self.random.choice(_FAMILY)
        return self._family

    @property
    def company(self) -> str:
        """A company's name."""
        self._company = self._company or self.random.choice(_COMPANIES)
        return self._company

    @property
    def street(self) -> str:
        """A street and a number in it."""
        self._street = self._street or f"{self.random.randint(1, 99)} {self.random.choice(_STREETS)}"
        return self._street

    @property
    def spot(self) -> Spot:
        """Return its location."""
        if self._spot is None:
            self._spot = self.random.choice(_SPOTS)
        return self._spot

    def moment(self, age: int = 0) -> datetime:
        """Return a moment of its life: ``age`` 0 is its creation, higher ages are later, negative ones years before."""
        if self._moment is None:
            minutes = self.random.randint(0, 300 * 24 * 60)
            self._moment = _FIRST_DAY + timedelta(minutes=minutes)
        if age < 0:
            return self._moment - timedelta(days=365 * 30 - self._moment.minute * 100)
        return self._moment + timedelta(days=age * 7, hours=age * 3, minutes=age * 11)
