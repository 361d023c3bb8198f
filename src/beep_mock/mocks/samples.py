"""Samples as answers: generated from the schemas of a response, echoing what the request says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from beep_mock.contracts.bodies.payloads import concrete_media_type
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.examples import SENT_ANYWAY, header_text, interactions_of
from beep_mock.contracts.expressions import Expression
from beep_mock.contracts.links import Feed, feeds_of
from beep_mock.contracts.model import Contract, Header, MediaType, Operation, Parameter, ResponseSpec, Schema
from beep_mock.contracts.parameters.decoding import header_value
from beep_mock.contracts.reading.references import tokens
from beep_mock.contracts.samples.echo import echoed, known_values, tells_page
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError, lengthened, sampler_of
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.contracts.values.shapes import shape_of
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Response
from beep_mock.mocks.header_samples import HeaderSamples
from beep_mock.mocks.negotiation import typed_if_empty
from beep_mock.servers.answers import Answer, phrase, problem

__all__ = ["EchoingSample", "LinkedSamples", "SampleAnswers", "sampler_of"]


_Place = tuple[str, ...]
_Fed = list[tuple[_Place, Feed]]


class LinkedSamples:
    """Fits the samples of one declared response to its links. Without ``examples`` those of targets count for nothing.

    It is false, as a truth value, when no link takes anything out of a body.
    """

    def __init__(
        self, contract: Contract, operation: Operation, spec: ResponseSpec, sampler: Sampler, *, examples: bool
    ) -> None:
        self._contract = contract
        self._sampler = sampler
        self._links: dict[str, _Fed] = {}
        self._own: list[tuple[_Place, str]] = []
        self._wanted: dict[str, Mapping[str, Json]] = {}
        for feed in feeds_of(contract, spec):
            place = _place(feed)
            if place is None:
                continue
            self._links.setdefault(feed.link, []).append((place, feed))
            if _same_resource(operation.path, feed):
                self._own.append((place, feed.parameter))
        for link, fed in self._links.items():
            self._wanted[link] = self._example(fed) if examples else {}

    def __bool__(self) -> bool:
        return bool(self._links)

    def fitted(self, sample: Json, is_valid: Callable[[Json], bool], seed: int) -> Json:
        """Return ``sample`` with what the targets of the links can be asked for; ``sample`` itself is left as it is."""
        fixed: set[_Place] = set()
        for link, fed in self._links.items():
            for place, feed in fed:
                shown = _at(sample, place)
                if place in fixed or shown is MISSING or isinstance(shown, dict | list):
                    continue
                fixed.add(place)
                wanted = self._wanted[link].get(feed.parameter, MISSING)
                if wanted is MISSING:
                    wanted = self._allowed(shown, feed, seed)
                sample = _changed(sample, place, wanted, is_valid)
        return sample

    def repeated(self, sample: Json, values: Mapping[str, Json], is_valid: Callable[[Json], bool]) -> Json:
        """Return ``sample`` with what the request's decoded ``values`` say of the path that its links lead on from."""
        for place, parameter in self._own:
            sample = _changed(sample, place, values.get(parameter, MISSING), is_valid)
        return sample

    def _example(self, fed: _Fed) -> Mapping[str, Json]:
        """Return the request of the target's first named success example."""
        wanted = {feed.parameter for _, feed in fed}
        for interaction in interactions_of(self._contract, fed[0][1].operation):
            asked = interaction.request.parameters
            if interaction.name and 200 <= interaction.response.status < 300 and wanted <= asked.keys():
                return asked
        return {}

    def _allowed(self, shown: Json, feed: Feed, seed: int) -> Any:
        """Something that the target's parameter may be; MISSING where it may be ``shown``, or anything."""
        parameter = _parameter(feed)
        if parameter is None or parameter.schema is None:
            return MISSING
        schemas = self._contract.schemas
        try:
            allows = schemas.checker(schemas.register(parameter.schema, "request"))
            if any(map(allows, _readings(shown))):
                return MISSING
            return self._sampler.sample(parameter.schema, "request", seed)
        except ContractError:
            return MISSING


def _place(feed: Feed) -> _Place | None:
    """Return where in a body the value of a feed is, if that is all it is."""
    if not isinstance(feed.value, Expression) or feed.value.embeds or feed.parameter == "body":
        return None
    (reference,) = feed.value.references
    if (reference.side, reference.source) != ("response", "body") or not reference.name:
        return None
    return tuple(tokens(reference.name))


def _same_resource(path: str, feed: Feed) -> bool:
    """Return whether the parameter has the same place in the target's path as in ``path``."""
    location, _, name = feed.parameter.partition(".")
    until, found, _ = path.partition(f"{{{name}}}")
    return location == "path" and bool(found) and feed.operation.path.startswith(until + found)


def _parameter(feed: Feed) -> Parameter | None:
    return next((p for p in feed.operation.parameters if p.key == feed.parameter), None)


