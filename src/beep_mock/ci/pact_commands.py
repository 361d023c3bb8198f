"""The request of a pact's interaction as a command for a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from beep_mock.ci.request_commands import curl
from beep_mock.contracts.encoding import RawRequest
from beep_mock.pacts.model import encoded_body

if TYPE_CHECKING:
    from beep_mock.interaction import Interaction

__all__ = ["curl_of"]


def curl_of(interaction: Interaction) -> str:
    """As ``curl``, sent to ``$PROVIDER``; the provider states are for the reader to bring about."""
    request = interaction.request
    query = [
        (key.removeprefix("query."), value)
        for key, values in request.parameters.items()
        if key.startswith("query.")
        for value in (values if isinstance(values, list) else [values])
    ]
    headers = [
        ("-".join(part.capitalize() for part in key.removeprefix("header.").split("-")), str(value))
        for key, value in request.parameters.items()
        if key.startswith("header.")
    ]
    body = encoded_body(request.body, request.media_type)
    if body and request.media_type and not any(name == "Content-Type" for name, _ in headers):
        headers.append(("Content-Type", request.media_type))
    return curl(RawRequest(request.method, request.path, urlencode(query), headers, body))
