"""The journal and the control of mocks over HTTP, below ``/-/``.

::

    GET    /-/journal?service=world&after=17&limit=100     the latest exchanges, oldest first
    GET    /-/journal/18                                   one of them
    DELETE /-/journal?service=world                        forget
    POST   /-/control/world/prefer     {"code": 404, "example": "unknown-world", "dynamic": false}
    POST   /-/control/world/overrides  an interaction in the form that mocks/<service>.yaml has
    DELETE /-/control/world/prefer, /-/control/world/overrides, /-/control/world (both)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request

from beep_mock.contracts.values.json_text import BodyError, load_json
from beep_mock.errors import BeepMockError
from beep_mock.exchanges.journal import Journal
from beep_mock.mocks.http_answers import json_answer, problem_answer
from beep_mock.mocks.mock import Mock

__all__ = ["Control"]

_ENTRIES = 1000


class Control:
    """Reads and clears the journal; tells mocks what to prefer and what to answer."""

    def __init__(self, find: Callable[[str], Mock | None], journal: Journal) -> None:
        self._find = find
        self._journal = journal

    def register(self, pages: Blueprint) -> None:
        """Add the routes to ``pages``."""
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("GET", "/-/journal", self.read_journal),
            ("DELETE", "/-/journal", self.clear_journal),
            ("GET", "/-/journal/<int:number>", self.read_exchange),
            ("POST", "/-/control/<service>/prefer", self.prefer),
            ("DELETE", "/-/control/<service>/prefer", self.prefer_nothing),
            ("POST", "/-/control/<service>/overrides", self.add_override),
            ("DELETE", "/-/control/<service>/overrides", self.drop_overrides),
            ("DELETE", "/-/control/<service>", self.reset),
        )
        for method, rule, view in routes:
            pages.add_url_rule(rule, view.__name__, view, methods=[method])

    def read_journal(self) -> Response:
        """The latest exchanges."""
        exchanges = self._journal.entries(request.args.get("service"), request.args.get("after", 0, int))
        limit = max(request.args.get("limit", _ENTRIES, int), 0)
        return json_answer({"exchanges": [e.as_dict() for e in exchanges[max(len(exchanges) - limit, 0) :]]})

    def read_exchange(self, number: int) -> Response:
        """One exchange."""
        found = next((e for e in self._journal.entries(after=number - 1) if e.id == number), None)
        if found is None:
            abort(problem_answer(404, "NO_SUCH_EXCHANGE", f"exchange {number} is not, or no longer, in the journal"))
        return json_answer(found.as_dict())

    def clear_journal(self) -> Response:
        """Forget the exchanges, all or of one service."""
        self._journal.clear(request.args.get("service"))
        return Response(status=204)

    def prefer(self, service: str) -> Response:
        """Answer as if each request had sent this preference."""
        mock, wanted = self._mock(service), _json_object()
        if unknown := wanted.keys() - {"code", "example", "dynamic"}:
            abort(problem_answer(422, "INVALID_PREFERENCE", f"unknown: {', '.join(sorted(unknown))}"))
        if not _is_preference(wanted):
            told = "code is a final status, example a name, dynamic true or false"
            abort(problem_answer(422, "INVALID_PREFERENCE", told))
        mock.prefer(**wanted)
        return Response(status=204)

    def prefer_nothing(self, service: str) -> Response:
        """Drop the preference."""
        self._mock(service).prefer()
        return Response(status=204)

    def add_override(self, service: str) -> Response:
        """Add an interaction; how its answer breaks the contract is returned, and it is given all the same."""
        try:
            findings = self._mock(service).add(_json_object())
        except BeepMockError as fault:
            abort(problem_answer(422, "INVALID_OVERRIDE", fault.message, pointer=fault.pointer, hint=fault.hint))
        return json_answer({"findings": [{"rule": f.rule, "message": f.message} for f in findings]}, 201)

    def drop_overrides(self, service: str) -> Response:
        """Drop the interactions that were added."""
        self._mock(service).drop_added()
        return Response(status=204)

    def reset(self, service: str) -> Response:
        """Drop the preference and the interactions that were added."""
        self._mock(service).reset()
        return Response(status=204)

    def _mock(self, service: str) -> Mock:
        mock = self._find(service)
        if mock is None:
            abort(problem_answer(404, "NO_SUCH_SERVICE", f"there is no mock of {service!r} here"))
        return mock


def _json_object() -> dict[str, Any]:
    try:
        content = load_json(request.get_data())
    except BodyError:
        content = None
    if not isinstance(content, dict):
        abort(problem_answer(422, "NO_JSON_OBJECT", "send a JSON object"))
    return content


def _is_preference(wanted: dict[str, Any]) -> bool:
    code, example, dynamic = wanted.get("code"), wanted.get("example"), wanted.get("dynamic")
    return (
        (code is None or (type(code) is int and 200 <= code <= 599))
        and (example is None or isinstance(example, str))
        and (dynamic is None or isinstance(dynamic, bool))
    )
