"""Check examples against their schemas and each other, because a mock would repeat wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from beep_mock.contracts.bodies.formats import BodyError, compile_body_decoder
from beep_mock.contracts.bodies.payloads import admits_text
from beep_mock.contracts.bodies.stream_bodies import kind_of_sequence
from beep_mock.contracts.callbacks import outgoing_operations
from beep_mock.contracts.examples import response_examples, serialized_bytes, shown_body
from beep_mock.contracts.model import Parameter, Schema
from beep_mock.contracts.nodes import child
from beep_mock.contracts.parameters.declared import shown_example
from beep_mock.contracts.reading.references import tokens
from beep_mock.contracts.reading.structure import FIELDS
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.errors import ContractError
from beep_mock.findings import Finding, Severity
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.document import Document
    from beep_mock.contracts.model import Contract, Example, Header, MediaType, Operation, Schema

__all__ = ["all_example_findings", "example_findings", "part_findings"]


Direction = Literal["request", "response"]
_wrong_examples: WeakKeyDictionary[Contract, frozenset[str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Claim:
    """An example and the schema it claims to conform to: of a parameter (or header) or of a body of ``media``."""

    example: Example
    schema: Schema
    direction: Direction
    subject: str
    media: MediaType | None = None
    parameter: Parameter | None = None


def all_example_findings(contract: Contract) -> list[Finding]:
    """:func:`example_findings` of every operation, also of webhooks and callbacks.

    What several operations refer to is reported once.
    """
    found: dict[tuple[str, ...], Finding] = {}
    for operation in (*contract.operations.values(), *outgoing_operations(contract)):
        for finding in example_findings(contract, operation):
            about = finding.message if finding.rule.startswith("example-name-") else ""  # these name the operation
            found.setdefault((finding.rule, finding.where.file, finding.where.pointer, about), finding)
    return list(found.values())


def example_findings(contract: Contract, operation: Operation) -> list[Finding]:
    """Return the findings on the examples of ``operation``.

    Each must conform to its schema (``example-invalid``), but for those of a request whose name appears under 4xx
    responses only: breaking the contract is their purpose. Names must pair one request with one response.
    """
    wrong = _prepared(contract)
    findings = list(_naming(contract.document, operation))
    for claim in _claims(contract.document, operation, wrong):
        findings.extend(_judged(contract, claim))
    return findings


def _prepared(contract: Contract) -> frozenset[str]:
    """Return the places of request examples that some operation refuses.

    On the first call all schemas with examples are made known, so that they are compiled together.
    """
    wrong = _wrong_examples.get(contract)
    if wrong is None:
        document = contract.document
        operations = (*contract.operations.values(), *outgoing_operations(contract))
        wrong = frozenset(
            example.at
            for operation in operations
            for names in [_refused_names(operation, document)]
            for example in _request_examples(operation)
            if example.name in names
        )
        for operation in operations:
            for claim in _claims(document, operation, wrong):
                contract.schemas.register(claim.schema, claim.direction)
        _wrong_examples[contract] = wrong
    return wrong


def _refused_names(operation: Operation, document: Document) -> set[str]:
    """Return the names of requests that are shown to be refused: paired with 4xx responses and no others.

    ``default`` beside a declared success is how many documents declare them.
    """
    named = _statuses_by_name(operation, document)
    errors = {r.status for r in operation.responses if r.status.startswith("4")}
    if any(r.status.startswith("2") for r in operation.responses):
        errors.add("default")
    return {name for name, statuses in named.items() if statuses.keys() <= errors}


def _request_examples(operation: Operation) -> Iterator[Example]:
    for parameter in operation.parameters:
        yield from parameter.examples
    for media in operation.request_body.content if operation.request_body is not None else ():
        yield from media.examples


def _claims(document: Document, operation: Operation, wrong: frozenset[str]) -> Iterator[_Claim]:
    if operation.broken is None:
        yield from _request_claims(document, operation, wrong)
        yield from _response_claims(document, operation)


def _request_claims(document: Document, operation: Operation, wrong: frozenset[str]) -> Iterator[_Claim]:
    refused, named = _refused_names(operation, document), _statuses_by_name(operation, document)

    def excused(example: Example) -> bool:  # a shared parameter's example may be another operation's wrong request
        return example.name in refused or (example.name not in named and example.at in wrong)

    for parameter in operation.parameters:
        subject = f"{parameter.location} parameter '{parameter.name}'"
        for example in parameter.examples:
            if parameter.schema is not None and not excused(example):
                yield _Claim(example, parameter.schema, "request", subject, parameter=parameter)
    for media in operation.request_body.content if operation.request_body is not None else ():
        for example in media.examples:
            if media.schema is not None and not excused(example):
                yield _Claim(example, media.schema, "request", "the request body", media)


def _response_claims(document: Document, operation: Operation) -> Iterator[_Claim]:
    for response in operation.responses:
        for media in response.content:
            for example in response_examples(media, document):
                if media.schema is not None:
                    yield _Claim(example, media.schema, "response", f"response {response.status}", media)
        for header in response.headers:
            subject = f"header '{header.name}' of response {response.status}"
            for example in header.examples:
                if header.schema is not None:
                    yield _Claim(example, header.schema, "response", subject, parameter=_as_parameter(header))


def _as_parameter(header: Header) -> Parameter:
    """Return a response's header travels as a request's does."""
    return Parameter(
        header.name, "header", header.required, "simple", header.explode, False, False, header.schema,
        header.media_type, header.examples, header.at,
    )  # fmt: skip


def _statuses_by_name(operation: Operation, document: Document) -> dict[str, dict[str, None]]:
    """Return the statuses, in order, that each name appears under among the response's examples."""
    found: dict[str, dict[str, None]] = {}
    for response in operation.responses:
        examples = [example for media in response.content for example in response_examples(media, document)]
        if not response.content:
            examples = [example for header in response.headers for example in header.examples]
        for example in examples:
            if example.name:
                found.setdefault(example.name, {})[response.status] = None
    return found


