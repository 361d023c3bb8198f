"""Verifications for tests."""

from __future__ import annotations

from beep_mock.evidence.trust import Check, Hashes, Verdict, Verification

NOW = Hashes("sources", "contract")


def verification(
    interaction: str = "a" * 64,
    *,
    provider: str = "shop",
    version: str = "1.0",
    check: Check = "example",
    consumer: str = "",
    verdict: Verdict = "verified",
    at: str = "2026-11-20T10:00:00.000000+00:00",
    hashes: Hashes = NOW,
) -> Verification:
    return Verification(interaction, provider, version, check, consumer, verdict, at, hashes, "GET /goods/{id}", "tea")
