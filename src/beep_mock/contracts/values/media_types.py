"""Media types as headers and documents write them: taken apart, and matched with what is declared (RFC 9110, 8.3.1)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

__all__ = [
    "BodyError",
    "is_json",
    "is_xml",
    "is_yaml",
    "lists_json",
    "match_media_type",
    "parse_content_type",
    "telling_parameters",
    "text_in",
]


_PARAMETER = re.compile(r';[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]+))')
_ESCAPE = re.compile(r"\\(.)")


def parse_content_type(header: str) -> tuple[str, dict[str, str]]:
    """Return ``Text/Plain; Charset="utf-8"`` -> ``("text/plain", {"charset": "utf-8"})``; never raises."""
    name, _, rest = header.partition(";")
    parameters: dict[str, str] = {}
    if rest:
        for found in _PARAMETER.finditer(f";{rest}"):
            attribute, quoted, token = found.groups()
            parameters.setdefault(attribute.lower(), token if quoted is None else _ESCAPE.sub(r"\1", quoted))
    return name.strip().lower(), parameters


def match_media_type(content_type: str, declared: Sequence[str]) -> int | None:
    """Return the index of the declared media type that fits a ``Content-Type`` header best, or None.

    The same name with the same parameters is best, then with fewer, with none, with others (RFC 6838 leaves it to each
    type what they mean), then ``type/*``, then ``*/*``; among equals the first. Another value of a parameter fits only
    where no two declared types differ by it (:func:`telling_parameters`).
    """
    name, parameters = parse_content_type(content_type)
    best, found = 0, None
    folded = _folded(parameters)
    for index, entry in enumerate(declared):
        fit = _fit(name, folded, entry)
        if fit == 3 and folded and _differs(folded, entry, declared):
            continue
        if fit > best:
            best, found = fit, index
    return found


def telling_parameters(declared: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Return, by the names of media types declared more than once, the parameters whose values tell those apart.

    ``application/json; version=1`` and ``application/json; version=2`` give ``{"application/json": {"version"}}``.
    """
    variants: dict[str, list[dict[str, str]]] = {}
    for entry in declared:
        name, parameters = parse_content_type(entry)
        variants.setdefault(name, []).append(_folded(parameters))
    found = {}
    for name, each in variants.items():
        known = {key for one in each for key in one}
        telling = {key for key in known if len({one[key] for one in each if key in one}) > 1}
        if telling:
            found[name] = frozenset(telling)
    return found


def _differs(parameters: Mapping[str, str], entry: str, declared: Sequence[str]) -> bool:
    """Return whether a content type has another value than ``entry`` of a parameter that tells variants apart."""
    name, expected = parse_content_type(entry)
    telling = telling_parameters(declared).get(name, frozenset())
    return any(
        key in parameters and parameters[key] != value for key, value in _folded(expected).items() if key in telling
    )


def is_json(name: str) -> bool:
    """Return whether bodies of the media type are one JSON text (RFC 8259; RFC 6839, 3.1), ``name`` in lower case."""
    return name.endswith(("/json", "+json"))


def lists_json(content_types: str) -> bool:
    """Return whether JSON is among the media types that an Encoding Object lists (``text/plain, application/json``)."""
    return any(is_json(parse_content_type(each)[0]) for each in content_types.split(","))


def is_xml(name: str) -> bool:
    """Return whether bodies of the media type are XML (RFC 7303, 4.2). ``name`` is in lower case."""
    return name.endswith(("/xml", "+xml"))


def is_yaml(name: str) -> bool:
    """Return whether bodies of the media type are YAML (RFC 9512, 2.1 and 2.2). ``name`` is in lower case."""
    return name.endswith(("/yaml", "/x-yaml", "+yaml"))


def _fit(name: str, parameters: dict[str, str], entry: str) -> int:
    """Return how well a declared media type fits: 0 not at all, 6 exactly."""
    known, expected = parse_content_type(entry)
    if known == name and "/" in name:
        if _folded(expected) == parameters:
            return 6
        if _folded(expected).items() <= parameters.items():
            return 5 if expected else 4
        return 3
    if known.endswith("/*") and known != "*/*":
        return 2 if name.startswith(known[:-1]) and len(name) >= len(known) else 0
    return 1 if known in ("*/*", "*") and "/" in name else 0


def _folded(parameters: dict[str, str]) -> dict[str, str]:
    return {name: value.lower() for name, value in parameters.items()}


class BodyError(ValueError):
    """A body cannot be read. ``code`` is ``json``, ``nesting``, ``multipart``, ``boundary``, ``charset``,
    ``reserved``, ``yaml``.

    ``place`` is where within it, if that is known.
    """

    def __init__(self, code: str, message: str, place: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Encodings of Python that are not character sets: for one host name, for its source text, for nothing."""


def text_in(body: bytes, charset: str) -> str:
    """Return the text that ``body`` is in ``charset``, whatever that may be.

    :raises BodyError: it is not, or there is no such character set.
    """
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return body.decode(charset)
    except UnicodeDecodeError as error:
        raise BodyError("charset", f"the text is no {charset} at byte {error.start}") from None
    except (LookupError, ValueError):  # a name with a null character; a codec that fails in a way of its own
        pass
    raise BodyError("charset", f"the charset {charset!r} is unknown")
