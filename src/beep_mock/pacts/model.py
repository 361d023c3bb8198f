"""Pact files of specification 2, 3 and 4, read into interactions.

A pact's matching rules and generators are for Pact's own verifier, which reads the file itself; here an interaction is
the example that it gives. Specification: https://github.com/pact-foundation/pact-specification
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from beep_mock.errors import PactFileError
from beep_mock.interaction import MISSING, Interaction, Json, Missing, ProviderState, Request, Response

__all__ = ["Pact", "body_pointer", "encoded_body", "is_wrapped", "read_pact"]


def is_wrapped(message: Any, specification: str) -> bool:
    """Return whether the body of a request or response is the ``content`` of what stands there.

    In a pact of version 4 that holds no ``content`` the body is taken for a bare one, as people write it by hand.
    """
    major = specification.partition(".")[0]
    body = message.get("body") if isinstance(message, Mapping) else None
    return major.isdecimal() and int(major) >= 4 and isinstance(body, dict) and "content" in body


def body_pointer(entry: Any, role: str, specification: str) -> str:
    """Return where the body of an interaction's ``request`` or ``response`` is."""
    message = entry.get(role) if isinstance(entry, Mapping) else None
    return f"/{role}/body/content" if is_wrapped(message, specification) else f"/{role}/body"


_HTTP: Final = "Synchronous/HTTP"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Pact:
    """The expectations of one consumer on one provider.

    ``specification`` is as the file says it (``"4.0"``), ``"2.0.0"`` if it says nothing. ``interactions`` are the HTTP
    ones, in the file's order, named by their descriptions; ``entries`` are the same as the file has them, with their
    matching rules; ``messages`` the descriptions of all others.
    """

    consumer: str
    provider: str
    specification: str
    interactions: tuple[Interaction, ...]
    file: str
    messages: tuple[str, ...] = ()
    entries: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


# RFC 8259, section 8.2: what a text with half of a surrogate pair means is unpredictable; it has no UTF-8.
_MAY_BE_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")
_HALF: Final = re.compile(
    rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]|\xed[\xa0-\xbf]", re.DOTALL
)


