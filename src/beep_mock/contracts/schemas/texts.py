"""Whether a text has a format, by the judgement that values are held to."""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from beep_mock.contracts.schemas.formats import ASSERTED, BASE64, is_base64

__all__ = ["has_format"]


@lru_cache(maxsize=1024)
def has_format(name: str, text: str) -> bool:
    """Whether ``text`` is valid where ``format`` is ``name``; every text is, where that is no assertion."""
    if name not in ASSERTED:
        return True
    return is_base64(text) if name == BASE64 else _validator(name).is_valid(text)


@lru_cache(maxsize=64)
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    email = jsonschema_rs.EmailOptions(allow_display_text=False)
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True, email_options=email)
