"""The response of a pact against its operation: does the contract promise what the consumer reads?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from beep_mock.contracts.bodies.media_types import is_json, match_media_type, parse_content_type
from beep_mock.contracts.model import Operation, ResponseSpec
from beep_mock.contracts.nodes import child
from beep_mock.contracts.response_validation import response_violations
from beep_mock.findings import Finding
from beep_mock.pacts.compared import Compared
from beep_mock.pacts.matching import rules_of
from beep_mock.pacts.promises import broken_promises
from beep_mock.pacts.standard_headers import RESPONSE_HEADERS
from beep_mock.pacts.statuses import response_spoken_of, status_of
from beep_mock.pacts.wrapped_bodies import body_pointer

__all__ = ["response_findings"]


def response_findings(compared: Compared, operation: Operation) -> Iterator[Finding]:
    """What of the response the contract does not promise."""
    return _ResponseComparison(compared).findings(operation)


class _ResponseComparison:
    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._contract = compared.contract
        self._interaction = compared.interaction

    def findings(self, operation: Operation) -> Iterator[Finding]:
        response = self._interaction.response
        spec = response_spoken_of(operation, response.status, self._compared.entry.get("response"))
        if spec is None:
            declared = ", ".join(one.status for one in operation.responses) or "none"
            message = f"{operation.key} declares no status {response.status}; declared: {declared}"
            yield self._compared.error("response.status.unknown", message, "/response/status", operation.at)
            return
        if spec.status == "default":
            message = f"status {response.status} is declared by 'default' only"
            yield self._compared.warning("response.status.default", message, "/response/status", spec.at)
        yield from self._response_headers(operation, spec)
        yield from self._response_body(operation, spec)

    def _response_headers(self, operation: Operation, spec: ResponseSpec) -> Iterator[Finding]:
        response = self._interaction.response
        declared = {header.name.lower() for header in spec.headers}
        offered = [media.name for media in spec.content]
        for name, value in response.headers:
            pointer = child("/response/headers", name)
            lower = name.lower()
            if lower == "content-type":
                if not offered:
                    message = f"a content type is read, and {operation.key} declares no content for {spec.status}"
                    yield self._compared.warning("response.content-type.unknown", message, pointer, spec.at)
                elif match_media_type(value, offered) is None:
                    message = f"{operation.key} answers {', '.join(offered)}, the pact reads {value}"
                    yield self._compared.error("response.content-type.incompatible", message, pointer, spec.at)
            elif lower not in declared:
                message = f"{operation.key} declares no header {name!r} for {spec.status}"
                if lower in RESPONSE_HEADERS:
                    yield self._compared.warning("response.header.undefined", message, pointer, spec.at)
                else:
                    yield self._compared.error("response.header.unknown", message, pointer, spec.at)
        status = status_of(spec, response.status)
        for violation in response_violations(self._contract, operation, status, response.headers, b""):
            if violation.location[0] == "header" and violation.code not in ("required", "content-type"):
                pointer = child("/response/headers", violation.location[1])
                message = f"header {violation.location[1]}: {violation.message}"
                yield self._compared.error("response.header.incompatible", message, pointer, spec.at)

    def _response_body(self, operation: Operation, spec: ResponseSpec) -> Iterator[Finding]:
        response = self._interaction.response
        if not response.body:
            return
        names = [media.name for media in spec.content]
        index = match_media_type(response.media_type, names) if response.media_type else 0 if names else None
        media = spec.content[index] if index is not None else None
        if media is None and spec.content and response.media_type:
            if any(name.lower() == "content-type" for name, _ in response.headers):
                return  # said with the header
            media = spec.content[0]
        if media is not None and not is_json(parse_content_type(media.name)[0]):
            return
        if media is None or media.schema is None:
            if media is None and not is_json(parse_content_type(response.media_type)[0]):
                return
            message = f"{operation.key} declares no schema for the body of {spec.status}"
            yield self._compared.error("response.body.unknown", message, "/response/body", spec.at)
            return
        try:
            value = json.loads(response.body)
        except ValueError:
            value = response.body.decode("utf-8", "replace")
        for broken in broken_promises(
            self._contract, media.schema, value, rules_of(self._compared.entry.get("response", {}))
        ):
            pointer = body_pointer(self._compared.entry, "response", self._compared.specification)
            for token in broken.place:
                pointer = child(pointer, token)
            field = "".join(f"[{t}]" if isinstance(t, int) else f".{t}" for t in broken.place)
            message = f"body ${field}: {broken.message}"
            yield self._compared.error("response.body.incompatible", message, pointer, broken.at)
