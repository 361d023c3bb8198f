"""Generate numbers within a schema's bounds, and realistic ones for a property's name."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any

from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.names import age_of, endings, tells_moment, words_of
from beep_mock.contracts.schemas.formats import RANGES
from beep_mock.interaction import MISSING

__all__ = ["allows", "named_flag", "named_number", "nearest", "number"]


_SPREAD = 99
_MOST = Fraction(10) ** 300
_EXACT = 2**52

_Bound = tuple[Fraction, bool] | None
"""A bound, and whether it is exclusive."""


def number(schema: dict[str, Any], random: Random, *, whole: bool) -> int | float | None:
    """Return a number for a schema, small and positive if possible; None if its bounds allow none."""
    low, high = _bounds(schema)
    step = _fraction(schema.get("multipleOf")) or (Fraction(1) if whole else None)
    if step is None:
        return _between(low, high, random)
    if whole:
        step = Fraction(step.numerator)  # the least multiple that is whole
    first, last = _steps(low, high, step)
    if first > last:
        return None
    most = min(last, first + _SPREAD)
    count = random.randint(first, most)
    counts = (*range(count, most + 1), *range(first, count))
    chosen = step * next((each for each in counts if _divides(step * each, step)), count)
    return int(chosen) if whole or chosen.denominator == 1 else float(chosen)


def _divides(value: Fraction, step: Fraction) -> bool:
    """Return whether floats agree: a validator that divides finds 0.07 / 0.01 not to be a whole number."""
    return step.denominator == 1 or (float(value) / float(step)).is_integer()


def _steps(low: _Bound, high: _Bound, step: Fraction) -> tuple[int, int]:
    """Return the smallest and largest allowed multiple of ``step``, as counts; they start at 1 if the bounds allow."""
    first = last = None
    if low is not None:
        first = math.ceil(low[0] / step)
        first += 1 if low[1] and first * step == low[0] else 0
    if high is not None:
        last = math.floor(high[0] / step)
        last -= 1 if high[1] and last * step == high[0] else 0
    if first is not None and last is not None:
        return (max(first, min(1, last)), last) if first <= 1 else (first, last)
    if first is not None:
        return max(first, 1), max(first, 1) + _SPREAD
    if last is not None:
        return (1, last) if last >= 1 else (last - _SPREAD, last)
    return 1, 1 + _SPREAD


def _between(low: _Bound, high: _Bound, random: Random) -> int | float | None:
    if low is not None and high is not None:
        gap = high[0] - low[0]
        if gap < 0 or (gap == 0 and (low[1] or high[1])):
            return None
        exact = low[0] + gap * random.randint(1, 9) / 10
        rounded = Fraction(round(float(exact), 2))
        return _plain(rounded if low[0] < rounded < high[0] else exact)
    if low is not None:
        return _plain(max(low[0], Fraction(0)) + random.randint(1, _SPREAD) + Fraction(1, 2))
    if high is not None:
        return _plain(min(high[0], Fraction(_SPREAD)) - random.randint(1, _SPREAD) - Fraction(1, 2))
    return random.randint(1, _SPREAD) + 0.5


def _plain(exact: Fraction) -> int | float:
    """Return a float, or an integer if the value is whole or too large for an exact float."""
    return int(exact) if exact.denominator == 1 or abs(exact) > _EXACT else float(exact)


def _bounds(schema: dict[str, Any]) -> tuple[_Bound, _Bound]:
    """Return the tightest lower and upper bound."""
    asked = schema.get("format")
    least, greatest = RANGES.get(asked, (None, None)) if isinstance(asked, str) else (None, None)
    lows = [(Fraction(least), False)] if least is not None and "minimum" in schema else []
    highs = [(Fraction(greatest), False)] if greatest is not None else []
    if asked in ("uint8", "uint16", "uint32", "uint64"):
        lows = [(Fraction(0), False)]
    for bound, exclusive, found in (("minimum", "exclusiveMinimum", lows), ("maximum", "exclusiveMaximum", highs)):
        inclusive = _fraction(schema.get(bound))
        if inclusive is not None:
            found.append((inclusive, schema.get(exclusive) is True))
        excluded = _fraction(schema.get(exclusive))
        if excluded is not None:
            found.append((excluded, True))
    return (
        max(lows, key=lambda bound: (bound[0], bound[1]), default=None),
        min(highs, key=lambda bound: (bound[0], not bound[1]), default=None),
    )


def _fraction(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    return exact if abs(exact) < _MOST else None


def allows(schema: dict[str, Any], value: float, *, whole: bool) -> bool:
    """Return whether a number respects the bounds and steps of a flat schema."""
    if not -_MOST < value < _MOST:
        return False
    exact, (low, high) = Fraction(value), _bounds(schema)
    step = _fraction(schema.get("multipleOf"))
    return (
        (not whole or exact.denominator == 1)
        and (low is None or exact > low[0] or (exact == low[0] and not low[1]))
        and (high is None or exact < high[0] or (exact == high[0] and not high[1]))
        and (step is None or (Fraction(str(value)) / step).denominator == 1)
    )


def nearest(schema: dict[str, Any], value: Fraction, *, whole: bool) -> Any:
    """Return the number nearest to ``value`` that a flat schema's bounds and ``multipleOf`` allow; else ``MISSING``."""
    low, high = _bounds(schema)
    step = _fraction(schema.get("multipleOf")) or (Fraction(1) if whole else None)
    if step is None:
        bounded = min(max(value, low[0] if low else value), high[0] if high else value)
        if (low and low[1] and bounded == low[0]) or (high and high[1] and bounded == high[0]):
            return MISSING
        return _plain(bounded)
    if whole:
        step = Fraction(step.numerator)
    first = math.ceil(low[0] / step) if low else None
    last = math.floor(high[0] / step) if high else None
    if low and first is not None and low[1] and first * step == low[0]:
        first += 1
    if high and last is not None and high[1] and last * step == high[0]:
        last -= 1
    if first is not None and last is not None and first > last:
        return MISSING
    count = round(value / step)
    count = max(count, first) if first is not None else count
    count = min(count, last) if last is not None else count
    chosen = step * count
    return int(chosen) if chosen.denominator == 1 else float(chosen)


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
    """Return a realistic number for a property called ``name``; None if the name is not known."""
    make = _number_maker(name)
    return None if make is None else make(facts, whole)


_RARE = frozenset({"archived", "blocked", "cancelled", "canceled", "deleted", "disabled", "error", "expired", "failed"})


def named_flag(name: str) -> bool:
    """Return the usual value of a boolean property called ``name``: False for ``deleted``, ``failed`` and the like."""
    return not _RARE & set(words_of(name))
