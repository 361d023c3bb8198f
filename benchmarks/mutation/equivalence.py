"""Mutants that break nothing: they behave as the provider does, or differ only where contract and pacts leave it open.

Left open is, by rule:

- the texts and details of an error (RFC 9457, section 3.1: `title` and `detail` are for people, an absent `type` is
  `about:blank`), as long as status and media type stay and the body conforms to the contract;
- which of the errors that the contract declares for an operation refuses a request that is not valid anyway;
- headers that the contract does not declare;
- what becomes of a cursor that the provider has never given: it says nothing to anybody but the provider;
- the ids that a provider gives to what it creates: the answers are the same once each new id is called by its order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from beep_mock.contracts.compiler import compile_contract
from beep_mock.contracts.model import Contract
from beep_mock.contracts.response_validation import response_violations
from benchmarks.mutation.mutant import Mutant, standing
from benchmarks.mutation.probes import Probe, Said, answers, probes
from benchmarks.servers import ROOT

__all__ = ["Behaviour", "Verdict"]

_SILENT = "silent"
_KNOWN_TOKENS = "tokens"


@dataclass(frozen=True)
class Verdict:
    """``reason`` says why a mutant breaks nothing; empty for one that does, of which ``shown`` is the first sign.

    ``differs`` says whether it behaves differently at all.
    """

    reason: str = ""
    shown: str = ""
    differs: bool = True


class Behaviour:
    """What a provider answers to all probes, to hold its mutants against."""

    def __init__(self, provider: str) -> None:
        self._asked = probes(provider)
        self._contract = compile_contract(ROOT / "contracts" / provider / "openapi.yaml")
        self._said = self._all(Mutant(provider))
        self.count = sum(map(len, self._said.values()))
        pages = [one.body for said in self._said.values() for one in said if isinstance(one.body, dict)]
        self._cursors = {str(page["next"]) for page in pages if page.get("next")}

    def judge(self, mutant: Mutant) -> Verdict:
        try:
            found = self._all(mutant)
        except BaseException as error:  # noqa: BLE001 - a mutant may do anything
            return Verdict(shown=f"{type(error).__name__}: {error}"[:120])
        allowed: dict[str, None] = {}
        for world, said in found.items():
            was = self._said[world]
            if said == was:
                continue
            if _by_order(said) == _by_order(was):
                allowed["other ids, given by the provider"] = None
                continue
            for probe, before, after in zip(self._asked, was, said, strict=True):
                if before == after:
                    continue
                reason = self._allowed(probe, before, after)
                if not reason:
                    shown = f"{probe}: {_short(before)} became {_short(after)}"
                    return Verdict(shown=shown)
                allowed[reason] = None
        if not allowed:
            return Verdict(f"no difference in {self.count} requests", differs=False)
        return Verdict("; ".join(allowed))

    def _all(self, mutant: Mutant) -> dict[str, list[Said]]:
        """The answers in each world: as it starts, with tokens that it knows, with a peer that is silent."""
        found = {}
        with standing(mutant) as place:
            for world in ("", _KNOWN_TOKENS, _SILENT) if mutant.provider == "world" else ("",):
                app = place.create()
                if world == _KNOWN_TOKENS:
                    app.extensions["tokens"] = frozenset({"another"})
                if world == _SILENT:
                    app.extensions["people"] = _Silence()
                found[world] = answers(app, self._asked)
        return found

    def _allowed(self, probe: Probe, before: Said, after: Said) -> str:
        """Why an answer may be another, or nothing."""
        if not self._conforms(probe, after):
            return ""
        if (before.status, before.media_type, before.body) == (after.status, after.media_type, after.body):
            return (
                "headers that the contract does not declare"
                if self._declared(probe, before) <= set(after.headers)
                else ""
            )
        cursor = dict(probe.query).get("cursor")
        if cursor is not None and cursor not in self._cursors and {before.status, after.status} <= {200, 422}:
            return "what is said to a cursor that was never given"
        refused = before.status >= 400 and after.status >= 400
        if refused and before.status == after.status and before.media_type == after.media_type:
            same = _kind(before.body) == _kind(after.body)
            return "texts and details of errors" if same else ""
        if refused and {before.status, after.status} <= {401, 404, 415, 422} and 422 in {before.status, after.status}:
            return "another declared refusal of a request that is not valid" if not _is_plain(probe) else ""
        return ""

    def _conforms(self, probe: Probe, said: Said) -> bool:
        import json

        operation = _operation(self._contract, probe)
        content = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
        headers = [*said.headers, ("content-type", said.media_type)] if said.media_type else list(said.headers)
        return not response_violations(self._contract, operation, said.status, headers, content)

    def _declared(self, probe: Probe, said: Said) -> set[tuple[str, str]]:
        names = {name.lower() for name in probe.operation.answers.get(said.status, {}).get("headers", {})}
        return {pair for pair in said.headers if pair[0] in names}


class _Silence:
    def living_on(self, _: int) -> Any:
        raise self._error()

    def find(self, _: int) -> Any:
        raise self._error()

    @staticmethod
    def _error() -> Exception:
        from demonstration.peer import PeerUnavailableError

        return PeerUnavailableError("people", "no answer")


def _operation(contract: Contract, probe: Probe) -> Any:
    return contract.operations[probe.operation.key]


def _kind(body: Any) -> Any:
    """What programs tell an error by."""
    if not isinstance(body, dict):
        return body
    return body.get("type", "about:blank"), body.get("status")


def _is_plain(probe: Probe) -> bool:
    """Whether a request may be valid in every part: where it is, the refusal is a matter of the provider's data."""
    return all(re.fullmatch(r"[1-9]\d{0,9}|hot|cold|temperate|after-\d+", value) for _, value in probe.query)


def _by_order(said: list[Said]) -> list[Said]:
    """The same answers, with each id of a thing that was created named by the order in which it came."""
    names: dict[int, str] = {}
    for one in said:
        if one.status == 201 and isinstance(one.body, dict) and isinstance(one.body.get("id"), int):
            names.setdefault(one.body["id"], f"created {len(names)}")

    def named(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: named(below, name) for name, below in value.items()}
        if isinstance(value, list):
            return [named(below) for below in value]
        if key == "id" and value in names:
            return names[value]
        if isinstance(value, str):
            return re.sub(r"(?<=^after-)\d+$|(?<=/)\d+$", lambda m: names.get(int(m[0]), m[0]), value)
        return value

    return [
        Said(one.status, one.media_type, tuple((n, named(v)) for n, v in one.headers), named(one.body)) for one in said
    ]


def _short(said: Said) -> str:
    body = " ".join(str(said.body).split())
    return f"{said.status} {body[:90]}"
