"""No test depends on what was verified on this machine: those about evidence name a store of their own."""

from __future__ import annotations

import os

os.environ["BEEP_MOCK_EVIDENCE"] = "none"
