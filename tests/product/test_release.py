"""What a release consists of: its version, changelog, description and workflows."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import beep_mock
from tests.support.console import WrittenFile, read_steps, run_steps

ROOT = Path(__file__).parents[2]
OTHER_FILES = ("README.md", "template.md.jinja")
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name not in OTHER_FILES)


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def malformed(name: str, text: str) -> list[str]:
    """Return what is wrong with a changelog fragment."""
    found = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*\.(added|changed|fixed)\.md", name):
        found.append("its name is not <slug>.<added|changed|fixed>.md")
    if not text.strip():
        found.append("it is empty")
    if text.lstrip().startswith(("#", "-", "*")):
        found.append("it starts with a heading or bullet: write one or two sentences")
    if not text.rstrip().endswith((".", "`", ")")):
        found.append("it does not end with a full stop")
    if "\n\n" in text.strip():
        found.append("it has more than one paragraph")
    return found


def test_every_changelog_fragment_is_well_formed() -> None:
    faults = {path.name: malformed(path.name, path.read_text("utf-8")) for path in FRAGMENTS}
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Fix.fixed.md", "A fault is fixed."),
        ("fix.md", "A fault is fixed."),
        ("fix.repaired.md", "A fault is fixed."),
        ("fix.fixed.md", "\n"),
        ("fix.fixed.md", "- A fault is fixed."),
        ("fix.fixed.md", "A fault is fixed"),
        ("fix.fixed.md", "A fault.\n\nIt is fixed."),
    ],
)
def test_a_malformed_fragment_is_noticed(name: str, text: str) -> None:
    assert malformed(name, text)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of what `make changelog` reads, with three fragments of its own."""
    for name in ("pyproject.toml", "CHANGELOG.md", "changelog.d/README.md", "changelog.d/template.md.jinja"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "src/beep_mock", tmp_path / "src/beep_mock", ignore=lambda *_: {"__pycache__", "contracts"})
    (tmp_path / "changelog.d/one.added.md").write_text("A is new.\n")
    (tmp_path / "changelog.d/two.fixed.md").write_text("B works.\n")
    (tmp_path / "changelog.d/three.added.md").write_text("C is new,\nand wrapped.\n")
    return tmp_path


def test_fragments_become_a_section_above_the_last_release(release: Path) -> None:
    pytest.importorskip("towncrier")
    before = (release / "CHANGELOG.md").read_text("utf-8")
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", "7.0.0", "--date", "2030-01-02"]
    done = subprocess.run(command, cwd=release, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    written = (release / "CHANGELOG.md").read_text("utf-8")
    section = re.search(r"^## \[7\.0\.0\].*?(?=^## )", written, re.MULTILINE | re.DOTALL)
    assert section is not None
    heading, _, rest = section[0].partition("\n")
    assert heading.endswith("/releases/tag/v7.0.0) - 2030-01-02")
    assert rest.strip() == "### Added\n\n- A is new.\n- C is new,\n  and wrapped.\n\n### Fixed\n\n- B works."
    assert written.replace(section[0], "").split() == before.split(), "the older releases changed"
    assert {path.name for path in (release / "changelog.d").iterdir()} == {"README.md", "template.md.jinja"}


def test_a_release_needs_its_tag_its_section_and_no_fragment(release: Path) -> None:
    check = load_script("check_release")
    version = beep_mock.__version__
    changelog = release / "CHANGELOG.md"
    heading = re.compile(rf"^## \[{re.escape(version)}\]", re.MULTILINE)
    changelog.write_text(heading.sub("## [x]", changelog.read_text("utf-8")))
    found = check.obstacles(release, "v9")
    assert len(found) == 5
    assert f"the tag is v9, the version is {version}" in found[0]
    for fragment in (release / "changelog.d").glob("*.*ed.md"):
        fragment.unlink()
    changelog.write_text(changelog.read_text("utf-8") + f"\n## [{version}] - 2030-01-02\n")
    assert check.obstacles(release, f"v{version}") == []


def test_no_link_of_the_description_is_relative() -> None:
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "metadata"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    description = json.loads(done.stdout)["readme"]["text"]
    links = re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", description, flags=re.DOTALL))
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert any(f"/v{beep_mock.__version__}/" in link for link in links)


def packed() -> dict[str, bytes]:
    return {
        f"beep_mock/{path.relative_to(ROOT / 'src/beep_mock').as_posix()}": path.read_bytes()
        for path in (ROOT / "src/beep_mock").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_package_that_is_not_what_the_repository_holds_is_noticed() -> None:
    check = load_script("check_dist")
    check.check_contents(packed(), "beep_mock/", "x.whl")
    template = "beep_mock/templates/contracts/books/openapi.yaml.in"
    incomplete = packed()
    del incomplete[template]
    for files, fault in (
        (incomplete, "openapi.yaml.in is missing"),
        (packed() | {"beep_mock/left_over.py": b""}, "left_over.py is not in the repository"),
        (packed() | {template: b"{}"}, "openapi.yaml.in differs"),
    ):
        with pytest.raises(check.DistributionError, match=fault):
            check.check_contents(files, "beep_mock/", "x.whl")


def test_a_description_with_a_relative_link_is_noticed() -> None:
    check = load_script("check_dist")
    version = f"Version: {beep_mock.__version__}\nLicense-File: LICENSE\nProject-URL: Source, https://x.test\n\n"
    files = packed() | {"b.dist-info/licenses/LICENSE": b""}
    check.check_metadata(files | {"b.dist-info/METADATA": f"{version}[a](https://x.test/a)".encode()})
    with pytest.raises(check.DistributionError, match=r"relative link: docs/a\.md"):
        check.check_metadata(files | {"b.dist-info/METADATA": f"{version}[a](docs/a.md)".encode()})


def test_a_page_is_run_as_it_says(tmp_path: Path) -> None:
    page = """
    ```yaml title="a/b.txt"
    one
    two
    ```

    ```console
    $ cd a
    $ cat b.txt
    one
    ...
    $ false
    [exit 1]
    ```
    """
    steps = list(read_steps(page))
    assert steps[0] == WrittenFile("a/b.txt", "one\ntwo\n")
    assert run_steps(iter(steps), tmp_path, os.environ) == 2
    with pytest.raises(AssertionError, match="expected"):
        run_steps(read_steps("```console\n$ echo a\nb\n```"), tmp_path, os.environ)
    with pytest.raises(AssertionError, match="exit status 1, not 0"):
        run_steps(read_steps("```console\n$ false\n```"), tmp_path, os.environ)


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_workflows_call_what_exists(name: str) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert commands
    for command in commands:
        assert set(re.findall(r"\bmake (\w+)", command)) <= targets
        for script in re.findall(r"\.ci/\S+", command):
            assert (ROOT / script).is_file()


def test_only_the_job_that_publishes_may_ask_for_an_identity() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["publish"]["permissions"] == {"id-token": "write"}
    assert workflow["jobs"]["publish"]["needs"] == "build"
    assert "permissions" not in workflow["jobs"]["build"]
