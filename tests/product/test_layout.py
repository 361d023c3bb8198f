"""The house as ARCHITECTURE.md and CONTRIBUTING.md describe it: tests mirror modules, modules have one idea."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "beep_mock"
MODULES = sorted(path for path in SOURCES.rglob("*.py") if path.name != "__init__.py")
TESTS = sorted(
    path
    for path in (ROOT / "tests").rglob("test_*.py")
    if path.relative_to(ROOT / "tests").parts[0] not in ("product", "support")
)
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


@pytest.mark.parametrize("test", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_stands_where_its_module_stands(test: Path) -> None:
    """``tests/mocks/test_journal_bounds.py`` tests ``mocks/journal.py``: its name begins with the module's."""
    folder = SOURCES / test.relative_to(ROOT / "tests").parent
    subject = test.stem.removeprefix("test_")
    known = [path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()]
    assert subject in ("init", "facade", "public_api") or any(f"{subject}_".startswith(f"{name}_") for name in known)


def test_modules_have_a_size_that_can_be_read() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in MODULES}
    long = {str(path.relative_to(SOURCES)): count for path, count in lines.items() if count > 450}
    assert not long
    assert len(MODULES) <= 275
    assert 110 <= median(lines.values()) <= 190


def test_one_name_stands_for_one_class() -> None:
    seen: dict[str, Path] = {}
    twice = []
    for path in MODULES:
        for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE):
            if not name.startswith("_") and seen.setdefault(name, path) != path:
                twice.append(f"{name}: {seen[name].relative_to(SOURCES)}, {path.relative_to(SOURCES)}")
    assert sorted(twice) == []


def test_the_files_that_the_architecture_names_exist() -> None:
    table = ARCHITECTURE.partition("## Where is ...")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) >= 10
    for row in rows:
        named = re.findall(r"`(src/[\w/.]+)`", row)
        assert 1 <= len(named) <= 2, row
        assert [name for name in named if not (ROOT / name).is_file()] == [], row


def test_every_package_has_a_line_in_the_layers() -> None:
    drawn = ARCHITECTURE.partition("## Layers")[2].split("```")[1]
    words = set(re.findall(r"\w+", drawn))
    packages = {path.stem for path in SOURCES.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert packages - {"__init__", "__pycache__"} <= words


def test_modules_that_the_architecture_names_exist() -> None:
    """``mocks.selection`` and the like, wherever they stand in the text."""
    packages = {path.name for path in SOURCES.iterdir() if path.is_dir()}
    named = set(re.findall(r"(?<![\w./-])((?:{})(?:\.[a-z_0-9]+)+)(?![\w(])".format("|".join(packages)), ARCHITECTURE))
    missing = []
    for name in named:
        path = SOURCES.joinpath(*name.split("."))
        if not path.with_suffix(".py").is_file() and not path.is_dir() and not path.parent.with_suffix(".py").is_file():
            missing.append(name)
    assert missing == []
