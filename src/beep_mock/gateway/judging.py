"""Forwarded traffic against its contract: which operation it is, and what breaks the contract in either direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beep_mock.contracts.model import Contract, Operation, Violation
from beep_mock.contracts.response_validation import response_violations
from beep_mock.contracts.routing.shared_urls import SharedUrls
from beep_mock.contracts.security import check, secret_keys
from beep_mock.contracts.validator import validator_of
from beep_mock.gateway.forwarding import Reply

__all__ = ["Judge"]


class Judge:
    """Judges the traffic of one service by its contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.secrets = secret_keys(contract)
        bases = {b for o in contract.operations.values() for b in o.base_paths if b}
        self._shared = SharedUrls(contract)
        self._base_paths = sorted({*bases, *(b for b in contract.base_paths if b)}, key=len, reverse=True)

    def find(
        self, method: str, path: str, environ: Mapping[str, Any], body: bytes
    ) -> tuple[Operation, Mapping[str, str], str] | None:
        """The operation, its raw path parameters, and the path without a declared server's base path."""
        for base in ("", *self._base_paths):
            if base and not path.startswith(base + "/"):
                continue
            own = path[len(base) :]
            match = self.contract.router.match(own, method)
            route = (match.methods.get(method) or _head(match.methods, method)) if match is not None else None
            if match is not None and route is not None:
                if route.others:
                    query = environ.get("QUERY_STRING", "")
                    route = self._shared.meant(route, match.slots, query, environ, body)
                return route.payload, route.values(match.slots), own
        return None

    def request_violations(
        self, operation: Operation, values: Mapping[str, str], environ: Mapping[str, Any], body: bytes
    ) -> tuple[Violation, ...]:
        """Why a request does not keep the contract; empty when it does, or when its operation is broken."""
        if operation.broken is not None:
            return ()
        query = environ.get("QUERY_STRING", "")
        found: tuple[Violation, ...] = ()
        if operation.security and not check(operation, environ, query)[0]:
            message = "the credentials that the contract demands are missing or malformed"
            found = (Violation(("header", "authorization"), "Error", "security", message),)
        return found + validator_of(self.contract).reader(operation).read(values, query, environ, body)[1]

    def response_violations(self, operation: Operation, method: str, reply: Reply) -> tuple[Violation, ...]:
        """Why an answer does not keep the contract; one that is streamed or encoded is not judged."""
        encoded = any(n.lower() == "content-encoding" and v.lower() != "identity" for n, v in reply.headers)
        if operation.broken is not None or reply.rest is not None or encoded:
            return ()
        return tuple(
            response_violations(self.contract, operation, reply.status, reply.headers, reply.body, method=method)
        )

    def undeclared(self, method: str, path: str) -> tuple[Violation, ...]:
        """The violation that a request is when the contract declares no such operation."""
        near = ", ".join(self.contract.router.nearest(path))
        message = f"the contract declares no {method} for this path; nearest: {near or 'none'}"
        return (Violation(("path",), "Error", "undeclared", message),)


def _head(methods: Mapping[str, Any], method: str) -> Any:
    return methods.get("GET") if method == "HEAD" else None
