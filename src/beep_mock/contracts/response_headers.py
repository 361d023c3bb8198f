"""The declared headers of an answer: their values from examples or samples, written in style ``simple``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from beep_mock.contracts.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Missing

if TYPE_CHECKING:
    from beep_mock.contracts.model import Contract, Header, ResponseSpec

__all__ = ["response_headers", "simple_text"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_OWN = frozenset(  # what describes the message as the server writes it, whatever the contract's example says
    {"connection", "content-encoding", "content-length", "content-type", "keep-alive", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip

_samplers: WeakKeyDictionary[Contract, Sampler] = WeakKeyDictionary()


def response_headers(contract: Contract, response: ResponseSpec, name: str = "") -> tuple[tuple[str, str], ...]:
    """The declared headers of ``response`` for the example ``name``, ready to be sent.

    A header's value is its example of that name, else its first example, else a sample of its schema. Headers that
    the server itself must get right (Content-Length) are left out, and those without any value.
    """
    found = []
    for header in response.headers:
        if header.name.lower() in _OWN or not _TOKEN.fullmatch(header.name):
            continue
        value = _value(contract, header, name)
        if value is not MISSING:
            found.append((header.name, _sendable(simple_text(value, header.explode))))
    return tuple(found)


def simple_text(value: Json, explode: bool) -> str:
    """``value`` in style ``simple`` (RFC 6570 3.2.2, without percent-encoding): ``a,b`` or ``k=v,k=v``."""
    if isinstance(value, list):
        return ",".join(_scalar(item) for item in value)
    if isinstance(value, dict):
        sign = "=" if explode else ","
        return ",".join(f"{key}{sign}{_scalar(item)}" for key, item in value.items())
    return _scalar(value)


def _value(contract: Contract, header: Header, name: str) -> Json | Missing:
    given = [example for example in header.examples if example.value is not MISSING]
    for example in given:
        if name and example.name == name:
            return example.value
    if given:
        return given[0].value
    if header.schema is None:
        return MISSING
    sampler = _samplers.get(contract)
    if sampler is None:
        sampler = _samplers[contract] = Sampler(contract.document, contract.schemas)
    try:
        return sampler.sample(header.schema, "response")
    except ContractError:  # nothing satisfies its schema: a finding of the schema's, not of this answer
        return MISSING


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, default=str)


def _sendable(text: str) -> str:
    return _CONTROL.sub(" ", text).strip().encode("utf-8", "replace").decode("latin-1")
