"""One mutant tried by every judge, in a process that tries one after the other."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from beep_mock.checks.provider_checks import KINDS, mocked_peers
from beep_mock.workspace import Workspace
from benchmarks.mutation import judges
from benchmarks.mutation.equivalence import Behaviour
from benchmarks.mutation.mutant import Mutant, starts
from benchmarks.mutation.sampling import PROVIDERS, all_mutants
from benchmarks.servers import ROOT

__all__ = ["Trial", "prepare", "tried"]


@dataclass
class Trial:
    """``found`` is what each judge found beyond what it finds at the provider as it is; None: it was not asked.

    ``reason`` says why the mutant breaks nothing, ``shown`` how it behaves differently.
    """

    name: str
    provider: str
    kind: str
    operator: str
    site: str
    found: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    shown: str = ""
    stillborn: bool = False

    def by(self, *judges: str) -> bool:
        """Whether one of these caught it."""
        return any(self.found.get(one) for one in judges)

    def line(self) -> str:
        who = [judge for judge, found in self.found.items() if found]
        state = "stillborn" if self.stillborn else self.reason and f"breaks nothing: {self.reason}"
        return f"{self.name}: {', '.join(who) or 'NOBODY'}{f' ({state})' if state else ''}"


class _Court:
    """What a process keeps between two trials."""

    def __init__(self, settings: dict[str, int]) -> None:
        self.settings = settings
        self.mutants = {one.name: one for one in all_mutants()}
        self.mutants |= {one.name: one for one in map(Mutant, PROVIDERS)}
        self._stack = ExitStack()
        self._stack.enter_context(mocked_peers(Workspace.find(ROOT), "world"))
        self._behaviours: dict[str, Behaviour] = {}
        self._usual: dict[tuple[str, str], set[str]] = {}

    def behaviour(self, provider: str) -> Behaviour:
        if provider not in self._behaviours:
            self._behaviours[provider] = Behaviour(provider)
        return self._behaviours[provider]

    def judgements(self, mutant: Mutant, court: Sequence[str]) -> Iterator[judges.Judgement]:
        """Of ours, of Schemathesis, of Specmatic: those that ``court`` names."""
        examples = self.settings["examples"]
        if "ours" in court:
            yield judges.beep_mock(mutant, examples=examples, seed=1)
        if "schemathesis" in court:
            yield judges.schemathesis(mutant, examples=examples, seed=1)
        if "specmatic" in court:
            from benchmarks.mutation.specmatic import specmatic

            yield from specmatic(mutant)

    def asked(self, with_specmatic: bool) -> list[str]:
        """Who is asked about a mutant."""
        compared = bool(self.settings["compare"])
        asked = {"ours": True, "schemathesis": compared, "specmatic": with_specmatic and self.settings["specmatic"] > 0}
        return [name for name, wanted in asked.items() if wanted]

    def usual(self, provider: str, judge: str) -> set[str]:
        """What ``judge`` finds at the provider as it is."""
        if (provider, judge) not in self._usual:
            group = judge if judge in ("schemathesis", "specmatic") else "ours"
            for judgement in self.judgements(Mutant(provider), [group]):
                self._usual |= {(provider, one): found for one, found in judgement.found.items()}
        return self._usual[provider, judge]


_court: list[_Court] = []


def prepare(settings: dict[str, int]) -> None:
    """Called once in each process."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    _court[:] = [_Court(settings)]


def tried(asked: tuple[str, bool]) -> Trial:
    """The trial of the mutant of that name; the second says whether Specmatic is asked."""
    name, with_specmatic = asked
    court = _court[0]
    mutant = court.mutants[name]
    trial = Trial(name, mutant.provider, mutant.kind, mutant.operator, mutant.site)
    if mutant.kind != "none" and not starts(mutant):
        trial.stillborn = True
        return trial
    for judgement in court.judgements(mutant, court.asked(with_specmatic)):
        trial.seconds |= judgement.seconds
        for judge, found in judgement.found.items():
            usual = court.usual(mutant.provider, judge) if found and mutant.kind != "none" else set()
            trial.found[judge] = sorted(found - usual)
    if mutant.kind != "none" and not trial.by(*KINDS):  # what was caught behaves differently, it was seen
        verdict = court.behaviour(mutant.provider).judge(mutant)
        trial.reason, trial.shown = verdict.reason, verdict.shown
    return trial
