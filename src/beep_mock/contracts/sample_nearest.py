"""A value for a schema that no value keeps, as its author may have meant it.

Documents contradict themselves: alternatives that nothing tells apart under ``oneOf``, ``additionalProperties: false``
beside an ``allOf``, an ``enum`` of another type. Closed objects are taken as open, and what is required and cannot be
made is what its schema shows or lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beep_mock.contracts.sample_kinds import shown
from beep_mock.contracts.sample_schemas import ImpossibleError
from beep_mock.contracts.sample_strings import text
from beep_mock.contracts.sample_values import Draw, Place
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Schema
    from beep_mock.contracts.schemas import Direction

__all__ = ["nearest"]


def nearest(schema: Schema, direction: Direction, document: Document, *, modern: bool) -> Json:
    """A value like those that ``schema`` describes; nobody says that it is valid."""
    return _Near(document, direction, 0, {}, modern=modern).near(schema.node, schema.at)


class _Near(Draw):
    """A walk that goes on where nothing is valid."""

    def near(self, node: Any, at: str) -> Json:
        """A value of a schema, at the root of the sample."""
        self._flattening.opens = True
        try:
            return self.value(node, at)
        except ImpossibleError:
            return self._stand_in(node, at, "")

    def _property(self, schema: dict[str, Any], at: str, place: Place, name: str) -> Json:
        try:
            return super()._property(schema, at, place, name)
        except ImpossibleError:
            properties = schema.get("properties")
            return self._stand_in(properties.get(name) if isinstance(properties, dict) else None, at, name)

    def _stand_in(self, node: Any, at: str, name: str) -> Json:
        """What a schema shows or lists, else a text where it may be one."""
        try:
            node, _ = self._document.follow(node, at)
        except ContractError:
            return None
        if not isinstance(node, dict):
            return None
        first = shown(node)
        if first is not MISSING:
            return first
        if isinstance(node.get("enum"), list) and node["enum"]:
            return node["enum"][0]
        return text({}, name, self._facts) if node.get("type") == "string" else None
