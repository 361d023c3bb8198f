"""Where we mean to judge a request otherwise than openapi-core 0.23: each with the text that decides it, and a sample.

Extend the list only with what a specification says; a mistake of ours is mended instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from beep_mock.contracts.bodies.formats import match_media_type
from beep_mock.contracts.model import Parameter
from tests.support.requests_near import Asked

__all__ = ["DISAGREEMENTS", "Difference", "Disagreement", "explanation"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fault that only one side finds. ``we_refuse`` is whether we are that side; ``ours`` is all we found."""

    asked: Asked
    fault: str
    we_refuse: bool
    ours: frozenset[str]

    @property
    def parameter(self) -> Parameter | None:
        return next((p for p in self.asked.operation.parameters if p.key == self.fault), None)

    @property
    def texts(self) -> list[str]:
        """The decoded texts that the request's query has under the parameter's name."""
        pairs = [pair.partition("=") for pair in self.asked.target.partition("?")[2].split("&")]
        return [unquote_plus(text) for name, _, text in pairs if f"query.{unquote_plus(name)}" == self.fault]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One way in which we differ. ``decides`` is the section that says so; ``applies`` where it may show.

    ``target``, ``headers`` and ``body`` are a request for the document ``file`` in which ``fault`` shows it.
    """

    says: str
    decides: str
    applies: Callable[[Difference], bool]
    file: str
    target: str
    fault: str
    we_refuse: bool
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def explanation(difference: Difference) -> Disagreement | None:
    """The entry that a difference belongs to; ``None`` for one that is not intended."""
    fitting = (d for d in DISAGREEMENTS if d.we_refuse is difference.we_refuse and d.applies(difference))
    return next(fitting, None)


def _types(parameter: Parameter | None) -> set[str]:
    """The types that the schema of a parameter, its items and its alternatives name."""
    node = parameter.schema.node if parameter is not None and parameter.schema is not None else {}
    parts = [node, *node.get("anyOf", ()), node.get("items", {})]
    return {part["type"] for part in parts if isinstance(part.get("type"), str)}


def _is_nullable(parameter: Parameter | None) -> bool:
    return parameter is not None and parameter.schema is not None and parameter.schema.node.get("nullable") is True


def _is_form(difference: Difference) -> bool:
    return difference.asked.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")


def _declared_types(difference: Difference) -> list[str]:
    body = difference.asked.operation.request_body
    return [media.name for media in body.content] if body is not None else []


def _has_range(difference: Difference) -> bool:
    names = _declared_types(difference)
    index = match_media_type(difference.asked.headers.get("Content-Type", ""), names)
    return index is not None and "*" in names[index]


def _body_node(difference: Difference) -> dict[str, object]:
    body = difference.asked.operation.request_body
    schema = body.content[0].schema if body is not None else None
    return schema.node if schema is not None else {}


_JSON = {"Content-Type": "application/json"}

DISAGREEMENTS: tuple[Disagreement, ...] = (
    Disagreement(
        "The literals of a boolean are `true` and `false`; openapi-core takes 1, yes, on, y, t and any case too.",
        "OpenAPI 3.1.1, section 4.4 (data types are JSON Schema's); RFC 8259, section 3",
        lambda d: "boolean" in _types(d.parameter),
        file="parameters",
        target="GET /query/scalars?colour=red&deep=yes",
        fault="query.deep",
        we_refuse=True,
    ),
    Disagreement(
        "The same in a form.",
        "OpenAPI 3.1.1, section 4.4; RFC 8259, section 3",
        lambda d: d.fault == "body" and _is_form(d) and b"member=" in d.asked.body,
        file="bodies",
        target="POST /form",
        fault="body",
        we_refuse=True,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"name=a&age=1&member=yes",
    ),
    Disagreement(
        "A number has JSON's grammar; openapi-core takes what Python's int() and float() do: +1, 1_0, nan.",
        "OpenAPI 3.1.1, section 4.4; RFC 8259, section 6",
        lambda d: (
            bool(_types(d.parameter) & {"integer", "number"})
            and any(not text.isascii() or text.strip("-0123456789.eE,|") for text in d.texts)
        ),
        file="parameters",
        target="GET /query/scalars?colour=red&limit=1_0",
        fault="query.limit",
        we_refuse=True,
    ),
    Disagreement(
        "A name that comes again is no value of a schema without an array; openapi-core looks at the first only.",
        "OpenAPI 3.1.1, section 4.8.12.6 (style `form`: one pair for a primitive)",
        lambda d: len(d.texts) > 1,
        file="parameters",
        target="GET /query/scalars?colour=red&limit=1&limit=2",
        fault="query.limit",
        we_refuse=True,
    ),
    Disagreement(
        "An empty text is a value: what its schema says counts. openapi-core refuses it without `allowEmptyValue`.",
        "OpenAPI 3.1.1, section 4.8.12.2.1 (`allowEmptyValue` is for what would otherwise be omitted)",
        lambda d: "string" in _types(d.parameter) and d.texts == [""],
        file="parameters",
        target="GET /query/scalars?colour=red&word=",
        fault="query.word",
        we_refuse=False,
    ),
    Disagreement(
        "An empty text and the text null are null where null is allowed and no text is; openapi-core refuses them.",
        "OpenAPI 3.1.1, appendix B (which text stands for null is the implementation's choice)",
        lambda d: d.texts in ([""], ["null"]) and _is_nullable(d.parameter),
        file="mixed",
        target="POST /mixed?limit=",
        fault="query.limit",
        we_refuse=False,
        headers=_JSON,
        body=b'{"limit": 1}',
    ),
    Disagreement(
        "An empty header is a list without members; openapi-core reads one empty member.",
        "RFC 9110, section 5.6.1.2",
        lambda d: d.fault.startswith("header.") and "array" in _types(d.parameter),
        file="parameters",
        target="GET /headers",
        fault="header.x-ids",
        we_refuse=False,
        headers={"X-Id": "1", "X-Ids": ""},
    ),
    Disagreement(
        "A header's bytes are UTF-8 where they can be, so that lengths count characters; openapi-core sees Latin-1.",
        "RFC 9110, section 5.5 (bytes above 127 are opaque); OpenAPI 3.1.1, section 4.8.12 (values are Unicode)",
        lambda d: d.fault.startswith("header.") and not all(v.isascii() for v in d.asked.headers.values()),
        file="parameters",
        target="GET /headers",
        fault="header.x-point",
        we_refuse=True,
        headers={"X-Id": "1", "X-Point": "x,7,name,\u00c3\u00a9"},
    ),
    Disagreement(
        "A cookie of style `form` is percent-encoded; openapi-core does not decode it.",
        "OpenAPI 3.1.1, section 4.8.12.3 (style `form` is RFC 6570, section 3.2.8)",
        lambda d: d.fault.startswith("cookie.") and "%" in d.asked.headers.get("Cookie", ""),
        file="parameters",
        target="GET /cookies",
        fault="cookie.session",
        we_refuse=True,
        headers={"Cookie": "session=%C3%A9"},
    ),
    Disagreement(
        "The bare name of a deep object has a value that is no object; openapi-core does not see the parameter then.",
        "OpenAPI 3.1.1, section 4.8.12.6 (a primitive has no `deepObject` form)",
        lambda d: d.parameter is not None and d.parameter.style == "deepObject" and bool(d.texts),
        file="parameters",
        target="GET /query/objects?deep=1",
        fault="query.deep",
        we_refuse=True,
    ),
    Disagreement(
        "An empty segment is no value of a path parameter; openapi-core matches it with the template.",
        "OpenAPI 3.1.1, section 4.8.12.2.1 (`required`: a path parameter has a value)",
        lambda d: d.fault == "path" and d.asked.target.partition("?")[0].endswith("/"),
        file="parameters",
        target="GET /path/matrix-array/",
        fault="path",
        we_refuse=True,
    ),
    Disagreement(
        "Credentials are looked at before the rest, and alone; a bearer token has at least one character.",
        "RFC 6750, section 2.1; RFC 9110, section 11.6.2",
        lambda d: d.fault == "security",
        file="world",
        target="DELETE /worlds/1",
        fault="security",
        we_refuse=True,
        headers={"Authorization": "Bearer "},
    ),
    Disagreement(
        "Once credentials are refused, nothing else is looked at.",
        "RFC 9110, section 15.5.2",
        lambda d: "security" in d.ours,
        file="world",
        target="DELETE /worlds/x",
        fault="path.worldId",
        we_refuse=False,
        headers={"Authorization": "Bearer "},
    ),
    Disagreement(
        "Once the type of a body is refused (415), nothing else is looked at.",
        "RFC 9110, section 15.5.16",
        lambda d: (
            "body" in d.ours and match_media_type(d.asked.headers.get("Content-Type", ""), _declared_types(d)) is None
        ),
        file="mixed",
        target="POST /mixed?limit=x",
        fault="query.limit",
        we_refuse=False,
        headers={"Content-Type": "image/png"},
        body=b"x",
    ),
    Disagreement(
        "A body without a type may be examined: we take the first type declared. openapi-core takes octet-stream.",
        "RFC 9110, section 8.3",
        lambda d: d.fault == "body" and "Content-Type" not in d.asked.headers,
        file="bodies",
        target="POST /alternatives",
        fault="body",
        we_refuse=False,
        body=b"5",
    ),
    Disagreement(
        "A body of a type that a range covers is read as that type; openapi-core reads bytes, which are no string.",
        "OpenAPI 3.1.1, section 4.8.13.1 (`content`: a media type or media type range)",
        lambda d: d.fault == "body" and _has_range(d),
        file="bodies",
        target="PUT /optional",
        fault="body",
        we_refuse=False,
        headers={"Content-Type": "text/plain"},
        body=b"text",
    ),
    Disagreement(
        "A type that ends in +json is JSON; openapi-core reads its bytes.",
        "RFC 6839, section 3.1",
        lambda d: d.fault == "body" and "+json" in d.asked.headers.get("Content-Type", ""),
        file="bodies",
        target="PUT /optional",
        fault="body",
        we_refuse=False,
        headers={"Content-Type": "application/vnd.beep+json"},
        body=b'[{"kind": "Dog", "good": true}]',
    ),
    Disagreement(
        "Keywords beside `$ref` count in 3.1; openapi-core leaves them out where a body's schema begins.",
        "JSON Schema 2020-12, Core, section 8.2.3.1; OpenAPI 3.1.1, section 4.8.24",
        lambda d: d.fault == "body" and "$ref" in (node := _body_node(d)) and len(node) > 1,
        file="schemas",
        target="POST /unevaluated",
        fault="body",
        we_refuse=True,
        headers=_JSON,
        body=b'{"name": "a", "extra": 1}',
    ),
    Disagreement(
        "Sending a `readOnly` property is discouraged, not forbidden; openapi-core refuses it.",
        "OpenAPI 3.0.3, section 4.7.24 (`readOnly`: SHOULD NOT be sent)",
        lambda d: d.fault == "body" and b'"id"' in d.asked.body and d.asked.operation.path == "/visibility",
        file="bodies",
        target="POST /visibility",
        fault="body",
        we_refuse=False,
        headers=_JSON,
        body=b'{"id": 1, "secret": "x"}',
    ),
    Disagreement(
        "The same in 3.1, where openapi-core demands the property.",
        "JSON Schema 2020-12, Validation, section 9.4 (the owning authority ignores or rejects it)",
        lambda d: d.fault == "body" and b'"id"' not in d.asked.body and d.asked.operation.path == "/visibility",
        file="schemas",
        target="POST /visibility",
        fault="body",
        we_refuse=False,
        headers=_JSON,
        body=b'{"name": "a"}',
    ),
    Disagreement(
        "JSON has no NaN and no Infinity; openapi-core reads what Python's json module does.",
        "RFC 8259, section 6",
        lambda d: d.fault == "body" and b"NaN" in d.asked.body,
        file="mixed",
        target="POST /mixed?limit=1",
        fault="body",
        we_refuse=True,
        headers=_JSON,
        body=b'{"limit": NaN}',
    ),
)
"""All intended disagreements; the first that applies explains a difference."""
