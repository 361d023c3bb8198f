"""Firing: one webhook or callback sent to a consumer by hand, and its answer judged by the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from beep_mock.contracts.encoding import RawRequest
from beep_mock.contracts.example_requests import Composed, compose
from beep_mock.contracts.model import Contract, Operation, Violation
from beep_mock.contracts.response_validation import response_violations
from beep_mock.errors import BeepMockError, ContractError
from beep_mock.exchanges.commands import curl
from beep_mock.exchanges.exchange import Reply
from beep_mock.outgoing.reach import Reach
from beep_mock.outgoing.sending import Destination, SendError, send, target_of

__all__ = ["Fired", "Outgoing", "find_outgoing", "fire", "outgoing_of", "prepare"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A webhook's or callback's operation under the name that it has in the document.

    ``owner`` is the operation that a callback belongs to (``POST /streams``).
    """

    kind: Literal["webhook", "callback"]
    name: str
    operation: Operation
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent; ``source`` as in :class:`Composed`."""

    method: str
    headers: tuple[tuple[str, str], ...]
    query: str
    body: bytes
    source: str

    def as_curl(self, url: str) -> str:
        """Return the same request for a shell; without a ``url`` it takes the variable ``$URL``."""
        request = RawRequest(self.method, "", self.query, list(self.headers), self.body)
        if not url:
            return curl(request, "$URL", lines=True)
        target = target_of(url).asking(self.query)
        return curl(replace(request, path=target.path or "/", query=target.query), target.address, lines=True)


@dataclass(frozen=True, slots=True)
class Fired:
    """A request that was sent, and its answer; ``violations`` are the answer's."""

    outgoing: Outgoing
    target: Destination
    prepared: Prepared
    received: Reply
    violations: tuple[Violation, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON; bodies as text, undecodable bytes replaced."""
        return {
            "kind": self.outgoing.kind,
            "name": self.outgoing.name,
            "source": self.prepared.source,
            "request": {
                "method": self.prepared.method,
                "url": str(self.target),
                "headers": [list(header) for header in self.prepared.headers],
                "body": self.prepared.body.decode("utf-8", "replace"),
            },
            "response": {
                "status": self.received.status,
                "headers": [list(header) for header in self.received.headers],
                "body": self.received.body.decode("utf-8", "replace"),
            },
            "violations": [violation.as_dict() for violation in self.violations],
        }


def outgoing_of(contract: Contract) -> Iterator[Outgoing]:
    """Yield all that a provider sends by itself: webhooks first, then callbacks, in the document's order."""
    for name, operations in contract.webhooks.items():
        for operation in operations.values():
            yield Outgoing("webhook", name, operation)
    for owner in contract.operations.values():
        for callback in owner.callbacks:
            for operation in callback.operations:
                yield Outgoing("callback", callback.name, operation, owner.key)


def find_outgoing(contract: Contract, name: str, method: str = "") -> Outgoing:
    """Return the webhook, else the callback, of that name; also by its operationId.

    The first, or the one of ``method``.

    :raises ContractError: there is none; the message names those nearest to it.
    """
    every = list(outgoing_of(contract))
    named = [o for o in every if o.name == name] or [o for o in every if o.operation.operation_id == name]
    found = [o for o in named if not method or o.operation.method == method.upper()]
    if found:
        return found[0]
    if named:
        methods = ", ".join(o.operation.method for o in named)
        raise ContractError(f"{name!r} is not sent by {method.upper()}", file=contract.document.file,
                            hint=f"methods: {methods}")  # fmt: skip
    names = list(dict.fromkeys(o.name for o in every))
    near = get_close_matches(name, names, n=3, cutoff=0.5) or names[:20]
    raise ContractError(
        f"there is no webhook or callback {name!r}",
        file=contract.document.file,
        hint=f"there are: {', '.join(near)}" if near else "the document declares none",
    )


def prepare(
    contract: Contract, outgoing: Outgoing, *, example: str | None = None, headers: Mapping[str, str] | None = None
) -> Prepared:
    """Return the request for a webhook or callback; ``headers`` are added, or replace those of the same name.

    :raises ContractError: its part of the document cannot be used, or it has no such example.
    """
    broken = outgoing.operation.broken
    if broken is not None:
        raise ContractError(broken.message, file=broken.where.file, pointer=broken.where.pointer, hint=broken.hint)
    composed: Composed = compose(contract, outgoing.operation, example=example)
    given = dict(headers or {})
    own = {name.lower() for name in given}
    kept = [("User-Agent", "beep-mock"), *composed.request.headers]
    return Prepared(
        method=composed.request.method,
        headers=(*((n, v) for n, v in kept if n.lower() not in own), *given.items()),
        query=composed.request.query,
        body=composed.request.body,
        source=composed.source,
    )


def fire(contract: Contract, outgoing: Outgoing, prepared: Prepared, url: str, reach: Reach) -> Fired:
    """Send a prepared request to ``url``, which is taken as it is, and judge the answer.

    :raises BeepMockError: it may not be sent there, or nobody answers.
    """
    try:
        target = target_of(url).asking(prepared.query)
        received = send(target, prepared.method, prepared.headers, prepared.body, reach=reach)
    except SendError as error:
        hint = "allow it with --allow-remote" if error.refused else ""
        raise BeepMockError(f"not sent: {error.reason}", hint=hint) from None
    operation = outgoing.operation
    violations: list[Violation] = []
    if operation.responses:
        violations = response_violations(
            contract, operation, received.status, received.headers, received.body, method=operation.method
        )
    return Fired(outgoing, target, prepared, received, tuple(violations))
