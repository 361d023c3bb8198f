"""Where a service's pages are mounted, said by who has routed the request to who renders them."""

from __future__ import annotations

from typing import Final

__all__ = ["MOUNT"]

MOUNT: Final = "beep_mock.mount"
"""The key in the WSGI environ of the path before the service's own, ``""`` at the root."""