def _naming(document: Document, operation: Operation) -> Iterator[Finding]:
    """Yield names that pair nothing, where the operation pairs others, and names that pair with several responses."""
    answers = _statuses_by_name(operation, document)
    asked = {example.name: example for example in _request_examples(operation) if example.name}
    if not answers.keys() & asked.keys():
        return  # the document does not pair by name
    for name, example in asked.items():
        statuses = list(answers.get(name, ()))
        if not statuses and example.at.startswith(f"{operation.at}/"):  # what is shared may pair elsewhere
            yield Finding(
                "example-name-unpaired", Severity.INFO, f"no response of {operation.key} has an example '{name}'",
                document.where(example.at), "a request and a response of one name belong together",
            )  # fmt: skip
        elif len(statuses) > 1:
            yield Finding(
                "example-name-ambiguous", Severity.WARNING,
                f"'{name}' names examples of several responses of {operation.key}: {', '.join(statuses)}",
                document.where(example.at), "a request can get only one of them: name the others otherwise",
            )  # fmt: skip


def _judged(contract: Contract, claim: _Claim) -> Iterator[Finding]:
    document, example = contract.document, claim.example
    shown = f"example '{example.name}'" if example.name else "the example"
    place = _value_place(document, example)
    try:
        value, written = _intended_value(document, claim)
    except BodyError as error:
        message = f"{shown} of {claim.subject} cannot be read: {error.message}"
        yield Finding("example-invalid", Severity.ERROR, message, document.where(place))
        return
    if written:
        yield Finding(
            "example-written-as-text", Severity.INFO, f"{shown} of {claim.subject} is JSON written as a string",
            document.where(place), "write it as the value it stands for",
        )  # fmt: skip
    if value is MISSING:
        return
    key = contract.schemas.register(claim.schema, claim.direction)
    violations = contract.schemas.violations(key, value)
    if violations:
        first = violations[0]
        for step in _steps(document.lookup(place)[0], first.pointer) if example.value is value else ():
            place = child(place, step)
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        yield Finding(
            "example-invalid", Severity.ERROR,
            f"{shown} of {claim.subject} breaks its schema: {first.message}{more}", document.where(place),
            "correct the example or its schema",
        )  # fmt: skip


