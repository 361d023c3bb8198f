"""Two engines, one contract: our mock and Prism are asked the same questions, and must give the same answers.

:data:`INTENDED` lists where they may differ, each with its reason. Every other difference is a finding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from beep_mock.contracts.example_requests import ask
from beep_mock.contracts.examples import placed_interactions
from beep_mock.contracts.parameters.headers import is_token
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError, ServerStartError
from beep_mock.exchanges.exchange import Reply
from beep_mock.findings import Finding, Severity, Where
from beep_mock.gateway.prism import PrismProcess
from beep_mock.mocks.mock import Mock
from beep_mock.servers.threaded import ThreadServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beep_mock.contracts.model import Contract, Operation, ResponseSpec
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.interaction import Interaction

__all__ = [
    "INTENDED",
    "EngineComparison",
    "EngineDifference",
    "IntendedDifference",
    "Question",
    "engine_findings",
    "intended",
    "questions",
]


@dataclass(frozen=True, slots=True)
class Question:
    """A request for one operation; ``target`` is its path and query, percent-encoded, without a base path.

    ``interaction`` is the one it names, ``response`` the declared response that this belongs to; both are None for an
    operation without an example, which is asked for whatever it answers.
    """

    operation: Operation
    interaction: Interaction | None
    response: ResponseSpec | None
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def subject(self) -> str:
        """Return the request for people: ``GET /worlds/{worldId}, 200, example 'earth'``."""
        if self.interaction is None:
            return self.operation.key
        name = f"example '{self.interaction.name}'" if self.interaction.name else "the unnamed example"
        return f"{self.operation.key}, {self.interaction.response.status}, {name}"


def questions(contract: Contract) -> Iterator[Question]:
    """Yield every question about a contract, in the document's order.

    A request holds the values of the interaction's own request, and where those leave a required one open an example of
    it or a sample. Operations that are broken are left out.

    :raises ContractError: no sample can be made for a required value.
    """
    sampler = Sampler(contract.document, contract.schemas)
    for operation in contract.operations.values():
        if operation.broken is not None:
            continue
        placed = placed_interactions(contract, operation)
        for response, _, interaction in placed:
            yield _question(operation, interaction, response, sampler)
        if not placed and operation.responses:
            yield _question(operation, None, None, sampler)


def _question(
    operation: Operation, interaction: Interaction | None, response: ResponseSpec | None, sampler: Sampler
) -> Question:
    request = ask(operation, interaction, sampler)
    headers, query = list(request.headers), [request.query] if request.query else []
    if interaction is not None:
        _name(interaction, headers, query)
    target = f"{request.path}?{'&'.join(query)}" if query else request.path
    return Question(operation, interaction, response, target, tuple(headers), request.body)


def _name(interaction: Interaction, headers: list[tuple[str, str]], query: list[str]) -> None:
    """Ask for this interaction: by ``Prefer`` (RFC 7240), or in the query if its name is not a token."""
    status, name = interaction.response.status, interaction.name
    if not name:
        headers.append(("Prefer", f"code={status}"))
    elif is_token(name):
        headers.append(("Prefer", f"code={status}, example={name}"))
    else:
        query += [f"__code={status}", f"__example={quote(name, safe='')}"]


_REMOTE = re.compile(rb"""\$ref["']?\s*:\s*["']?[A-Za-z][A-Za-z0-9+.-]+://""")
_TIMEOUT = 30.0  # seconds for one answer; Prism compiles a schema when it is first needed
_SHOWN = 200  # characters of a body in a message


def engine_findings(contract: Contract, document: Path, root: Path, *, allow_remote: bool = False) -> Iterator[Finding]:
    """Find where Prism answers differently from our mock.

    ``document`` is the file that Prism reads, ``root`` the workspace whose Prism is run. Overrides are not part of the
    comparison: Prism does not know them. A document with references to URLs is only compared with ``allow_remote``:
    Prism fetches them without asking.

    :raises ServerStartError: Prism is not installed.
    """
    if not allow_remote and any(_REMOTE.search(file.read_bytes()) for file in contract.document.files):
        message = "Prism would fetch what its references name by URL: it was not compared with"
        hint = "--allow-remote-refs lets it"
        yield Finding("engines-not-compared", Severity.WARNING, message, Where(str(document)), hint)
        return
    process = PrismProcess(document, root)
    try:
        process.start()
    except ServerStartError as fault:
        if fault.file != str(process.document):
            raise
        hint = "nothing was compared"
        yield Finding("engine-refuses", Severity.ERROR, fault.message, Where(str(document)), hint)
        return
    try:
        with ThreadServer(Mock("mock", contract)) as server:
            yield from _compare_all(contract, _Client(server.url), process)
    finally:
        process.stop()


def _compare_all(contract: Contract, ours: _Client, process: PrismProcess) -> Iterator[Finding]:
    theirs = _Client(process.url)
    fatal = ""  # the operation that Prism does not stand
    try:
        for question in questions(contract):
            if question.operation.key == fatal:
                continue
            comparison = EngineComparison(contract.openapi, question, ours.ask(question), theirs.ask(question))
            if comparison.theirs.status or not comparison.ours.status:
                yield from _compare(contract, comparison)
                continue
            fatal = question.operation.key
            message = f"{question.subject}: Prism gave {_shown(comparison.theirs.body)}"
            hint = "nothing more was compared of this operation"
            yield Finding("engine-failed", Severity.WARNING, message, _where(contract, question), hint)
            process.stop()
            theirs = _Client(process.start().url)
    except ContractError as fault:
        where = Where(fault.file, fault.pointer)
        yield Finding("engines-not-compared", Severity.WARNING, fault.message, where, fault.hint)


def _compare(contract: Contract, comparison: EngineComparison) -> Iterator[Finding]:
    question = comparison.question
    for difference in _differences(contract, comparison):
        if intended(comparison, difference) is None:
            message = f"{question.subject}: {difference.aspect}: ours {difference.ours}, Prism's {difference.theirs}"
            yield Finding("engines-differ", Severity.ERROR, message, _where(contract, question))


def _where(contract: Contract, question: Question) -> Where:
    if question.interaction is not None:
        return Where(question.interaction.file, question.interaction.pointer)
    return contract.document.where(question.operation.at)


def _differences(contract: Contract, comparison: EngineComparison) -> Iterator[EngineDifference]:
    """Status, media type, body and declared headers; a generated body is compared by its schema."""
    ours, theirs = comparison.ours, comparison.theirs
    if ours.status != theirs.status:
        yield EngineDifference("status", str(ours.status), f"{theirs.status} {_shown(theirs.body)}")
        return
    if ours.media_type != theirs.media_type:
        yield EngineDifference("media type", ours.media_type or "none", theirs.media_type or "none")
    if ours.header("beep-mock-source").startswith("sample"):  # generated
        operation = comparison.question.operation
        for reply, name in ((ours, "ours"), (theirs, "theirs")):
            found = response_violations(contract, operation, reply.status, reply.headers, reply.body)
            if found:
                texts = {"ours": "valid", "theirs": "valid", name: f"breaks the schema ({found[0].message})"}
                yield EngineDifference("generated response", texts["ours"], texts["theirs"])
    elif not _same_body(ours, theirs):
        yield EngineDifference("body", _shown(ours.body), _shown(theirs.body))
    declared = comparison.question.response
    for header in declared.headers if declared is not None else ():
        name = header.name.lower()
        sent = tuple(any(n.lower() == name for n, _ in reply.headers) for reply in (ours, theirs))
        if sent[0] != sent[1]:
            words = ("sent" if one else "not sent" for one in sent)
            yield EngineDifference(f"header {header.name}", *words)


def _same_body(ours: Reply, theirs: Reply) -> bool:
    if ours.body == theirs.body:
        return True
    try:
        return bool(json.loads(ours.body) == json.loads(theirs.body))
    except ValueError:
        return False


def _shown(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text or "(empty)"


class _Client:
    """One kept connection to an engine. The standard library's: it sends a target as it stands."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=_TIMEOUT)

    def ask(self, question: Question) -> Reply:
        """Return the engine's reply; one that breaks off or does not come is a reply of status 0 that says why."""
        try:
            self._connection.request(
                question.operation.method, question.target, question.body or None, dict(question.headers)
            )
            answer = self._connection.getresponse()
            return Reply(answer.status, tuple(answer.getheaders()), answer.read())
        except (OSError, HTTPException, ValueError) as error:
            self._connection.close()
            return Reply(0, (), f"no answer ({error or type(error).__name__})".encode())


@dataclass(frozen=True, slots=True)
class EngineComparison:
    """A question and both replies. ``openapi`` is the version that the document declares."""

    openapi: str
    question: Question
    ours: Reply
    theirs: Reply


@dataclass(frozen=True, slots=True)
class EngineDifference:
    """One aspect in which two replies differ, and how it is on either side."""

    aspect: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class IntendedDifference:
    """An aspect (empty: any) in which we mean to differ where ``applies``, because of ``reason``."""

    aspect: str
    reason: str
    applies: Callable[[EngineComparison, EngineDifference], bool]


def intended(comparison: EngineComparison, difference: EngineDifference) -> IntendedDifference | None:
    """Return the entry of :data:`INTENDED` that explains a difference; ``None`` makes it a finding."""
    for entry in INTENDED:
        if entry.aspect in ("", difference.aspect) and entry.applies(comparison, difference):
            return entry
    return None


def _asked(comparison: EngineComparison) -> int:
    """Return the status that the question names; 0 when it names none."""
    interaction = comparison.question.interaction
    return interaction.response.status if interaction is not None else 0


def _is_json_as_text(comparison: EngineComparison, _: EngineDifference) -> bool:
    try:
        outer = json.loads(comparison.theirs.body)
        return isinstance(outer, str) and bool(json.loads(outer) == json.loads(comparison.ours.body))
    except ValueError:
        return False


def _is_wrapped_example(comparison: EngineComparison, _: EngineDifference) -> bool:
    try:
        outer = json.loads(comparison.theirs.body)
        return isinstance(outer, dict) and bool(outer.get("value") == json.loads(comparison.ours.body))
    except ValueError:
        return False


def _violations_of(theirs: Reply) -> bytes:
    """Return Prism's reasons why a request is invalid, from its header or a problem's body."""
    return theirs.header("sl-violations").encode() + theirs.body


def _sends_form(comparison: EngineComparison) -> bool:
    return ("Content-Type", "application/x-www-form-urlencoded") in comparison.question.headers


INTENDED: tuple[IntendedDifference, ...] = (
    IntendedDifference(
        "media type",
        "A response without content has no media type (RFC 9110, section 8.3); Prism sends text/plain and no byte.",
        lambda c, _: not c.ours.media_type and c.theirs.media_type == "text/plain" and not c.theirs.body,
    ),
    IntendedDifference(
        "media type",
        "HEAD has the headers of GET (RFC 9110, section 9.3.2); Prism leaves out the media type.",
        lambda c, _: c.question.operation.method == "HEAD" and not c.theirs.media_type,
    ),
    IntendedDifference(
        "generated response",
        "Our samples keep the schema; Prism's break it for patterns, alternatives and recursion.",
        lambda _, d: d.ours == "valid",
    ),
    IntendedDifference(
        "body",
        "A JSON example written as a string is the JSON it stands for; Prism sends the string.",
        _is_json_as_text,
    ),
    IntendedDifference(
        "status",
        "An invalid request gets the error that the client prefers, so that it can try how it takes that error; "
        "Prism gives its 422, 400 or default whatever was asked.",
        lambda c, _: c.ours.status == _asked(c) >= 400 and c.theirs.status in (400, 422),
    ),
    IntendedDifference(
        "status",
        "Examples are sent in every media type; Prism has no way to write some, such as application/x-ndjson.",
        lambda c, _: c.theirs.status == 500 and b"Cannot find serializer" in c.theirs.body,
    ),
    IntendedDifference(
        "status",
        "A repeated field of a form is an array (OpenAPI, style `form`); Prism takes it for a text and refuses it.",
        lambda c, _: _sends_form(c) and c.theirs.status in (400, 422) and b"must be array" in _violations_of(c.theirs),
    ),
    IntendedDifference(
        "status",
        "WSGI (PEP 3333) hands a path over decoded: %2F in a segment cannot be told from a slash.",
        lambda c, _: "%2F" in c.question.target.partition("?")[0] and c.ours.status == 404,
    ),
    IntendedDifference(
        "body",
        "An `example` that is a reference to a named example means that example's value; Prism sends the whole object.",
        _is_wrapped_example,
    ),
    IntendedDifference(
        "status",
        "A header parameter named Authorization is ignored (OpenAPI, Parameter Object, `name`); Prism demands it.",
        lambda c, _: c.theirs.status in (400, 422) and b"property 'authorization'" in _violations_of(c.theirs),
    ),
    IntendedDifference(
        "",
        "Prism does not know what OpenAPI 3.2 adds, such as `dataValue` in examples and `querystring` parameters.",
        lambda c, _: not c.openapi.startswith(("2.", "3.0", "3.1")),
    ),
)
"""All intended differences. Extend it only with what a user of Prism can accept when told the reason."""
