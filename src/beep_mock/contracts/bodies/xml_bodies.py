"""XML bodies to the values that their schema describes, by its ``xml`` hints (OpenAPI 3.2.0, XML Object).

Undeclared elements are kept under their own names, so that the schema can refuse them. Texts get the types
that the schema gives them. Namespace declarations and ``xsi:`` attributes say how to read, and are not data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from beep_mock.contracts.bodies.xml_hints import Hints, hints_of, xml_name
from beep_mock.contracts.bodies.xml_trees import Element, read_xml, source_of
from beep_mock.contracts.model import Schema
from beep_mock.contracts.values.json_text import BodyError
from beep_mock.contracts.values.scalars import Reader, scalar_reader
from beep_mock.contracts.values.shapes import Shape, shape_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document

__all__ = ["compile_xml"]


def compile_xml(schema: Schema | None, document: Document) -> Callable[[bytes, Mapping[str, str]], Json | Missing]:
    """Return the function that reads XML bodies by ``schema``.

    Without a schema they must be well-formed, and no more is known of them. A schema of nothing but strings describes
    the text of the only element, or else the whole document as it stands.
    """
    if schema is None:

        def well_formed(body: bytes, parameters: Mapping[str, str]) -> Missing:
            read_xml(body, parameters.get("charset", ""))
            return MISSING

        return well_formed
    reading = _Reading(document)
    plan = reading.plan(schema)
    is_text = plan.shape.types <= {"string", "null"}

    name = "" if plan.is_list and plan.hints.node_type != "element" else plan.hints.name

    names = _root_names(schema, document, name)

    def decode(body: bytes, parameters: Mapping[str, str]) -> Json:
        root = read_xml(body, parameters.get("charset", ""))
        if name and root.local not in names:
            raise BodyError("xml", f"the root element must be <{name}>, this is <{root.name}>")
        if is_text and root.children:
            return source_of(body, parameters.get("charset", ""))
        try:
            return reading.list_in(root, plan) if plan.is_list else reading.value(root, schema)
        except RecursionError:  # three levels of the stack an element, on top of what a caller has used of it
            raise BodyError("nesting", "the XML is nested too deep") from None

    return decode


@dataclass(frozen=True, slots=True)
class _Property:
    """A property and where in its element it is. ``name`` is that of the element or attribute."""

    key: str
    schema: Schema
    node: Literal["attribute", "element", "list", "wrapped", "text", "inside"]
    name: str
    namespace: str

    names: frozenset[str] = field(init=False)
    """What it is called where it is written: XML does not have every name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset((self.name, xml_name(self.name))))

    def fits(self, element: Element) -> bool:
        return element.local in self.names and (not self.namespace or element.namespace in ("", self.namespace))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of a schema, looked up once."""

    shape: Shape
    scalar: Reader
    hints: Hints
    is_list: bool
    properties: list[_Property]


def _root_names(schema: Schema, document: Document, hinted: str) -> set[str]:
    """Return the names the root element may have: as hinted, or the component's where its `allOf` has the hint."""
    try:
        node, at = document.follow(schema.node, schema.at)
    except ContractError:
        return {hinted}
    own = node.get("xml") if isinstance(node, dict) else None
    if "/components/schemas/" not in at or (isinstance(own, dict) and "name" in own):
        return {hinted}
    return {hinted, at.rpartition("/")[2]}


