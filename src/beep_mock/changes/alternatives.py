"""``oneOf``, ``anyOf``, ``not``, ``if`` and discriminators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beep_mock.changes.contract_version import Part, same_text
from beep_mock.changes.pairs import SchemaComparison
from beep_mock.changes.views import View

__all__ = ["compare_alternatives", "compare_conditions", "compare_discriminators"]

Group = tuple[str, list[Part], str]


def compare_alternatives(this: SchemaComparison) -> bool:
    """Alternatives of both versions; False when the rest of the schemas is compared with each alternative already."""
    old, new = list(this.old.groups), list(this.new.groups)
    paired: list[tuple[Group, Group]] = []
    for group in list(old):
        partner = next((one for one in new if one[0] == group[0]), new[0] if new else None)
        if partner is not None:
            paired.append((group, partner))
            old.remove(group)
            new.remove(partner)
    for one, other in paired:
        _compare_groups(this, one, other)
    lone_sent, lone_taken = this.ordered(old, new)
    if lone_taken:
        this.withdrawals = False
        for group in lone_taken:
            _compare_wrapped(this, group)
    if lone_sent:
        _compare_each(this, lone_sent[0])
        return False
    return True


def _compare_groups(this: SchemaComparison, old: Group, new: Group) -> None:
    old_parts, new_parts = old[1], new[1]
    pairs = _partners(this, old_parts, new_parts)
    for one, other in pairs:
        this.inner((one,), (other,))
    matched_old, matched_new = {id(one[0]) for one, _ in pairs}, {id(other[0]) for _, other in pairs}
    rule = "one-of" if "oneOf" in (old[0], new[0]) else "any-of"
    gone = [part for part in old_parts if id(part[0]) not in matched_old]
    come = [part for part in new_parts if id(part[0]) not in matched_new]
    sent_alone, taken_alone = this.ordered(gone, come)
    taken_all = new_parts if this.is_request else old_parts
    for part in sent_alone:
        kept = any(this.is_included((part,), (one,)) for one in taken_all)
        verb, said = ("removed", "is gone") if this.is_request else ("added", "is new")
        this.note(
            f"{rule}-{verb}", kept, f"the alternative {_name(part)} {said}", old[0] if this.is_request else new[0]
        )
    kind = (new if this.is_request else old)[0]
    for part in taken_alone:
        verb, said = ("added", "is new") if this.is_request else ("removed", "is gone")
        alone = kind == "anyOf" or all(_exclude(this.taker, part, one) for one in taken_all if one is not part)
        this.note(f"{rule}-{verb}", True if alone else None, f"the alternative {_name(part)} {said}"
                  + ("" if alone else ", and a value may fit it beside another"), kind)  # fmt: skip
    if kind == "oneOf":
        touched = [
            (other if this.is_request else one) for one, other in pairs if not this.pairs.are_same((one,), (other,))
        ]
        changed_kind = old[0] != new[0]
        suspects = taken_all if changed_kind else touched
        overlapping = any(
            not _exclude(this.taker, part, one) for part in suspects for one in taken_all if one is not part
        )
        if overlapping:
            widened = any(
                not this.is_included(*((other,), (one,)) if this.is_request else ((one,), (other,)), turned=True)
                for one, other in pairs
                if not this.pairs.are_same((one,), (other,))
            )
            if changed_kind or widened:
                this.note(
                    "one-of-ambiguous", None, "a value may fit several alternatives of which one is to fit", "oneOf"
                )


def _partners(this: SchemaComparison, old: Sequence[Part], new: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Alternatives that belong together: by reference, by words, by title or discriminating value, then by order."""
    left_old, left_new = list(old), list(new)
    found: list[tuple[Part, Part]] = []

    def match(same: Any) -> None:
        for one in list(left_old):
            other = next((each for each in left_new if same(one, each)), None)
            if other is not None:
                found.append((one, other))
                left_old.remove(one)
                left_new.remove(other)

    match(lambda one, other: _field(one, "$ref") is not None and _field(one, "$ref") == _field(other, "$ref"))
    match(lambda one, other: same_text(one[0], other[0]))
    match(lambda one, other: _field(one, "title") is not None and _field(one, "title") == _field(other, "title"))

    def alike(one: Part, other: Part) -> bool:
        types = _view(this, one, this.old).types & _view(this, other, this.new).types
        return bool(types) and _field(one, "$ref") is None and _field(other, "$ref") is None

    if len(left_old) == len(left_new):
        match(alike)
    return found