def read_pact(path: Path) -> Pact:
    """Return the pact in the file at ``path``; whose it is, is said by its content.

    :raises PactFileError: it cannot be read, is not JSON, or no pact; names the pointer.
    """
    file = str(path)
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
        if _MAY_BE_HALF.search(raw):
            json.dumps(content, ensure_ascii=False).encode()
    except OSError as error:
        raise PactFileError(f"cannot be read: {error.strerror}", file=file) from error
    except json.JSONDecodeError as error:
        raise PactFileError(f"is not JSON: {error.msg}", file=file, line=error.lineno) from error
    except UnicodeEncodeError as error:
        raise PactFileError(
            "is not JSON that can be sent: a text holds half of a surrogate pair",
            file=file,
            line=next((raw[: half.start()].count(b"\n") + 1 for half in _HALF.finditer(raw)), None),
            hint="write the whole character, or another one",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise PactFileError(f"is not JSON: {error}", file=file) from error
    return _Reader(file).pact(content)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._specification = ""

    def pact(self, content: Any) -> Pact:
        root = self._mapping(content, "")
        self._specification = _specification(root)
        interactions, kept = [], []
        messages = [
            str(entry.get("description", "")) for entry in self._entries(root, "messages") if isinstance(entry, dict)
        ]
        for number, entry in enumerate(self._entries(root, "interactions")):
            pointer = f"/interactions/{number}"
            interaction = self._mapping(entry, pointer)
            if interaction.get("type", _HTTP) == _HTTP:
                interactions.append(self._interaction(interaction, pointer))
                kept.append(interaction)
            else:
                messages.append(
                    str(interaction.get("description") or "")
                )  # left out anyway: no reason to refuse the file
        return Pact(
            consumer=self._participant(root, "consumer"),
            provider=self._participant(root, "provider"),
            specification=self._specification,
            interactions=tuple(interactions),
            file=self._file,
            messages=tuple(messages),
            entries=tuple(kept),
        )

    def _entries(self, root: Mapping[str, Any], key: str) -> list[Any]:
        """Return the entries of a list that may be missing; null is said by libraries that have none to write."""
        entries = root.get(key)
        if entries is not None and not isinstance(entries, list):
            raise self._fault("must be a list", f"/{key}")
        return entries or []

    def _interaction(self, entry: Mapping[str, Any], pointer: str) -> Interaction:
        request = self._mapping(entry.get("request"), f"{pointer}/request")
        response = self._mapping(entry.get("response", {}), f"{pointer}/response")
        return Interaction(
            name=self._text(entry, "description", pointer),
            source="pact",
            operation="",
            request=self._request(request, f"{pointer}/request"),
            response=self._response(response, f"{pointer}/response"),
            file=self._file,
            pointer=pointer,
            states=self._states(entry, pointer),
        )

    def _request(self, request: Mapping[str, Any], pointer: str) -> Request:
        headers = self._headers(request, pointer)
        body, media_type = self._body(request, headers, pointer)
        parameters: dict[str, Json] = {
            f"query.{name}": values[0] if len(values) == 1 else values
            for name, values in self._query(request.get("query"), pointer).items()
        }
        parameters |= {f"header.{name.lower()}": value for name, value in headers}
        return Request(
            method=str(request.get("method", "GET")).upper(),
            path=self._text(request, "path", pointer) if request.get("path") else "/",
            parameters=parameters,
            body=body,
            media_type=media_type,
        )

    def _response(self, response: Mapping[str, Any], pointer: str) -> Response:
        status = response.get("status", 200)
        if not isinstance(status, int) or not 100 <= status <= 599:
            raise self._fault(f"{status!r} is not an HTTP status", f"{pointer}/status")
        headers = self._headers(response, pointer)
        body, media_type = self._body(response, headers, pointer)
        encoded = str(body).encode("latin-1") if self._is_binary(response) else encoded_body(body, media_type)
        return Response(status, tuple(headers), encoded, media_type)

    def _states(self, entry: Mapping[str, Any], pointer: str) -> tuple[ProviderState, ...]:
        stated = entry.get("providerStates", entry.get("providerState", entry.get("provider_state")))
        if stated is None or stated == "":
            return ()
        if isinstance(stated, str):  # version 2
            return (ProviderState(stated),)
        pointer = f"{pointer}/providerStates"
        if not isinstance(stated, list):
            raise self._fault("must be a list", pointer)
        states = []
        for number, state in enumerate(stated):
            one = self._mapping(state, f"{pointer}/{number}")
            parameters = self._mapping(one.get("params") or {}, f"{pointer}/{number}/params")
            states.append(ProviderState(self._text(one, "name", f"{pointer}/{number}"), parameters))
        return tuple(states)

    def _query(self, query: Any, pointer: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if isinstance(query, str):  # version 2: as in the URL
            for name, value in parse_qsl(query, keep_blank_values=True):
                found.setdefault(name, []).append(value)
            return found
        for name, values in self._mapping(query or {}, f"{pointer}/query").items():
            found[name] = [str(value) for value in values] if isinstance(values, list) else [str(values)]
        return found

    def _headers(self, message: Mapping[str, Any], pointer: str) -> list[tuple[str, str]]:
        headers = self._mapping(message.get("headers") or {}, f"{pointer}/headers")
        return [
            (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in headers.items()
        ]

    def _body(
        self, message: Mapping[str, Any], headers: list[tuple[str, str]], pointer: str
    ) -> tuple[Json | Missing, str]:
        declared = next((value for name, value in headers if name.lower() == "content-type"), "")
        body = message.get("body", MISSING)
        if not is_wrapped(message, self._specification):
            media_type = declared or ("" if body is MISSING or body is None else _JSON)
            return (MISSING if body is MISSING else body), media_type
        content, encoded = body["content"], body.get("encoded", False)
        said = body.get("contentType") or declared
        media_type = str(said or ("" if content is None or isinstance(content, str) else _JSON))
        if not encoded or not isinstance(content, str):
            return content, media_type
        if str(encoded).lower() == "json":  # JSON kept as the text it is
            return _parsed(content), media_type
        try:
            raw = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._fault(f"is not encoded as {encoded}: {error}", f"{pointer}/body/content") from error
        return raw.decode("latin-1"), media_type  # a text of bytes, as bodies without a known type are decoded

    def _is_binary(self, message: Mapping[str, Any]) -> bool:
        if not is_wrapped(message, self._specification):
            return False
        encoded = message["body"].get("encoded")
        return isinstance(message["body"]["content"], str) and bool(encoded) and str(encoded).lower() != "json"

    def _participant(self, root: Mapping[str, Any], role: str) -> str:
        return self._text(self._mapping(root.get(role), f"/{role}"), "name", f"/{role}")

    def _mapping(self, value: Any, pointer: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        what = "is missing" if value is None else f"must be an object, not {type(value).__name__}"
        raise self._fault(what if pointer else "a pact must be an object", pointer)

    def _text(self, parent: Mapping[str, Any], key: str, pointer: str) -> str:
        value = parent.get(key)
        if isinstance(value, str) and value:
            return value
        raise self._fault("must be a text that is not empty", f"{pointer}/{key}")

    def _fault(self, message: str, pointer: str) -> PactFileError:
        return PactFileError(message, file=self._file, pointer=pointer, hint="is this a pact file?")


def _specification(root: Mapping[str, Any]) -> str:
    match root.get("metadata"):
        case {"pactSpecification": {"version": str(version)}} | {"pact-specification": {"version": str(version)}}:
            return version
        case {"pactSpecificationVersion": str(version)}:
            return version
    return "2.0.0"


def _parsed(text: str) -> Json:
    try:
        value: Json = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # no half surrogate pairs: they have no UTF-8
    except ValueError:
        return text
    return value


def encoded_body(body: Json | Missing, media_type: str) -> bytes:
    """Return the bytes of a decoded body: a text as it is where its type is not JSON, else JSON."""
    if body is MISSING or body is None:
        return b""
    if isinstance(body, str) and "json" not in media_type.lower():
        return body.encode()
    return json.dumps(body, ensure_ascii=False).encode()
