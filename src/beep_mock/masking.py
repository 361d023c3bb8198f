"""Say what a secret is, and mask it: one meaning and one mask for journals, recordings, pacts and reports.

A value is secret by its name (``password``, ``X-Api-Key``), by its looks (a JSON Web Token), or because
the contract's security schemes name it (``contracts.security.secret_keys``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_plus

__all__ = [
    "MASK",
    "is_secret",
    "looks_secret",
    "masked",
    "masked_message",
    "masked_text",
    "without_passwords",
]

MASK: Final = "***"
"""Stands in place of a secret."""

# Names without case and punctuation. Keys and tokens come in endless variants (X-Amz-Security-Token, x-functions-key,
# Ocp-Apim-Subscription-Key), so the exceptions are listed: a page's token would break the request if it were masked,
# and a language model counts tokens.
_NAMES: Final = re.compile(
    r".*(password|passwd|passphrase|passcode|secret|credential|authori[sz]ation|connectionstring)s?"
    r"|.*(api|access|account|admin|auth|client|encryption|functions?|license|master|private|secret|service|shared"
    r"|session|signing|subscription|webhook)keys?"
    r"|(?!.*(page|paging|next|prev|cursor|continu|sync|skip|delta|change|start|scroll|resume|list|batch)).*token"
    r"|.*signature|clientassertion|codeverifier|jwt|otp|pin|pwd|cvv|cvc|sig|sid|(set)?cookie|.*sess(ion)?id|xauth"
)
# The user and password of a URL (RFC 3986, section 3.2.1).
_USER: Final = re.compile(r"(?<=://)[^\s/?#\"'<>]+@")
# A JSON Web Token (RFC 7519): three parts in Base64URL, the first of them a JSON object.
_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*")


@lru_cache(maxsize=256)  # names come again and again, some with every request
def is_secret(name: str) -> bool:
    """Return whether a value of this name is a secret."""
    return _NAMES.fullmatch(re.sub(r"[^a-z0-9]", "", name.lower())) is not None


def looks_secret(text: str) -> bool:
    """Return whether a text looks like a secret (a JSON Web Token)."""
    return _TOKEN.search(text) is not None


def without_passwords(text: str) -> str:
    """Return a text with the users and passwords of its URLs masked."""
    return _USER.sub(f"{MASK}@", text) if "://" in text else text


def masked(value: Any) -> Any:
    """Return a JSON value with its secrets masked, at any depth."""
    if isinstance(value, dict):
        return {
            name: MASK if is_secret(name) and member is not None else masked(member) for name, member in value.items()
        }
    if isinstance(value, list):
        return [masked(member) for member in value]
    return _without_tokens(value) if isinstance(value, str) else value


def masked_text(text: str) -> str:
    """Return a text with its secrets masked: JSON as by :func:`masked`, cut JSON, forms and prose by names and looks.

    A text without secrets stays as it is.
    """
    try:
        value = json.loads(text)
        hidden = masked(value)
    except (ValueError, RecursionError):
        return _without_tokens(_FIELD.sub(_masked_field, _without_members(text)))
    return text if hidden == value else json.dumps(hidden, ensure_ascii=False)


def masked_message(location: Iterable[str], message: str) -> str:
    """Return a validator's message about the value at ``location``, which it may quote, with secrets masked."""
    return MASK if any(map(is_secret, location)) else masked_text(message)


# A member's name and value in a text. Where an object that does not parse ends cannot be known.
_MEMBER: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*')
_VALUE: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[\[{].*|[^\s,\]}"]+', re.DOTALL)
_FIELD: Final = re.compile(r"(?:(?<=[&?])|^)([\w.%+\[\]-]+)=([^&\s]+)")


def _without_members(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for name in _MEMBER.finditer(text):
        value = _VALUE.match(text, name.end()) if name.start() >= at and is_secret(name[1]) else None
        if value is not None:
            pieces += text[at : name.end()], f'"{MASK}"'
            at = value.end()
    return "".join((*pieces, text[at:]))


def _masked_field(found: re.Match[str]) -> str:
    return f"{found[1]}={MASK}" if is_secret(unquote_plus(found[1])) else found[0]


def _without_tokens(text: str) -> str:
    return _TOKEN.sub(MASK, without_passwords(text))
