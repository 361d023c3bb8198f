"""The documentation builds without a warning, loads nothing foreign, and says what the code says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

from beep_mock import __all__ as public_names
from beep_mock.cli.main import cli
from beep_mock.configuration import configuration_schema
from tests.support.console import read_steps, run_steps

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def environment() -> Mapping[str, str]:
    """The environment of a reader: this Python's programs on the path, nothing of the test run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name
        not in ("PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS", "BEEP_MOCK_EVIDENCE", "WORLD_URL")
    }
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning (a broken link, a name that does not exist) fails the build."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**environment(), "NO_MKDOCS_2_WARNING": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def text_of(page: Path) -> str:
    """The text of a built page, without its mark-up."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))


def test_no_page_loads_anything_foreign(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 25
    for page in pages:
        html = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source|video)[^>]+src=[\"']?(https?:)?//", html)
        loaded += re.findall(r"<link(?![^>]+rel=[\"']?canonical)[^>]+href=[\"']?(https?:)?//", html)
        assert loaded == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text("utf-8")), style


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    shown = text_of(site / "reference" / "commands.html")
    for name in cli.list_commands(None):  # type: ignore[arg-type]  # it needs none
        assert f"Usage: beep-mock {name}" in shown
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        for parameter in command.params:
            if parameter.param_type_name == "option" and not getattr(parameter, "hidden", False):
                assert parameter.opts[-1] in shown, (name, parameter.opts)


def test_every_public_name_and_key_is_in_the_reference(site: Path) -> None:
    api = text_of(site / "reference" / "api.html")
    assert [name for name in public_names if name not in api and not name.startswith("__")] == []
    shown = text_of(site / "reference" / "configuration.html")
    assert [key for key in configuration_schema()["properties"] if key not in shown] == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("how-to/overrides.html", ["mocks/<service>.yaml", "delay", "default"]),
        ("how-to/real-peers.html", ["x-consumes"]),
        ("how-to/pytest.html", ["pytest.mark.pact", "delay=", "status=", "times=1", "allow_invalid"]),
        ("reference/control.html", ["/-/health", "/-/control/{service}/overrides"]),
        ("reference/rules.html", ["example-invalid", "pact-mismatch", "override-stray"]),
        ("reference/overrides.html", ["interactions", "operation"]),
    ],
)
def test_what_was_written_down_nowhere_is_documented(site: Path, page: str, words: list[str]) -> None:
    shown = text_of(site / page)
    assert [word for word in words if word not in shown] == []


@pytest.mark.skipif(shutil.which("curl") is None and os.environ.get("CI") != "true", reason="the tutorial uses curl")
def test_the_tutorial_works_as_written(tmp_path: Path) -> None:
    steps = read_steps((DOCS / "tutorial" / "first-steps.md").read_text("utf-8"))
    assert run_steps(steps, tmp_path, environment()) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_prose_is_plain(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"\b(nobody's|whoever|were it|made requests|first that there is)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_no_link_is_dead_in_the_repository(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL))
    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_reference_links_to_the_generated_pages(site: Path) -> None:
    index = (site / "reference" / "index.html").read_text("utf-8")
    body = index[index.index("<article") : index.index("</article>")]
    for name in ("commands", "configuration", "overrides", "control", "rules", "api"):
        assert f'href="{name}.html"' in body, name


def test_the_commands_to_copy_run_with_any_sed() -> None:
    for page in (ROOT / "README.md", *PAGES):
        assert "sed -i " not in page.read_text("utf-8"), page  # GNU only; -i.bak is not


def test_every_environment_variable_of_ours_is_documented() -> None:
    named = {
        name
        for source in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bBEEP_MOCK_[A-Z_]*[A-Z]\b", source.read_text("utf-8"))
    }
    documented = (DOCS / "reference" / "environment.md").read_text("utf-8")
    assert sorted(name for name in named if f"`{name}`" not in documented) == []
