"""Parameters as declared: the path item's and the operation's own, the specification's defaults filled in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import quote, unquote

from beep_mock.contracts.bodies.payloads import admits_text, json_written_as_text
from beep_mock.contracts.content import read_content, read_examples, read_schema
from beep_mock.contracts.model import Parameter, Schema
from beep_mock.contracts.nodes import Nodes, child
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.parameters.headers import NO_PARAMETERS, environ_name
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.interaction import MISSING, Json, Location, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Example, Parameter
    from beep_mock.contracts.routing.templates import PathTemplate

__all__ = ["CREDENTIALS", "effective_parameters", "read_parameters", "shown_example", "shown_value"]


_STYLES: dict[str, tuple[str, ...]] = {  # the default first (OpenAPI 3.1.1, 4.8.12.2.2; `cookie` since 3.2)
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "querystring": ("form",),  # not used: `content` says all (OpenAPI 3.2.0, Parameter Locations)
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
_DEFINED: dict[str, tuple[frozenset[str], bool]] = {  # the types and the `explode` that each is defined for
    "spaceDelimited": (frozenset({"array", "object"}), False),
    "pipeDelimited": (frozenset({"array", "object"}), False),
    "deepObject": (frozenset({"object"}), True),
}
CREDENTIALS: Final = "header.authorization"
"""The key of the parameter ``Authorization``, whose definition "SHALL be ignored" (OpenAPI 3.1.1, section 4.8.12.2.1):
nothing is judged by it, but that it is required is what its author says of the operation's security."""
_FIELDS = frozenset(
    {"name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved",
     "schema", "example", "examples", "content"}
)  # fmt: skip


def read_parameters(nodes: Nodes, node: dict[str, Any], at: str) -> dict[str, tuple[Parameter, str]]:
    """Return the parameters declared in field ``parameters``, with the place of each declaration, by key.

    A required ``Authorization`` is among them, though it is not a parameter: see :data:`CREDENTIALS`.
    """
    declared, place = nodes.listing(node, at, "parameters")
    found: dict[str, tuple[Parameter, str]] = {}
    for index, entry in enumerate(declared):
        here = child(place, index)
        parameter = nodes.read(entry, here, partial(_parameter, nodes), "a parameter")
        if parameter is None:
            continue
        if parameter.key in found:
            message = f"{parameter.location} parameter '{parameter.name}' is declared twice; the first one counts"
            same = parameter.name == found[parameter.key][0].name
            (nodes.error if same else nodes.warn)("parameter-duplicate", message, here)
            continue
        found[parameter.key] = (parameter, here)
    return found


def effective_parameters(
    nodes: Nodes, template: PathTemplate, declared: Iterable[tuple[Parameter, str]], key: str, at: str
) -> tuple[Parameter, ...]:
    """Return the parameters that apply to the operation ``key`` at ``template``.

    A path parameter that is in the template and not declared is taken for a string; one that is declared and not in
    the template, which no request could ever give, is left out.
    """
    found, seen = [], set()
    declared = list(declared)
    _check_query(nodes, declared, key)
    for parameter, place in declared:
        if parameter.location == "path":
            if parameter.name not in template.names:
                nodes.warn(
                    "parameter-not-in-path",
                    f"path parameter '{parameter.name}' does not occur in '{template.text}'",
                    place,
                )
                continue
            seen.add(parameter.name)
        found.append(parameter)
    for name in dict.fromkeys(template.names):
        if name not in seen:
            nodes.warn(
                "parameter-undeclared-in-path", f"{key} does not declare its path parameter '{name}'", at,
                "declare it under 'parameters'; it is taken for a string",
            )  # fmt: skip
            schema = Schema({"type": "string"}, at)
            found.append(Parameter(name, "path", True, "simple", False, False, False, schema, "", (), at))
    return tuple(found)


