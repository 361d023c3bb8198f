"""Real documents that nobody here wrote: where they are, if they are."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("BEEP_MOCK_CORPUS", ROOT.parent / "shared" / "corpus"))
_ROOTS = {"conjur": "openapi.yml", "camara-qod": "API_definitions/quality-on-demand.yaml"}


def documents() -> list[Path]:
    """The root files of all documents of the corpus; none where there is no corpus."""
    if not FOLDER.is_dir():
        return []
    single = [p for p in FOLDER.iterdir() if p.suffix in (".yaml", ".json")]
    several = [FOLDER / folder / name for folder, name in _ROOTS.items()]
    return sorted(p for p in (*single, *several) if p.is_file())
