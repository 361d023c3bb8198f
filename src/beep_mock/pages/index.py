"""The built-in pages of a running world: the index page, the docs, and the files that they load."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, render_template, send_file
from werkzeug.exceptions import NotFound

from beep_mock.contracts.model import Contract
from beep_mock.exchanges.journal import Journal
from beep_mock.pages.docs import DocsPages, scalar_script

__all__ = ["built_in_pages"]

_SHOWN: Final = 50
_STATIC: Final = Path(__file__).with_name("static")
_TYPES: Final = {"index.js": "text/javascript", "pages.css": "text/css", "scalar.js": "text/javascript"}
_A_DAY: Final = 86400  # seconds


def built_in_pages(
    journal: Journal,
    *,
    overview: Callable[[], dict[str, Any]],
    contract_of: Callable[[str], Contract],
    interface: Callable[[], Contract],
    url_of: Callable[[str], str],
    single: bool = False,
) -> Blueprint:
    """Return the pages of a world; the callables are as :class:`DocsPages` takes them.

    ``overview`` returns what ``/-/services`` does. A ``single`` service gives its name to the index page.
    """
    pages = Blueprint("pages", __name__, template_folder="templates")
    # PATH_INFO holds bytes as Latin-1 (PEP 3333).
    pages.add_app_template_filter(lambda path: path.encode("latin-1", "replace").decode("utf-8", "replace"), "path")
    pages.add_app_template_filter(lambda when: time.strftime("%H:%M:%S", time.localtime(when)), "clock")
    pages.add_app_template_filter(lambda when: time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(when)), "instant")

    def index() -> str:
        now = overview()
        return render_template(
            "index.html",
            services=now["services"],
            exchanges=list(reversed(journal.entries()[-_SHOWN:])),
            alerts=list(reversed(now["alerts"])),
            state=now["state"],
            single=single,
            url=url_of(""),
        )

    pages.add_url_rule("/", "index", index, methods=["GET"])
    pages.add_url_rule("/-/", "index", index, methods=["GET"])
    pages.add_url_rule("/-/assets/<file>", "asset", _asset, methods=["GET"])
    DocsPages(contract_of, interface, url_of).register(pages)
    return pages


def _asset(file: str) -> Response:
    """Return a script or a style sheet of the pages."""
    if file not in _TYPES:
        raise NotFound(f"there is no file {file!r}; files: {', '.join(_TYPES)}")
    path = scalar_script() if file == "scalar.js" else _STATIC / file
    if path is None:
        raise NotFound("the docs are not installed: pip install 'beep-mock[docs]'")
    return send_file(path, mimetype=_TYPES[file], max_age=_A_DAY if file == "scalar.js" else 0)
