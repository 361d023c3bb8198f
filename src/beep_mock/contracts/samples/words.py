"""What the name of a property says, word by word."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["age_of", "endings", "plural", "singular", "tells_moment", "words_of"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOISE = frozenset(
    {
        *("base", "full", "mini", "public", "simple"),
        *("body", "content", "contents", "create", "created", "data", "detail", "details", "dto", "entity", "entries"),
        *(
            "entry",
            "get",
            "info",
            "input",
            "item",
            "items",
            "list",
            "model",
            "new",
            "object",
            "output",
            "page",
            "paged",
        ),
        *("paging", "payload", "record", "records", "ref", "request", "resource", "response", "result", "results"),
        *("by", "from", "of", "on", "to", "with"),
        *("schema", "simplified", "summary", "update", "updated", "value", "values", "view"),
    }
)
_AGES = {
    **dict.fromkeys(("birth", "birthday", "birthdate", "born", "dob"), -1),
    **dict.fromkeys(
        ("created", "creation", "start", "started", "starts", "from", "since", "begin", "begins", "opened"), 0
    ),
    **dict.fromkeys(("issued", "registered", "joined", "added", "placed", "ordered", "sent", "published"), 0),
    **dict.fromkeys(("updated", "modified", "changed", "edited", "last", "seen", "confirmed", "accepted"), 1),
    **dict.fromkeys(("paid", "processed", "shipped", "delivered", "received", "resolved", "approved"), 2),
    **dict.fromkeys(("completed", "closed", "finished", "end", "ended", "ends", "until", "to", "stop", "archived"), 3),
    **dict.fromkeys(("expires", "expiry", "expiration", "expired", "due", "deleted", "cancelled", "canceled"), 4),
}
_MOMENTS = frozenset(
    {
        "at",
        "on",
        "date",
        "datetime",
        "time",
        "timestamp",
        "utc",
        "created",
        "updated",
        "modified",
        "expires",
        "expiry",
        "seen",
    }
)


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: ``billingAddress_line1`` is billing, address, line, 1."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=8192)
def singular(name: str) -> str:
    """What one of the things called ``name`` is, in a word, without what says nothing of it; may be empty."""
    words = [word for word in words_of(name) if word not in _NOISE and not word.isdigit()]
    word = words[-1] if words else ""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def plural(word: str) -> str:
    """Several of what is called ``word``."""
    if word.endswith("y") and word[-2:-1] not in ("", *"aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


@lru_cache(maxsize=8192)
def age_of(name: str) -> int:
    """Which moment of a thing's life a property tells, by its name (see :meth:`Facts.moment`)."""
    return next((_AGES[word] for word in words_of(name) if word in _AGES), 0)


@lru_cache(maxsize=8192)
def tells_moment(name: str) -> bool:
    """Whether a property of that name holds a moment: ``createdAt``, ``expiry_date``."""
    words = words_of(name)
    return bool(words) and (words[-1] in _MOMENTS) and (len(words) > 1 or words[0] not in ("at", "on", "date", "time"))


def endings(name: str) -> list[str]:
    """The name without separators, then without its first words; the last word in the singular too."""
    words = words_of(name)
    found = []
    for start in range(len(words)):
        ending = "".join(words[start:])
        found.append(ending)
        if ending.endswith("s"):
            found.append(ending[:-1])
        elif ending.isalnum() and ending[-1:].isdigit():
            found.append(ending.rstrip("0123456789"))
    return found