def _readings(value: Json) -> Iterator[Json]:
    """Yield a value as the parameter may be decoded, for it travels as text."""
    yield value
    if isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, str) and value.isdecimal():
        yield int(value)


def _at(value: Json, place: Iterable[str]) -> Any:
    for step in place:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _changed(sample: Json, place: _Place, wanted: Any, is_valid: Callable[[Json], bool]) -> Json:
    """Return ``sample`` with ``wanted`` at a place, written as what stands there is.

    The same where that is not valid.
    """
    shown = _at(sample, place)
    if wanted is MISSING or shown is MISSING:
        return sample
    for reading in sorted(_readings(wanted), key=lambda reading: type(reading) is not type(shown)):
        candidate = _with(sample, place, reading)
        if reading == shown or is_valid(candidate):
            return candidate
    return sample


def _with(value: Json, place: _Place, wanted: Json) -> Json:
    if not place:
        return wanted
    copy: Any = value.copy()
    step: Any = int(place[0]) if isinstance(value, list) else place[0]
    copy[step] = _with(value[step], place[1:], wanted)
    return copy


_NOTHING: Mapping[str, Json] = {}
_STATUS_NAMES = ("status", "statusCode", "httpStatus", "httpStatusCode", "httpCode")


def _page_defaults(contract: Contract, operation: Operation) -> dict[str, Json]:
    """Return the defaults of the query parameters that ask for a page, by name."""
    found = {}
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.schema is not None and tells_page(parameter.name):
            try:
                node, _ = contract.document.follow(parameter.schema.node, parameter.schema.at)
            except ContractError:
                continue
            if isinstance(node, dict) and "default" in node:
                found[parameter.name] = node["default"]
    return found


def _shows_a_value(schema: Schema) -> bool:
    return isinstance(schema.node, dict) and not {"const", "default", "enum", "example", "examples"}.isdisjoint(
        schema.node
    )


_Echo = Callable[[Mapping[str, Json]], tuple[Json, Callable[[], bytes]]]


