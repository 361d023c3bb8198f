"""Compare two versions of one operation: parameters, request body, responses, security and announcements."""

from __future__ import annotations

from typing import Any

from beep_mock.changes.contract_version import ContractVersion, same_text
from beep_mock.changes.difference import Direction, Level, Use
from beep_mock.changes.ledger import FoundDifferences, Root
from beep_mock.changes.lifecycle import compare_lifecycle
from beep_mock.changes.message_rules import compare_parameters, compare_responses
from beep_mock.changes.pairs import Pairs
from beep_mock.contracts.model import MediaType, Operation, RequestBody, Schema, SecurityScheme
from beep_mock.contracts.values.media_types import match_media_type
from beep_mock.errors import ContractError

__all__ = ["OperationRules", "compare_security"]


class OperationRules:
    """Compares operations; what is found goes to the ledger.

    For an ``outgoing`` operation (webhook, callback) the provider sends the request and reads the response, so that
    for consumers the directions are the other way round.
    """

    def __init__(self, pairs: Pairs, ledger: FoundDifferences) -> None:
        self.pairs = pairs
        self.ledger = ledger
        self.outgoing = False
        self.label = ""

    def compare(self, old: Operation, new: Operation, *, label: str = "", outgoing: bool = False) -> None:
        """Compare two versions of an operation; ``label`` names it in findings (default: its old key)."""
        self.label, self.outgoing = label or old.key, outgoing
        if (old.broken is None) != (new.broken is None):
            found = old.broken or new.broken
            said = (
                f"it cannot be read{' any more' if new.broken else ' in the old contract'}: {found and found.message}"
            )
            self.note("operation-unreadable", Level.UNKNOWN, "", said, old.at, new.at)
        compare_parameters(self, old, new)
        self._compare_bodies(old, new)
        compare_responses(self, old, new)
        if not outgoing:
            compare_security(self, old, new)
            self._compare_servers(old, new)
        self._compare_words(old, new)
        self._compare_callbacks(old, new)

    def note(
        self, rule: str, level: Level, direction: Direction, message: str, old: str, new: str,
        part: str = "operation", path: tuple[str, ...] = (), status: str = "",
    ) -> None:  # fmt: skip
        """Enter a difference of the operation at hand; ``direction``, and with it the rule, is turned if need be."""
        turned = self.direction(direction)
        if turned != direction and rule.startswith(f"{direction}-"):
            rule = f"{turned}{rule[len(direction) :]}"
        self.ledger.add(rule, level, turned, message, old, new, Use(self.label, part, path, status))

    def direction(self, direction: Direction) -> Direction:
        """Return the direction as consumers see it."""
        if not self.outgoing or not direction:
            return direction
        return "response" if direction == "request" else "request"

    def level(self, direction: Direction, *, narrowed: bool) -> Level:
        """Return the level of allowing less (``narrowed``) or more in a direction."""
        breaks = narrowed is (self.direction(direction) == "request")
        return Level.BREAKING if breaks else Level.NON_BREAKING

    def remember(
        self, old: Schema, new: Schema, direction: Direction, subject: str, part: str,
        path: tuple[str, ...] = (), status: str = "", *, textual: bool = False, omitted: bool = False,
    ) -> None:  # fmt: skip
        """Have two schemas compared that messages hold at a place; ``omitted`` when there may be nothing there."""
        turned = self.direction(direction)
        assert turned  # noqa: S101 - schemas describe messages
        pair = self.pairs.pair(((old.node, old.at),), ((new.node, new.at),), turned, textual, omitted=omitted)
        self.ledger.remember(pair, Root(Use(self.label, part, path, status), subject, turned))

    def node(self, operation: Operation, version: ContractVersion) -> dict[str, Any]:
        """Return an operation as written."""
        try:
            found, _ = version.document.follow(*version.document.lookup(operation.at))
        except ContractError:
            return {}
        return found if isinstance(found, dict) else {}

    def compare_content(
        self, old: tuple[MediaType, ...], new: tuple[MediaType, ...], direction: Direction, at: tuple[str, str],
        status: str = "",
    ) -> None:  # fmt: skip
        """Media types by name or range, and their schemas.

        A media type that disappears from requests breaks; so does one from responses, which consumers choose by
        ``Accept``. Receivers of webhooks and callbacks cannot choose: there a new media type breaks.
        """
        unasked = direction == "request" and self.outgoing
        names_old, names_new = ([media.name for media in each] for each in (old, new))
        prefix = "request-body-media-type" if self.direction(direction) == "request" else "response-media-type"
        for media in old:
            index = match_media_type(media.name, names_new)
            if index is None:
                narrower = [other for other in new if match_media_type(other.name, [media.name]) is not None]
                message = f"{media.name} is gone" + (f", {narrower[0].name} is left" if narrower else "")
                level = Level.NON_BREAKING if unasked and new else Level.BREAKING
                self.note(f"{prefix}-removed", level, direction, message, media.at, at[1], "body", (), status)
                for other in narrower:
                    self._compare_media(media, other, direction, status)
                continue
            if self.direction(direction) == "response" and new[index].name != media.name and "*" in new[index].name:
                message = f"{media.name} became {new[index].name}"
                self.note(
                    "response-media-type-generalized", Level.BREAKING, direction, message, media.at, new[index].at,
                    "body", (), status,
                )  # fmt: skip
            self._compare_media(media, new[index], direction, status)
        for media in new:
            if match_media_type(media.name, names_old) is None and not any(
                match_media_type(name, [media.name]) is not None for name in names_old
            ):
                message = f"{media.name} is new"
                level = Level.BREAKING if unasked and old else Level.NON_BREAKING
                self.note(f"{prefix}-added", level, direction, message, at[0], media.at, "body", (), status)

    def _compare_media(self, old: MediaType, new: MediaType, direction: Direction, status: str) -> None:
        if old.stream is not None and new.stream is not None and old.stream.item and new.stream.item:
            self.remember(old.stream.item, new.stream.item, direction, "body", "body", ("*",), status)
        elif old.schema is not None and new.schema is not None:
            self.remember(old.schema, new.schema, direction, "body", "body", (), status)
        elif old.schema is not new.schema:
            added = new.schema is not None
            message = f"{old.name} has {'a' if added else 'no'} schema now"
            rule = f"{direction}-body-schema-{'added' if added else 'removed'}"
            self.note(
                rule, self.level(direction, narrowed=added), direction, message, old.at, new.at, "body", (), status
            )
        if dict(old.encoding) != dict(new.encoding):
            for name in dict.fromkeys((*old.encoding, *new.encoding)):
                one, other = old.encoding.get(name), new.encoding.get(name)
                if one is None or other is None or (one.content_type, one.style, one.explode) != (
                    other.content_type, other.style, other.explode
                ):  # fmt: skip
                    known = one is not None and other is not None
                    level = Level.BREAKING if known else Level.UNKNOWN
                    self.note(f"{direction}-property-encoding-changed", level, direction,
                              f"{name!r} travels in another form", old.at, new.at, "body", (name,), status)  # fmt: skip

    def _compare_bodies(self, old: Operation, new: Operation) -> None:
        before, after = old.request_body, new.request_body
        if before is None and after is None:
            return
        if before is None or after is None:
            self._compare_presence(before, after, old, new)
            return
        if before.required != after.required:
            became = "required" if after.required else "optional"
            level = self.level("request", narrowed=after.required)
            message = f"the body became {became}"
            self.note(f"request-body-became-{became}", level, "request", message, before.at, after.at, "body")
        self.compare_content(before.content, after.content, "request", (before.at, after.at))

    def _compare_presence(
        self, before: RequestBody | None, after: RequestBody | None, old: Operation, new: Operation
    ) -> None:
        if after is not None:
            word = "required" if after.required else "optional"
            level = self.level("request", narrowed=True) if after.required else Level.NON_BREAKING
            self.note(
                f"request-body-added-{word}", level, "request", f"a body ({word}) is new", old.at, after.at, "body"
            )
        elif before is not None:
            message = "no body is taken any more" if not self.outgoing else "no body is sent any more"
            self.note("request-body-removed", Level.BREAKING, "request", message, before.at, new.at, "body")

    def _compare_servers(self, old: Operation, new: Operation) -> None:
        gone = [base or "/" for base in old.base_paths if base not in new.base_paths]
        come = [base or "/" for base in new.base_paths if base not in old.base_paths]
        if gone:
            # Where a service is, is a matter of deployment; the path of it is part of each request.
            message = f"the base path {', '.join(gone)} is gone" + (f", {', '.join(come)} is new" if come else "")
            self.note("server-path-removed", Level.BREAKING, "", message, "#/servers", "#/servers")
        elif come:
            self.note("server-path-added", Level.NON_BREAKING, "", f"the base path {', '.join(come)} is new",
                      "#/servers", "#/servers")  # fmt: skip

    def _compare_words(self, old: Operation, new: Operation) -> None:
        nodes = self.node(old, self.pairs.old), self.node(new, self.pairs.new)
        for rule, level, message, old_at, new_at in compare_lifecycle(
            (nodes[0], old.at), (nodes[1], new.at), self.pairs.policy
        ):
            self.note(f"operation-{rule}", level, "", message, old_at, new_at)
        if old.operation_id != new.operation_id:
            message = f"operationId {old.operation_id or 'nothing'} became {new.operation_id or 'nothing'}"
            self.note("operation-id-changed", Level.NON_BREAKING, "", message, old.at, new.at)
        if old.path != new.path:
            self.note("path-parameter-renamed", Level.NON_BREAKING, "", f"{old.path} became {new.path}", old.at, new.at)
        if set(old.tags) != set(new.tags):
            message = f"tags {', '.join(old.tags) or 'none'} became {', '.join(new.tags) or 'none'}"
            self.note("operation-tags-changed", Level.NON_BREAKING, "", message, old.at, new.at)

    def _compare_callbacks(self, old: Operation, new: Operation) -> None:
        if self.outgoing:
            return
        before, after = (
            {(one.name, str(one.url), op.method): op for one in each.callbacks for op in one.operations}
            for each in (old, new)
        )
        outer = self.label
        for key in dict.fromkeys((*before, *after)):
            label = f"{outer} callback {key[0]} {key[2]}"
            if key not in after:
                self.note("callback-removed", Level.BREAKING, "", f"callback {key[0]} is gone", before[key].at, new.at)
            elif key not in before:
                self.note("callback-added", Level.NON_BREAKING, "", f"callback {key[0]} is new", old.at, after[key].at)
            else:
                self.compare(before[key], after[key], label=label, outgoing=True)
                self.label, self.outgoing = outer, False


