"""What a parameter's example stands for: it may be written as the value, or as it travels (``a,b`` for a list)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from beep_mock.contracts.parameters import compile_decoder
from beep_mock.contracts.payloads import admits_text, json_written_as_text
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Parameter

__all__ = ["shown_value"]

_DELIMITERS = "!$'()*,;:@/?|[]{} "  # what may part the items of a list or object in some style


def shown_value(parameter: Parameter, value: Json | Missing, document: Document) -> Json | Missing:
    """The decoded value of an example of ``parameter``.

    A string, where the schema admits none, is "in the correct format as specified in the parameter encoding" (OpenAPI
    3.0.3, Parameter Object) and decoded as a request's would be.
    """
    if not isinstance(value, str) or parameter.schema is None:
        return value
    if parameter.media_type:
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
        environ[f"HTTP_{parameter.name.upper().replace('-', '_')}"] = value.encode("utf-8", "replace").decode("latin-1")
    else:
        environ["HTTP_COOKIE"] = f"{parameter.name}={value}".encode("utf-8", "replace").decode("latin-1")
    return compile_decoder([parameter], document)(path, query, environ).get(parameter.key, value)
