"""Convert request bodies and responses of Swagger 2.0 to OpenAPI 3.0, by media type."""

from __future__ import annotations

from typing import Any

from beep_mock.contracts.nodes import child, kind_of
from beep_mock.contracts.reading.structure import COLLECTION, PROMISED
from beep_mock.contracts.swagger2.parameters import (
    convert_header,
    delimiters_of,
    example_object,
    schema_of,
)
from beep_mock.contracts.swagger2.source import Source
from beep_mock.contracts.values.media_types import is_json, match_media_type

__all__ = ["Parameters", "Placed", "convert_response", "read_body"]

Placed = tuple[dict[str, Any], str]
"""A parameter and its place."""

_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_ANY = ("application/json", "*/*")  # without `consumes` nothing is ruled out, and JSON is to be JSON
_DEFAULT = "application/json"  # what a schema describes where no `produces` says in which media type it travels
_BODY_FIELDS = frozenset({"name", "in", "description", "required", "schema", "example", "examples"})
_RESPONSE_FIELDS = frozenset({"description", "schema", "headers", "examples"})
_ENCODED = {"csv": ("form", False), "ssv": ("spaceDelimited", False), "pipes": ("pipeDelimited", False)}


class Parameters:
    """Parameters apart: those that stay some, as converted, and those that make up a body."""

    def __init__(self, converted: Any, bodies: list[Placed], forms: list[Placed], at: str) -> None:
        self.converted = converted
        self.bodies = bodies
        self.forms = forms
        self.at = at


