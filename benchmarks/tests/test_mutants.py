"""The mutants of `benchmarks.mutants`: what the operators make, what breaks nothing, and a dozen of them judged."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beep_mock import Workspace
from beep_mock.checks.provider_checks import mocked_peers
from benchmarks.mutation.equivalence import Behaviour
from benchmarks.mutation.mutant import Mutant, standing
from benchmarks.mutation.sampling import all_mutants, sample
from benchmarks.mutation.source_operators import source_mutants

ROOT = Path(__file__).parents[2]
MUTANTS = {mutant.name: mutant for mutant in all_mutants()}


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with mocked_peers(Workspace.find(ROOT), "world"):
        yield


def asked(name: str, method: str, path: str, **request: Any) -> Any:
    """The answer of a mutant."""
    with standing(MUTANTS[name]) as place:
        return place.create().test_client().open(path, method=method, **request)


def named(*words: str) -> str:
    """The only mutant whose name has these words."""
    (found,) = [name for name in MUTANTS if all(word in name for word in words)]
    return found


def test_every_operator_has_its_share() -> None:
    every = list(MUTANTS.values())
    operators = {(one.operator, one.provider) for one in every}
    chosen = sample(every, len(operators), seed=1)
    assert {(one.operator, one.provider) for one in chosen} == operators
    assert chosen == sample(every, len(operators), seed=1)
    assert chosen != sample(every, len(operators), seed=2)
    assert len(sample(every, 0, seed=1)) == len(every) > 2000


@pytest.mark.parametrize(
    ("words", "path", "status", "member"),
    [
        (("field missing", "GET /people/{personId} 200", "$.world"), "/people/1", 200, {"id": 1, "world": None}),
        (("number of another", "GET /people/{personId} 200", "$.id"), "/people/1", 200, {"id": 2, "world": 1}),
        (("status undeclared", "GET /people/{personId} 404"), "/people/9", 410, {"status": 404}),
        (("minimum not checked", "GET /people/{personId}"), "/people/0", 200, {"id": 1}),
        (("another is given", "GET /people/{personId}"), "/people/1", 200, {"id": 2}),
        (("refused at its maximum", "GET /people/{personId}"), "/people/2147483647", 422, {"status": 422}),
        (("statement dropped", "providers.people.app:51"), "/people/1", 200, {"id": 1}),
    ],
)
def test_a_mutant_differs_in_one_way(words: tuple[str, ...], path: str, status: int, member: dict[str, Any]) -> None:
    answer = asked(named(*words), "GET", path)
    assert (answer.status_code, {name: answer.json.get(name) for name in member}) == (status, member)


def test_what_nobody_runs_is_not_mutated() -> None:
    texts = [one.site for one in source_mutants("people") if one.operator == "text changed"]
    assert texts
    assert not [text for text in texts if "Person and the id" in text or "__all__" in text or "create_app'" in text]


def test_source_mutants_are_python_and_their_modules_are_put_back() -> None:
    import providers.people.app as before

    for mutant in sample(list(source_mutants("people")), 40, seed=1):
        assert mutant.code is not None
        assert mutant.code().co_filename.endswith(f"{mutant.module.replace('.', '/')}.py")
    with standing(next(source_mutants("people"))):
        assert sys.modules.get("providers.people.app") is not before
    assert sys.modules["providers.people.app"] is before
    ast.parse((ROOT / "providers" / "people" / "app.py").read_text())


@pytest.mark.parametrize(
    ("mutant", "reason"),
    [
        (Mutant("people"), "no difference in "),
        (MUTANTS[named("people: text changed", "'Unknown person'")], "texts and details of errors"),
        (
            MUTANTS[named("people: field missing", "GET /people/{personId} 404", "$.type")],
            "texts and details of errors",
        ),
        (MUTANTS[named("people: field missing", "GET /people/{personId} 404", "$.title")], ""),
        (MUTANTS[named("people: status undeclared", "GET /people/{personId} 404")], ""),
    ],
)
def test_what_breaks_nothing_is_told_from_what_does(mutant: Mutant, reason: str) -> None:
    verdict = Behaviour("people").judge(mutant)
    assert verdict.reason.startswith(reason) if reason else (not verdict.reason and verdict.shown)


def test_a_dozen_is_caught() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mutants", "--short", "--only", "people"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 of " in done.stderr
