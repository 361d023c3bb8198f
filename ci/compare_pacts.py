"""Whether two folders hold the same pacts: `python ci/compare_pacts.py BEFORE AFTER`.

The versions that recording writes into a pact's `metadata` do not count: they change with every update of a tool and
say nothing about what a consumer needs. Exits with 1 and a line for each file that differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def pacts_in(folder: Path) -> dict[str, object]:
    """Each pact by its path in the folder, without the versions in its metadata."""
    return {str(path.relative_to(folder)): comparable(path) for path in sorted(folder.glob("**/*.json"))}


def comparable(path: Path) -> object:
    """The pact with nothing in its metadata but the version of the Pact specification."""
    pact = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(pact, dict):
        metadata = pact.get("metadata") or {}
        pact["metadata"] = metadata.get("pactSpecification")
    return pact


def main(before: Path, after: Path) -> int:
    """Print what differs; the exit status says whether anything does."""
    old, new = pacts_in(before), pacts_in(after)
    differing = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    for name in differing:
        change = "is new" if name not in old else "is no longer recorded" if name not in new else "has changed"
        sys.stdout.write(f"{after / name}: {change}\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
