"""What users may import: it is there, documented and light, and nothing that users read imports anything else."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import beep_mock
import beep_mock.pytest

ROOT = Path(__file__).parent.parent
MODULES = {module.__name__: module for module in (beep_mock, beep_mock.pytest)}
NAMES = [(module, name) for module in MODULES.values() for name in module.__all__ if name != "__version__"]
HEAVY = {
    "flask",
    "werkzeug",
    "pact",
    "pact_ffi",
    "schemathesis",
    "hypothesis",
    "jsonschema_rs",
    "httpx",
    "yaml",
    "pytest",
}


@pytest.mark.parametrize(("module", "name"), NAMES, ids=lambda one: getattr(one, "__name__", one))
def test_every_public_name_is_there_and_documented(module: ModuleType, name: str) -> None:
    found = getattr(module, name)
    assert found.__name__ == name
    assert inspect.getdoc(found)
    assert name in dir(module)


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_type_checkers_see_every_public_name(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    imported = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("beep_mock.")
        for alias in node.names
    }
    assert imported | {"__version__"} == {*module.__all__, "__version__"}
    assert module.__all__ == sorted(module.__all__)


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_an_unknown_name_is_an_attribute_error(module: ModuleType) -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_the_examples_of_the_docstrings_work(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("module", MODULES)
def test_the_import_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def sources() -> Iterator[tuple[str, str]]:
    """The Python code that users read as an example, with what it is called."""
    for folder in ("demonstration", "providers", "consumers"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text("utf-8")
    for file in sorted((ROOT / "src/beep_mock/templates").rglob("*.in")):
        if file.name.endswith(".py.in"):
            yield str(file.relative_to(ROOT)), file.read_text("utf-8")
    for name in ("README.md", "src/beep_mock/templates/README.md.in"):
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)):
            yield f"{name} {number}", code


SOURCES = dict(sources())


def private_imports(code: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.startswith("beep_mock") and a.name not in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "beep_mock":
            public = MODULES[node.module].__all__ if node.module in MODULES else []
            found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name not in public]
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_examples_import_public_names_only(source: str) -> None:
    assert private_imports(SOURCES[source]) == []


def test_private_imports_are_seen() -> None:
    code = "import beep_mock.mocks\nfrom beep_mock import Finding, nothing\nfrom beep_mock.states import ProviderStates"
    assert private_imports(code) == ["beep_mock.mocks", "beep_mock.nothing", "beep_mock.states.ProviderStates"]
    assert any("beep_mock" in code for code in SOURCES.values())
