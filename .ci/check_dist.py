"""Check the packages that `python -m build` made, and use them as a stranger would: `python .ci/check_dist.py dist`.

1. Wheel and sdist hold every file of src/beep_mock, the license, and a description without relative links.
2. In an empty environment the bare wheel writes a workspace, checks it and serves it.
3. `make test` of that workspace passes in an environment made from the workspace's own requirements.
4. The tutorial's commands (docs/tutorial/*.md, in the order of their names) do what the tutorial shows.

Run it with the root of the repository on PYTHONPATH. The commands that it runs do not see the repository.
"""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.console import Command, read_steps, run_steps

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "beep_mock"
SMOKE = """
```console
$ beep-mock --version
...
$ beep-mock init shop
...
$ cd shop
$ beep-mock check
...
3 checks: no findings
$ beep-mock up books -- sh -c 'curl -s $BOOKS_URL/books/1'
{"id":1,"title":"Dune","year":1965}
...
```
"""


class DistributionError(Exception):
    """A package that must not be released."""


def main(folder: Path) -> None:
    """Check the one wheel and the one sdist in ``folder``.

    :raises DistributionError: they must not be released.
    :raises AssertionError: a command of the tutorial does not do what it shows.
    """
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    check_contents(read_wheel(wheel), "beep_mock/", f"{wheel.name}")
    check_contents(read_sdist(sdist), "src/beep_mock/", f"{sdist.name}")
    check_metadata(read_wheel(wheel))
    say(f"{wheel.name}, {sdist.name}: complete")
    with tempfile.TemporaryDirectory(prefix="beep-mock-dist-") as temporary:
        place = Path(temporary)
        environment = clean_environment(folder.resolve(), place / "bare")
        run([sys.executable, "-m", "venv", place / "bare"], place, environment)
        run(["python", "-m", "pip", "install", "--quiet", wheel.resolve()], place, environment)
        run_steps(read_steps(SMOKE), place, environment)
        say("the bare wheel writes, checks and serves a workspace")
        shop = place / "shop"
        run(["make", "test"], shop, environment)
        say("`make test` passes in the workspace that `init` writes")
        run_tutorial(place, clean_environment(folder.resolve(), shop / ".venv"))


def run_tutorial(place: Path, environment: Mapping[str, str]) -> None:
    """Run the tutorial in an empty folder, in the environment that a new workspace asks for."""
    pages = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
    if not pages:
        say("no docs/tutorial/*.md: no tutorial was run")
        return
    folder = place / "tutorial"
    folder.mkdir()
    steps = [step for page in pages for step in read_steps(page.read_text("utf-8"))]
    if not any(isinstance(step, Command) for step in steps):
        raise DistributionError("docs/tutorial: no page has a console block")
    say(f"the tutorial: {run_steps(iter(steps), folder, environment)} commands do what it shows")


def read_wheel(path: Path) -> dict[str, bytes]:
    """Return the files of a wheel by their paths."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def read_sdist(path: Path) -> dict[str, bytes]:
    """Return the files of an sdist by their paths below its only folder."""
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file is not None}


def check_contents(files: Mapping[str, bytes], prefix: str, archive: str) -> None:
    """Compare the package in an archive with the one in the repository, file by file."""
    sources = {
        path.relative_to(PACKAGE).as_posix(): path.read_bytes()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
    for name in sorted({*sources, *packed}):
        if name not in packed:
            raise DistributionError(f"{archive}: {prefix}{name} is missing")
        if name not in sources:
            raise DistributionError(f"{archive}: {prefix}{name} is not in the repository")
        if sources[name] != packed[name]:
            raise DistributionError(f"{archive}: {prefix}{name} differs from the repository")
    if "py.typed" not in packed:
        raise DistributionError(f"{archive}: py.typed is missing, so type checkers ignore the annotations")


def check_metadata(files: Mapping[str, bytes]) -> None:
    """Check what a package index shows: version, license file, links and description."""
    folder = next(name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info"))
    metadata = email.message_from_bytes(files[f"{folder}/METADATA"])
    declared = re.search(rb'^__version__ = "(.+)"$', files["beep_mock/__init__.py"], re.MULTILINE)
    if declared is None or metadata["Version"] != declared[1].decode():
        raise DistributionError(f"METADATA: version {metadata['Version']} is not that of the package")
    for name in metadata.get_all("License-File", ["LICENSE"]):
        if f"{folder}/licenses/{name}" not in files:
            raise DistributionError(f"{folder}/licenses/{name} is missing")
    if not metadata.get_all("Project-URL"):
        raise DistributionError("METADATA: no project URLs")
    prose = re.sub(r"```.*?```", "", str(metadata.get_payload()), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not link.startswith(("https://", "#")):
            raise DistributionError(f"METADATA: the description has a relative link: {link}")


def clean_environment(packages: Path, venv: Path) -> dict[str, str]:
    """Return an environment without the repository: ``venv`` is first on the path and pip sees ``packages``."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CI", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith("PYTEST_")}
    ours = Path(sys.executable).parent
    path = [part for part in kept.get("PATH", os.defpath).split(os.pathsep) if Path(part) != ours]
    return {
        **kept,
        "PATH": os.pathsep.join([str(venv / "bin"), *path]),
        "PIP_FIND_LINKS": f"{packages} {kept.get('PIP_FIND_LINKS', '')}".strip(),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PACT_DO_NOT_TRACK": "true",
    }


def run(command: list[str | Path], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a command and show what it printed only if it fails.

    :raises DistributionError: it failed.
    """
    done = subprocess.run(  # noqa: S603 - the commands are this module's own
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise DistributionError(f"$ {' '.join(map(str, command))}\n{done.stdout}")


def say(text: str) -> None:
    """Report a step that is done."""
    sys.stdout.write(f"dist: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except (DistributionError, AssertionError) as problem:
        sys.stderr.write(f"dist: {problem}\n")
        sys.exit(1)
