"""Keys of `paths`: what of them is matched, which parameters they name, and whether two are the same URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beep_mock.contracts.nodes import Nodes

__all__ = ["check_template", "matched_part", "names_in", "shape"]

_EXPRESSION = re.compile(r"\{([^{}]*)\}")


def matched_part(template: str) -> str:
    """The part of a template that a request's path is matched with: what ``?`` or ``#`` begins never arrives there."""
    return re.split(r"[?#]", template, maxsplit=1)[0]


def names_in(template: str) -> tuple[str, ...]:
    """The names of the parameters in the matched part of a template, in order."""
    return tuple(_EXPRESSION.findall(matched_part(template)))


def shape(template: str) -> str:
    """Equal for templates that match the same paths: the names of parameters do not count."""
    return _EXPRESSION.sub("{}", matched_part(template))


def check_template(nodes: Nodes, template: str, at: str) -> None:
    """Report what keeps a template from being matched as it is meant."""
    if not template.startswith("/"):
        nodes.error("path-invalid", f"path '{template}' must begin with '/'", at, f"write /{template}")
    for sign, part in (("?", "query string"), ("#", "fragment")):
        if sign in template:
            nodes.warn(
                "path-not-plain", f"path '{template}' has a {part}, which is no part of the matched path", at,
                "describe it by query parameters" if sign == "?" else "paths that differ only there share one URL",
            )  # fmt: skip
    rest = _EXPRESSION.sub("", matched_part(template))
    if "{" in rest or "}" in rest:
        nodes.error("path-invalid", f"the braces of path '{template}' do not pair", at)
    names = names_in(template)
    if "" in names:
        nodes.error("path-invalid", f"path '{template}' has a parameter without a name", at)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        nodes.warn("path-parameter-repeated", f"path '{template}' has the parameter '{name}' more than once", at)
