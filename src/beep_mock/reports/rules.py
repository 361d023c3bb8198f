"""Describe each rule in a sentence, for reports that show help beside findings."""

from __future__ import annotations

from typing import Final

__all__ = ["about", "title"]

_ABOUT: Final = {
    "example-invalid": "An example of the contract does not keep the contract's own schema: mocks would serve a lie.",
    "example-mismatch": "The provider's answer to an example's request differs from the contract.",
    "example-not-verified": "An example could not be replayed at the provider.",
    "example-not-tried": "An example was skipped: the contract does not say which request or state it belongs to.",
    "pact-mismatch": "The provider does not answer as its consumer's pact expects.",
    "pact-not-verified": "An interaction of a pact could not be replayed at the provider.",
    "pact-provider-unknown": "A pact names a provider that this workspace has no contract of.",
    "pact-unreadable": "A pact file cannot be read.",
    "pact-empty": "A pact file holds no interaction.",
    "property-not-verified": "An operation could not be tried with generated requests.",
    "verification-partial": "The verification broke off: its results are incomplete.",
    "not-verified": "Some checks were skipped.",
    "schema-invalid": "A schema is not valid; the operation that needs it answers with its place.",
    "reference-unresolvable": "A $ref leads nowhere.",
    "operation-unanswered": "An operation declares no answer that a mock could give.",
    "document-unreadable": "A contract cannot be read.",
    "override-unreadable": "The file of a mock's overrides cannot be read.",
    "override-stray": "A mock's override is for an operation that the contract does not have.",
    "service-configured-unknown": "The configuration has a table for a service that has no contract here.",
    "ignored": "The configuration accepts a finding, for the reason it gives.",
    "ignore-unused": "The configuration accepts a finding that does not occur.",
    "engines-differ": "beep-mock and Prism answer one request differently.",
}
_FAMILIES: Final = (
    ("property-", "A generated request, valid or not, was not answered as the contract demands."),
    ("request.", "A consumer's pact sends what the provider's contract does not accept."),
    ("response.", "A consumer's pact relies on what the provider's contract does not promise."),
    ("contract.", "A part of the provider's contract cannot be used."),
    ("example-", "An example and the contract do not agree."),
    ("pact-", "A pact does not hold."),
    ("override-", "An override of a mock does not fit its contract."),
    ("yaml-", "The text of a document is not as YAML demands."),
    ("json-", "The text of a document is not as JSON demands."),
)


def title(rule: str) -> str:
    """Return the rule's name as words: ``Example mismatch``."""
    words = rule.replace(".", ": ").replace("-", " ")
    return words[:1].upper() + words[1:]


def about(rule: str) -> str:
    """Return what the rule is about, in one sentence."""
    told = _ABOUT.get(rule) or next((text for prefix, text in _FAMILIES if rule.startswith(prefix)), "")
    return told or f"{title(rule)}."
