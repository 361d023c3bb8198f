"""What a 401 demands: RFC 9110, section 11.6.1: a scheme by which the request can be made again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from beep_mock.contracts.model import Operation

__all__ = ["challenge_fault"]

# A challenge begins where the header does or after a comma; `name=value` after one is a parameter of the last.
_SCHEME: Final = re.compile(r"(?:^|,)\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s*(?:,|$)|\s+[^\s=])")


def challenge_fault(operation: Operation, headers: Iterable[tuple[str, str]]) -> str:
    """What is wrong with the challenges of a 401 to ``operation``, or ``""``.

    None at all is left to what the contract says of the header. They must be challenges, and one of them must name a
    scheme that the operation declares, where it declares any of HTTP's.
    """
    values = [value for name, value in headers if name.lower() == "www-authenticate"]
    if not values:
        return ""
    named = {scheme.lower() for value in values for scheme in _SCHEME.findall(value)}
    if not named:
        return f"{', '.join(values)!r} is no challenge (RFC 9110, section 11.6.1)"
    schemes = [scheme for alternative in operation.security for scheme in alternative]
    declared = {scheme.scheme for scheme in schemes if scheme.type == "http"}
    if not declared or len(declared) < len({scheme.name for scheme in schemes}) or named & declared:
        return ""
    return f"{', '.join(values)!r} names none of the declared schemes: {', '.join(sorted(declared))}"
