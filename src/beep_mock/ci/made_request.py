"""A request in the making: values that can be changed and taken away one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from beep_mock.contracts.asking import with_credentials
from beep_mock.contracts.encoding import RawRequest, encode_request
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Operation
    from beep_mock.interaction import Json, Missing

__all__ = ["MadeRequest"]

_LONGEST: Final = 8000
"""Octets of a target that servers take (RFC 9110, section 4.1)."""


@dataclass(frozen=True, slots=True)
class MadeRequest:
    """A request for ``operation``, as values that can be taken away one by one.

    ``values`` are by :attr:`Parameter.key`. ``content`` is sent in place of the body that ``body`` would be: bytes, and
    their content type or ``""``. ``extra`` is a further pair of the query. ``place`` is what was changed of ``origin``,
    the valid request it was made of (None: this is none that was changed).
    """

    operation: Operation
    values: Mapping[str, Json] = field(default_factory=dict)
    body: Json | Missing = MISSING
    media_type: str = ""
    credentials: bool = True
    content: tuple[bytes, str] | None = None
    extra: str = ""
    method: str = ""
    place: tuple[str, ...] = ()
    origin: MadeRequest | None = None

    def raw(self, contract: Contract) -> RawRequest | None:
        """The request as it is sent; None where it cannot be written."""
        body = self.body if self.content is None else MISSING
        try:
            request = encode_request(self.operation, self.values, body, self.media_type, contract.document)
        except (ContractError, TypeError, ValueError, AttributeError):  # a value that this encoding has no way to write
            return None
        headers, query = list(request.headers), [request.query] if request.query else []
        content = request.body
        if self.content is not None:
            content, kind = self.content
            headers += [("Content-Type", kind)] if kind else []
        query += [self.extra] if self.extra else []
        request = replace(
            request,
            method=self.method or request.method,
            query="&".join(query),
            headers=headers,
            body=content,
        )
        if self.credentials:
            request = with_credentials(self.operation, request)
        return replace(request, headers=[*request.headers, ("Accept", "*/*")]) if _can_travel(request) else None


def _can_travel(request: RawRequest) -> bool:
    """Whether clients send it as it is: they take dot segments out (RFC 3986, section 5.2.4)."""
    dots = {".", ".."}.intersection(request.path.split("/"))
    return not dots and request.target.isascii() and len(request.target) < _LONGEST
