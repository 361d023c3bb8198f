"""Let tests set preferences and overrides of mocks over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort

from beep_mock.control.answers import json_answer, problem_answer
from beep_mock.control.description import requested
from beep_mock.errors import BeepMockError
from beep_mock.mocks.mock import Mock

__all__ = ["MockControl"]


class MockControl:
    """Tells mocks what to prefer and what to answer. ``find`` returns a service's mock, or aborts with a problem."""

    def __init__(self, find: Callable[[str], Mock]) -> None:
        self._find = find

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        routes: tuple[tuple[str, str, Callable[..., Response]], ...] = (
            ("POST", "/-/control/<service>/prefer", self.prefer),
            ("DELETE", "/-/control/<service>/prefer", self.prefer_nothing),
            ("POST", "/-/control/<service>/overrides", self.add_override),
            ("DELETE", "/-/control/<service>/overrides", self.drop_overrides),
            ("DELETE", "/-/control/<service>", self.reset),
        )
        for method, rule, view in routes:
            interface.add_url_rule(rule, view.__name__, view, methods=[method])

    def prefer(self, service: str) -> Response:
        """Answer as if each request had sent this preference."""
        mock, wanted = self._find(service), requested("body")
        code = wanted.get("code")
        mock.prefer(
            code=int(code) if code is not None else None, example=wanted.get("example"), dynamic=wanted.get("dynamic")
        )
        return Response(status=204)

    def prefer_nothing(self, service: str) -> Response:
        """Drop the preference."""
        self._find(service).prefer()
        return Response(status=204)

    def add_override(self, service: str) -> Response:
        """Add an interaction and return how its response breaks the contract; it is sent all the same."""
        mock = self._find(service)
        try:
            findings = mock.add(requested("body"))
        except BeepMockError as fault:
            abort(problem_answer(422, "INVALID_OVERRIDE", fault.message, pointer=fault.pointer, hint=fault.hint))
        return json_answer({"findings": [{"rule": f.rule, "message": f.message} for f in findings]}, 201)

    def drop_overrides(self, service: str) -> Response:
        """Drop the interactions that were added."""
        self._find(service).drop_added()
        return Response(status=204)

    def reset(self, service: str) -> Response:
        """Drop the preference and the interactions that were added."""
        self._find(service).reset()
        return Response(status=204)
