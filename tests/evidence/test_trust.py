from __future__ import annotations

from dataclasses import replace

import pytest

from beep_mock.evidence.trust import Hashes, Verification, evidence_of
from tests.support.made_evidence import NOW, verification

LATER = "2026-11-21T00:00:00.000000+00:00"
REFUTED = verification(verdict="refuted", check="pact", consumer="hello")
OLD = Hashes("before", "contract")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([verification()], "verified shop@1.0 2026-11-20"),
        ([verification(), verification(version="1.1", at=LATER)], "verified shop@1.1 2026-11-21"),
        ([REFUTED], "refuted shop@1.0"),
        ([REFUTED, verification(version="2", at=LATER)], "refuted shop@1.0"),  # all who look must agree
        ([verification(hashes=OLD)], "stale shop@1.0"),
        ([replace(REFUTED, hashes=OLD)], "stale shop@1.0"),
        ([replace(REFUTED, hashes=OLD), verification()], "verified shop@1.0 2026-11-20"),  # mended since
        ([verification(), verification(version="2", at=LATER, hashes=OLD)], "verified shop@1.0 2026-11-20"),
        ([verification(hashes=Hashes("sources", "other"))], "stale shop@1.0"),
    ],
)
def test_what_verifications_say(found: list[Verification], said: str) -> None:
    assert str(evidence_of(found, NOW)) == str(evidence_of(reversed(found), NOW)) == said
