from __future__ import annotations

from tests.support.one_service import World


def test_the_journal_is_read_filtered_and_cleared(world: World) -> None:
    for path in ("/n/1", "/n/2", "/n/x"):
        world.ask(path)
    exchanges = world.page("GET", "/-/journal").json["exchanges"]
    assert [e["request"]["path"] for e in exchanges] == ["/n/1", "/n/2", "/n/x"]
    assert exchanges[2]["violations"][0]["location"] == ["path", "id"]
    assert len(world.page("GET", "/-/journal?limit=2").json["exchanges"]) == 2
    assert world.page("GET", f"/-/journal?after={exchanges[1]['id']}").json["exchanges"] == exchanges[2:]
    assert world.page("GET", "/-/journal?service=other").json["exchanges"] == []
    assert world.page("GET", f"/-/journal/{exchanges[0]['id']}").json == exchanges[0]
    assert world.page("DELETE", "/-/journal?service=big").status == 204
    assert world.page("GET", "/-/journal").json["exchanges"] == []
    assert world.page("GET", f"/-/journal/{exchanges[0]['id']}").status == 404
