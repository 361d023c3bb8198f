"""What keeps a key of `paths` from being matched as it is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.contracts.nodes import Nodes
    from beep_mock.contracts.routing.templates import PathTemplate

__all__ = ["check_template"]

_EXPRESSION = re.compile(r"\{[^{}]*\}")


def check_template(nodes: Nodes, template: PathTemplate, at: str) -> None:
    """Report a path without its leading slash, with a query, fragment or space at its end, odd braces, a name twice."""
    text, names = template.text, template.names
    if not text.startswith("/"):
        nodes.error("path-invalid", f"path '{text}' must begin with '/'", at, f"write /{text.strip().lstrip('/')}")
    if text != text.rstrip():
        nodes.warn(
            "path-not-plain", f"path '{text}' ends with space, which is not matched", at, f"write {text.strip()}"
        )
    literal = _EXPRESSION.sub("", text)
    for sign, part in (("?", "query string"), ("#", "fragment")):
        if sign in literal:
            nodes.warn(
                "path-not-plain", f"path '{text}' has a {part}, which is no part of the matched path", at,
                "describe it by query parameters" if sign == "?" else "paths that differ only there share one URL",
            )  # fmt: skip
    if "{" in literal or "}" in literal:
        nodes.error("path-invalid", f"the braces of path '{text}' do not pair", at)
    if "" in names:
        nodes.error("path-invalid", f"path '{text}' has a parameter without a name", at)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        nodes.warn("path-parameter-repeated", f"path '{text}' has the parameter '{name}' more than once", at)
