"""Gather a session's recordings from its reports, and write the pact files at its end.

Under pytest-xdist every worker has a folder of its own, and only the controller writes pact files.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from beep_mock.consumers.collection import CollectedFolders, CollectedTest
    from beep_mock.consumers.recording import PactRecorder
    from beep_mock.consumers.run import SelectedTests
    from beep_mock.errors import BeepMockError

__all__ = [
    "PASSED",
    "RECORDER",
    "Collection",
    "Recording",
    "consumer_of_item",
    "marked",
    "reach_of",
    "recording_of",
    "root_of",
]

RECORDER: pytest.StashKey[PactRecorder] = pytest.StashKey()
PASSED: pytest.StashKey[bool] = pytest.StashKey()
_RECORDING = "beep_mock_recording"
_RECORDED = "beep_mock_recorded"


class Collection:
    """Watches the collection; only tests that record wake the rest up."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._collected: list[CollectedTest] = []
        self._uncollected: list[tuple[str, bool]] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self._uncollected.append((report.nodeid, report.failed))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            _require_known_arguments(item)
        if not any(records(item) for item in items):
            return
        from beep_mock.consumers.collection import CollectedTest

        root = recording_of(self._config).root
        self._collected = [CollectedTest(i.nodeid, i.path, consumer_of_item(i, root), records(i)) for i in items]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if not self._collected:
            return
        from beep_mock.consumers.collection import Uncollected, selection_of
        from beep_mock.workspace import Workspace

        config = self._config
        uncollected = [
            Uncollected(config.rootpath / nodeid.partition("::")[0], failed) for nodeid, failed in self._uncollected
        ]
        recording = recording_of(config)
        chosen = [item.nodeid for item in session.items]
        recording.select(
            selection_of(
                recording.root,
                Workspace(recording.root).consumers,
                self._collected,
                chosen,
                uncollected,
                recording.reach,
            )
        )


class Recording:
    """Gathers what the tests of this run record; the process that is not a worker writes the pact files at the end."""

    def __init__(self, config: pytest.Config) -> None:
        from beep_mock.consumers.collection import CollectedFolders
        from beep_mock.consumers.run import RecordingRun

        self.root = root_of(config)
        self._config = config
        workerinput = getattr(config, "workerinput", {})
        order = workerinput.get("beep_mock")
        self._worker = workerinput.get("workerid", "")
        if order:
            self.folder = Path(order["folder"])
            self.reach = CollectedFolders(tuple(map(Path, order["folders"])), order["narrowed"])
        else:
            self.folder = Path(tempfile.gettempdir(), f"beep-mock-{uuid4().hex}")
            self.reach = reach_of(config)
        self._run = RecordingRun()
        self._numbers = count()
        self._lines: list[str] = []
        self._faults: Sequence[BeepMockError] = []

    def next_folder(self) -> Path:
        """Return a folder for what one test records; it need not exist."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder / (self._worker or "main") / str(next(self._numbers))

    def select(self, selection: SelectedTests) -> None:
        """Note what was selected; a worker leaves it for the controller, lest it dies before it can tell."""
        if not self._worker:
            self._run.select(selection)
            return
        folder = self.next_folder().parent
        folder.mkdir(exist_ok=True)
        (folder / "selection.json").write_text(selection.dumps(), encoding="utf-8")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        recorder = item.stash.get(RECORDER, None)
        if call.when == "call":
            item.stash[PASSED] = report.passed
        elif call.when == "teardown" and recorder is not None:
            files = [str(file) for file in recorder.recorded]
            setattr(report, _RECORDED, [recorder.consumer, *files])  # travels from the worker to the controller
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._worker:
            return
        consumer, *files = getattr(report, _RECORDED, [""])
        if consumer:
            self._run.record(report.nodeid, consumer, map(Path, files))
        self._run.note(report.nodeid, report.when, report.outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        option = self._config.option
        if self._worker or option.collectonly or option.setuponly or option.setupplan:
            return
        from beep_mock.consumers.run import SelectedTests
        from beep_mock.workspace import Workspace

        for file in self.folder.glob("*/selection.json"):
            self._run.select(SelectedTests.loads(file.read_text("utf-8")))
        if not self._run.consumers:
            pass
        elif exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
            self._lines, self._faults = self._run.write(Workspace(self.root).pacts)
        else:
            self._lines = ["pacts: left as they are, since the run did not come to its end"]
        if self._faults and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        shutil.rmtree(self.folder, ignore_errors=True)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._lines or self._faults:
            terminalreporter.section("pacts")
        for line in self._lines:
            terminalreporter.line(line)
        for fault in self._faults:
            terminalreporter.line(str(fault), red=True)


def recording_of(config: pytest.Config) -> Recording:
    recording: Recording | None = config.pluginmanager.get_plugin(_RECORDING)
    if recording is None:
        recording = Recording(config)
        config.pluginmanager.register(recording, _RECORDING)
    return recording


def reach_of(config: pytest.Config) -> CollectedFolders:
    """Return the folders that the command line names as a whole; with `testpaths` these together are everything."""
    from beep_mock.consumers.collection import CollectedFolders

    paths = (Path(os.path.abspath(config.invocation_params.dir / argument)) for argument in config.args)  # noqa: PTH100
    folders = [path for path in paths if path.is_dir()]
    everything = [found for pattern in config.getini("testpaths") for found in config.rootpath.glob(pattern)]
    if everything and all(CollectedFolders(tuple(folders)).covers(path) for path in everything):
        folders.append(root_of(config))
    given = [*config.invocation_params.args, *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    ignores = any(str(argument).startswith("--ignore") for argument in given)
    return CollectedFolders(tuple(folders), ignores or bool(config.getoption("lf", False)))


def root_of(config: pytest.Config) -> Path:
    """Return the workspace's root, or pytest's where there is no workspace."""
    from beep_mock.errors import WorkspaceError
    from beep_mock.workspace import Workspace

    try:
        return Workspace.find(config.rootpath).root
    except WorkspaceError:
        return config.rootpath


def records(item: pytest.Item) -> bool:
    return "pact_recorder" in getattr(item, "fixturenames", ())


def _require_known_arguments(item: pytest.Item) -> None:
    for mark in item.iter_markers("pact"):
        unknown = [repr(argument) for argument in mark.args]
        unknown += [f"{name}=" for name in mark.kwargs if name not in {"consumer", "provider"}]
        if unknown:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.pact takes consumer= and provider=, not {', '.join(unknown)}"
            )


def consumer_of_item(item: pytest.Item, root: Path) -> str:
    from beep_mock.consumers.collection import role_of
    from beep_mock.workspace import Workspace

    workspace = Workspace(root)
    return marked(item, "consumer") or role_of(workspace.consumers, item.path) or workspace.own_service


def marked(item: pytest.Item, role: str) -> str:
    return next((str(m.kwargs[role]) for m in item.iter_markers("pact") if role in m.kwargs), "")
