"""Check that a tag may be released: `python .ci/check_release.py v0.2.0`.

The tag must be `v` and the package's version, CHANGELOG.md must have a section for that version, and no fragment may be
left in changelog.d/. Exits with 1 and a line for each thing that is missing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRAGMENT = re.compile(r"[a-z0-9][a-z0-9-]*\.(added|changed|fixed)\.md")


def obstacles(root: Path, tag: str) -> list[str]:
    """Return what keeps ``tag`` from being released; empty when nothing does."""
    found = []
    source = (root / "src/beep_mock/__init__.py").read_text("utf-8")
    declared = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    version = declared[1] if declared else "unknown"
    if tag != f"v{version}":
        found.append(f"the tag is {tag}, the version is {version}: tag v{version}, or change src/beep_mock/__init__.py")
    if not re.search(rf"^## \[{re.escape(version)}\]", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE):
        found.append(f"CHANGELOG.md: no section for {version}: run `make changelog`")
    found += [
        f"{path.relative_to(root)}: not in CHANGELOG.md yet: run `make changelog`"
        for path in sorted((root / "changelog.d").iterdir())
        if FRAGMENT.fullmatch(path.name)
    ]
    return found


if __name__ == "__main__":
    problems = obstacles(ROOT, sys.argv[1])
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)
