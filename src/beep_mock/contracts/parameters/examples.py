"""What a parameter's example stands for: it may be written as the value, or as it travels (``a,b`` for a list)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from beep_mock.contracts.bodies.media_types import is_json, parse_content_type
from beep_mock.contracts.bodies.payloads import admits_text, json_written_as_text
from beep_mock.contracts.parameters.decoding import compile_decoder
from beep_mock.contracts.parameters.headers import environ_name
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Example, Parameter

__all__ = ["shown_example", "shown_value"]

_DELIMITERS = "!$'()*,;:@/?|[]{} "  # what may part the items of a list or object in some style


def shown_example(parameter: Parameter, example: Example, document: Document) -> Json | Missing:
    """The decoded value of ``example``, also where the document shows only how it travels (``serializedValue``)."""
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
    """The decoded value of an example of ``parameter``.

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