def _view(this: SchemaComparison, part: Part, beside: View) -> View:
    return View(beside.version, (part,), this.pair.direction)


def _field(part: Part, keyword: str) -> Any:
    return part[0].get(keyword) if isinstance(part[0], dict) else None


def _name(part: Part) -> str:
    ref, title = _field(part, "$ref"), _field(part, "title")
    if isinstance(ref, str):
        return ref.rpartition("/")[2]
    return str(title) if title else f"at {part[1]}"


def _exclude(view: View, one: Part, other: Part) -> bool:
    """Return whether no value fits both, as far as is easily seen."""
    if any("discriminator" in node for node, _ in view.parts):
        return True  # it says which alternative counts (OpenAPI 3.1.1, 4.8.25)
    first, second = (View(view.version, (part,), view.direction) for part in (one, other))
    if first.impossible or second.impossible or not first.types & second.types:
        return True
    if first.values is not None and second.values is not None:
        return not first.values.keys() & second.values.keys()
    if first.types | second.types != {"object"}:
        return False
    for name in first.required.keys() & second.required.keys():
        values = [View(view.version, version.schemas_for(name), view.direction) for version in (first, second)]
        if not values[0].types & values[1].types:
            return True
        listed = [view.values for view in values]
        if listed[0] is not None and listed[1] is not None and not listed[0].keys() & listed[1].keys():
            return True
    return any(
        name not in version.properties for each, version in ((first, second), (second, first)) if version.closed
        for name in each.required
    )  # fmt: skip


def _without(part: Part, keyword: str) -> Part:
    node, at = part
    return ({name: value for name, value in node.items() if name != keyword}, f"{at}~{keyword}")


def _rest(view: View, group: Group) -> tuple[Part, ...]:
    """Return the parts of a view, without one group of alternatives."""
    return tuple(
        _without((_bare(node), at), group[0]) if at == group[2] else (_bare(node), at) for node, at in view.parts
    )


def _bare(node: Any) -> Any:
    """Return a part without what its view has gathered from elsewhere."""
    return {name: value for name, value in node.items() if name not in ("$ref", "allOf")}


def _compare_each(this: SchemaComparison, group: Group) -> None:
    """The sender's alternatives, each with what stands beside them, against a taker without."""
    rest = _rest(this.sender, group)
    for branch in group[1]:
        this.inner(*this.ordered((*rest, branch), this.taker.schemas))
    rule = "wrapped-in-" + ("one-of" if group[0] == "oneOf" else "any-of")
    if this.is_request:
        rule = rule.replace("wrapped-in", "unwrapped-from")
    this.note(rule, True, f"{group[0]} of {len(group[1])} alternatives {'was unset' if this.is_request else 'was set'}",
              group[0])  # fmt: skip


