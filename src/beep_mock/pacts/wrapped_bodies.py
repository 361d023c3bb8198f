"""Bodies of pacts as files have them: bare in versions 2 and 3, in version 4 wrapped with their content type.

Specification 4: ``body`` is an object of ``content``, ``contentType`` and ``encoded``. Before, an object with such keys
is a body of that build like any other, so that the version decides and not the looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["body_pointer", "is_wrapped"]


def is_wrapped(message: Any, specification: str) -> bool:
    """Whether the body of a request or response is the ``content`` of what stands there.

    In a pact of version 4 that holds no ``content`` the body is taken for a bare one, as people write it by hand.
    """
    major = specification.partition(".")[0]
    body = message.get("body") if isinstance(message, Mapping) else None
    return major.isdecimal() and int(major) >= 4 and isinstance(body, dict) and "content" in body


def body_pointer(entry: Any, role: str, specification: str) -> str:
    """Where in an interaction the body of its ``request`` or ``response`` is."""
    message = entry.get(role) if isinstance(entry, Mapping) else None
    return f"/{role}/body/content" if is_wrapped(message, specification) else f"/{role}/body"
