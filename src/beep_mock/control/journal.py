"""The journal over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from beep_mock.control.answers import json_answer, problem_answer
from beep_mock.control.description import requested
from beep_mock.exchanges.journal import Journal

__all__ = ["JournalControl"]

_MOST = 1000  # as many as a journal keeps


class JournalControl:
    """Reads and clears the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def register(self, interface: Blueprint) -> None:
        """Add the routes to ``interface``."""
        interface.add_url_rule("/-/journal", "read_journal", self.read_journal, methods=["GET"])
        interface.add_url_rule("/-/journal", "clear_journal", self.clear_journal, methods=["DELETE"])
        interface.add_url_rule("/-/journal/<id>", "read_exchange", self.read_exchange, methods=["GET"])

    def read_journal(self) -> Response:
        """Return the latest exchanges, oldest first."""
        exchanges = self._journal.entries(requested("query.service"), requested("query.after", 0))
        limit = int(requested("query.limit", _MOST))
        return json_answer({"exchanges": [e.as_dict() for e in exchanges[max(len(exchanges) - limit, 0) :]]})

    def read_exchange(self, id: str) -> Response:  # noqa: A002, ARG002 - the name in the document
        """Return one exchange."""
        number = int(requested("path.id"))
        found = next((e for e in self._journal.entries(after=number - 1) if e.id == number), None)
        if found is None:
            abort(problem_answer(404, "NO_SUCH_EXCHANGE", f"exchange {number} is not, or no longer, in the journal"))
        return json_answer(found.as_dict())

    def clear_journal(self) -> Response:
        """Forget the exchanges, all or those of one service."""
        self._journal.clear(requested("query.service"))
        return Response(status=204)