class _Reading:
    """Makes values of elements, by schemas that are looked into once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._plans: dict[str, _Plan] = {}

    def plan(self, schema: Schema) -> _Plan:
        found = self._plans.get(schema.at)
        if found is None:
            shape = shape_of(schema, self._document)
            is_list = "array" in shape.types and "object" not in shape.types
            found = _Plan(shape, scalar_reader(shape), hints_of(schema.node, self._document), is_list, [])
            self._plans[schema.at] = found
            found.properties.extend(self._property(key, each) for key, each in shape.properties.items())
        return found

    def value(self, element: Element, schema: Schema | None) -> Json:
        """Return an element's value by its schema; without one an object, a list or text, as it looks."""
        if element.is_nil:
            return None
        if schema is None:
            return self._fields(element, None) if element.children or element.attributes else element.text
        plan = self.plan(schema)
        if plan.is_list:
            return self.list_in(element, plan)
        types = plan.shape.types
        if element.children or ("object" in types and (not plan.shape.scalars or not element.text.strip())):
            return self._fields(element, plan)
        text = element.text
        value = plan.scalar(text if types <= {"string"} else text.strip())
        return text if isinstance(value, str) else value

    def list_in(self, element: Element, plan: _Plan) -> list[Json]:
        """Return the items in an element that wraps them: all its children, whatever their names."""
        items = []
        for child in element.children:  # no comprehension, here and below: it would cost a level of the stack
            items.append(self.value(child, plan.shape.items))  # noqa: PERF401
        return items

    def _fields(self, element: Element, plan: _Plan | None) -> Json:
        found: dict[str, Json] = {}
        known: set[int] = set()
        for each in plan.properties if plan is not None else ():
            self._take(element, each, found, known)
        taken = {
            name for p in (plan.properties if plan is not None else ()) if p.node == "attribute" for name in p.names
        }
        other = plan.shape.additional if plan is not None else None
        for attribute in element.attributes:
            if attribute.name not in taken:
                found.setdefault(attribute.name, attribute.text)
        names: dict[str, list[Json]] = {}
        for child in element.children:
            if id(child) not in known:
                names.setdefault(child.local, []).append(self.value(child, other))
        for name, values in names.items():
            found.setdefault(name, values[0] if len(values) == 1 else values)
        if plan is not None and not found and not element.children and element.text.strip():
            return element.text  # text, where the schema has an object
        return found

    def _take(self, element: Element, each: _Property, found: dict[str, Json], known: set[int]) -> None:
        if each.node == "attribute":
            text = _attribute(element, each)
            if text is not None:
                found[each.key] = self.plan(each.schema).scalar(text)
            return
        if each.node == "text":
            if element.text.strip():
                found[each.key] = self.plan(each.schema).scalar(element.text)
            return
        if each.node == "inside":  # its properties are the element's own
            inner: dict[str, Json] = {}
            for part in self.plan(each.schema).properties:
                self._take(element, part, inner, known)
            if inner:
                found[each.key] = inner
            return
        children = [child for child in element.children if each.fits(child)]
        if not children:
            return
        known.update(map(id, children))
        plan = self.plan(each.schema)
        if each.node == "wrapped" and len(children) == 1:
            found[each.key] = None if children[0].is_nil else self.list_in(children[0], plan)
            return
        schema = plan.shape.items if each.node == "list" else each.schema
        values = []
        for child in children:
            values.append(self.value(child, schema))  # noqa: PERF401
        found[each.key] = values[0] if len(values) == 1 and each.node != "list" else values

    def _property(self, key: str, schema: Schema) -> _Property:
        shape = shape_of(schema, self._document)
        hints = hints_of(schema.node, self._document)
        if "array" in shape.types and "object" not in shape.types and hints.node_type in ("", "none", "element"):
            if hints.node_type == "element":
                return _Property(key, schema, "wrapped", hints.name or key, hints.namespace)
            inner = hints_of(shape.items.node if shape.items is not None else {}, self._document)
            return _Property(key, schema, "list", inner.name or key, inner.namespace)
        if hints.node_type == "attribute" and (shape.scalars or "object" not in shape.types):  # no object is one
            return _Property(key, schema, "attribute", hints.name or key, hints.namespace)
        if hints.node_type in ("text", "cdata"):
            return _Property(key, schema, "text", "", "")
        if hints.node_type == "none" and "object" in shape.types:
            return _Property(key, schema, "inside", "", "")
        return _Property(key, schema, "element", hints.name or key, hints.namespace)


def _attribute(element: Element, each: _Property) -> str | None:
    for name, namespace, text in element.attributes:
        if name in each.names and (not each.namespace or namespace in ("", each.namespace)):
            return text
    return None
