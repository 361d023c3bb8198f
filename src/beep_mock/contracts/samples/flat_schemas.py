"""Flatten a schema for sampling: merge its ``$ref``, ``allOf`` and one choice of alternatives into one mapping."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from beep_mock.contracts.nodes import child
from beep_mock.contracts.samples.alternatives import (
    Decisions,
    ImpossibleError,
    agreeing,
    alike,
    discriminated,
    inherited,
    itself,
    spoiling,
)
from beep_mock.contracts.samples.merging import SHOWN, mapping_of, merged
from beep_mock.contracts.schemas.keywords import VALUES, KeywordError
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["Flattening"]

_DEEPEST = 64
_REENTRIES = 2
_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_CLOSING = frozenset({"additionalProperties", "unevaluatedProperties"})
_APPLIED = frozenset(
    {*_DYNAMIC, "$ref", "allOf", "anyOf", "dependentSchemas", "discriminator", "else", "if", "not", "oneOf", "then"}
)


_SILENT = frozenset({"$comment", "description", "title"})


class Flattening:
    """Flattens schemas of one document on one walk.

    ``entered`` holds the targets of the references being followed: a recursive schema is entered a few times, then this
    choice of alternatives is given up.
    """

    def __init__(self, document: Document, *, modern: bool, closes: bool = True) -> None:
        """Without ``closes``, ``additionalProperties: false`` and the like are ignored."""
        self._document = document
        self._modern = modern
        self._closes = closes
        self.entered: list[str] = []
        self.outer: list[str] = []
        """Pointers of the enclosing schemas, outermost first; used for dynamic references only."""
        self._begun = 0
        """The length of ``entered`` when flattening of the current schema began."""
        self._within: list[str] = []
        """The nested references that lead to the part being flattened, outermost first."""
        self._held: set[str] = set()
        """The reference targets that are merged already; merging one again would add nothing."""
        self._heir = ""
        """The pointer of the outermost schema whose ``allOf`` is being merged; a parent's discriminator names it."""
        self.guesses = 0
        """The number of constraints added for discriminators, which validation does not require."""
        self.distance: Callable[[dict[str, Any]], float] | None = None
        """Computes the distance of an existing value from a schema: the nearest alternative is tried first."""

    def flat(self, node: Any, at: str, decisions: Decisions) -> dict[str, Any]:
        """Return the schema's constraints as one mapping.

        :raises ImpossibleError: the schema allows no value, or refers to itself too often.
        """
        before = self._begun, self._within, self._held
        self._begun, self._within, self._held = len(self.entered), [], set()
        try:
            return self._flat(node, at, decisions, 0)
        finally:
            self._begun, self._within, self._held = before

    def _flat(self, node: Any, at: str, decisions: Decisions, depth: int) -> dict[str, Any]:
        if node is False or depth > _DEEPEST:
            raise ImpossibleError(surely=depth == 0)
        if not isinstance(node, dict):
            return {}
        node = _meaningful(node if self._closes else _opened(node))
        if "$ref" in node and isinstance(node["$ref"], str):
            base = self._entered(node["$ref"], decisions, depth)
            if not self._modern:
                return base
        else:
            base = {}
        if not _APPLIED & node.keys():
            return dict(node)
        own = {keyword: value for keyword, value in node.items() if keyword not in _APPLIED or keyword == "not"}
        whole = {keyword: own.pop(keyword) for keyword in SHOWN & own.keys()}  # override those of all parts
        result = merged(base, own)
        for keyword in _DYNAMIC:
            if isinstance(node.get(keyword), str):
                result = merged(self._entered(self._bound(node[keyword]), decisions, depth), result)
        if isinstance(node.get("allOf"), list):
            result = self._whole(node["allOf"], result, at, decisions, depth)
        for keyword in ("oneOf", "anyOf"):
            branches = node.get(keyword)
            if isinstance(branches, list) and branches:
                result = merged(result, self._alternatives(node, keyword, at, decisions, depth))
        named = {} if self._heir else itself(node, at)
        result = self._guessed(result, agreeing(named, result, self._document))
        result = merged(result, _without(node.get("not"), _listed(result)))
        if "if" in node:
            result = merged(result, self._conditional(node, at, decisions, depth))
        dependents = node.get("dependentSchemas")
        for name, schema in dependents.items() if isinstance(dependents, dict) else ():
            if name in (result.get("required") or ()):
                result = merged(result, self._perhaps(schema, child(f"{at}/dependentSchemas", name), decisions, depth))
        return {**result, **whole} if whole else result

    def _whole(
        self, parts: list[Any], result: dict[str, Any], at: str, decisions: Decisions, depth: int
    ) -> dict[str, Any]:
        """Return ``result`` merged with the parts of an ``allOf``; the parts' properties come first."""
        names: dict[str, None] = {}
        outer, heir = self._heir, self._heir or (at if at in self._within[-1:] else "")
        self._heir = heir
        try:
            for index, part in enumerate(parts):
                flat = self._flat(part, f"{at}/allOf/{index}", decisions, depth + 1)
                names.update(dict.fromkeys(mapping_of(flat, "properties")))
                result = merged(flat, result)
                named = inherited(part, at, heir, self._document)
                result = self._guessed(result, agreeing(named, result, self._document))
        finally:
            self._heir = outer
        properties = mapping_of(result, "properties")
        if names and properties:
            in_order = {name: properties[name] for name in {**names, **properties} if name in properties}
            result = {**result, "properties": in_order}
        return result

    def _bound(self, reference: str) -> str:
        """Return the target of a dynamic reference: the outermost anchor of its name (JSON Schema, 8.2.3.2)."""
        names = self._document.identifiers
        name = names.named_dynamically(reference)
        places: dict[str, str] = {}
        for place in reversed((*self.outer, *self.entered)) if name is not None else ():
            places.update(names.bindings(place))
        return places.get(name or "") or names.anchor(reference) or reference.removesuffix("#")

    def _entered(self, reference: str, decisions: Decisions, depth: int) -> dict[str, Any]:
        try:
            target, place = self._document.lookup(reference)
        except ContractError:
            return {}
        if place in self._held:
            return {}
        if self.entered[: self._begun].count(place) + self._within.count(place) > _REENTRIES:
            raise ImpossibleError(surely=True)  # if every step is required, the recursion is infinite
        self.entered.append(place)
        self._within.append(place)
        try:
            result = self._flat(target, place, decisions, depth + 1)
        finally:
            self._within.pop()
        self._held.add(place)
        return result

    def _alternatives(
        self, node: dict[str, Any], keyword: str, at: str, decisions: Decisions, depth: int
    ) -> dict[str, Any]:
        """Return the constraints of one branch; for ``oneOf``, a second round adds some that the others reject."""
        branches: list[Any] = node[keyword]
        at = f"{at}/{keyword}"
        one_only = keyword == "oneOf" and self._closes and "discriminator" not in node
        if one_only and alike(branches, self._document):
            raise ImpossibleError(surely=True)
        far = [self._distance(branch, f"{at}/{index}", depth) for index, branch in enumerate(branches)]
        order = sorted(range(len(branches)), key=lambda index: (far[index], self._avoided(branches[index]), index))
        start, round_ = decisions.choose(len(order), 2 if keyword == "oneOf" and len(order) > 1 else 1)
        for step in range(len(order)):
            index = order[(start + step) % len(order)]
            chosen = self._branch(branches[index], f"{at}/{index}", decisions, depth)
            if chosen is None:
                continue
            chosen = self._guessed(chosen, discriminated(node, branches[index], chosen, self._document))
            others = [other for other in range(len(branches)) if other != index] if keyword == "oneOf" else []
            for other in others:
                chosen = merged(chosen, _without(branches[other], [*_listed(node), *_listed(chosen)]))
            for other in others if round_ else ():
                against = self._branch(branches[other], f"{at}/{other}", Decisions(0), depth)
                chosen = merged(chosen, spoiling(chosen, against or {}, self._document))
            return chosen
        raise ImpossibleError

    def _guessed(self, schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
        if not named:
            return schema
        self.guesses += 1
        return merged(schema, named)

    def _branch(self, node: Any, at: str, decisions: Decisions, depth: int) -> dict[str, Any] | None:
        entered, heir, held = len(self.entered), self._heir, self._held
        self._heir = ""  # a parent that lists its subtypes as branches is not one of them
        self._held = set()
        try:
            return self._flat(node, at, decisions, depth + 1)
        except ImpossibleError:
            del self.entered[entered:]
            return None
        finally:
            self._heir, self._held = heir, held

    def _distance(self, branch: Any, at: str, depth: int) -> float:
        if self.distance is None:
            return 0
        entered = len(self.entered)
        flat = self._branch(branch, at, Decisions(0), depth)
        del self.entered[entered:]
        return math.inf if flat is None else self.distance(flat)

    def _avoided(self, branch: Any) -> int:
        """Return a sort key that puts null last and recursive branches after the others."""
        if not isinstance(branch, dict):
            return 1
        return 2 if branch.get("type") == "null" else int(branch.get("$ref") in self.entered)

    def _conditional(self, node: dict[str, Any], at: str, decisions: Decisions, depth: int) -> dict[str, Any]:
        doubt = 1 if self._distance(node["if"], f"{at}/if", depth) > 0 else 0
        if decisions.choose(2)[0] == doubt:
            condition = self._perhaps(node["if"], f"{at}/if", decisions, depth)
            return merged(condition, self._perhaps(node.get("then", True), f"{at}/then", decisions, depth))
        return self._perhaps(node.get("else", True), f"{at}/else", decisions, depth)

    def _perhaps(self, node: Any, at: str, decisions: Decisions, depth: int) -> dict[str, Any]:
        """Return a schema that applies under a condition: even if it is unsatisfiable, the whole may not be."""
        try:
            return self._flat(node, at, decisions, depth + 1)
        except ImpossibleError:
            raise ImpossibleError from None


def _opened(node: dict[str, Any]) -> dict[str, Any]:
    return {keyword: value for keyword, value in node.items() if keyword not in _CLOSING or value is not False}


def _meaningful(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its keywords as the store reads them (``2.0`` items are 2), without meaningless ones."""
    if isinstance(node.get("items"), list):  # before 2020-12
        node = {**node, "prefixItems": node["items"], "items": node.get("additionalItems", True)}
    read = {keyword: _read(keyword, value) for keyword, value in node.items() if keyword in VALUES}
    if all(type(value) is type(node[keyword]) for keyword, value in read.items()):
        return node
    node = {**node, **read}
    return {keyword: value for keyword, value in node.items() if value is not MISSING}


def _read(keyword: str, value: Any) -> Any:
    """Return a keyword's value, ``MISSING`` for one that means nothing."""
    if keyword in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):  # as 3.0 has it
        return value
    try:
        return VALUES[keyword](value)
    except KeywordError:
        return MISSING


def _without(refused: Any, required: list[Any]) -> dict[str, Any]:
    """A schema without a property that ``refused`` demands, where that is all that it says of a value, or its parts do.

    So authors write that of two properties only one may be there.
    """
    if not isinstance(refused, dict):
        return {}
    says = refused.keys() - _SILENT
    if says == {"anyOf"} and isinstance(refused["anyOf"], list):
        found: dict[str, Any] = {}
        for part in refused["anyOf"]:
            found = merged(found, _without(part, required))
        return found
    names = _listed(refused) if says <= {"required", "type"} and refused.get("type", "object") == "object" else []
    left_out = next((name for name in names if isinstance(name, str) and name not in required), None)
    return {"properties": {left_out: False}} if left_out is not None else {}


def _listed(node: dict[str, Any]) -> list[Any]:
    names = node.get("required")
    return names if isinstance(names, list) else []
