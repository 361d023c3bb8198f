from __future__ import annotations

from tests.support.one_service import World


def test_the_document_is_served_with_our_address_first(world: World) -> None:
    reply = world.page("GET", "/-/openapi/big.json")
    assert reply.json["servers"][0]["url"] == "http://127.0.0.1/big"
    assert b"123456789012345678901234567890" in reply.body
