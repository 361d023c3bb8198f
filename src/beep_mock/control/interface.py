"""The routes of the control interface, described by ``openapi.yaml`` beside this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from beep_mock.control.answers import json_answer
from beep_mock.control.description import check_request
from beep_mock.control.documents import DocumentControl
from beep_mock.control.firing import FiringControl
from beep_mock.control.journal import JournalControl
from beep_mock.control.mocks import MockControl
from beep_mock.exchanges.journal import Journal
from beep_mock.mocks.mock import Mock

__all__ = ["control_interface"]


def control_interface(
    find: Callable[[str], Mock],
    journal: Journal,
    *,
    health: Callable[[], dict[str, Any]],
    overview: Callable[[], dict[str, Any]],
    url_of: Callable[[str], str],
) -> Blueprint:
    """Return the routes through which programs watch and steer a running world.

    ``find`` returns a service's mock, or aborts with a problem; ``url_of`` the URL at which a service answers.
    ``health`` and ``overview`` are what ``/-/health`` and ``/-/services`` return.
    """
    interface = Blueprint("control", __name__)
    interface.before_request(check_request)
    interface.add_url_rule("/-/health", "health", lambda: json_answer(health()), methods=["GET"])
    interface.add_url_rule("/-/services", "services", lambda: json_answer(overview()), methods=["GET"])
    JournalControl(journal).register(interface)
    MockControl(find).register(interface)
    FiringControl(find).register(interface)
    DocumentControl(find, url_of).register(interface)
    return interface
