from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from beep_mock.cli.main import main
from beep_mock.errors import BeepMockError, WorkspaceError
from beep_mock.workspace import Workspace, pact_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and permissions")

CONTRACT = "openapi: 3.1.0\ninfo: {title: T, version: 1.0.0}\npaths: {}\n"


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def through_a_file(path: Path) -> None:
    path.parent.joinpath("plain").write_text("")
    path.symlink_to(path.parent / "plain" / "x")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's address is short
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


ODD = (folder, pipe, dangling, circle, through_a_file, listening)
odd = pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__)

CONFIGURED = 'contracts = "services/*/api/openapi.yaml"\n'
WILDCARD = 'contracts = "services/*/api/open*api.yaml"\n'


def write(path: Path, text: str = CONTRACT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@odd
@pytest.mark.parametrize("configuration", ["", CONFIGURED, WILDCARD], ids=["convention", "glob", "wildcard"])
def test_no_contract_goes_unseen(tmp_path: Path, make: Callable[[Path], None], configuration: str) -> None:
    if configuration:
        write(tmp_path / "beep-mock.toml", configuration)
    place = "services/{}/api/openapi.yaml" if configuration else "contracts/{}/openapi.yaml"
    write(tmp_path / place.format("good"))
    assert len(Workspace(tmp_path).services) == 1
    bad = tmp_path / place.format("bad")
    bad.parent.mkdir(parents=True)
    make(bad)

    with pytest.raises(WorkspaceError) as caught:
        _ = Workspace(tmp_path).services
    assert caught.value.file == str(bad)


def test_folders_that_a_glob_matches_are_none(tmp_path: Path) -> None:
    write(tmp_path / "beep-mock.toml", 'contracts = "apis/*"\n')
    write(tmp_path / "apis" / "shop.yaml")
    (tmp_path / "apis" / "shared").mkdir()
    assert list(Workspace(tmp_path)._contracts.values()) == [tmp_path / "apis" / "shop.yaml"]


@odd
def test_no_pact_goes_unseen_or_is_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    write(tmp_path / "pacts" / "deep" / "good.json", "{}")
    write(tmp_path / "pacts" / "drafts" / "draft.json", "{}")
    assert pact_files(tmp_path / "pacts") == (tmp_path / "pacts" / "deep" / "good.json",)
    make(tmp_path / "pacts" / "deep" / "bad.json")

    with pytest.raises(WorkspaceError) as caught:
        pact_files(tmp_path / "pacts")
    assert caught.value.file == str(tmp_path / "pacts" / "deep" / "bad.json")


def test_no_folder_of_pacts_is_no_fault_but_a_file_is(tmp_path: Path) -> None:
    assert pact_files(tmp_path / "pacts") == ()
    write(tmp_path / "pacts", "")
    with pytest.raises(WorkspaceError, match="Not a directory"):
        pact_files(tmp_path / "pacts")


@pytest.mark.parametrize("unreadable", ["services/bad", "services/bad/api", "services", "pacts", "pacts/deep"])
def test_what_may_not_be_read_does_not_seem_to_be_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unreadable: str
) -> None:
    write(tmp_path / "beep-mock.toml", CONFIGURED)
    write(tmp_path / "services/good/api/openapi.yaml")
    write(tmp_path / "services/bad/api/openapi.yaml")
    write(tmp_path / "pacts/deep/good.json", "{}")
    closed = str(tmp_path / unreadable)

    def refused(function: Callable[..., object], *, inside: bool) -> Callable[..., object]:
        def guarded(path: object = ".", *given: object, **named: object) -> object:
            text = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
            if text.startswith(f"{closed}/") or (text == closed and inside):
                raise PermissionError(13, "Permission denied", text)
            return function(path, *given, **named)

        return guarded

    # As for somebody other than root, whom no permission stops.
    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, refused(getattr(os, name), inside=True))
    for name in ("stat", "lstat"):
        monkeypatch.setattr(os, name, refused(getattr(os, name), inside=False))

    workspace = Workspace(tmp_path)
    with pytest.raises(BeepMockError, match=r"Permission denied|no file matches"):
        _ = workspace.services, workspace.pact_paths()


@odd
def test_no_override_goes_unseen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make: Callable[[Path], None],
) -> None:
    write(tmp_path / "contracts/shop/openapi.yaml")
    (tmp_path / "mocks").mkdir()
    make(tmp_path / "mocks" / "shop.yaml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["check"])
    told = capsys.readouterr()
    assert ended.value.code in (1, 2)
    assert "shop.yaml" in told.out + told.err


def test_mocks_that_are_a_file_are_a_fault(tmp_path: Path) -> None:
    write(tmp_path / "contracts/shop/openapi.yaml")
    write(tmp_path / "mocks", "")
    with pytest.raises(WorkspaceError, match="a file, not a folder"):
        Workspace(tmp_path).override_paths()


def test_an_unknown_service_is_told_with_a_place_that_exists(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "openapi.yaml")
    with pytest.raises(WorkspaceError, match="no service 'shop'") as caught:
        Workspace(tmp_path).require("shop")
    assert caught.value.file == str(tmp_path)