def _steps(written: Json, pointer: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path to the fault in an example as written: a mapping may stand for a stream of one item."""
    return pointer[1:] if isinstance(written, dict) and pointer[:1] == ("0",) and "0" not in written else pointer


def _value_place(document: Document, example: Example) -> str:
    if not example.name:
        return example.at
    node = document.lookup(example.at)[0]
    fields = ("serializedValue", "externalValue") if example.value is MISSING else ("value", "dataValue")
    return child(example.at, next((field for field in fields if field in node), fields[0]))


def _intended_value(document: Document, claim: _Claim) -> tuple[Json | Missing, bool]:
    """Return the value to validate for an example, and whether it was JSON written as a string.

    :data:`MISSING`, not judged, is the text of another format (CSV) that the schema describes as a structure.

    :raises BodyError: it is the text of a body that cannot be read.
    """
    example, media = claim.example, claim.media
    if claim.parameter is not None or media is None:
        return (shown_example(claim.parameter, example, document), False) if claim.parameter else (MISSING, False)
    if example.value is MISSING and example.serialized is not None:
        text = serialized_bytes(example.serialized)
        return compile_body_decoder(media, document)(text, parse_content_type(media.name)[1]), False
    value = shown_body(media, example, document)
    if value is example.value:
        known = not isinstance(value, str) or is_json(parse_content_type(media.name)[0])
        return (value if known or admits_text(claim.schema.node, document) else MISSING), False
    return value, is_json(parse_content_type(media.name)[0])


def part_findings(contract: Contract) -> Iterator[Finding]:
    """Return the findings on all parts of the document, used or not, and register all schemas in the store."""
    parts = _Parts(contract.document)
    parts.walk(contract.document.root, "document", "#")
    yield from parts.findings
    defaults = []
    for schema in parts.schemas:
        node = schema.node
        if schema.at.startswith("#/components/schemas/") and schema.at.count("/") == 3:
            contract.schemas.register(schema, "request")
        if type(node) is dict and "default" in node and (contract.schemas.modern or "$ref" not in node):
            defaults.append((schema, contract.schemas.register(schema, "request")))
    for schema, key in defaults:
        violations = contract.schemas.violations(key, schema.node["default"])
        if violations:
            message = f"the default breaks its own schema: {violations[0].message}"
            where = contract.document.where(child(schema.at, "default"))
            yield Finding("default-invalid", Severity.WARNING, message, where, "correct the default or its schema")
    yield from _inner_example_findings(contract, parts)


def _inner_example_findings(contract: Contract, parts: _Parts) -> Iterator[Finding]:
    """Yield the findings on examples that no message shows as a whole.

    These are the examples of properties and other inner schemas, and those in components that no operation uses. One
    that a schema allows in either direction is fine.
    """
    wrong = _prepared(contract)
    operations = (*contract.operations.values(), *outgoing_operations(contract))
    checked = {claim.example.at for operation in operations for claim in _claims(contract.document, operation, wrong)}
    schemas = contract.schemas
    shown = [(schema, *each) for schema in parts.schemas for each in _schema_examples(schema, modern=schemas.modern)]
    shown += [each for each in parts.examples if each[1].startswith("#/components/")]
    checked |= wrong
    keyed = [
        (at, value, [schemas.register(schema, direction) for direction in ("request", "response")])
        for schema, at, value in shown
        if checked.isdisjoint((at, at.removesuffix("/value")))
    ]
    for at, value, keys in keyed:
        reasons = [schemas.violations(key, value) for key in keys]
        if all(reasons):
            inner = reasons[-1][0]
            place = at
            for step in inner.pointer:
                place = child(place, step)
            message = f"the example breaks its own schema: {inner.message}"
            where = contract.document.where(place)
            yield Finding("example-invalid", Severity.WARNING, message, where, "correct the example or its schema")


def _schema_examples(schema: Schema, *, modern: bool) -> Iterator[tuple[str, Json]]:
    """Yield the examples of a schema, each with its place."""
    node = schema.node
    if type(node) is not dict or ("$ref" in node and not modern):
        return
    if "example" in node:
        yield child(schema.at, "example"), node["example"]
    several = node.get("examples")
    if modern and type(several) is list:
        place = child(schema.at, "examples")
        yield from ((f"{place}/{index}", value) for index, value in enumerate(several))


_SHOWING = frozenset({"header", "media type", "parameter"})


class _Parts:
    """Goes through a document by what its fields hold, each place once."""

    def __init__(self, document: Document) -> None:
        self.schemas: list[Schema] = []
        self.examples: list[tuple[Schema, str, Json]] = []
        """Examples beside a schema, of JSON media types, parameters and headers: schema, place and value."""
        self.findings: list[Finding] = []
        self._document = document
        self._seen: set[tuple[str, str]] = set()

    def walk(self, node: Any, kind: str, at: str) -> None:
        """Go through ``node``, a ``kind`` or a list or mapping of them."""
        waiting = [(node, kind, at)]
        while waiting:
            node, kind, at = waiting.pop()
            if kind[0] == "{" and type(node) is dict and type(node.get("$ref")) is not str:
                waiting += [(each, kind[1:-1], child(at, name)) for name, each in node.items()][::-1]
            elif kind[0] == "[" and type(node) is list:
                waiting += [(each, kind[1:-1], f"{at}/{index}") for index, each in enumerate(node)][::-1]
            elif kind[0] not in "{[" and type(node) is dict and (kind, at) not in self._seen:
                self._seen.add((kind, at))
                waiting += list(self._inside(node, kind, at))[::-1]

    def _beside(self, node: dict[str, Any], kind: str, at: str) -> Iterator[tuple[Schema, str, Json]]:
        name = parse_content_type(tokens(at)[-1])[0] if kind == "media type" else ""
        if name and (not is_json(name) or kind_of_sequence(name) is not None):
            return
        schema = Schema(node["schema"], child(at, "schema"))
        is_body = kind == "media type"  # the text of a parameter is read by its style
        if "example" in node and (is_body or not isinstance(node["example"], str)):
            yield schema, child(at, "example"), node["example"]
        several = node.get("examples")
        for name, entry in several.items() if type(several) is dict else ():
            if type(entry) is dict and "value" in entry and (is_body or not isinstance(entry["value"], str)):
                place = child(child(at, "examples"), name)
                yield schema, child(place, "value"), entry["value"]

    def _inside(self, node: dict[str, Any], kind: str, at: str) -> Iterator[tuple[Any, str, str]]:
        if type(node.get("$ref")) is str:
            try:
                target, place = self._document.follow(node, at)
            except ContractError as fault:
                where = self._document.where(at)
                finding = Finding("reference-unresolvable", Severity.WARNING, fault.message, where, fault.hint)
                self.findings.append(finding)
            else:
                yield target, kind, place
        if kind == "schema":
            self.schemas.append(Schema(node, at))
        elif kind in _SHOWING and type(node.get("schema")) is dict:
            self.examples += self._beside(node, kind, at)
        for field, value in node.items():
            if kind == "callback":
                yield value, "path item", child(at, field)
            elif (inner := FIELDS.get(kind, {}).get(field)) is not None:
                yield value, inner, child(at, field)
