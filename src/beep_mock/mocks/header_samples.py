"""Sample the headers of HTTP itself by their meaning: a ``Location`` leads to an operation, an ``ETag`` is quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from email.utils import format_datetime
from functools import partial
from random import Random
from typing import Final
from urllib.parse import urlsplit

from beep_mock.contracts.encoding import encode_request
from beep_mock.contracts.examples import header_text
from beep_mock.contracts.model import Contract, Header, Operation, Parameter, ResponseSpec
from beep_mock.contracts.parameters.decoding import header_value
from beep_mock.contracts.samples.facts import Facts
from beep_mock.contracts.samples.names import named_text
from beep_mock.contracts.samples.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json

__all__ = ["HeaderSamples"]

_OWN_VALUES: Final = frozenset({"const", "default", "enum", "example", "examples"})
_LIMIT, _REMAINING, _SECONDS = "100", "99", "60"


class HeaderSamples:
    """Samples the response headers of one operation."""

    def __init__(self, contract: Contract, operation: Operation, sampler: Sampler) -> None:
        self._contract = contract
        self._operation = operation
        self._sampler = sampler

    def text(self, header: Header, spec: ResponseSpec, seed: int, body: Json = MISSING) -> str | None:
        """Return a header's text; None without a meaning, or if its schema shows or demands another value.

        ``body`` is the decoded body of the response, to which a ``Location`` leads.
        """
        if self._shows_a_value(header):
            return None
        for candidate in self._candidates(header.name.lower(), spec, seed, body):
            if header.schema is None:
                return candidate
            try:
                value = header_value(header, candidate, self._contract.document)
                if not self._sampler.violations(value, header.schema, "response"):
                    return header_text(value, header)
            except ContractError:
                return None
        return None

    def _shows_a_value(self, header: Header) -> bool:
        if header.schema is None:
            return False
        try:
            node, _ = self._contract.document.follow(header.schema.node, header.schema.at)
        except ContractError:
            return True
        return isinstance(node, dict) and not _OWN_VALUES.isdisjoint(node)

    def _candidates(self, name: str, spec: ResponseSpec, seed: int, body: Json) -> Iterator[str]:
        facts = Facts(Random(f"{self._operation.key} {seed}"))  # noqa: S311 - the same for the same seed
        if name in ("location", "content-location"):
            yield from self._locations(name, spec, body)
        elif name == "link":
            path = self._path(self._operation, MISSING)
            if path is not None:
                yield f'<{path}?page=2>; rel="next"'
        elif name == "allow":
            yield ", ".join(sorted(o.method for o in self._all() if o.path == self._operation.path))
        elif name == "www-authenticate":
            yield from (f"{s.scheme.capitalize()}" for each in self._operation.security for s in each if s.scheme)
            yield "Bearer"
        elif name in _MADE:
            yield from _MADE[name](facts)
        elif name.startswith(("x-ratelimit-", "x-rate-limit-", "ratelimit-")):
            yield from _rate(name)

    def _locations(self, name: str, spec: ResponseSpec, body: Json) -> Iterator[str]:
        """Yield URLs of an operation: of what was created, else of another that can be read, else of this one."""
        path = self._operation.path.rstrip("/")
        reads = [o for o in self._all() if o.method == "GET" and o.broken is None]
        created = [o for o in reads if o.path.startswith(f"{path}/{{") and "/" not in o.path[len(path) + 1 :]]
        if name == "content-location" or spec.status.startswith("3"):
            others = [o for o in reads if o is not self._operation and "{" not in o.path]
            created = created if spec.status.startswith("2") else created + others
        for operation in (*created, self._operation):
            found = self._path(operation, body)
            if found is not None:
                yield found
                yield from self._absolute(found)

    def _absolute(self, path: str) -> Iterator[str]:
        """Yield the URL of a path at the document's first server, where that is written out."""
        root = self._contract.document.root
        servers = root.get("servers") if isinstance(root, dict) else None
        first = servers[0] if isinstance(servers, list) and servers else None
        url = first.get("url") if isinstance(first, dict) else None
        if isinstance(url, str) and url.startswith(("http://", "https://")) and "{" not in url:
            parts = urlsplit(url)
            yield f"{parts.scheme}://{parts.netloc}{path}"

    def _path(self, operation: Operation, body: Json) -> str | None:
        """Return the path of an operation, with the identifier that a body shows; None where no value is found."""
        values = {}
        needed = [p for p in operation.parameters if p.location == "path"]
        for parameter in needed:
            last = parameter is needed[-1] and operation is not self._operation
            value = self._identifier(parameter, body) if last and isinstance(body, dict) else MISSING
            if value is MISSING:
                value = self._value(parameter)
            if value is MISSING:
                return None
            values[parameter.key] = value
        try:
            path = encode_request(operation, values, document=self._contract.document).path
        except ContractError:
            return None
        return next(iter(operation.base_paths), "").rstrip("/") + path

    def _identifier(self, parameter: Parameter, body: Mapping[str, Json]) -> Json:
        """Return what a body says of a path parameter: the property of its name, or ``id``."""
        value = next((body[name] for name in (parameter.name, "id") if name in body), MISSING)
        return MISSING if isinstance(value, dict | list) or value is None else value

    def _value(self, parameter: Parameter) -> Json:
        shown = next((example.value for example in parameter.examples if example.value is not MISSING), MISSING)
        if shown is not MISSING or parameter.schema is None:
            return shown
        try:
            return self._sampler.sample(parameter.schema, "request")
        except ContractError:
            return MISSING

    def _all(self) -> list[Operation]:
        return list(self._contract.operations.values())


def _dates(facts: Facts, age: int = 0) -> Iterator[str]:
    yield format_datetime(facts.moment(age), usegmt=True)


def _constant(*texts: str) -> Callable[[Facts], Iterator[str]]:
    return lambda _: iter(texts)


def _etag(facts: Facts) -> Iterator[str]:
    yield f'"{named_text("etag", facts)[:16]}"'


def _cookie(facts: Facts) -> Iterator[str]:
    yield f"session={named_text('etag', facts)[:16]}; Path=/; HttpOnly; SameSite=Lax"


def _identifier(facts: Facts) -> Iterator[str]:
    yield named_text("uuid", facts)


def _rate(name: str) -> Iterator[str]:
    """Yield the numbers of a rate limit, as the usual ``X-RateLimit-Limit``, ``-Remaining``, ``-Reset`` have them."""
    if "reset" in name or "window" in name:
        yield _SECONDS
    elif "remaining" in name:
        yield _REMAINING
    elif "used" in name:
        yield "1"
    elif "limit" in name:
        yield _LIMIT


_MADE: Final[dict[str, Callable[[Facts], Iterator[str]]]] = {
    # RFC 9110 and RFC 9111, RFC 6265, RFC 6266, RFC 6585, RFC 8594, RFC 9745
    "accept-ranges": _constant("bytes"),
    "age": _constant("0"),
    "cache-control": _constant("no-cache"),
    "content-disposition": _constant('attachment; filename="report.pdf"'),
    "content-language": _constant("en"),
    "content-range": _constant("items 0-2/3", "bytes 0-99/100"),
    "date": _dates,
    "etag": _etag,
    "expires": partial(_dates, age=4),
    "last-modified": partial(_dates, age=1),
    "retry-after": _constant("30"),
    "set-cookie": _cookie,
    "sunset": partial(_dates, age=4),
    "vary": _constant("Accept"),
    **dict.fromkeys(("x-request-id", "request-id", "x-correlation-id", "correlation-id", "x-trace-id"), _identifier),
}
"""By the name of a header in lower case: what it may say, the best first."""
