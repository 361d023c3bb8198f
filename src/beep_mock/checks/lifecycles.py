"""Check that what a provider creates can be read, equals what was sent, and is gone when it is deleted.

A contract says it by its paths: ``POST /worlds`` answers 201, ``/worlds/{worldId}`` can be read and, maybe, deleted.
That an answer repeats what was sent is expected where the contract's examples of the operation show it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from beep_mock.contracts.examples import interactions_of
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.exchanges.commands import curl
from beep_mock.interaction import MISSING
from beep_mock.providers.properties import PropertyFailure, answer_line

if TYPE_CHECKING:
    from beep_mock.agreement.request_generation import GeneratedRequest, RequestGenerator
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.exchanges.exchange import Reply
    from beep_mock.interaction import Json
    from beep_mock.providers.targets import Target

__all__ = ["lifecycle_failures"]

_TRIED: Final = 40
_GONE: Final = frozenset({401, 403, 404, 410})
_FAILED: Final = 400


def lifecycle_failures(
    contract: Contract, maker: RequestGenerator, target: Target, headers: tuple[tuple[str, str], ...], end: float
) -> Iterator[PropertyFailure]:
    """Of each operation that creates; none is begun after ``end`` (of the monotonic clock).

    :raises VerificationError: the provider does not answer.
    """
    for operation in contract.operations.values():
        if operation.method == "POST" and operation.broken is None and _creates(operation) and time.monotonic() < end:
            yield from _Lifecycle(contract, maker, target, headers, operation).failures()


def _creates(operation: Operation) -> bool:
    return any(response.status == "201" for response in operation.responses)


@dataclass(frozen=True, slots=True)
class _Created:
    made: GeneratedRequest
    reply: Reply
    content: Any


class _Lifecycle:
    def __init__(
        self,
        contract: Contract,
        maker: RequestGenerator,
        target: Target,
        headers: tuple[tuple[str, str], ...],
        operation: Operation,
    ) -> None:
        self._contract = contract
        self._maker = maker
        self._target = target
        self._headers = headers
        self._operation = operation
        self._sampler = Sampler(contract.document, contract.schemas)
        self._repeated, self._others = _shown(contract, operation)

    def failures(self) -> Iterator[PropertyFailure]:
        followed = False
        known: set[str] = set()
        for number, made in enumerate(self._wanted()):
            created = self._create(self._maker.fresh(made, 9000 + number) or made)
            if created is None:
                continue
            for name, sent, got in self._not_repeated(created.made, created.content):
                if name not in known:
                    known.add(name)
                    message = f"{name} was sent as {_text(sent)} and is answered as {_text(got)}"
                    yield self._failure(
                        "repeats_what_was_sent", "What is created is another", message, created.made, created.reply
                    )
            if not followed:
                followed = True
                yield from self._follow(created)

    def _wanted(self) -> Iterator[GeneratedRequest]:
        """Valid requests, with each property alone beside what is required."""
        found = [*self._maker.valid(self._operation)]
        seen: dict[str, int] = {}
        for made in self._maker.changed(self._operation):
            name = made.place[1] if made.place[:1] == ("body",) and len(made.place) > 1 else ""
            if name and made.content is None and seen.setdefault(name, 0) < 4 and self._is_valid(made):
                seen[name] += 1
                found.append(made)
        yield from found[:_TRIED]

    def _is_valid(self, made: GeneratedRequest) -> bool:
        body = self._operation.request_body
        media = next((m for m in body.content if m.name == made.media_type), None) if body is not None else None
        if media is None or media.schema is None:
            return False
        return not self._sampler.violations(made.body, media.schema, "request")

    def _create(self, made: GeneratedRequest) -> _Created | None:
        reply = self._send(made)
        if reply is None or reply.status != 201:  # RFC 9110, section 15.3.2
            return None
        return _Created(made, reply, _content(reply))

    def _follow(self, created: _Created) -> Iterator[PropertyFailure]:
        found = self._item(created)
        if found is None:
            return
        reading, deleting = found
        reply = self._send(reading)
        if reply is None:
            return
        if reply.status in (404, 410):
            message = f"what was created is not there ({reply.status})"
            yield self._failure(
                "ensure_resource_availability", "What is created cannot be read", message, reading, reply
            )
            return
        if reply.status < _FAILED:
            for name, sent, got in self._not_repeated(created.made, _content(reply)):
                message = f"{name} was created as {_text(sent)} and is read as {_text(got)}"
                yield self._failure("ensure_resource_availability", "What is read is another", message, reading, reply)
        if deleting is None or reply.status >= _FAILED:
            return
        deleted = self._send(deleting)
        if deleted is None or deleted.status not in (200, 204):
            return
        again = self._send(reading)
        if again is not None and again.status < _FAILED and again.status not in _GONE:
            message = f"after {deleting.operation.key} ({deleted.status}) it can still be read ({again.status})"
            yield self._failure("use_after_free", "What is deleted is still there", message, reading, again)

    def _item(self, created: _Created) -> tuple[GeneratedRequest, GeneratedRequest | None] | None:
        """Return the requests that read and delete what was created; None where nothing reads it."""
        pattern = re.compile(re.escape(self._operation.path.rstrip("/")) + r"/\{([^{}/]+)\}")
        for operation in self._contract.operations.values():
            found = pattern.fullmatch(operation.path)
            if found is None or operation.method != "GET" or operation.broken is not None:
                continue
            identity = _identity(created, found[1])
            reading = self._at(operation, found[1], identity)
            if identity is MISSING or reading is None:
                return None
            delete = self._contract.operations.get(f"DELETE {operation.path}")
            return reading, self._at(delete, found[1], identity) if delete is not None else None
        return None

    def _at(self, operation: Operation, name: str, identity: Json) -> GeneratedRequest | None:
        least = self._maker.least(operation) if operation.broken is None else None
        return replace(least, values={**least.values, f"path.{name}": identity}) if least is not None else None

    def _not_repeated(self, made: GeneratedRequest, content: Any) -> Iterator[tuple[str, Json, Json]]:
        """Properties that were sent and are answered as others, where examples show that they are repeated."""
        if not self._repeated or not isinstance(made.body, dict) or not isinstance(content, dict):
            return
        for name, sent in made.body.items():
            got = content.get(name, MISSING)
            plain = isinstance(sent, str | int) and type(got) is type(sent)
            if plain and got != sent and name not in self._others:
                yield name, sent, got

    def _send(self, made: GeneratedRequest) -> Reply | None:
        raw = made.raw(self._contract)
        return self._target.send(raw, headers=self._headers) if raw is not None else None

    def _failure(
        self, check: str, title: str, message: str, made: GeneratedRequest, reply: Reply | None = None
    ) -> PropertyFailure:
        raw = made.raw(self._contract)
        command = curl(raw) if raw is not None else ""
        received = answer_line(reply.status, reply.content_type, reply.body) if reply is not None else ""
        return PropertyFailure(made.operation.key, check, title, message, command, received=received)


def _identity(created: _Created, name: str) -> Json:
    """Return what identifies the new resource in its path: the end of Location, else its id."""
    location = created.reply.header("location")
    segment = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2])
    if segment:
        return segment
    content = created.content if isinstance(created.content, dict) else {}
    return content.get(name, content.get("id", MISSING))


def _shown(contract: Contract, operation: Operation) -> tuple[set[str], set[str]]:
    """Return names of properties that examples of a 201 repeat from their request, and those they answer as others."""
    repeated, others = set[str](), set[str]()
    for interaction in interactions_of(contract, operation):
        sent = interaction.request.body
        if interaction.response.status != 201 or not isinstance(sent, dict):
            continue
        try:
            answered = json.loads(interaction.response.body)
        except ValueError:
            continue
        for name, value in sent.items() if isinstance(answered, dict) else ():
            if name in answered:
                (repeated if answered[name] == value else others).add(name)
    return repeated, others


def _content(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def _text(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}..."
