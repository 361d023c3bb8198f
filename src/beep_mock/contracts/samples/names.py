"""Choose realistic values by property name."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache

from beep_mock.contracts.samples.facts import Facts

__all__ = ["age_of", "endings", "named_text", "plural", "singular", "tells_moment", "words_of"]


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
    """Return the words of a name in lower case: ``billingAddress_line1`` → billing, address, line, 1."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=8192)
def singular(name: str) -> str:
    """Return the singular noun in ``name`` without uninformative words; may be empty."""
    words = [word for word in words_of(name) if word not in _NOISE and not word.isdigit()]
    word = words[-1] if words else ""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def plural(word: str) -> str:
    """Return the plural of ``word``."""
    if word.endswith("y") and word[-2:-1] not in ("", *"aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


@lru_cache(maxsize=8192)
def age_of(name: str) -> int:
    """Return the ``age`` that a property's name suggests (see :meth:`Facts.moment`)."""
    return next((_AGES[word] for word in words_of(name) if word in _AGES), 0)


@lru_cache(maxsize=8192)
def tells_moment(name: str) -> bool:
    """Return whether a property of that name is a point in time: ``createdAt``, ``expiry_date``."""
    words = words_of(name)
    return bool(words) and (words[-1] in _MOMENTS) and (len(words) > 1 or words[0] not in ("at", "on", "date", "time"))


def endings(name: str) -> list[str]:
    """Return the name without separators, then without its first words; each with a singular last word too."""
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


WORDS = (
    "amber",
    "birch",
    "cedar",
    "coral",
    "falcon",
    "harbour",
    "island",
    "juniper",
    "maple",
    "meadow",
    "river",
    "stone",
)
_LIGHT = ("Amber", "Blue", "Bright", "Golden", "Green", "Northern", "Quiet", "Silver")
_THINGS = ("Falcon", "Garden", "Harbour", "Island", "Lantern", "Maple", "Meadow", "River")
_SENTENCES = (
    "A short text that says what this is about.",
    "Everything works as expected.",
    "Please have a look at this when you find the time.",
    "Made with care, and ready to use.",
    "This is the first of several.",
)
_PEOPLE = frozenset(
    {
        *("account", "admin", "agent", "artist", "assignee", "author", "buyer", "cardholder", "client", "contact"),
        *("creator", "customer", "driver", "editor", "employee", "guest", "holder", "lead", "manager", "member"),
        *("owner", "passenger", "patient", "payer", "person", "player", "profile", "recipient", "sender", "student"),
        *("subscriber", "teacher", "teammate", "user", "visitor", "worker", "shopper"),
    }
)
_COMPANIES = frozenset(
    {
        *("brand", "company", "employer", "manufacturer", "merchant", "organisation", "organization", "publisher"),
        *("seller", "shop", "store", "supplier", "tenant", "vendor", "workspace"),
    }
)
_FILES = frozenset({"attachment", "document", "file", "image", "media", "photo", "upload"})

_Make = Callable[[Facts], str]


def _name(facts: Facts) -> str:
    if facts.owner in _COMPANIES:
        return facts.company
    if facts.personal or facts.owner in _PEOPLE:
        return f"{facts.given} {facts.family}"
    if facts.owner in _FILES:
        return f"{_word(facts)}.pdf"
    if facts.owner in ("tag", "category", "genre", "label", "topic"):
        return _word(facts).title()
    if facts.owner in ("city", "town", "place", "location"):
        return facts.spot.city
    return facts.spot.country if facts.owner == "country" else _title(facts)


def _word(facts: Facts) -> str:
    return facts.random.choice(WORDS)


def _title(facts: Facts) -> str:
    return f"{facts.random.choice(_LIGHT)} {facts.random.choice(_THINGS)}"


def _sentence(facts: Facts) -> str:
    return facts.random.choice(_SENTENCES)


def _mail(facts: Facts) -> str:
    return f"{facts.given}.{facts.family}@example.com".lower()


def _login(facts: Facts) -> str:
    return f"{facts.given}.{facts.family}".lower()


def _phone(facts: Facts) -> str:
    return f"+4420794600{facts.random.randint(10, 99)}"  # kept for drama by Ofcom


def _url(facts: Facts) -> str:
    return f"https://example.com/{plural(facts.owner) + '/' if facts.owner.isalpha() else ''}{_word(facts)}"


def _picture(facts: Facts) -> str:
    return f"https://example.com/images/{_word(facts)}.png"


def _identifier(facts: Facts) -> str:
    return f"{facts.owner or 'item'}-{facts.number}"


def _hex(digits: int) -> _Make:
    return lambda facts: f"{facts.random.getrandbits(4 * digits):0{digits}x}"


def _moment(age: int) -> _Make:
    return lambda facts: facts.moment(age).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(facts: Facts) -> str:
    return facts.moment().strftime("%Y-%m-%d")


def _price(facts: Facts) -> str:
    return f"{facts.random.randint(1, 99)}.{facts.random.choice(('00', '50', '90', '99'))}"


def _one_of(*choices: str) -> _Make:
    return lambda facts: facts.random.choice(choices)


def _code(facts: Facts) -> str:
    return f"{_word(facts)[:3].upper()}-{facts.random.randint(100, 999)}"


def _cursor(facts: Facts) -> str:
    return b64encode(f'{{"after":{facts.number}}}'.encode()).decode()


def _spelt(names: str, make: _Make) -> dict[str, _Make]:
    return dict.fromkeys(names.split(), make)


_TEXTS: dict[str, _Make] = {
    **_spelt("email mail emailaddress mailaddress", _mail),
    **_spelt("firstname givenname forename middlename", lambda facts: facts.given),
    **_spelt("lastname familyname surname", lambda facts: facts.family),
    **_spelt("fullname realname holdername cardholder recipientname customername authorname ownername author",
             lambda facts: f"{facts.given} {facts.family}"),
    **_spelt("displayname", _name),
    **_spelt("username login handle nickname screenname", _login),
    **_spelt("name", _name),
    **_spelt("title subject headline label caption", _title),
    **_spelt("phone phonenumber mobile mobilenumber telephone tel fax", _phone),
    **_spelt("country", lambda facts: facts.spot.code),
    **_spelt("countrycode nationality", lambda facts: facts.spot.code),
    **_spelt("countryname", lambda facts: facts.spot.country),
    **_spelt("city town locality", lambda facts: facts.spot.city),
    **_spelt("region province county", lambda facts: facts.spot.region),
    **_spelt("state", lambda facts: facts.spot.region if "address" in facts.owner else "active"),
    **_spelt("street streetaddress line1 addressline1 address1", lambda facts: facts.street),
    **_spelt("line2 addressline2 address2", lambda facts: f"Floor {facts.random.randint(1, 9)}"),
    **_spelt("address", lambda facts: f"{facts.street}, {facts.spot.postcode} {facts.spot.city}"),
    **_spelt("zip zipcode postcode postalcode", lambda facts: facts.spot.postcode),
    **_spelt("currency currencycode", lambda facts: facts.spot.currency),
    **_spelt("language lang languagecode locale", lambda facts: facts.spot.language),
    **_spelt("timezone tz", lambda facts: facts.spot.timezone),
    **_spelt("url uri href link website homepage webpage site next previous prev", _url),
    **_spelt("image imageurl photo photourl avatar avatarurl picture logo logourl thumbnail icon", _picture),
    **_spelt("color colour", _one_of("#2e86ab", "#3b7a57", "#c8553d", "#f2c14e")),
    **_spelt("description comment message text note summary body bio about detail instruction remark", _sentence),
    **_spelt("company companyname organization organisation employer merchant vendor manufacturer brand",
             lambda facts: facts.company),
    **_spelt("department", _one_of("Finance", "Research", "Sales")),
    **_spelt("jobtitle", _one_of("Engineer", "Designer", "Accountant")),
    **_spelt("role", _one_of("admin", "editor", "member")),
    **_spelt("version apiversion", lambda facts: f"1.{facts.random.randint(0, 9)}.{facts.random.randint(0, 9)}"),
    **_spelt("status", lambda _: "active"),
    **_spelt("type kind category", _one_of("basic", "premium", "standard")),
    **_spelt("gender", _one_of("female", "male")),
    **_spelt("sku", lambda facts: f"SKU-{facts.random.randint(1000, 9999)}"),
    **_spelt("code reference referencenumber", _code),
    **_spelt("token accesstoken refreshtoken apikey secret password", lambda facts: f"example-{_word(facts)}"),
    **_spelt("hash checksum digest sha256", _hex(64)),
    **_spelt("md5 etag fingerprint", _hex(32)),
    **_spelt("sha sha1 commit", _hex(40)),
    **_spelt("uuid guid", lambda facts: _uuid(facts)),
    **_spelt("ip ipaddress", lambda facts: f"192.0.2.{facts.random.randint(1, 254)}"),
    **_spelt("host hostname domain domainname", lambda facts: f"{_word(facts)}.example.com"),
    **_spelt("useragent", lambda _: "Mozilla/5.0 (X11; Linux x86_64)"),
    **_spelt("filename", lambda facts: f"{_word(facts)}.pdf"),
    **_spelt("path filepath", lambda facts: f"/files/{_word(facts)}.pdf"),
    **_spelt("mimetype contenttype mediatype", lambda _: "application/pdf"),
    **_spelt("date day", _day),
    **_spelt("birthday birthdate dateofbirth dob", lambda facts: facts.moment(-1).strftime("%Y-%m-%d")),
    **_spelt("time", lambda facts: facts.moment().strftime("%H:%M:%S")),
    **_spelt("amount price total subtotal cost fee balance tax", _price),
    **_spelt("year", lambda facts: str(facts.moment().year)),
    **_spelt("slug", lambda facts: _title(facts).lower().replace(" ", "-")),
    **_spelt("cursor nextpagetoken pagetoken nextcursor", _cursor),
    **_spelt("id identifier sid", _identifier),
}  # fmt: skip


@lru_cache(maxsize=8192)
def _maker(name: str) -> _Make:
    if tells_moment(name):
        return _moment(age_of(name))
    for ending in endings(name):
        if ending in _TEXTS:
            make = _TEXTS[ending]
            owner = "".join(words_of(name)[:-1])
            if ending in ("id", "identifier") and owner:
                return lambda facts: f"{words_of(name)[-2]}-{facts.random.randint(1, 99)}"
            return make
    return _word


def named_text(name: str, facts: Facts) -> str:
    """Return a realistic string for a property called ``name``."""
    return _maker(name)(facts)


def _uuid(facts: Facts) -> str:
    digits = f"{facts.random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
