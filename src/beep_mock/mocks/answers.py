"""Answers ready to send: stored bytes with their headers, or a sample made once, chosen by ``Accept``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from beep_mock.contracts.examples import encode, placed_interactions
from beep_mock.contracts.model import Contract, MediaType, Operation, ResponseSpec
from beep_mock.contracts.payloads import concrete_media_type, is_json
from beep_mock.contracts.response_headers import simple_text
from beep_mock.contracts.sampler import Sampler
from beep_mock.errors import ContractError
from beep_mock.interaction import Interaction, Response
from beep_mock.mocks.negotiation import compile_negotiation
from beep_mock.mocks.problems import phrase, problem

__all__ = ["Answer", "Answers"]

_Choice = Callable[[str | None], int | None]
_BODILESS = frozenset({204, 205, 304})  # RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5
_SENT_ANYWAY = frozenset(  # by this server or none: what these say depends on how a message travels
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class Answer:
    """A response as the WSGI server takes it. ``headers`` is shared: whoever sends it, sends a copy."""

    __slots__ = ("body", "chunks", "delay", "headers", "source", "status", "status_line")

    def __init__(self, response: Response, source: str, delay: float = 0.0) -> None:
        self.status = response.status
        self.status_line = f"{response.status} {phrase(response.status)}"
        self.body = b"" if response.status in _BODILESS else response.body
        self.chunks = [self.body]
        self.source = source
        self.delay = delay
        headers = []
        if response.media_type and response.status not in _BODILESS:
            headers.append(("Content-Type", _clean(response.media_type)))
        headers += [(_clean(n), _clean(v)) for n, v in response.headers if n.lower() not in _SENT_ANYWAY]
        if response.status not in (204, 304):  # RFC 9110, section 8.6
            headers.append(("Content-Length", str(len(self.body))))
        headers.append(("Beep-Mock-Source", quote(source, safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")))
        self.headers = headers

    def with_headers(self, extra: Iterable[tuple[str, str]]) -> Answer:
        """The same answer with more headers."""
        copy: Answer = object.__new__(Answer)
        for name in Answer.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.headers = [*self.headers, *extra]
        return copy


class Answers:
    """The answers of one operation, made when first asked for and kept."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract = contract
        self._operation = operation
        self._sampler = Sampler(contract.document, contract.schemas)
        self._specs = {id(spec): _Prepared(contract, operation, spec) for spec in operation.responses}
        self._spec_of = {id(i): p.spec for p in self._specs.values() for i in p.interactions}
        self._kept: dict[tuple[Any, ...], Answer] = {}

    def stored(self, spec: ResponseSpec, status: int, name: str | None, accept: str | None) -> Answer | None:
        """The example ``name`` of a response (``None``: the first), or a sample where its media type has no example.

        Of the acceptable media types those that have the example ``name`` come first. ``None`` when nothing declared is
        acceptable.
        """
        prepared = self._specs[id(spec)]
        index = prepared.choose(accept) if name is None else prepared.choose_named(name, accept)
        if index is None:
            return None
        key = (id(spec), status, name, index)
        answer = self._kept.get(key)
        if answer is None:
            answer = self._kept[key] = self._stored(prepared, status, name, index)
        return answer

    def sampled(self, spec: ResponseSpec, status: int, accept: str | None, seed: int) -> Answer | None:
        """A generated answer, the same for the same seed. ``None`` when nothing declared is acceptable."""
        prepared = self._specs[id(spec)]
        index = prepared.choose(accept)
        return None if index is None else self._sample(prepared, status, index, seed)

    def names(self, spec: ResponseSpec) -> list[str]:
        """The names of the examples of a response, in order."""
        return list(dict.fromkeys(i.name for i in self._specs[id(spec)].interactions if i.name))

    def interactions(self, spec: ResponseSpec) -> Sequence[Interaction]:
        """The examples of a response, in order."""
        return self._specs[id(spec)].interactions

    def errors(self) -> Sequence[Interaction]:
        """The examples of all 4xx responses, in order."""
        every = (i for prepared in self._specs.values() for i in prepared.interactions)
        return [i for i in every if 400 <= i.response.status < 500]

    def spec_of(self, interaction: Interaction) -> ResponseSpec | None:
        """The declared response that an example of this operation was written at."""
        return self._spec_of.get(id(interaction))

    def fixed(self, interaction: Interaction) -> Answer:
        """The answer of an override, sent whatever the client accepts: a person has written it for this request."""
        key = ("fixed", id(interaction))
        answer = self._kept.get(key)
        if answer is None:
            source = f"override {interaction.name}"
            answer = self._kept[key] = Answer(interaction.response, source, interaction.delay)
        return answer

    def _stored(self, prepared: _Prepared, status: int, name: str | None, index: int) -> Answer:
        media = prepared.spec.content[index] if prepared.spec.content else None
        found = [i for i in prepared.by_media[id(media)] if name is None or i.name == name]
        if not found:
            return self._sample(prepared, status, index, 0)
        response = found[0].response
        extra = self._headers(prepared.spec, response.headers, 0)
        whole = Response(status, (*response.headers, *extra), response.body, response.media_type)
        return Answer(whole, f"example {found[0].name}" if found[0].name else "example")

    def _sample(self, prepared: _Prepared, status: int, index: int, seed: int) -> Answer:
        try:
            headers = tuple(self._headers(prepared.spec, (), seed))
            if not prepared.spec.content:
                return Answer(Response(status, headers), "sample")
            media = prepared.spec.content[index]
            return Answer(self._sample_body(status, headers, media, seed), "sample")
        except ContractError as error:
            where = self._contract.document.where(prepared.spec.at)
            return Answer(
                problem(
                    500,
                    "NO_SAMPLE",
                    f"no sample can be made: {error.message}",
                    pointer=error.pointer or where.pointer,
                    file=error.file or where.file,
                ),
                "problem",
            )

    def _sample_body(self, status: int, headers: tuple[tuple[str, str], ...], media: MediaType, seed: int) -> Response:
        if media.schema is None:
            name = concrete_media_type(media.name, {})
            return Response(status, headers, b"{}" if is_json(name) else b"", name)
        value = self._sampler.sample(media.schema, "response", seed)
        name = concrete_media_type(media.name, value)
        return Response(status, headers, encode(value, name, media.schema, self._contract.document), name)

    def _headers(self, spec: ResponseSpec, written: Sequence[tuple[str, str]], seed: int) -> Iterable[tuple[str, str]]:
        sent = {n.lower() for n, _ in written} | _SENT_ANYWAY
        for header in spec.headers:
            if header.name.lower() not in sent and header.schema is not None:
                yield header.name, simple_text(self._sampler.sample(header.schema, "response", seed), header.explode)


