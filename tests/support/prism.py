"""Where Prism is, and the mark of tests that need it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from beep_mock.errors import ServerStartError
from beep_mock.gateway.prism import find_prism

ROOT = Path(__file__).resolve().parents[2]


def _missing() -> bool:
    try:
        find_prism(ROOT)
    except ServerStartError:
        return True
    return False


needs_prism = pytest.mark.skipif(
    _missing() and os.environ.get("CI") != "true", reason="Prism is not installed (npm ci): not compared with"
)
