"""Samples as answers: generated from the schemas of a response, echoing what the request says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from beep_mock.contracts.bodies.media_types import is_json, parse_content_type
from beep_mock.contracts.bodies.payloads import concrete_media_type
from beep_mock.contracts.encoding import encode_body
from beep_mock.contracts.model import Contract, Header, MediaType, Operation, ResponseSpec, Schema
from beep_mock.contracts.parameters.decoding import header_value
from beep_mock.contracts.response_headers import SENT_ANYWAY, header_text
from beep_mock.contracts.samples.echo import echoed, known_values
from beep_mock.contracts.samples.sampler import Sampler, UnsatisfiableError, sampler_of
from beep_mock.contracts.samples.streams import lengthened
from beep_mock.errors import ContractError
from beep_mock.interaction import MISSING, Json, Response
from beep_mock.mocks.answer import Answer
from beep_mock.mocks.linked_samples import LinkedSamples
from beep_mock.mocks.problems import problem
from beep_mock.mocks.produced import typed_if_empty

__all__ = ["EchoingSample", "SampleAnswers", "sampler_of"]

_NOTHING: Mapping[str, Json] = {}
_Echo = Callable[[Mapping[str, Json]], tuple[Json, Callable[[], bytes]]]


class SampleAnswers:
    """Makes samples of the responses of one operation.

    Links may lead to examples if those answer (``examples``). Of a schema that nothing satisfies the value is shown
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

    def kept(self, spec: ResponseSpec, status: int, index: int, seed: int) -> Answer | EchoingSample:
        """The sample for every request: an answer, or what makes answers that echo what each request says."""
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
        """The sample of the media type at ``index``; a problem that says why where none can be made.

        Successes echo the request's decoded ``values``; an error speaks of itself. ``keep`` what will be asked for
        again.
        """
        try:
            headers = tuple(self.headers(spec, (), seed, keep=keep))
            if not spec.content:
                return typed_if_empty(Answer(Response(status, headers), "sample"), self._operation)
            media = spec.content[index]
            if media.schema is None:
                name = concrete_media_type(media.name, {})
                empty = b"{}" if is_json(parse_content_type(name)[0]) else b""
                return Answer(Response(status, headers, empty, name), "sample")
            value = self.echo(spec, media, seed, values if status < 400 else _NOTHING, keep=keep)[0]
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
        self, spec: ResponseSpec, media: MediaType, seed: int, values: Mapping[str, Json], *, keep: bool = True
    ) -> tuple[Json, Callable[[], bytes]]:
        """The sample that repeats what a request's decoded ``values`` say, and what writes it."""
        assert media.schema is not None  # noqa: S101 - there is nothing to sample then
        known = known_values(self._operation, values) if values else None
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
        """What the links lead to first, then what the request says: that is for sure."""
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
        self, spec: ResponseSpec, written: Sequence[tuple[str, str]], seed: int, *, keep: bool = False
    ) -> Iterable[tuple[str, str]]:
        """The declared headers that are not among the written ones; one that is required is sent without a schema too.

        One that nothing satisfies is left out where it may be. A header has its own example, whatever the body has.

        :raises ContractError: nothing satisfies the schema of one that is required.
        """
        sent = {n.lower() for n, _ in written} | SENT_ANYWAY
        for header in spec.headers:
            if header.name.lower() in sent:
                continue
            shown = self._shown(header) if self._follows_examples else None
            if shown is not None:
                yield header.name, shown
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
        """The first example of a header as its text; None for one without, or that lies."""
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
        """The answer to a request with these decoded values."""
        if not values:
            return self._plain
        value, encoded = self._echo(values)
        return self._plain if value is self._value else self._plain.with_body(encoded())
