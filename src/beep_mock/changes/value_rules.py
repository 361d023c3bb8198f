"""Types, listed values, texts, numbers, formats: what one value may be."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from beep_mock.changes.contract_version import text_of
from beep_mock.changes.limit_rules import compare_limit, is_within
from beep_mock.changes.pairs import SchemaComparison
from beep_mock.changes.views import View
from beep_mock.contracts.model import Schema
from beep_mock.contracts.samples.patterns import from_pattern
from beep_mock.contracts.schemas.formats import ASSERTED, RANGES

__all__ = ["compare_formats", "compare_texts", "compare_types", "compare_values", "is_finite_kept"]

_SCALARS = frozenset({"boolean", "integer", "number", "string"})
_ANNOTATIONS = frozenset({"password", "textarea", "markdown", "html", "multiline"})
_ENCODINGS = frozenset({"binary", "byte", "base64", "base64url"})
_WIDER_FORMATS = {
    "uri": {"uri-reference", "iri", "iri-reference"},
    "uri-reference": {"iri-reference"},
    "iri": {"iri-reference"},
    "email": {"idn-email"},
    "hostname": {"idn-hostname"},
    "float": {"double"},
}
_EVERYTHING = frozenset({"", ".*", "^.*$", "^.*", ".*$", "^", "$", "[\\s\\S]*", "^[\\s\\S]*$"})
_EXTENSIBLE = "x-extensible-enum"
_TRIES = 40
_MOST_VALUES = 300


def is_finite_kept(this: SchemaComparison) -> bool:
    """Return whether the sender's values can be counted, and the taker's validator takes each of them."""
    domain = this.sender.domain
    if domain is None or len(domain) > _MOST_VALUES or this.sender.opaque or this.taker.opaque or this.pair.textual:
        return False
    return all(_takes(this.taker, value) for value in domain if _takes(this.sender, value))


def _takes(view: View, value: Any) -> bool:
    store = view.version.contract.schemas
    return all(store.checker(store.register(Schema(node, at), view.direction))(value) for node, at in view.schemas)


def compare_types(this: SchemaComparison) -> bool:
    """Return the types of values.

    False when old and new have none in common, so that nothing else is worth comparing.
    """
    old, new = this.old, this.new
    if old.types == new.types:
        return True
    lost = this.sender.types - this.taker.types
    if this.pair.textual and "string" in this.taker.types and lost <= _SCALARS:
        lost = frozenset() if not _limits_texts(this.taker) else lost
    if this.pair.textual:
        lost -= {"null"}  # a text is never null
    had, has = old.types - {"null"}, new.types - {"null"}
    said_apart = ("null" in old.types) != ("null" in new.types) and bool(had and has) and old.typed and new.typed
    if said_apart:
        became = "nullable" if "null" in new.types else "not-nullable"
        said = "null is allowed now" if became == "nullable" else "null is no longer allowed"
        this.note(f"became-{became}", "null" not in lost, said, "type")
    if had != has or not said_apart:
        shown = f"{_named(old)} became {_named(new)}"
        kept = not (lost - {"null"} if said_apart else lost)
        if had < has or had > has:
            this.note("list-of-types-widened" if had < has else "list-of-types-narrowed", kept, shown, "type")
        else:
            this.note("type-changed", kept, shown, "type")
            return bool((had & has) - {"null"})
    return True


def _limits_texts(view: View) -> bool:
    return view.values is not None or any(view.all(k) for k in ("minLength", "maxLength", "pattern", "format"))


def _named(view: View) -> str:
    if not view.typed:
        return "any type"
    names = view.types - ({"integer"} if "number" in view.types else set())
    return " or ".join(sorted(names)) or "nothing"


def compare_values(this: SchemaComparison) -> None:
    """Values listed by ``enum`` and ``const``."""
    _compare_extensible(this)
    old, new = this.old.values, this.new.values
    if old == new:
        return
    if old is None or new is None:
        if not (this.old if old is None else this.new).types:
            return
        constant = (this.new if old is None else this.old).all("const")
        rule = (
            ("const-added" if old is None else "const-removed")
            if constant
            else ("became-enum" if old is None else "became-not-enum")
        )
        listed = (new if old is None else old) or {}
        shown = ", ".join(str(value) for value in list(listed.values())[:6])
        kept = (new is None) if this.is_request else (old is None)
        message = f"only {shown} since" if old is None else f"no longer only {shown}"
        this.note(rule, kept, message, "const" if constant else "enum")
        return
    if this.old.all("const") and this.new.all("const") and not (this.old.all("enum") or this.new.all("enum")):
        this.note("const-changed", False, f"{_listed(old)} became {_listed(new)}", "const")
        return
    nulls = {b"null"} if (b"null" in old) != (b"null" in new) and "null" in this.old.types ^ this.new.types else set()
    removed = [value for key, value in old.items() if key not in new and key not in nulls]
    added = [value for key, value in new.items() if key not in old and key not in nulls]
    if removed:
        kept = all(_takes(this.taker, value) for value in removed) if this.is_request else True
        this.note("enum-value-removed", kept, f"{_shown(removed)} {_is(removed)} no longer allowed", "enum")
    if added:
        kept = True if this.is_request else all(_takes(this.taker, value) for value in added)
        this.note("enum-value-added", kept, f"{_shown(added)} {_is(added)} allowed now", "enum")


def _compare_extensible(this: SchemaComparison) -> None:
    """``x-extensible-enum``: a list whose readers expect values that are not in it."""
    old, new = ([value for listed in view.all(_EXTENSIBLE) if isinstance(listed, list) for value in listed]
                for view in (this.old, this.new))  # fmt: skip
    if not (old and new):
        return
    removed, added = [one for one in old if one not in new], [one for one in new if one not in old]
    if removed:
        this.note(
            "extensible-enum-value-removed", not this.is_request, f"{_shown(removed)} {_is(removed)} gone", _EXTENSIBLE
        )
    if added:
        this.note("extensible-enum-value-added", True, f"{_shown(added)} {_is(added)} new", _EXTENSIBLE)


def _is(values: list[Any]) -> str:
    return "is" if len(values) == 1 else "are"


def _listed(values: dict[bytes, Any]) -> str:
    return _shown(list(values.values()))


def _shown(values: list[Any]) -> str:
    texts = [text_of(value).decode("utf-8", "replace")[:40] for value in values[:6]]
    return ", ".join(texts) + (", ..." if len(values) > 6 else "")


def compare_texts(this: SchemaComparison) -> None:
    """Lengths, patterns and encodings of texts."""
    compare_limit(this, "minLength", "min-length")
    compare_limit(this, "maxLength", "max-length")
    _compare_patterns(this)
    for keyword, rule in (("contentEncoding", "content-encoding"), ("contentMediaType", "content-media-type")):
        old, new = this.old.all(keyword), this.new.all(keyword)
        if old != new:
            message = f"{keyword} {old[0] if old else 'nothing'} became {new[0] if new else 'nothing'}"
            this.note(f"{rule}-changed", False, message, keyword)
    old_schemas, new_schemas = this.old.schemas_of("contentSchema"), this.new.schemas_of("contentSchema")
    if old_schemas and new_schemas:
        this.inner(old_schemas, new_schemas)
    elif old_schemas or new_schemas:
        added = bool(new_schemas)
        kept = added is not this.is_request
        this.note(f"content-schema-{'added' if added else 'removed'}", kept, "contentSchema", "contentSchema")


def _compare_patterns(this: SchemaComparison) -> None:
    old, new = ({p for p in view.all("pattern") if isinstance(p, str)} - _EVERYTHING for view in (this.old, this.new))
    if old == new:
        return
    sent, taken = this.ordered(old, new)
    verb = "added" if not old else "removed" if not new else "changed"
    verdicts = [_is_matched(sent, pattern) for pattern in taken - sent]
    kept = False if False in verdicts else None if None in verdicts else True
    shown = [" and ".join(sorted(each)) for each in (old, new)]
    message = f"pattern {shown[0] or 'nothing'} became {shown[1] or 'nothing'}"
    this.note(f"pattern-{verb}", kept, message, "pattern")


def _is_matched(sent: set[str], pattern: str) -> bool | None:
    """Return whether what fits all of ``sent`` fits ``pattern``; None when it can be neither shown nor refuted."""
    if not sent:
        return False
    if len(sent) == 1:
        from beep_mock.changes.pattern_inclusion import is_included

        own = next(iter(sent))
        proved = is_included(own, pattern)
        if proved is not None:
            return proved
    for one in sent:
        for seed in range(_TRIES):
            text = from_pattern(one, Random(seed))  # noqa: S311 - no secret is made
            if text is not None and all(_fits(each, text) for each in sent) and not _fits(pattern, text):
                return False
    return None


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def compare_formats(this: SchemaComparison) -> None:
    """``format``: of texts what is asserted of them, of numbers ranges."""
    old, new = ({f for f in view.all("format") if isinstance(f, str)} for view in (this.old, this.new))
    if old == new:
        return
    sent, taken = this.ordered(old, new)
    kept = all(_keeps_format(this, sent, one) for one in taken - sent)
    verb = "set" if not old else "unset" if not new else "changed"
    shown = [" and ".join(sorted(each)) or "nothing" for each in (old, new)]
    this.note(f"format-{verb}", kept, f"format {shown[0]} became {shown[1]}", "format")


def _keeps_format(this: SchemaComparison, sent: set[str], wanted: str) -> bool:
    if wanted in _ANNOTATIONS or any(wanted in _WIDER_FORMATS.get(one, ()) for one in sent):
        return True
    if wanted in RANGES:
        if not this.sender.types & {"integer", "number"}:
            return True
        limits = (this.sender.bound(True, formats=True), this.sender.bound(False, formats=True))
        low, high = RANGES[wanted]
        return (
            limits[0] is not None and limits[1] is not None
            and is_within(limits[0], (low, False), True) and is_within(limits[1], (high, False), False)
        )  # fmt: skip
    if wanted == "double":
        return not sent - set(RANGES)
    return wanted in ASSERTED | _ENCODINGS and "string" not in this.sender.types