class SampleAnswers:
    """Makes samples of the responses of one operation.

    Links may lead to examples if those answer (``examples``). For an unsatisfiable schema the value is shown
    that breaks it least, and marked, unless it ``refuses`` to.
    """

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        sampler: Sampler,
        *,
        examples: bool = True,
        refuses: bool = False,
    ) -> None:
        self._contract = contract
        self._operation = operation
        self._sampler = sampler
        self._follows_examples = examples
        self._refuses = refuses
        self._links: dict[int, LinkedSamples] = {}
        self._meanings = HeaderSamples(contract, operation, sampler)
        self._paging = _page_defaults(contract, operation)

    def kept(self, spec: ResponseSpec, status: int, index: int, seed: int) -> Answer | EchoingSample:
        """Return the sample for every request: an answer, or what makes answers that echo what each request says."""
        answer = self.answer(spec, status, index, seed, keep=True)
        media = spec.content[index] if spec.content else None
        if status >= 400 or answer.source != "sample" or media is None or media.schema is None:
            return answer
        value = self._sampler.sample(media.schema, "response", seed)
        return EchoingSample(answer, value, partial(self.echo, spec, media, seed))

    def answer(
        self,
        spec: ResponseSpec,
        status: int,
        index: int,
        seed: int,
        values: Mapping[str, Json] = _NOTHING,
        *,
        keep: bool = False,
    ) -> Answer:
        """Return the sample of the media type at ``index``; a problem that says why if there is none.

        Successes echo the request's decoded ``values``; an error shows its own status. ``keep`` what will be asked for
        again.
        """
        try:
            media = spec.content[index] if spec.content else None
            value: Json = MISSING
            if media is not None and media.schema is not None:
                value = self.echo(spec, media, seed, values if status < 400 else _NOTHING, keep=keep, status=status)[0]
            headers = tuple(self.headers(spec, (), seed, value, keep=keep))
            if media is None:
                return typed_if_empty(Answer(Response(status, headers), "sample"), self._operation)
            if media.schema is None:
                name = concrete_media_type(media.name, {})
                empty = b"{}" if is_json(parse_content_type(name)[0]) else b""
                return Answer(Response(status, headers, empty, name), "sample")
            body, name = encode_body(value, media, document=self._contract.document)
            return Answer(Response(status, headers, body, name), "sample")
        except ContractError as error:
            if seed:  # what is hard to find by chance may be shown by the document
                return self.answer(spec, status, index, 0, values, keep=keep)
            nearest = None if self._refuses else self._nearest(spec, status, index)
            if nearest is not None:
                return nearest
            where = self._contract.document.where(spec.at)
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

    def _nearest(self, spec: ResponseSpec, status: int, index: int) -> Answer | None:
        media = spec.content[index]
        if media.schema is None:
            return None
        try:
            headers = tuple(self.headers(spec, (), 0))
            value = self._sampler.nearest(media.schema, "response")
            if value is MISSING:
                return None
            body, name = encode_body(value, media, document=self._contract.document)
        except ContractError:
            return None
        return Answer(Response(status, headers, body, name), "sample; invalid")

    def echo(
        self,
        spec: ResponseSpec,
        media: MediaType,
        seed: int,
        values: Mapping[str, Json],
        *,
        keep: bool = True,
        status: int = 200,
    ) -> tuple[Json, Callable[[], bytes]]:
        """Return the sample that repeats what a request's decoded ``values`` say, and what writes it.

        An error repeats its ``status`` instead.
        """
        assert media.schema is not None  # noqa: S101 - there is nothing to sample then
        if status >= 400:
            known = self._about_error(media, status)
        else:
            known = known_values(self._operation, values, self._paging) if values or self._paging else {}
        if spec.links and (links := self._links_of(spec)):
            value = self._linked(links, media.schema, seed, values, known, keep=keep)
        else:
            value = self._sampler.sample(media.schema, "response", seed, known=known, keep=keep)
        if media.stream is not None:
            value = lengthened(
                value, media.schema, media.stream.item, self._contract.schemas,
                lambda item, number: self._sampler.sample(item, "response", seed + number),
            )  # fmt: skip
        return value, partial(self._encoded, value, media)

    def _about_error(self, media: MediaType, status: int) -> Mapping[str, Json]:
        """Return what an error says of itself: its status, and in a problem that it has no other type than that.

        RFC 9457, sections 3.1 and 4.2.1.
        """
        known: dict[str, Json] = dict.fromkeys(_STATUS_NAMES, status)
        if parse_content_type(media.name)[0].startswith("application/problem+"):
            properties = shape_of(media.schema, self._contract.document).properties
            shown = [name for name in ("type", "title") if name in properties and _shows_a_value(properties[name])]
            if not shown:
                known |= {"type": "about:blank", "title": phrase(status)}
        return known

    def _linked(
        self,
        links: LinkedSamples,
        schema: Schema,
        seed: int,
        values: Mapping[str, Json],
        known: Mapping[str, Json] | None,
        *,
        keep: bool,
    ) -> Json:
        """Return the values the links lead to, then those of the request, which always hold."""
        is_valid = self._contract.schemas.checker(self._contract.schemas.register(schema, "response"))
        value = links.fitted(self._sampler.sample(schema, "response", seed, keep=keep), is_valid, seed)
        if known:
            value = links.repeated(echoed(value, known, is_valid), values, is_valid)
        return value

    def _links_of(self, spec: ResponseSpec) -> LinkedSamples:
        found = self._links.get(id(spec))
        if found is None:
            found = LinkedSamples(self._contract, self._operation, spec, self._sampler, examples=self._follows_examples)
            found = self._links.setdefault(id(spec), found)
        return found

    def headers(
        self,
        spec: ResponseSpec,
        written: Sequence[tuple[str, str]],
        seed: int,
        body: Json = MISSING,
        *,
        keep: bool = False,
    ) -> Iterable[tuple[str, str]]:
        """Yield the declared headers that are not among the written ones.

        One that is required is sent without a schema too. One that nothing satisfies is left out where it may be. A
        header has its own example, whatever the body has; ``body`` is the decoded body that is sent with it.

        :raises ContractError: nothing satisfies the schema of one that is required.
        """
        sent = {n.lower() for n, _ in written} | SENT_ANYWAY
        for header in spec.headers:
            if header.name.lower() in sent:
                continue
            shown = self._shown(header) if self._follows_examples else None
            if shown is not None:
                yield header.name, shown
            elif (meant := self._meanings.text(header, spec, seed, body)) is not None:
                yield header.name, meant
            elif header.schema is not None or header.required:
                schema = header.schema or Schema({"type": "string"}, header.at)
                try:
                    value = self._sampler.sample(schema, "response", seed, keep=keep)
                except UnsatisfiableError:
                    if header.required:
                        raise
                    continue
                yield header.name, header_text(value, header)

    def _shown(self, header: Header) -> str | None:
        """Return the first example of a header as its text; None for one without, or that lies."""
        value = next((example.value for example in header.examples if example.value is not MISSING), MISSING)
        if value is MISSING:
            return None
        text = header_text(value, header)
        if header.schema is not None:
            value = header_value(header, text, self._contract.document)
            if self._sampler.violations(value, header.schema, "response"):
                return None
        return text

    def _encoded(self, value: Json, media: MediaType) -> bytes:
        return encode_body(value, media, document=self._contract.document)[0]


class EchoingSample:
    """A sample that repeats what each request says.

    ``plain`` is it, with its ``value``, for a request that says nothing; ``echo`` makes it for a request's values.
    """

    __slots__ = ("_echo", "_plain", "_value")

    def __init__(self, plain: Answer, value: Json, echo: _Echo) -> None:
        self._plain = plain
        self._value = value
        self._echo = echo

    def answer(self, values: Mapping[str, Json]) -> Answer:
        """Return the answer to a request with these decoded values."""
        if not values:
            return self._plain
        value, encoded = self._echo(values)
        return self._plain if value is self._value else self._plain.with_body(encoded())
