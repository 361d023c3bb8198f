from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from beep_mock.replacing import replace_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and permissions")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_new_file_has_what_the_umask_leaves_and_an_old_one_its_own(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, ["a", "b"])
    assert (path.read_text(), mode(path)) == ("ab", 0o600)
    path.chmod(0o664)
    replace_file(path, ["c"])
    assert (path.read_text(), mode(path)) == ("c", 0o664)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("there/file")
    (tmp_path / "there").mkdir()
    for text in ("a", "b"):
        replace_file(link, [text])
        assert link.is_symlink()
        assert (tmp_path / "there" / "file").read_text() == text


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    replace_file(pipe, ["a", "b"])
    reader.join(10)
    assert read == ["ab"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are no links")
def test_an_open_file_is_appended_to(tmp_path: Path, name: str) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    code = f"from pathlib import Path; from beep_mock.replacing import replace_file; replace_file(Path({name!r}), 'ab')"
    with log.open("a") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
        file.write("after")
    assert log.read_text() in ("before\nabafter", "before\nab\nafter")


def test_what_fails_half_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    def failing() -> Iterator[str]:
        yield "a"
        raise KeyError

    with pytest.raises(KeyError):
        replace_file(path, failing())
    with pytest.raises(ValueError, match="surrogates"):
        replace_file(path, ["\ud800"])
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    replace_file(path, ["a"])
    assert path.read_text() == "a"
