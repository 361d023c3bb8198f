"""The answers of one operation: stored bytes with their headers, or a sample, chosen by ``Accept``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from beep_mock.contracts.examples import placed_interactions
from beep_mock.contracts.model import Contract, MediaType, Operation, ResponseSpec
from beep_mock.contracts.values.json_text import BodyError, load_json
from beep_mock.contracts.values.media_types import is_json, parse_content_type
from beep_mock.errors import ContractError
from beep_mock.evidence.trust import NOTHING_KNOWN, Trust, bare_interaction
from beep_mock.interaction import MISSING, Interaction, Json, Request, Response
from beep_mock.mocks.negotiation import compile_negotiation
from beep_mock.mocks.preferences import AS_DOCUMENTED, Answering
from beep_mock.mocks.samples import EchoingSample, SampleAnswers, sampler_of
from beep_mock.mocks.trusting import Trusting
from beep_mock.mocks.written import WrittenAnswers, keeps_declared_headers
from beep_mock.servers.answers import PUT_OFF, Answer

__all__ = ["Answer", "Answers"]

_Choice = Callable[[str | None], int | None]

_NOTHING: Mapping[str, Json] = {}


class Answers:
    """The answers of one operation, made when first asked for and kept."""

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        answering: Answering = AS_DOCUMENTED,
        trust: Trust = NOTHING_KNOWN,
    ) -> None:
        self.trusting = Trusting(trust, answering.min_trust, operation.key)
        self._operation = operation
        sampler = sampler_of(contract)
        self._seed = answering.seed
        self._samples = SampleAnswers(
            contract,
            operation,
            sampler,
            examples=not answering.ignore_examples,
            refuses=answering.examples == "refuse",
        )
        self._written = WrittenAnswers(contract, operation, sampler, answering.examples)
        placed = () if answering.ignore_examples else placed_interactions(contract, operation)
        self._specs = {
            id(spec): _Prepared(spec, [(m, i) for r, m, i in placed if r is spec]) for spec in operation.responses
        }
        self._spec_of = {id(i): p.spec for p in self._specs.values() for i in p.interactions}
        self._kept: dict[tuple[Any, ...], Answer | EchoingSample] = {}
        self._makes = True

    @property
    def ready(self) -> Answers:
        """The same answers, as far as they are made: :data:`PUT_OFF` stands for the others."""
        ready = copy(self)
        ready._makes = False
        return ready

    def stored(
        self,
        spec: ResponseSpec,
        status: int,
        name: str | None,
        accept: str | None,
        values: Mapping[str, Json] = _NOTHING,
        asked: bool = True,
    ) -> Answer | None:
        """The example ``name`` of a response (``None``: the first), or a sample where its media type has no example.

        If a media type has examples, but none of that name, the one that answers the same requests is returned.
        Acceptable media types that have the example ``name`` come first. A sample echoes the request's
        decoded ``values``. An example of that name that the request did not ask for (not ``asked``) only stands in.
        ``None`` when nothing declared is acceptable.
        """
        prepared = self._specs[id(spec)]
        index = prepared.choose(accept) if name is None else prepared.choose_named(name, accept)
        if index is None:
            return None
        key = (id(spec), status, name, index, asked)
        answer = self._kept.get(key)
        if answer is None:
            if not self._makes:
                return PUT_OFF
            answer = self._kept[key] = self._stored(prepared, status, name, index, asked)
        return answer if answer.__class__ is Answer else answer.answer(values)  # type: ignore[union-attr]

    def echoes(self, spec: ResponseSpec, status: int, accept: str | None) -> bool:
        """Return whether the unnamed answer of :meth:`stored` differs from request to request."""
        index = self._specs[id(spec)].choose(accept)
        return self._kept.get((id(spec), status, None, index, True)).__class__ is not Answer

    def sampled(
        self, spec: ResponseSpec, status: int, accept: str | None, seed: int, values: Mapping[str, Json] = _NOTHING
    ) -> Answer | None:
        """Return a generated answer, the same for the same seed and values.

        ``None`` when nothing declared is acceptable.
        """
        prepared = self._specs[id(spec)]
        index = prepared.choose(accept)
        if index is None:
            return None
        if not self._makes:
            return PUT_OFF
        answer = self._samples.answer(spec, status, index, seed, values)
        return answer if self.trusting.takes_samples else self.trusting.sample(answer)

    def names(self, spec: ResponseSpec) -> list[str]:
        """Return the names of the examples of a response, in order."""
        return list(dict.fromkeys(i.name for i in self._specs[id(spec)].interactions if i.name))

    def interactions(self, spec: ResponseSpec) -> Sequence[Interaction]:
        """Return the examples of a response, in order."""
        return self._specs[id(spec)].interactions

    def errors(self) -> Sequence[Interaction]:
        """Return the examples of all 4xx responses, in order."""
        every = (i for prepared in self._specs.values() for i in prepared.interactions)
        return [i for i in every if 400 <= i.response.status < 500]

    def spec_of(self, interaction: Interaction) -> ResponseSpec | None:
        """Return the declared response that an example of this operation was written at."""
        return self._spec_of.get(id(interaction))

    def fixed(self, interaction: Interaction) -> Answer:
        """Return the answer of an override, whatever the client accepts: a person wrote it for this request."""
        key = ("fixed", id(interaction))
        answer = self._kept.get(key)
        if not isinstance(answer, Answer):
            if not self._makes:
                return PUT_OFF
            every = (i for prepared in self._specs.values() for i in prepared.interactions)
            example = next((i for i in every if i.response is interaction.response), None)
            written = self._written.override(
                interaction, self._declared_headers(interaction) if example is None else ()
            )
            answer = self._kept[key] = self.trusting.override(written, example)
        return answer

    def _declared_headers(self, interaction: Interaction) -> Sequence[tuple[str, str]]:
        """Return the declared headers for an override that only gives a status."""
        response = interaction.response
        spec = self._operation.response_for(response.status) if keeps_declared_headers(response) else None
        try:
            return tuple(self._samples.headers(spec, (), self._seed)) if spec is not None else ()
        except ContractError:  # a required header that nothing can be
            return ()

    def _stored(
        self, prepared: _Prepared, status: int, name: str | None, index: int, asked: bool
    ) -> Answer | EchoingSample:
        spec = prepared.spec
        media = spec.content[index] if spec.content else None
        among = prepared.by_media[id(media)]
        found = prepared.example(name, among)
        if found is None and among and _says_little(media):
            found = among[0]
        if found is None:
            kept = self._samples.kept(spec, status, index, self._seed)
            bare = bare_interaction(self._operation, status)
            if bare is not None and isinstance(kept, Answer):
                return self.trusting.bare(kept, bare)
            if self.trusting.takes_samples:
                return kept
            return self.trusting.sample(kept if isinstance(kept, Answer) else kept.answer(_NOTHING))
        try:
            shown = _json_of(found.response)
            headers = (*found.response.headers, *self._samples.headers(spec, found.response.headers, self._seed, shown))
        except ContractError:  # a header that nothing can be
            headers = found.response.headers
        whole = Response(status, headers, found.response.body, found.response.media_type)
        return self.trusting.example(
            self._written.example(found, spec, media, whole), found, asked=asked and name is not None
        )


class _Prepared:
    """A declared response with its examples and its negotiation."""

    __slots__ = ("_choose_named", "by_media", "choose", "interactions", "spec")

    def __init__(self, spec: ResponseSpec, placed: Sequence[tuple[MediaType | None, Interaction]]) -> None:
        self.spec = spec
        self.interactions = [i for _, i in placed]
        self.by_media = {id(media): [i for m, i in placed if m is media] for media in (*spec.content, None)}
        self.choose = _choice(spec, range(len(spec.content)))
        self._choose_named: dict[str, _Choice] = {}

    def choose_named(self, name: str, accept: str | None) -> int | None:
        """Return the media type for an example: an acceptable one that has it, else any acceptable one."""
        choose = self._choose_named.get(name)
        if choose is None:
            having = [i for i, m in enumerate(self.spec.content) if any(e.name == name for e in self.by_media[id(m)])]
            choose = self._choose_named[name] = _choice(self.spec, having)
        index = choose(accept)
        return self.choose(accept) if index is None else index

    def example(self, name: str | None, among: Sequence[Interaction]) -> Interaction | None:
        """Return the example ``name`` of one media type, else the most specific one whose parameters it has as well."""
        if name is None:
            return next(iter(among), None)
        same = next((i for i in among if i.name == name), None)
        if same is not None:
            return same
        fixed = next((p for i in self.interactions if i.name == name and (p := i.request.parameters)), {})
        alike = [i for i in among if fixed and _within(i.request, fixed)]
        return max(alike, key=lambda i: len(i.request.parameters), default=None)


def _json_of(response: Response) -> Json:
    """Return the value of a JSON body; :data:`MISSING` for any other body."""
    try:
        return load_json(response.body) if is_json(parse_content_type(response.media_type)[0]) else MISSING
    except BodyError:
        return MISSING


_FREE_TEXT = frozenset({"type", "title", "description", "format"})


def _says_little(media: MediaType | None) -> bool:
    """Return whether no sample of a media type could be of use: it has no schema, or one of any text."""
    if media is None or media.schema is None:
        return True
    node = media.schema.node
    return isinstance(node, dict) and node.get("type", "string") == "string" and node.keys() <= _FREE_TEXT


def _within(request: Request, fixed: Mapping[str, Json]) -> bool:
    """Return whether a request with these parameters also has those another one fixes."""
    theirs = request.parameters
    return all(key in fixed and fixed[key] == value for key, value in theirs.items()) and (
        bool(theirs) or request.body is MISSING
    )


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