def _compare_wrapped(this: SchemaComparison, group: Group) -> None:
    """The taker's alternatives against a sender without: one of them has to take everything."""
    branches = group[1]
    kinds = sorted(this.sender.types) if this.sender.typed and len(this.sender.types) <= 3 else []
    taken = any(this.is_included(this.sender.schemas, (branch,)) for branch in branches) or (
        len(kinds) > 1
        and all(
            any(
                this.is_included((*this.sender.schemas, ({"type": kind}, f"type {kind}")), (branch,))
                for branch in branches
            )
            for kind in kinds
        )
    )
    alone = group[0] == "anyOf" or all(
        _exclude(this.taker, one, other) for n, one in enumerate(branches) for other in branches[:n]
    )
    rule = "wrapped-in-" + ("one-of" if group[0] == "oneOf" else "any-of")
    if not this.is_request:
        rule = rule.replace("wrapped-in", "unwrapped-from")
    kept = (True if alone else None) if taken else False
    said = "was set" if this.is_request else "was unset"
    this.note(rule, kept, f"{group[0]} of {len(branches)} alternatives {said}", group[0])


def compare_conditions(this: SchemaComparison) -> None:
    """``not``, ``if``, ``then`` and ``else``."""
    old, new = this.old.schemas_of("not"), this.new.schemas_of("not")
    if not this.pairs.are_same(old, new):
        sent, taken = this.ordered(old, new)
        # What is not in the sender's is sent: the taker's has to be part of the sender's.
        kept: bool | None = (
            not taken or (bool(sent) and this.depth < 3 and _is_part(taken, sent)) or (None if sent else False)
        )
        verb = "added" if not old else "removed" if not new else "changed"
        this.note(f"not-{verb}", kept, "what is ruled out ('not') has changed", "not")
    conditions = [_conditions(view) for view in (this.old, this.new)]
    for word in ("if", "then", "else"):
        one, other = (each.get(word) for each in conditions)
        if (one is None) == (other is None):
            continue
        added = one is None
        this.note(f"{word}-{'added' if added else 'removed'}", added is not this.is_request,
                  f"'{word}' was {'added' if added else 'removed'}", word)  # fmt: skip
    if all("if" in each for each in conditions):
        same = this.pairs.are_same((conditions[0]["if"],), (conditions[1]["if"],))
        if not same:
            this.note("if-changed", None, "the condition ('if') has changed", "if")
        else:
            for word in ("then", "else"):
                if all(word in each for each in conditions):
                    this.inner((conditions[0][word],), (conditions[1][word],))


def _is_part(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Return whether ``one`` (the receiver's) allows at most what ``other`` (the sender's) does."""
    return (
        len(one) == len(other)
        and all(any(same_text(first[0], second[0]) for second in other) for first in one)
        and not any("$ref" in str(part[0]) for part in one)
    )


def _conditions(view: View) -> dict[str, Part]:
    return {word: parts[0] for word in ("if", "then", "else") if (parts := view.schemas_of(word))}


def compare_discriminators(this: SchemaComparison) -> None:
    """Compare which alternative a discriminator selects, and by which property and name."""
    old, new = ({} if not found else found[0] for found in (v.all("discriminator") for v in (this.old, this.new)))
    if not (isinstance(old, dict) and isinstance(new, dict)) or same_text(old, new):
        return
    if bool(old) != bool(new):
        verb = "added" if new else "removed"
        this.note(f"discriminator-{verb}", None if new else True, f"a discriminator was {verb}", "discriminator")
        return
    if old.get("propertyName") != new.get("propertyName"):
        message = f"{old.get('propertyName')!r} became {new.get('propertyName')!r}"
        this.note("discriminator-property-name-changed", False, message, "discriminator")
    before, after = _mapping(old), _mapping(new)
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            kept = not this.is_request
            this.note("discriminator-mapping-deleted", kept, f"the name {name!r} is gone", "discriminator")
        elif name not in before:
            kept_here: bool | None = True if this.is_request else None
            this.note("discriminator-mapping-added", kept_here, f"the name {name!r} is new", "discriminator")
        elif before[name] != after[name]:
            this.note("discriminator-mapping-changed", False, f"{name!r} means another alternative", "discriminator")


def _mapping(discriminator: dict[str, Any]) -> dict[str, Any]:
    found = discriminator.get("mapping")
    return found if isinstance(found, dict) else {}