def _check_query(nodes: Nodes, declared: list[tuple[Parameter, str]], key: str) -> None:
    """Report parameters that describe the query string twice (OpenAPI 3.2.0, Parameter Locations); all are read."""
    whole = [place for parameter, place in declared if parameter.location == "querystring"]
    if len(whole) > 1:
        nodes.error("querystring-exclusive", f"{key} describes its query string as a whole more than once", whole[1])
    if whole and any(parameter.location == "query" for parameter, _ in declared):
        message = f"{key} describes its query string as a whole and by parameters in 'query'"
        nodes.error("querystring-exclusive", message, whole[0])


def _parameter(nodes: Nodes, node: dict[str, Any], at: str) -> Parameter | None:
    nodes.known(node, at, _FIELDS, "a parameter")
    name, place = node.get("name"), node.get("in")
    if not isinstance(name, str) or not isinstance(place, str):
        nodes.breaks("structure-invalid", "a parameter must have 'name' and 'in', both strings", at)
        return None
    location = next((known for known in get_args(Location) if known == place), None)
    if location is None or (location == "querystring" and nodes.document.version.startswith(("3.0", "3.1"))):
        nodes.breaks(
            "parameter-location-invalid", f"parameter '{name}' cannot be in '{place}'", child(at, "in"),
            "a request body is declared under 'requestBody'" if place in ("body", "formData")
            else "it is since OpenAPI 3.2" if location
            else f"one of {', '.join(get_args(Location))}",
        )  # fmt: skip
        return None
    ignored = NO_PARAMETERS if nodes.document.written != "2.0" else ("content-type",)  # which `consumes` says
    if location == "header" and name.lower() in ignored:
        demanded = name.lower() == "authorization" and node.get("required") is True
        note = f"header parameter '{name}' has no meaning (OpenAPI 3, Parameter Object)"
        if demanded:
            nodes.info("parameter-ignored", f"{note}; that credentials are sent is demanded all the same", at,
                       "declare a security scheme, and demand it under 'security'")  # fmt: skip
            return Parameter(name, "header", True, "simple", False, False, False, None, "", (), at)
        nodes.info("parameter-ignored", note, at)
        return None
    style = _style(nodes, node, at, location)
    content = read_content(nodes, node, at)
    schema, examples, media_type = read_schema(nodes, node, at), read_examples(nodes, node, at), ""
    if location == "querystring":
        if "content" not in node or node.keys() & {"schema", "style", "explode", "allowReserved"}:
            nodes.error("parameter-schema", f"parameter '{name}' in 'querystring' is described by 'content' only", at)
    elif ("schema" in node) == ("content" in node):
        nodes.error("parameter-schema", f"parameter '{name}' must have either 'schema' or 'content'", at)
    if content and (schema is None or location == "querystring"):
        schema, examples, media_type = content[0].schema, content[0].examples or examples, content[0].name
    if "content" in node and len(content) != 1:
        nodes.error("parameter-content", f"'content' of parameter '{name}' must have one entry", child(at, "content"))
    explode = nodes.flag(node, at, "explode", style in ("form", "cookie"))
    if schema is not None and not media_type and style in _DEFINED:
        _check_defined(nodes, node, at, name, shape_of(schema, nodes.document).types)
    return Parameter(
        name=name,
        location=location,
        required=_required(nodes, node, at, name, location),
        style=style,
        explode=explode,
        allow_reserved=nodes.flag(node, at, "allowReserved"),
        allow_empty_value=nodes.flag(node, at, "allowEmptyValue"),
        schema=schema,
        media_type=media_type,
        examples=examples,
        at=at,
        content=content[0] if media_type else None,
    )


