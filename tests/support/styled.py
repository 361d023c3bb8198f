"""Parameters of every style, and texts for them: written from the tables of the specification, without our own code.

OpenAPI 3.1.1, section 4.8.12.2.3 (Style Values) and 4.8.12.2.4 (Style Examples).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

__all__ = ["Parameter", "Sent", "parameters", "sent"]

_STYLES = {
    "path": ["simple", "label", "matrix"],
    "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
    "header": ["simple"],
    "cookie": ["form"],
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a made document: its object, and what may be sent for it."""

    node: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.node["name"])

    @property
    def location(self) -> str:
        return str(self.node["in"])


@dataclass(frozen=True)
class Sent:
    """A parameter's value, and its text in the request: a path segment, ``name=value`` pairs, or a field's value."""

    parameter: Parameter
    value: Any
    text: str


@st.composite
def parameters(draw: st.DrawFn, number: int) -> Parameter:
    """The parameter of that number: its names are its own, so that none collides with another's."""
    location = draw(st.sampled_from(sorted(_STYLES)))
    style = draw(st.sampled_from(_STYLES[location]))
    kinds = {"deepObject": ["object"], "spaceDelimited": ["array"], "pipeDelimited": ["array"]}
    kind = draw(
        st.sampled_from(
            kinds.get(style, ["scalar", "array"] if location == "cookie" else ["scalar", "array", "object"])
        )
    )
    explode = style == "deepObject" or (location != "cookie" and style not in kinds and draw(st.booleans()))
    node = {
        "name": f"p{number}" if location != "header" else f"X-P{number}",
        "in": location,
        "style": style,
        "explode": explode,
        "required": location == "path" or draw(st.booleans()),
        "schema": draw(_schemas(kind, number)),
    }
    return Parameter(node)


def _schemas(kind: str, number: int) -> st.SearchStrategy[dict[str, Any]]:
    scalars: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [
            {"type": "integer", "minimum": 1, "maximum": 50},
            {"type": "integer", "multipleOf": 3},
            {"type": "boolean"},
            {"type": "string", "enum": ["red", "green"]},
            {"type": "string", "minLength": 2, "maxLength": 4},
            {"type": "string", "pattern": "^a"},
        ]
    )
    if kind == "scalar":
        return scalars
    if kind == "array":
        limits = st.sampled_from([{}, {"minItems": 2}, {"maxItems": 2}, {"uniqueItems": True}])
        return st.builds(_array, scalars, limits)
    names = [f"x{number}", f"y{number}"]
    more = st.sampled_from([{"required": names[:1]}, {"required": names}, {}])
    properties = st.fixed_dictionaries(dict.fromkeys(names, scalars))

    def made(known: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": known, **limits}

    return st.builds(made, properties, more)


def _array(items: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def _values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of the schema's type, most of them in its bounds; never one that its text does not tell from another."""
    kind = schema["type"]
    if kind == "integer":
        return st.integers(1, 16).map(lambda n: n * 3) | st.integers(-5, 60)
    if kind == "boolean":
        return st.booleans()
    if kind == "string":
        return st.sampled_from(["red", "green", "aa", "abc", "blue", "a", "bcdefg"])
    if kind == "array":
        return st.lists(_values(schema["items"]), min_size=1, max_size=4)
    properties = {name: _values(node) for name, node in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(properties) | st.fixed_dictionaries(
        {n: v for n, v in properties.items() if n in required or n.startswith("x")},
        optional={n: v for n, v in properties.items() if not (n in required or n.startswith("x"))},
    )


@st.composite
def sent(draw: st.DrawFn, parameter: Parameter) -> Sent:
    """A value of the parameter, written in its style."""
    value = draw(_values(parameter.node["schema"]))
    return Sent(parameter, value, _written(parameter, value))


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else quote(str(value), safe="")


def _written(parameter: Parameter, value: Any) -> str:
    name, style, explode = parameter.name, parameter.node["style"], parameter.node["explode"]
    if style == "deepObject":
        return "&".join(f"{name}%5B{n}%5D={_text(v)}" for n, v in value.items())
    if isinstance(value, dict):
        pairs = [f"{n}={_text(v)}" for n, v in value.items()]
        flat = ",".join(f"{n},{_text(v)}" for n, v in value.items())
        return {
            "simple": ",".join(pairs) if explode else flat,
            "label": "." + (".".join(pairs) if explode else flat),
            "matrix": ";" + (";".join(pairs) if explode else f"{name}={flat}"),
            "form": "&".join(pairs) if explode else f"{name}={flat}",
        }[style]
    items = [_text(v) for v in value] if isinstance(value, list) else [_text(value)]
    commas = ",".join(items)
    return {
        "simple": commas,
        "label": "." + (".".join(items) if explode else commas),
        "matrix": ";" + (";".join(f"{name}={i}" for i in items) if explode else f"{name}={commas}"),
        "form": "&".join(f"{name}={i}" for i in items) if explode else f"{name}={commas}",
        "spaceDelimited": f"{name}={'%20'.join(items)}",
        "pipeDelimited": f"{name}={'%7C'.join(items)}",
    }[style]