Scheme = tuple[str, str, str, str]
Alternative = dict[Scheme, frozenset[str]]
"""The scopes demanded of each scheme."""


def compare_security(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Compare who may call an operation."""
    before, after = _alternatives(rules, old, rules.pairs.old), _alternatives(rules, new, rules.pairs.new)
    for alternative in before:
        if any(_is_met(alternative, demanded) for demanded in after):
            continue
        missing = min((_missing(alternative, demanded) for demanded in after), key=len, default=["?"])
        scopes = [one for one in missing if one.startswith("scope ")]
        rule = "request-security-removed" if alternative else "request-security-added"
        if alternative and scopes and len(scopes) == len(missing):
            rule = "request-security-scope-added"
        elif alternative and any(alternative.keys() < demanded.keys() for demanded in after):
            rule = "request-security-added"
        having = " and ".join(scheme[0] for scheme in map(_shown, alternative)) or "no credentials"
        message = f"{having} will no longer do: {', '.join(missing)} is demanded"
        rules.note(rule, Level.BREAKING, "request", message, old.at, new.at, "security")
    for alternative in after:
        if not any(_is_met(one, alternative) for one in before):
            shown = " and ".join(scheme[0] for scheme in map(_shown, alternative)) or "no credentials"
            rules.note("request-security-alternative-added", Level.NON_BREAKING, "request", f"{shown} will do now",
                       old.at, new.at, "security")  # fmt: skip
        elif not any(_is_same(one, alternative) for one in before):
            rules.note("request-security-relaxed", Level.NON_BREAKING, "request", "less is demanded", old.at, new.at,
                       "security")  # fmt: skip
    _compare_schemes(rules, old, new)


def _alternatives(rules: OperationRules, operation: Operation, version: ContractVersion) -> list[Alternative]:
    """Return the alternatives, with scopes; one that demands nothing where nothing is demanded at all."""
    node = rules.node(operation, version)
    written = node.get("security", version.document.root.get("security"))
    requirements = [one for one in (written if isinstance(written, list) else []) if isinstance(one, dict)]
    found = []
    for index, schemes in enumerate(operation.security):
        scopes = requirements[index] if index < len(requirements) else {}
        found.append({_identity(one): _scopes(scopes.get(one.name)) for one in schemes})
    return found or [{}]


def _identity(scheme: SecurityScheme) -> Scheme:
    parameter = scheme.parameter.lower() if scheme.location == "header" else scheme.parameter
    return scheme.type, scheme.scheme, scheme.location, parameter


def _scopes(listed: Any) -> frozenset[str]:
    return frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()


def _is_met(given: Alternative, demanded: Alternative) -> bool:
    """Return whether the credentials ``given`` include those ``demanded``."""
    return all(scheme in given and scopes <= given[scheme] for scheme, scopes in demanded.items())


def _is_same(one: Alternative, other: Alternative) -> bool:
    return one == other


def _missing(given: Alternative, demanded: Alternative) -> list[str]:
    found = []
    for scheme, scopes in demanded.items():
        if scheme not in given:
            found.append(_shown(scheme)[0])
        else:
            found += [f"scope {one}" for one in sorted(scopes - given[scheme])]
    return found


def _shown(scheme: Scheme) -> tuple[str]:
    kind, name, location, parameter = scheme
    if kind == "apiKey":
        return (f"the key {parameter} in the {location}",)
    return (f"HTTP {name}",) if kind == "http" else (kind,)


def _compare_schemes(rules: OperationRules, old: Operation, new: Operation) -> None:
    """Compare where tokens come from: a client that knows the old address cannot be told from one that asks."""
    before, after = ({_identity(s): s for each in op.security for s in each} for op in (old, new))
    for identity in before.keys() & after.keys():
        one, other = _node(before[identity], rules.pairs.old), _node(after[identity], rules.pairs.new)
        for word in ("openIdConnectUrl", "flows"):
            flows = [_addresses(node.get(word)) for node in (one, other)]
            if not same_text(*flows):
                rules.note("security-scheme-address-changed", Level.UNKNOWN, "request",
                           f"{before[identity].name}: where tokens come from has changed", old.at, new.at,
                           "security")  # fmt: skip


def _addresses(flows: Any) -> Any:
    if not isinstance(flows, dict):
        return flows
    return {
        name: {key: value for key, value in flow.items() if key.endswith("Url")}
        for name, flow in flows.items()
        if isinstance(flow, dict)
    }


def _node(scheme: SecurityScheme, version: ContractVersion) -> dict[str, Any]:
    components = version.document.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    node = schemes.get(scheme.name) if isinstance(schemes, dict) else None
    try:
        found, _ = version.document.follow(node, f"#/components/securitySchemes/{scheme.name}")
    except ContractError:
        return {}
    return found if isinstance(found, dict) else {}