class _Prepared:
    """A declared response with its examples and its negotiation."""

    __slots__ = ("_choose_named", "by_media", "choose", "interactions", "spec")

    def __init__(self, contract: Contract, operation: Operation, spec: ResponseSpec) -> None:
        self.spec = spec
        placed = [(m, i) for r, m, i in placed_interactions(contract, operation) if r is spec]
        self.interactions = [i for _, i in placed]
        self.by_media = {id(media): [i for m, i in placed if m is media] for media in (*spec.content, None)}
        self.choose = _choice(spec, range(len(spec.content)))
        self._choose_named: dict[str, _Choice] = {}

    def choose_named(self, name: str, accept: str | None) -> int | None:
        """The media type for an example: an acceptable one that has it, else any acceptable one."""
        choose = self._choose_named.get(name)
        if choose is None:
            having = [i for i, m in enumerate(self.spec.content) if any(e.name == name for e in self.by_media[id(m)])]
            choose = self._choose_named[name] = _choice(self.spec, having)
        index = choose(accept)
        return self.choose(accept) if index is None else index


def _choice(spec: ResponseSpec, indices: Sequence[int]) -> _Choice:
    """Negotiation among some of the media types of a response; 0 where it has none."""
    if not spec.content:
        return lambda _: 0
    if not indices:
        return lambda _: None
    choose = compile_negotiation([spec.content[i].name for i in indices])
    if len(indices) == len(spec.content):
        return choose

    def choose_among(accept: str | None) -> int | None:
        chosen = choose(accept)
        return None if chosen is None else indices[chosen]

    return choose_among


def _clean(text: str) -> str:
    """A header value without what would break the message (RFC 9110, section 5.5)."""
    if text.isascii() and text.isprintable():
        return text
    return quote(text, safe=" !#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\")
