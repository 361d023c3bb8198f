"""The plugin in sessions of its own: in this process where nothing stands against it, else in another."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import beep_mock

pytest_plugins = ["pytester"]

CONTRACT = """
openapi: 3.1.0
info: {title: world, version: "1"}
paths:
  /worlds/{worldId}:
    get:
      parameters: [{name: worldId, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: a world
          content:
            application/json:
              schema: {type: object, required: [name], properties: {name: {type: string}}}
              examples: {earth: {value: {name: Earth}}, mars: {value: {name: Mars}}}
        "404": {description: none}
"""

PRELUDE = """
import os, httpx, pytest

def record(pact, name, status=200):
    pact.upon_receiving(name).with_request("GET", "/" + name).will_respond_with(status)
    with pact.serve() as server:
        assert httpx.get(server.url + "/" + name).status_code == status
"""


class LoadedModules:
    """Keeps what sessions in this process import: pytester forgets it, and some modules may load only once."""

    def __init__(self) -> None:
        self._found: dict[str, ModuleType] = {}

    def pytest_unconfigure(self) -> None:
        installed = (sys.prefix, str(Path(beep_mock.__file__).parent))
        for name, module in sys.modules.items():
            if str(getattr(module, "__file__", None)).startswith(installed):
                self._found[name] = module

    def keep(self) -> None:
        for name, module in self._found.items():
            sys.modules.setdefault(name, module)


@pytest.fixture
def loaded_modules() -> Iterator[LoadedModules]:
    loaded = LoadedModules()
    yield loaded
    loaded.keep()


class Workspace:
    """A workspace of `hello`, `world` and their tests, and what pytest does with it."""

    def __init__(self, pytester: pytest.Pytester, loaded: LoadedModules) -> None:
        self.pytester = pytester
        self._loaded = loaded
        self.root = pytester.path
        pytester.makeini("[pytest]\naddopts = --import-mode=importlib\nbeep_mock_compare_pacts = false\n")
        self.write("contracts/world/openapi.yaml", CONTRACT)
        self.pact = self.root / "pacts" / "hello-world.json"

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def tests(self, *tests: str, file: str = "consumers/hello/test_pacts.py") -> None:
        """Pact tests; `name` records, `name: code` is the test's body."""
        lines = [PRELUDE]
        for test in tests:
            name, _, body = test.partition(": ")
            body = body or f"record(pact_recorder('world'), '{name}')"
            lines.append(f"def test_{name}(pact_recorder):\n    {body}\n")
        self.write(file, "\n".join(lines))

    def run(self, *arguments: str) -> Any:
        result = self.pytester.runpytest_inprocess("-p", "no:xdist", *arguments, plugins=[self._loaded])
        self._loaded.keep()
        return result

    def run_apart(self, *arguments: str) -> Any:
        """In a process of its own, with our plugin only, since others take their time to load."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            return self.pytester.runpytest_subprocess("-p", "beep_mock.pytest_plugin", *arguments)

    def recorded(self, file: str = "hello-world.json") -> list[str]:
        pact = json.loads((self.root / "pacts" / file).read_text())
        return [interaction["description"] for interaction in pact["interactions"]]


@pytest.fixture
def workspace(loaded_modules: LoadedModules, pytester: pytest.Pytester) -> Workspace:
    """The modules come first, so that they are kept after pytester has forgotten them."""
    return Workspace(pytester, loaded_modules)


class TestPactRecorder:
    def test_a_run_of_everything_replaces(self, workspace: Workspace) -> None:
        workspace.tests("b", "a")
        result = workspace.run()
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines(["pacts/hello-world.json: created, 2 interactions"])
        assert workspace.recorded() == ["a", "b"]
        workspace.tests("b", "c")
        result = workspace.run("consumers")
        result.stdout.fnmatch_lines(["*: replaced, 2 interactions", "*gone: a"])
        assert workspace.recorded() == ["b", "c"]

    def test_recording_again_changes_no_byte(self, workspace: Workspace) -> None:
        workspace.tests("a", "b")
        workspace.run()
        text = workspace.pact.read_text()
        old = text.replace('"ffi": "', '"ffi": "0.')
        assert old != text
        workspace.pact.write_text(old)
        workspace.run().stdout.fnmatch_lines(["*: unchanged, 2 interactions"])
        assert workspace.pact.read_text() == old
        workspace.pact.unlink()
        workspace.tests("b", "a")
        workspace.run()
        assert workspace.pact.read_text() == text

    @pytest.mark.parametrize(
        "arguments",
        [
            ("-k", "test_c"),
            (
                "--deselect",
                "consumers/hello/test_pacts.py::test_a",
                "--deselect",
                "consumers/hello/test_pacts.py::test_b",
            ),
            ("consumers/hello/test_pacts.py::test_c",),
            ("--ignore-glob=*test_nothing*",),
        ],
    )
    def test_a_subset_is_merged(self, workspace: Workspace, arguments: tuple[str, ...]) -> None:
        workspace.tests("a", "b")
        workspace.run()
        workspace.tests("a: raise LookupError", "b", "c") if len(arguments) > 1 else workspace.tests("c")
        workspace.run(*arguments).stdout.fnmatch_lines(
            ["*: merged, 3 interactions (only some of its tests were selected)"]
        )
        assert workspace.recorded() == ["a", "b", "c"]

    def test_one_file_of_two_is_a_subset(self, workspace: Workspace) -> None:
        workspace.tests("a")
        workspace.tests("b", file="consumers/hello/test_more.py")
        workspace.run()
        workspace.tests("c")
        workspace.run("consumers/hello/test_pacts.py")
        assert workspace.recorded() == ["a", "b", "c"]

    @pytest.mark.parametrize(
        "failing",
        [
            "b: assert not pact_recorder('world')",
            "b: record(pact_recorder('world'), 'b'); assert not 'after recording'",
            "b: pact_recorder('world').upon_receiving('never').with_request('GET', '/').will_respond_with(200)",
        ],
    )
    def test_a_failure_leaves_the_file_untouched(self, workspace: Workspace, failing: str) -> None:
        workspace.tests("a")
        workspace.run()
        before = workspace.pact.read_bytes()
        workspace.tests("a: record(pact_recorder('world'), 'other')", failing)
        result = workspace.run()
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(["pacts of hello: left as they are, since *test_b failed"])
        assert workspace.pact.read_bytes() == before

    def test_stopping_early_leaves_the_file_untouched(self, workspace: Workspace) -> None:
        workspace.tests("a", "b")
        workspace.run()
        before = workspace.pact.read_bytes()
        workspace.tests("c", "d")
        workspace.write("consumers/hello/test_first.py", "def test_first(): raise LookupError")
        workspace.run("-x").assert_outcomes(failed=1)
        assert workspace.pact.read_bytes() == before
        workspace.write("consumers/hello/test_first.py", "import pytest\ndef test_first(): pytest.exit('x')")
        workspace.run().stdout.fnmatch_lines(["pacts: left as they are, since the run did not come to its end"])
        workspace.write("consumers/hello/test_first.py", "import nothing_of_that_name")
        workspace.run("--continue-on-collection-errors").stdout.fnmatch_lines(["*could not be collected"])
        workspace.run("--collect-only", "--ignore", "consumers/hello/test_first.py")
        assert workspace.pact.read_bytes() == before

    def test_last_failed_merges(self, workspace: Workspace) -> None:
        workspace.tests("a: raise LookupError", "b")
        workspace.tests("c", file="consumers/hello/test_more.py")
        workspace.run()
        assert not workspace.pact.exists()
        workspace.tests("a", "b")
        workspace.run("--lf").assert_outcomes(passed=1)
        assert workspace.recorded() == ["a"]
        workspace.run()
        assert workspace.recorded() == ["a", "b", "c"]

    def test_skipped_tests_keep_their_interactions(self, workspace: Workspace) -> None:
        workspace.tests("a", "b", "c")
        workspace.run()
        workspace.tests("a: pytest.skip('x')", "b: pytest.xfail('x')", "c")
        workspace.run().stdout.fnmatch_lines(["*: unchanged, 3 interactions"])
        assert workspace.recorded() == ["a", "b", "c"]

    def test_one_interaction_described_differently_fails_the_run(self, workspace: Workspace) -> None:
        workspace.tests("a", "b: record(pact_recorder('world'), 'a', 404)")
        result = workspace.run()
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.stdout.fnmatch_lines(["two tests of hello describe 'a' of world differently", "  give one*"])
        assert not workspace.pact.exists()

    def test_consumers_are_independent(self, workspace: Workspace) -> None:
        workspace.tests("a: raise LookupError")
        workspace.tests("b", file="consumers/other/test_pacts.py")
        workspace.run()
        assert workspace.recorded("other-world.json") == ["b"]
        assert not workspace.pact.exists()

    def test_a_pact_that_nobody_records_is_told(self, workspace: Workspace) -> None:
        workspace.tests("a")
        workspace.run()
        workspace.tests("a: record(pact_recorder('people'), 'a')")
        workspace.run().stdout.fnmatch_lines(["pacts/hello-world.json: no test of hello records it any more*"])
        assert workspace.recorded() == ["a"]

    def test_the_consumer_may_be_marked(self, workspace: Workspace) -> None:
        workspace.write(
            "tests/test_marked.py",
            PRELUDE
            + "@pytest.mark.pact(consumer='hello')\ndef test_a(pact_recorder): record(pact_recorder('world'), 'a')\n",
        )
        workspace.run("--strict-markers").assert_outcomes(passed=1)
        assert workspace.recorded() == ["a"]

    @pytest.mark.parametrize(
        ("file", "mark", "message"),
        [
            (
                "tests/test_x.py",
                "",
                "Cannot tell which consumer this pact belongs to: tests/test_x.py::test_a is not in *",
            ),
            ("tests/test_x.py", "@pytest.mark.pact(consumer='a/b')", "'a/b' cannot name a consumer"),
            ("consumers/hel lo/test_x.py", "", "'hel lo' cannot name a consumer"),
        ],
    )
    def test_a_mistaken_consumer_is_told_without_a_traceback(
        self, workspace: Workspace, file: str, mark: str, message: str
    ) -> None:
        workspace.write(file, f"import pytest\n{mark}\ndef test_a(pact_recorder): raise LookupError\n")
        result = workspace.run()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([message])
        result.stdout.no_fnmatch_line("*Traceback*")
        result.stdout.no_fnmatch_line("*pytest_plugin*")

    def test_recording_in_a_fixture_counts(self, workspace: Workspace) -> None:
        workspace.write(
            "consumers/hello/test_pacts.py",
            PRELUDE
            + """
@pytest.fixture
def world(pact_recorder):
    pact = pact_recorder("world")
    pact.upon_receiving("a").with_request("GET", "/a").will_respond_with(200)
    with pact.serve() as server:
        yield server

def test_a(world):
    assert httpx.get(world.url + "/a").status_code == 200
""",
        )
        workspace.run().assert_outcomes(passed=1)
        assert workspace.recorded() == ["a"]

    def test_workers_record_the_same_bytes(self, workspace: Workspace) -> None:
        names = [f"i{number}" for number in range(12)]
        workspace.tests(*names)
        workspace.run()
        alone = workspace.pact.read_bytes()
        workspace.tests("gone", *names)
        workspace.run()
        workspace.tests(*reversed(names))
        result = workspace.run_apart("-p", "xdist", "-n", "2")
        result.assert_outcomes(passed=12)
        result.stdout.fnmatch_lines(["pacts/hello-world.json: replaced, 12 interactions", "  gone: gone"])
        assert workspace.pact.read_bytes() == alone

    def test_a_worker_that_dies_leaves_the_file_untouched(self, workspace: Workspace) -> None:
        workspace.tests("a")
        workspace.run()
        before = workspace.pact.read_bytes()
        workspace.tests("b", "c", "d: os._exit(1)")
        result = workspace.run_apart("-p", "xdist", "-n", "2")
        result.stdout.fnmatch_lines(["pacts of hello: left as they are, since *test_d failed"])
        assert workspace.pact.read_bytes() == before


class TestBeepMocks:
    def outcome(self, workspace: Workspace, *tests: str) -> Any:
        lines = ["import httpx, pytest", "from beep_mock.errors import OverrideError, WorkspaceError"]
        lines += [f"def test_{number}(beep_mocks):\n    {body}" for number, body in enumerate(tests)]
        workspace.write("tests/test_mocks.py", "\n".join(lines) + "\n")
        return workspace.run("--tb=short")

    def test_a_peer_is_mocked_from_its_contract(self, workspace: Workspace) -> None:
        workspace.write("mocks/world.yaml", "default: {'GET /worlds/{worldId}': mars}\n")
        self.outcome(
            workspace,
            "assert httpx.get(beep_mocks('world').url + '/worlds/1').json() == {'name': 'Mars'}",
        ).assert_outcomes(passed=1)

    def test_no_test_sees_anothers_doings(self, workspace: Workspace) -> None:
        name = "world = beep_mocks('world'); assert len(world.journal) == 0; "
        name += "assert httpx.get(world.url + '/worlds/1').json()['name'] == 'Earth'; "
        self.outcome(
            workspace,
            name + "world.prefer(example='mars'); assert httpx.get(world.url + '/worlds/1').json()['name'] == 'Mars'",
            name + "assert len(world.journal) == 1",
            name
            + "world.override('GET', '/worlds/1', json={'name': 'Pluto'}); "
            + "assert httpx.get(world.url + '/worlds/1').json()['name'] == 'Pluto'; "
            + "world.reset(); assert httpx.get(world.url + '/worlds/1').json()['name'] == 'Earth'",
            name + "assert beep_mocks('world') is world",
        ).assert_outcomes(passed=4)

    def test_an_address_does_not_outlive_its_test(self, workspace: Workspace) -> None:
        self.outcome(
            workspace,
            "pytest.url = beep_mocks('world').url",
            "assert len(beep_mocks('world').journal) == 0; pytest.raises(httpx.ConnectError, httpx.get, pytest.url)",
        ).assert_outcomes(passed=2)

    def test_what_was_called_is_asserted(self, workspace: Workspace) -> None:
        call = "world = beep_mocks('world'); httpx.get(world.url + '/worlds/1?x=1', headers={'X-A': 'b'}); "
        self.outcome(
            workspace,
            call + "assert len(world.assert_called()) == 1",
            call + "world.assert_called('GET', '/worlds/1', times=1, query={'x': 1}, headers={'x-a': 'b'})",
            call + "world.assert_called('get', '/worlds/{worldId}'); world.assert_called('PUT', times=0)",
        ).assert_outcomes(passed=3)

    @pytest.mark.parametrize(
        ("assertion", "lines"),
        [
            ("'GET', '/worlds/2'", ["*world was not called with GET /worlds/2; it was called with:"]),
            ("'GET', times=2", ["*world was called 1 times, not 2, with GET any path; *"]),
            ("query={'x': 2}", ["*not called with any method any path with query {'x': 2}; *"]),
            ("headers={'x-a': 'c'}", ["*with headers {'x-a': 'c'}; *"]),
            ("json=[1]", ["*with body [[]1]; *"]),
        ],
    )
    def test_a_failure_says_what_was_called_instead(
        self, workspace: Workspace, assertion: str, lines: list[str]
    ) -> None:
        call = "world = beep_mocks('world'); httpx.get(world.url + '/worlds/1?x=1'); "
        result = self.outcome(workspace, call + f"world.assert_called({assertion})")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines([*lines, "*  GET /worlds/1[?]x=1 -> 200 (example earth)"])
        result.stdout.no_fnmatch_line("*peer_mocks.py*")

    def test_silence_is_told_too(self, workspace: Workspace) -> None:
        result = self.outcome(workspace, "beep_mocks('world').assert_called()")
        result.stdout.fnmatch_lines(["*it was not called at all"])

    def test_mistakes_name_what_to_do(self, workspace: Workspace) -> None:
        result = self.outcome(workspace, "beep_mocks('wrold')", "beep_mocks('world').override('GET', '/nothing')")
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(["*no service 'wrold' in this workspace", "*nearest: world", "*OverrideError*"])
        result.stdout.no_fnmatch_line("*workspace.py:*")

    @pytest.mark.parametrize(
        ("call", "lines"),
        [
            (
                "override('GET', '/worlds/1', json={'name': 1})",
                [
                    "*the override of GET /worlds/{worldId} is invalid:",
                    "*/response/body/name: *",
                    "*allow_invalid=True*",
                ],
            ),
            (
                "override('GET', '/worlds/1', status=500)",
                ["*/response/status: *not declared*declared: 200, 404", "*allow_invalid=True*"],
            ),
            ("override('GET', '/worlds/1', delay=-1, allow_invalid=True)", ["*/delay: *", "*correct the override"]),
            ("override('GET', '/worlds/1', example='mars', status=404)", ["*not with both*"]),
            ("override('GET', '/worlds/1', stats=404)", ["*unexpected keyword argument 'stats'*"]),
            ("prefer(code=500)", ["*no operation of world declares a response 500", "*declared: 200, 404"]),
            ("prefer(code=100)", ["*ValueError*final status*"]),
            ("prefer(example='venus')", ["*has an example named 'venus'", "*declared: earth, mars"]),
        ],
    )
    def test_what_the_contract_does_not_allow_fails_the_test(
        self, workspace: Workspace, call: str, lines: list[str]
    ) -> None:
        result = self.outcome(workspace, f"beep_mocks('world').{call}")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(lines)
        result.stdout.no_fnmatch_line("*/mocks/*.py:*")

    def test_a_refused_override_does_not_answer_and_an_allowed_one_does(self, workspace: Workspace) -> None:
        get = "httpx.get(world.url + '/worlds/1').json()"
        self.outcome(
            workspace,
            "world = beep_mocks('world')\n"
            "    with pytest.raises(OverrideError): world.override('GET', '/worlds/1', json=[1])\n"
            f"    assert {get} == {{'name': 'Earth'}}\n"
            "    (finding,) = world.override('GET', '/worlds/1', json=[1], allow_invalid=True)\n"
            f"    assert finding.rule == 'override-response-invalid'; assert {get} == [1]",
        ).assert_outcomes(passed=1)

    def test_a_failing_test_shows_what_its_mocks_were_asked(self, workspace: Workspace) -> None:
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
        asks = "world = beep_mocks('world'); url = world.url + '/worlds/'; "
        asks += (
            f"httpx.get(url + '1?password=hidden1', headers={{'Authorization': 'hidden2'}}); httpx.get(url + '{token}')"
        )
        result = self.outcome(workspace, f"{asks}; assert not 'reached'")
        result.stdout.fnmatch_lines(
            [
                "*- beep-mock: world was asked -*",
                "GET /worlds/1[?]password=* -> 200 (example earth)",
                "GET /worlds/* -> 422 (problem)",
                "      path.worldId: *",
            ]
        )
        shown = str(result.stdout).partition("beep-mock: world was asked")[2]
        assert "hidden1" not in shown
        assert "hidden2" not in shown
        assert token not in shown

    def test_a_test_that_passes_shows_nothing(self, workspace: Workspace) -> None:
        result = self.outcome(workspace, "httpx.get(beep_mocks('world').url + '/worlds/1')")
        result.assert_outcomes(passed=1)
        result.stdout.no_fnmatch_line("*was asked*")

    def test_what_a_failing_test_shows_is_bounded(self, workspace: Workspace) -> None:
        result = self.outcome(
            workspace,
            "url = beep_mocks('world').url; [httpx.get(url + '/' + 'x' * 5000) for _ in range(30)]; assert not url",
        )
        shown = str(result.stdout).partition("beep-mock: world was asked")[2]
        assert "... 10 earlier calls" in shown
        assert shown.count("GET /xxx") == 20
        assert "x" * 300 not in shown

    def test_exchanges_are_indexed_from_the_oldest(self, workspace: Workspace) -> None:
        call = "journal = beep_mocks('world').journal; url = beep_mocks('world').url + '/worlds/'; "
        call += "[httpx.get(f'{url}{number}') for number in (1, 2, 3)]; "
        self.outcome(
            workspace,
            call + "assert (journal[0].path, journal[-1].path) == ('/worlds/1', '/worlds/3')",
            call + "assert [one.path for one in journal[1:]] == ['/worlds/2', '/worlds/3']",
            call + "assert [one.status for one in journal] == [200, 200, 200]",
            call + "pytest.raises(IndexError, lambda: journal[3])",
        ).assert_outcomes(passed=4)


class TestComparison:
    """Pacts are compared with the contract while they are recorded."""

    DESCRIBED = (
        "pact = pact_recorder('world'{more})\n"
        "    pact.upon_receiving('a').with_request('GET', '/worlds/1').will_respond_with({status})\n"
        "    with pact.serve() as server: httpx.get(server.url + '/worlds/1')"
    )

    def run(self, workspace: Workspace, status: int, more: str = "", ini: str = "") -> Any:
        workspace.pytester.makeini(f"[pytest]\naddopts = --import-mode=importlib\n{ini}\n")
        workspace.tests("a: " + self.DESCRIBED.format(status=status, more=more))
        return workspace.run("--tb=short")

    def test_what_is_promised_is_recorded(self, workspace: Workspace) -> None:
        self.run(workspace, 404).assert_outcomes(passed=1)
        assert workspace.recorded() == ["a"]

    def test_what_is_not_promised_fails_the_test(self, workspace: Workspace) -> None:
        result = self.run(workspace, 500)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "*the contract of world does not promise what hello expects:",
                "*/interactions/0/response/status: 'a': *500* [[]response.status.unknown]",
                "*pact_recorder('world', compare=False)",
            ]
        )
        result.stdout.no_fnmatch_line("*consumers/recording.py*")
        assert not workspace.pact.exists()

    @pytest.mark.parametrize(("more", "ini"), [(", compare=False", ""), ("", "beep_mock_compare_pacts = false")])
    def test_the_comparison_can_be_turned_off(self, workspace: Workspace, more: str, ini: str) -> None:
        self.run(workspace, 500, more, ini).assert_outcomes(passed=1)
        assert workspace.recorded() == ["a"]

    def test_a_provider_without_a_contract_is_not_compared(self, workspace: Workspace) -> None:
        workspace.pytester.makeini("[pytest]\naddopts = --import-mode=importlib\n")
        workspace.tests("a: record(pact_recorder('people'), 'a')")
        workspace.run().assert_outcomes(passed=1)

    def test_a_misspelt_provider_is_an_error(self, workspace: Workspace) -> None:
        workspace.pytester.makeini("[pytest]\naddopts = --import-mode=importlib\n")
        workspace.tests("a: record(pact_recorder('wrld'), 'a')")
        result = workspace.run("--tb=short")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*no contract for 'wrld' in this workspace", "*did you mean 'world'?*"])

    @pytest.mark.parametrize("argument", ["consumr='hello'", "'hello'"])
    def test_an_unknown_argument_of_the_marker_is_an_error(self, workspace: Workspace, argument: str) -> None:
        workspace.write("tests/test_a.py", f"import pytest\n@pytest.mark.pact({argument})\ndef test_a(): pass\n")
        result = workspace.run()
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*test_a.py::test_a: @pytest.mark.pact takes consumer= and provider=, not *"])


class TestProviderStates:
    STATES = """
from beep_mock.states import ProviderStates

states = ProviderStates()
there = []

@states.state("it exists")
def it_exists(id):
    there.append(id)
    yield
    there.remove(id)
"""

    def test_the_registry_is_the_one_that_tests_import(self, workspace: Workspace) -> None:
        workspace.write("providers/world/states.py", self.STATES)
        workspace.write(
            "providers/world/test_states.py",
            """
import pytest
from providers.world.states import states, there

@pytest.mark.parametrize("time", [1, 2])
def test_a(provider_states, time):
    assert provider_states is states
    assert there == []
    provider_states.setup("it exists", {"id": 1})
    assert there == [1]
""",
        )
        workspace.run_apart().assert_outcomes(passed=2)

    def test_any_provider_may_be_marked(self, workspace: Workspace) -> None:
        workspace.write("providers/the.world/states.py", self.STATES)
        test = "import pytest\n@pytest.mark.pact(provider='the.world')\n"
        workspace.write(
            "tests/test_marked_states.py", test + "def test_a(provider_states): assert provider_states.names\n"
        )
        workspace.run().assert_outcomes(passed=1)

    def test_a_state_that_cannot_be_taken_back_is_told(self, workspace: Workspace) -> None:
        workspace.write("providers/world/states.py", self.STATES.replace("there.remove(id)", "there.remove(7)"))
        workspace.write(
            "providers/world/test_a.py",
            "def test_a(provider_states): provider_states.setup('it exists', {'id': 1})\n",
        )
        result = workspace.run_apart()
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["taking back the provider state 'it exists' failed: ValueError*"])
        result.stdout.no_fnmatch_line("*pytest_plugin*")

    @pytest.mark.parametrize(
        ("file", "states", "message"),
        [
            ("tests/test_a.py", "", "Cannot tell which provider's states are meant*"),
            ("providers/people/test_a.py", "", "*people/states.py: people has no provider states"),
            ("providers/world/test_a.py", "", "*world/states.py: no `states` that is a ProviderStates in it"),
        ],
    )
    def test_mistakes_name_what_to_do(self, workspace: Workspace, file: str, states: str, message: str) -> None:
        workspace.write("providers/world/states.py", states)
        workspace.write(file, "def test_a(provider_states): raise LookupError\n")
        result = workspace.run()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([message])
        result.stdout.no_fnmatch_line("*pytest_plugin*")


HEAVY = "{'flask', 'werkzeug', 'pact', 'pact_ffi', 'schemathesis', 'jsonschema_rs', 'httpx', 'yaml', 'click'}"


LYING = CONTRACT.replace("earth: {value: {name: Earth}}", "earth: {value: {title: Earth}}")


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("", (200, "example earth; invalid")),
        ("beep_mock_examples = repair", (200, "example earth; repaired")),
        ("beep_mock_examples = refuse", (500, "problem")),
    ],
)
def test_a_session_says_what_becomes_of_wrong_examples(
    workspace: Workspace, option: str, expected: tuple[int, str]
) -> None:
    workspace.pytester.makeini(f"[pytest]\n{option}\n")
    workspace.write("contracts/world/openapi.yaml", LYING)
    test = f"""
        import httpx

        def test_a(beep_mocks):
            answer = httpx.get(beep_mocks("world").url + "/worlds/1")
            assert (answer.status_code, answer.headers["Beep-Mock-Source"]) == {expected!r}
        """
    workspace.write("consumers/hello/test_it.py", textwrap.dedent(test))
    workspace.run().assert_outcomes(passed=1)


def test_an_unknown_word_for_wrong_examples_is_said(workspace: Workspace) -> None:
    workspace.pytester.makeini("[pytest]\nbeep_mock_examples = mend\n")
    workspace.write("consumers/hello/test_it.py", "def test_a(beep_mocks):\n    pass\n")
    result = workspace.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*beep_mock_examples is 'mend'; it can be as-written, repair, refuse*"])


def test_the_plugin_loads_nothing_heavy() -> None:
    code = f"import sys, beep_mock.pytest_plugin; print(sorted({HEAVY} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_session_without_our_fixtures_loads_nothing_heavy(workspace: Workspace) -> None:
    workspace.write(
        "tests/test_plain.py",
        f"""
import sys

def test_plain():
    assert not {HEAVY} & set(sys.modules)
    assert not [name for name in sys.modules if name.startswith("beep_mock.") and "pytest_plugin" not in name]
""",
    )
    workspace.run_apart().assert_outcomes(passed=1)