def _check_defined(nodes: Nodes, node: dict[str, Any], at: str, name: str, types: frozenset[str]) -> None:
    """Report what is "n/a" in the specification's table of styles (OpenAPI 3.2.0, Style Examples).

    ``deepObject`` without ``explode`` is read as in the table of styles, although the default is false.
    """
    style = node["style"]
    kinds, explode = _DEFINED[style]
    if node.get("explode", explode) is not explode:
        nodes.info(
            "parameter-style-undefined", f"style '{style}' of parameter '{name}' is not defined for this 'explode'",
            child(at, "explode"), f"leave it out, or say {str(explode).lower()}",
        )  # fmt: skip
    elif not types & kinds:
        nodes.info(
            "parameter-style-undefined", f"style '{style}' of parameter '{name}' is defined for {_listed(kinds)} only",
            child(at, "style"), "use 'form'",
        )  # fmt: skip


def _listed(kinds: frozenset[str]) -> str:
    return " and ".join(f"{kind}s" for kind in sorted(kinds))


def _required(nodes: Nodes, node: dict[str, Any], at: str, name: str, location: str) -> bool:
    required = nodes.flag(node, at, "required", False)
    if location != "path" or required:
        return required
    nodes.error("path-parameter-optional", f"path parameter '{name}' must have 'required: true'", at)
    return True


def _style(nodes: Nodes, node: dict[str, Any], at: str, location: str) -> str:
    styles = _STYLES[location]
    style = nodes.text(node, at, "style") or styles[0]
    if style in styles:
        return style
    nodes.error(
        "parameter-style-invalid", f"a {location} parameter cannot have style '{style}'", child(at, "style"),
        f"one of {', '.join(styles)}; {styles[0]} is used",
    )  # fmt: skip
    return styles[0]


_DELIMITERS = "!$'()*,;:@/?|[]{} "  # what may part the items of a list or object in some style


def shown_example(parameter: Parameter, example: Example, document: Document) -> Json | Missing:
    """Return the decoded value of ``example``, also if the document shows it serialized (``serializedValue``)."""
    if example.value is not MISSING or example.serialized is None:
        return shown_value(parameter, example.value, document)
    text = example.serialized.strip("\r\n")
    raw = text.encode("utf-8", "surrogateescape").decode("latin-1")
    path, query, environ = {}, "", {}
    if parameter.location == "path":
        path[parameter.name] = unquote(text)
    elif parameter.location in ("query", "querystring"):
        query = raw
    elif parameter.location == "header":
        environ[environ_name(parameter.name)] = raw
    else:
        environ["HTTP_COOKIE"] = raw
    return compile_decoder([parameter], document)(path, query, environ).get(parameter.key, MISSING)


def shown_value(parameter: Parameter, value: Json | Missing, document: Document) -> Json | Missing:
    """Return the decoded value of an example of ``parameter``.

    A string, where the schema admits none, is "in the correct format as specified in the parameter encoding" (OpenAPI
    3.0.3, Parameter Object) and decoded as a request's would be.
    """
    if not isinstance(value, str) or parameter.schema is None:
        return value
    if parameter.media_type:
        if parameter.location == "querystring" and not is_json(parse_content_type(parameter.media_type)[0]):
            return compile_decoder([parameter], document)({}, value, {}).get(parameter.key, value)
        meant = json_written_as_text(value, parameter.schema, document)
        return value if meant is MISSING else meant
    if admits_text(parameter.schema.node, document) is not False:
        return value
    path, query, environ = {}, "", {}
    if parameter.location == "path":
        path[parameter.name] = value
    elif parameter.location == "query":
        name = quote(parameter.name, safe="[]", errors="replace")
        whole = value.startswith((f"{name}=", f"{name}["))  # the example names its parameter, as in a URL
        text = quote(value, safe=f"{_DELIMITERS}&=%" if whole else _DELIMITERS, errors="replace")
        query = text if whole else f"{name}={text}"
    elif parameter.location == "header":
        environ[environ_name(parameter.name)] = value.encode("utf-8", "replace").decode("latin-1")
    else:
        environ["HTTP_COOKIE"] = f"{parameter.name}={value}".encode("utf-8", "replace").decode("latin-1")
    return compile_decoder([parameter], document)(path, query, environ).get(parameter.key, value)
