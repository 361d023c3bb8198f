"""Which values are secrets, by the names they go by: a pact is committed and shared, so none may stand in it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_secret", "looks_secret"]

# Of a name without case, dashes and underscores. A page's or cursor's token is none: it would break the request.
_NAMES: Final = re.compile(
    r".*(password|passwd|passphrase|secret|apikey|accesskey|privatekey|credential|authorization)s?"
    r"|(access|refresh|id|auth|bearer|session|csrf|xsrf)?token|jwt|pin|cvv|cvc|otp|sessionid"
)
# A JSON Web Token (RFC 7519): three parts in Base64URL, the first of them a JSON object.
_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*")


def is_secret(name: str) -> bool:
    """Whether what goes by this name is a secret."""
    return _NAMES.fullmatch(re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def looks_secret(text: str) -> bool:
    """Whether a text is a secret by its looks."""
    return _TOKEN.search(text) is not None
