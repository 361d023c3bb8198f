"""Numbers and flags by the name of their property, with the facts of its object."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.words import age_of, endings, tells_moment, words_of

__all__ = ["named_flag", "named_number"]

_LATER = frozenset({"hours", "minutes", "seconds", "days", "in", "ms", "after", "by", "count", "id"})
_Number = Callable[[Facts, bool], "int | float"]


def _latitude(facts: Facts, whole: bool) -> int | float:
    return round(facts.spot.latitude) if whole else facts.spot.latitude


def _longitude(facts: Facts, whole: bool) -> int | float:
    return round(facts.spot.longitude) if whole else facts.spot.longitude


def _within(low: int, high: int) -> _Number:
    return lambda facts, _: facts.random.randint(low, high)


def _money(facts: Facts, whole: bool) -> int | float:
    units = facts.random.randint(3, 99)
    return units * 100 + 99 if whole else round(units + facts.random.choice((0, 0.5, 0.9, 0.99)), 2)


def _total(facts: Facts, whole: bool) -> int | float:
    return facts.random.randint(1, 99) if whole else _money(facts, whole)


def _share(facts: Facts, whole: bool) -> int | float:
    return facts.random.randint(5, 95) if whole else facts.random.randint(10, 190) / 2


def _chosen(*choices: int) -> _Number:
    return lambda facts, _: facts.random.choice(choices)


def _sorted(names: str, make: _Number) -> dict[str, _Number]:
    return dict.fromkeys(names.split(), make)


_NUMBERS: dict[str, _Number] = {
    **_sorted("price amount subtotal cost fee balance tax discount revenue salary", _money),
    **_sorted("total", _total),
    **_sorted("quantity qty count", _within(1, 9)),
    **_sorted("age", _within(18, 80)),
    **_sorted("year", lambda facts, _: facts.moment().year),
    **_sorted("month", _within(1, 12)),
    **_sorted("day", _within(1, 28)),
    **_sorted("hour", _within(0, 23)),
    **_sorted("minute second", _within(0, 59)),
    **_sorted("percent percentage", _share),
    **_sorted("rating score stars", _within(1, 5)),
    **_sorted("latitude lat", _latitude),
    **_sorted("longitude lng lon long", _longitude),
    **_sorted("width", _chosen(640, 800, 1280)),
    **_sorted("height", _chosen(480, 600, 720)),
    **_sorted("port", _chosen(443, 8080, 8443)),
    **_sorted("page pagenumber", _chosen(1)),
    **_sorted("limit pagesize perpage", _chosen(20, 25, 50)),
    **_sorted("offset", _chosen(0)),
    **_sorted("size bytes filesize", _within(1024, 99_999)),
    **_sorted("duration seconds timeout ttl expiresin", _chosen(30, 60, 300, 3600)),
    **_sorted("durationms milliseconds ms", _chosen(1500, 30_000, 180_000)),
    **_sorted("totalcount totalitems totalelements totalresults", _within(1, 99)),
    **_sorted("totalpages pagecount", _within(1, 9)),
    **_sorted("iat nbf authtime", lambda facts, _: int(facts.moment(0).timestamp())),  # RFC 7519, section 4.1
    **_sorted("exp", lambda facts, _: int(facts.moment(4).timestamp())),
    **_sorted("id number index", lambda facts, _: facts.number),
}  # fmt: skip


@lru_cache(maxsize=8192)
def _number_maker(name: str) -> _Number | None:
    words = words_of(name)
    if tells_moment(name) and not _LATER & set(words):
        age = age_of(name)
        return lambda facts, _: int(facts.moment(age).timestamp())
    for ending in endings(name):
        if ending in _NUMBERS:
            if ending == "id" and len(words) > 1:
                return _within(1, 99)
            return _NUMBERS[ending]
    return None


def named_number(name: str, facts: Facts, *, whole: bool) -> int | float | None:
    """A number for a property of that name; None when the name does not tell."""
    make = _number_maker(name)
    return None if make is None else make(facts, whole)


_RARE = frozenset({"archived", "blocked", "cancelled", "canceled", "deleted", "disabled", "error", "expired", "failed"})


def named_flag(name: str) -> bool:
    """What is true of most things that have a property of that name."""
    return not _RARE & set(words_of(name))