def read_body(source: Source, own: Parameters, shared: Parameters, consumes: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the request body of an operation, from its own parameters and those of its path item.

    There is at most one (Swagger 2.0, Parameter Object, ``in``); the operation's own counts.
    """
    for each in (own, shared):
        for _, at in each.bodies[1:]:
            source.error("body-duplicate", "there can be only one parameter in 'body'; the first one counts", at)
        if each.bodies and each.forms:
            message = "parameters in 'body' and in 'formData' exclude each other; the one in 'body' counts"
            source.error("body-and-form", message, each.forms[0][1])
    if own.bodies:
        return _convert_body(source, *own.bodies[0], consumes)
    if not own.forms and shared.bodies:
        return _convert_body(source, *shared.bodies[0], consumes)
    names = [node.get("name") for node, _ in own.forms]
    forms = [*own.forms, *((node, at) for node, at in shared.forms if node.get("name") not in names)]
    return _convert_form(source, forms, own.at if own.forms else shared.at, consumes) if forms else None


def _convert_body(source: Source, node: dict[str, Any], at: str, consumes: tuple[str, ...]) -> dict[str, Any]:
    """Return the request body for a parameter in ``body``."""
    source.known(node, at, _BODY_FIELDS, "a body parameter")
    body = _request_body(source, node, at)
    if "schema" not in node:
        source.error("field-missing", "a parameter in 'body' must have 'schema'", at)
    examples, place = _written_examples(node, at, ("x-examples", "examples"))
    for name in consumes or _ANY:
        media = body["content"][name] = source.places.made({}, at)
        if "schema" in node:
            media["schema"] = node["schema"]
        shown = {
            key: value for key, value in examples.items() if "/" not in key or match_media_type(key, [name]) is not None
        }
        if shown:
            _add_examples(source, media, shown, place)
        elif "x-example" in node or "example" in node:
            written = "x-example" if "x-example" in node else "example"
            media["example"] = node[written]
            source.places.entry(media, "example", child(at, written))
    if type(node.get("name")) is str:
        body["x-codegen-request-body-name"] = node["name"]
    return body


def _convert_form(source: Source, parameters: list[Placed], at: str, consumes: tuple[str, ...]) -> dict[str, Any]:
    """Return the request body for all parameters in ``formData``; ``at`` is the pointer of their list."""
    schema = source.places.made({"type": "object"}, at)
    properties = schema["properties"] = source.places.made({}, at)
    encoding = source.places.made({}, at)
    required: list[str] = []
    has_file = False
    for node, place in parameters:
        name = node.get("name")
        if type(name) is not str:
            source.error("structure-invalid", "a parameter must have 'name' and 'in', both strings", place)
            continue
        if name in properties:
            message = f"formData parameter '{name}' is declared twice; the first one counts"
            source.error("parameter-duplicate", message, place)
            continue
        has_file |= _is_file(node)
        properties[name] = _field_schema(source, node, place)
        if source.flag(node, place, "required"):
            required.append(name)
        if formats := delimiters_of(source, node, place):
            style, explode = _ENCODED.get(formats[0], ("form", formats[0] == "multi"))
            encoding[name] = source.places.made({"style": style, "explode": explode}, place)
            if formats != ["multi"] and type(properties[name]) is dict:
                properties[name][COLLECTION] = formats  # a style means nothing in a multipart body
    if required:
        schema["required"] = required
    body = source.places.made({"required": bool(required), "content": source.places.made({}, at)}, at)
    for name in _form_types(source, at, consumes, has_file=has_file):
        media = body["content"][name] = source.places.made({"schema": schema}, at)
        if encoding:
            media["encoding"] = encoding
    return body


def convert_response(source: Source, node: dict[str, Any], at: str, produces: tuple[str, ...]) -> dict[str, Any]:
    """Return a response of an operation that produces the media types ``produces``.

    Without any of them it has no body that a mock could answer: nothing says in which media type. Its schema is a
    promise all the same, kept under :data:`PROMISED`. An example says its media type for itself.
    """
    source.known(node, at, _RESPONSE_FIELDS, "a response")
    new = source.places.made({}, at)
    for name, value in node.items():
        if name == "description" or (name.startswith("x-") and name != "x-examples"):
            new[name] = value
    if "headers" in node:
        headers, place = source.mapping(node, at, "headers")
        new["headers"] = source.places.made({}, place)
        for name, header in headers.items():
            if name.startswith("x-") and type(header) is not dict:
                continue
            new["headers"][name] = convert_header(source, header, child(place, name))
            if new["headers"][name] is header:
                source.places.entry(new["headers"], name, child(place, name))
    content = _content(source, node, at, produces)
    if content:
        new["content"] = content
    elif "schema" in node:
        media = source.places.made({"schema": node["schema"]}, at)
        new[PROMISED] = source.places.made({_DEFAULT: media}, at)
    return new


def _content(source: Source, node: dict[str, Any], at: str, produces: tuple[str, ...]) -> dict[str, Any]:
    content: dict[str, Any] = source.places.made({}, at)
    examples, place = _response_examples(source, node, at)
    shown: dict[str, dict[str, Any]] = {name: {} for name in produces}
    foreign: list[tuple[str, str]] = []
    for key, value in examples.items():
        index = match_media_type(key, produces) if "/" in key else None
        if index is not None:
            shown[produces[index]][key] = value
            continue
        if key.startswith("x-") and "/" not in key:
            continue
        _report_foreign(source, key, produces, child(place, key))
        covered = [name for name in produces if key.endswith("/*") and match_media_type(name, [key]) is not None]
        if covered:  # no media type, but it is plain what it means
            foreign += [(name, key) for name in covered]
        elif "/" in key and not produces:
            shown[key] = {key: value}
        elif produces and ("/" not in key or is_json(key.partition(";")[0].strip().lower())):
            home = next((name for name in produces if is_json(name.partition(";")[0].strip().lower())), produces[0])
            foreign.append((home, key))
    for home, key in foreign:  # after those that belong there
        shown[home][key] = examples[key]
    for name, own in shown.items():
        if "schema" in node or own:
            media = content[name] = source.places.made({}, at)
            if "schema" in node:
                media["schema"] = node["schema"]
            if own:
                _add_examples(source, media, own, place)
    return content


def _report_foreign(source: Source, key: str, produces: tuple[str, ...], at: str) -> None:
    if "/" not in key:
        message = f"examples are named by their media type, which '{key}' is not"
    elif produces:
        message = f"this is an example of '{key}', which the operation does not produce"
    else:
        message = f"this is an example of '{key}', and the operation does not say what it produces"
    source.error("example-media-type", message, at, "name one of the media types under 'produces'")


def _response_examples(source: Source, node: dict[str, Any], at: str) -> Placed:
    if "examples" in node:
        return source.mapping(node, at, "examples")
    examples, place = _written_examples(node, at, ("x-examples",))
    if not examples and type(node.get("schema")) is dict:
        return _written_examples(node["schema"], child(at, "schema"), ("x-examples",))
    return examples, place


def _written_examples(node: dict[str, Any], at: str, names: tuple[str, ...]) -> Placed:
    written = next((name for name in names if type(node.get(name)) is dict), names[0])
    found = node.get(written)
    return (found if type(found) is dict else {}), child(at, written)


def _add_examples(source: Source, media: dict[str, Any], examples: dict[str, Any], at: str) -> None:
    """Examples by name. One that is named by its media type has that name: who asks for it knows no other."""
    new = media["examples"] = source.places.made({}, at)
    for name, value in examples.items():
        place = child(at, name)
        if type(value) is dict and value.keys() == {"$ref"} and (found := source.example(value, place)) is not None:
            value, place = found
        new[name] = example_object(source, value, place) if "/" not in name else _value(source, value, place)


def _value(source: Source, value: Any, at: str) -> dict[str, Any]:
    example = source.places.made({"value": value}, at)
    source.places.entry(example, "value", at)
    return example


def _request_body(source: Source, node: dict[str, Any], at: str) -> dict[str, Any]:
    body = source.places.made({}, at)
    if "description" in node:
        body["description"] = node["description"]
    body["required"] = source.flag(node, at, "required")
    body["content"] = source.places.made({}, at)
    for name, value in node.items():
        if name.startswith("x-") and name not in ("x-example", "x-examples"):
            body[name] = value
    return body


def _is_file(node: dict[str, Any]) -> bool:
    items = node.get("items")
    binary = type(items) is dict and items.get("type") == "string" and items.get("format") == "binary"
    return node.get("type") == "file" or (node.get("type") == "array" and binary)


def _field_schema(source: Source, node: dict[str, Any], at: str) -> Any:
    schema = schema_of(source, node, at, "a parameter")
    if type(schema) is not dict:
        source.error("structure-invalid", f"'schema' must be a mapping, this is {kind_of(schema)}", child(at, "schema"))
        return {}
    if node.get("type") == "file":
        schema["type"], schema["format"] = "string", "binary"
    elif source.flag(node, at, "allowEmptyValue") and schema.get("type") in ("integer", "number", "boolean"):
        schema["nullable"] = True  # an empty field is read as null where no string may be
    for name, value in node.items():
        if name in ("description", "example") or (name.startswith("x-") and name not in ("x-nullable", "x-examples")):
            schema.setdefault("example" if name == "x-example" else name, value)
    return schema


def _form_types(source: Source, at: str, consumes: tuple[str, ...], *, has_file: bool) -> list[str]:
    """Return the media types of a form: which of the two the operation consumes (Parameter Object, `in`, `type`)."""
    found = [name for name in consumes if name.partition(";")[0].strip().lower() in (_FORM, _MULTIPART)]
    if not found:
        if consumes:
            source.error(
                "consumes-no-form", "there are parameters in 'formData', and no form is consumed", at,
                f"add {_MULTIPART}{'' if has_file else f' or {_FORM}'} to 'consumes'",
            )  # fmt: skip
        return [_MULTIPART] if has_file else [_FORM, _MULTIPART]
    if has_file and not any(name.lower().startswith(_MULTIPART) for name in found):
        source.error("consumes-no-form", "a file travels as multipart/form-data, which is not consumed", at,
                     f"add {_MULTIPART} to 'consumes'")  # fmt: skip
        found.insert(0, _MULTIPART)
    return found
