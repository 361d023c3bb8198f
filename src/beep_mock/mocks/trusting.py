"""Add evidence to answers, and refuse those with too little.

Evidence is about an interaction: a request and its answer. So it speaks for an example's answer when the request is the
example's, or the example was asked for by its name, or asks nothing of a request; not when an example stands in for
want of a better one. What is refuted is said in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beep_mock.evidence.trust import HEADER, SPECIFICATION_ONLY
from beep_mock.interaction import MISSING
from beep_mock.servers.answers import Answer, problem

if TYPE_CHECKING:
    from beep_mock.evidence.trust import Evidence, Minimum, Trust
    from beep_mock.interaction import Interaction

__all__ = ["Trusting"]


class Trusting:
    """Judges the answers of one operation (``operation`` is its key), each once, when it is prepared."""

    def __init__(self, trust: Trust, minimum: Minimum | None, operation: str) -> None:
        self._trust = trust
        self._minimum = minimum
        self._operation = operation

    @property
    def takes_samples(self) -> bool:
        """Return whether generated samples may answer."""
        return self._minimum != "verified"

    def example(self, answer: Answer, example: Interaction, *, asked: bool) -> Answer:
        """Return the answer of ``example``, which the request or somebody ``asked`` for, or which stands in."""
        evidence = self._trust.of(example)
        if evidence is not None and answer.status == example.response.status and _is_written(answer):
            nothing_asked = not example.request.parameters and example.request.body is MISSING
            if asked or nothing_asked or _is_refuted(evidence):
                return self._judged(answer, evidence)
        stands_in = evidence is not None and evidence.standing == "verified"
        return self._judged(answer, None, "no example is for this very request: give one" if stands_in else "")

    def bare(self, answer: Answer, interaction: Interaction) -> Answer:
        """Return an answer of which the contract says its status and no more, so that there is no example of it."""
        return self._judged(answer, self._trust.of(interaction), "let a consumer's pact ask for it")

    def override(self, answer: Answer, answering: Interaction | None) -> Answer:
        """Return the answer of an override; ``answering`` is the example that it answers with, if it does."""
        evidence = self._trust.of(answering) if answering is not None else None
        refuted = evidence if evidence is not None and _is_refuted(evidence) else None
        return self._judged(answer, refuted, "an override promises nothing: remove it")

    def sample(self, answer: Answer) -> Answer:
        """Return the answer of a sample."""
        return self._judged(answer, None, "no example is for this request: give one")

    def _judged(self, answer: Answer, evidence: Evidence | None, advice: str = "") -> Answer:
        if answer.source == "problem":  # our own words, not the provider's
            return answer
        if evidence is not None:
            answer = _saying(answer, str(evidence))
            if _is_refuted(evidence) and self._trust.tell is not None:
                latest = evidence.latest
                self._trust.tell(
                    f"warning: {self._trust.service}: {answer.source} of {self._operation} was refuted by "
                    f"{latest.provider}@{latest.version} ({latest.at[:10]}); `beep-mock verify {self._trust.service}`"
                )
        if self._minimum is None:
            return answer
        standing = evidence.standing if evidence is not None else SPECIFICATION_ONLY
        if standing == "verified" and not answer.source.endswith("; invalid"):
            return answer
        if self._minimum == "specification" and standing != "refuted" and not answer.source.endswith("; invalid"):
            return answer
        return self._refusal(answer, evidence, advice)

    def _refusal(self, answer: Answer, evidence: Evidence | None, advice: str) -> Answer:
        """Return the 501 for an answer with too little evidence (RFC 9110, section 15.6.2)."""
        service = self._trust.service or "SERVICE"
        verify = f"beep-mock verify {service}"
        said = str(evidence) if evidence is not None else SPECIFICATION_ONLY
        known = f"breaks its contract ({said})" if answer.source.endswith("; invalid") else f"is {said}"
        verb = f"{advice[:1].upper()}{advice[1:]}, and run" if advice else "Run"
        if evidence is not None and _is_refuted(evidence):
            verb = "Mend the provider or its contract, and run"
        detail = (
            f"{answer.source} of {self._operation} {known}, less than --min-trust {self._minimum}. {verb} `{verify}`"
        )
        if self._trust.fault:
            detail += f". {self._trust.fault}"
        told = problem(501, "NOT_TRUSTED", detail, evidence=said, operation=self._operation, verify=verify)
        return _saying(Answer(told, "problem"), said)


def _is_written(answer: Answer) -> bool:
    """Return whether the answer stands in the document as it is; a repaired one does not."""
    return not answer.source.endswith("; repaired") and answer.source != "problem"


def _is_refuted(evidence: Evidence) -> bool:
    return evidence.standing == "refuted"


def _saying(answer: Answer, text: str) -> Answer:
    return answer.with_header(HEADER, text)
