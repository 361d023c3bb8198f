"""References to other machines: Prism follows them without asking, so a document that has one is not given to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from beep_mock.contracts.reading.retrieval import Retrieval, is_url
from beep_mock.contracts.reading.text import read_data
from beep_mock.errors import BeepMockError, ServerStartError

__all__ = ["refuse_remote_references"]


def refuse_remote_references(source: str) -> None:
    """See that Prism would fetch nothing from elsewhere for the document at ``source``, whichever of its files says so.

    :raises ServerStartError: it would.
    """
    retrieval = Retrieval(source, allow_root=True)
    waiting, seen = deque([""]), {""}
    while waiting:
        key = waiting.popleft()
        try:
            content = read_data(retrieval.read(key), retrieval.name(key))[0]
        except (OSError, ValueError, BeepMockError):  # Prism cannot read it either
            continue
        for pointer, reference in _references(content):
            target = retrieval.key(reference.partition("#")[0], key)
            if target in seen:
                continue
            seen.add(target)
            if is_url(retrieval.name(target)):
                raise ServerStartError(
                    f"refers to {reference!r}, which Prism would fetch",
                    file=retrieval.name(key),
                    pointer=pointer,
                    hint="keep a copy of that file beside the document, or allow it with --allow-remote-refs",
                )
            waiting.append(target)


def _references(content: Any) -> Iterator[tuple[str, str]]:
    """Every ``$ref`` to another file, with its JSON pointer; examples are looked into as well, as Prism does."""
    waiting: list[tuple[Any, str]] = [(content, "")]
    entered: set[int] = set()  # aliases of YAML share nodes
    while waiting:
        node, at = waiting.pop()
        if not isinstance(node, dict | list) or id(node) in entered:
            continue
        entered.add(id(node))
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield f"{at}/$ref", reference
            waiting.extend((v, f"{at}/{str(k).replace('~', '~0').replace('/', '~1')}") for k, v in node.items())
        else:
            waiting.extend((item, f"{at}/{i}") for i, item in enumerate(node))
