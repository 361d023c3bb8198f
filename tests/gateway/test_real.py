from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from beep_mock.gateway.app import create_app
from beep_mock.servers.threaded import ThreadServer
from beep_mock.workspace import Workspace
from tests.support.wsgi_client import Reply, call

Start = Callable[..., Any]


class Peer:
    """A running `world` that answers what the test says."""

    def __init__(self) -> None:
        self.answer: tuple[str, dict[str, str], bytes] = (
            "200 OK",
            {"Content-Type": "application/json"},
            b'{"name": "x"}',
        )
        self.asked: list[tuple[str, str, bytes]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], body))
        status, headers, answer = self.answer
        start_response(status, [*headers.items(), ("Content-Length", str(len(answer)))])
        return [answer] if environ["REQUEST_METHOD"] != "HEAD" else []

    def says(self, status: str, body: object, **headers: str) -> None:
        named = {"Content-Type": "application/json", **{n.replace("_", "-"): v for n, v in headers.items()}}
        self.answer = (status, named, json.dumps(body).encode())


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def server(peer: Peer) -> Iterator[ThreadServer]:
    with ThreadServer(peer) as server:
        yield server


@pytest.fixture
def start(workspace: Workspace, server: ThreadServer) -> Iterator[Start]:
    apps: list[Any] = []

    def start(**how: Any) -> Any:
        app = create_app(workspace, real={"world": server.url}, **how)
        apps.append(app)
        return app

    yield start
    for app in apps:
        app.extensions["beep_mock"].close()


def violations(reply: Reply) -> list[str]:
    return [".".join(v["location"]) for v in json.loads(reply.header("Beep-Mock-Violations") or "[]")]


def journal(app: Any) -> Any:
    return call(app, "GET", "/-/journal?service=world").json["exchanges"]


POST = {"Content-Type": "application/json"}


def test_traffic_that_keeps_the_contract_passes_without_a_word(start: Start, peer: Peer, server: ThreadServer) -> None:
    app = start()
    reply = call(app, "GET", "/world/worlds/1?a=b")
    assert (reply.status, reply.json, violations(reply)) == (200, {"name": "x"}, [])
    assert reply.header("Beep-Mock-Source") == f"real {server.url}"
    assert peer.asked == [("GET", "/worlds/1", b"")]
    (exchange,) = journal(app)
    assert (exchange["operation"], exchange["source"]) == ("GET /worlds/{worldId}", f"real {server.url}")


def test_an_invalid_request_passes_and_is_reported(start: Start, peer: Peer) -> None:
    app = start()
    assert violations(call(app, "GET", "/world/worlds/abc")) == ["path.worldId"]
    assert violations(call(app, "POST", "/world/worlds", POST, b"{}")) == ["body", "status"]
    assert peer.asked[1] == ("POST", "/worlds", b"{}")
    assert [len(e["violations"]) for e in journal(app)] == [1, 2]


def test_an_invalid_answer_passes_and_is_reported(start: Start, peer: Peer) -> None:
    app = start()
    peer.says("200 OK", {"title": "x"})
    reply = call(app, "GET", "/world/worlds/1")
    assert (reply.json, violations(reply)) == ({"title": "x"}, ["body"])
    peer.says("418 Teapot", {})
    reply = call(app, "GET", "/world/worlds/1")
    assert (reply.status, violations(reply)) == (418, ["status"])


def test_prisms_header_tells_both_sides_apart_and_replaces_that_of_the_server(start: Start, peer: Peer) -> None:
    app = start()
    peer.says("200 OK", {"title": "x"}, Sl_Violations="[1]")
    reply = call(app, "GET", "/world/worlds/abc")
    told = [v["location"] for v in json.loads(reply.header("Sl-Violations") or "[]")]
    assert told == [["request", "path", "worldId"], ["response", "body"]]
    peer.says("200 OK", {"name": "x"}, Sl_Violations="[1]")
    assert not call(app, "GET", "/world/worlds/1").header("Sl-Violations")


def test_an_undeclared_path_passes_and_is_reported(start: Start, peer: Peer) -> None:
    reply = call(start(), "GET", "/world/moons")
    assert (reply.status, violations(reply)) == (200, ["path"])
    assert peer.asked == [("GET", "/moons", b"")]


def test_a_base_path_is_passed_on_as_it_was_asked(start: Start, peer: Peer) -> None:
    assert violations(call(start(), "GET", "/world/api/v1/worlds/1")) == []
    assert peer.asked[0][1] == "/api/v1/worlds/1"


@pytest.mark.parametrize("path", ["/..%2f..%2fadmin", "/worlds/%2e%2e/admin", "/worlds/..", "/./worlds/1"])
def test_a_path_that_leads_elsewhere_is_not_passed_on(start: Start, peer: Peer, path: str) -> None:
    reply = call(start(), "GET", f"/world{path}")
    assert (reply.status, reply.json["code"]) == (400, "DOT_SEGMENTS")
    assert peer.asked == []


@pytest.mark.parametrize("path", ["/worlds/...", "/worlds/..a", "/worlds/%252e%252e", "/worlds/a.b"])
def test_dots_in_a_segment_are_passed_on(start: Start, peer: Peer, path: str) -> None:
    assert call(start(), "GET", f"/world{path}").status == 200
    assert len(peer.asked) == 1


def test_errors_refuse_an_invalid_request_as_the_mock_does(start: Start, peer: Peer) -> None:
    reply = call(start(errors=True), "GET", "/world/worlds/abc")
    assert (reply.status, reply.json["validation"][0]["location"]) == (422, ["path", "worldId"])
    assert peer.asked == []


def test_errors_refuse_an_undeclared_path_and_a_body_that_lies(start: Start, peer: Peer) -> None:
    app = start(errors=True)
    assert call(app, "GET", "/world/moons").status == 404
    assert call(app, "POST", "/world/worlds", POST, b'{"name": 1}').json["validation"][0]["location"] == [
        "body",
        "name",
    ]
    assert peer.asked == []


def test_errors_refuse_an_invalid_answer(start: Start, peer: Peer) -> None:
    app = start(errors=True)
    peer.says("200 OK", {"title": "x"})
    reply = call(app, "GET", "/world/worlds/1")
    assert (reply.status, reply.json["code"], reply.json["peer"]) == (500, "RESPONSE_VIOLATION", "world")
    assert journal(app)[0]["violations"]


def test_a_peer_that_is_down_is_named(start: Start, server: ThreadServer) -> None:
    app = start()
    server.stop()
    reply = call(app, "GET", "/world/worlds/1")
    assert (reply.status, reply.header("Content-Type")) == (502, "application/problem+json")
    assert (reply.json["peer"], server.url in reply.json["detail"]) == ("world", True)
    assert journal(app)[0]["note"].startswith("peer down: ")


ORIGIN = {"Origin": "http://app.example"}


def test_a_page_may_read_why_a_peer_does_not_answer(start: Start, server: ThreadServer) -> None:
    app, closed = start(), start(cors=False)
    server.stop()
    reply = call(app, "GET", "/world/worlds/1", ORIGIN)
    assert (reply.status, reply.header("Access-Control-Allow-Origin")) == (502, "http://app.example")
    assert call(app, "GET", "/world/worlds/1").header("Access-Control-Allow-Origin") is None
    assert call(closed, "GET", "/world/worlds/1", ORIGIN).header("Access-Control-Allow-Origin") is None


def test_a_peer_says_itself_who_may_read_its_answers(start: Start, peer: Peer) -> None:
    peer.says("200 OK", {"name": "x"}, Access_Control_Allow_Origin="http://only.example")
    reply = call(start(), "GET", "/world/worlds/1", ORIGIN)
    assert reply.header("Access-Control-Allow-Origin") == "http://only.example"


def test_the_mock_falls_in_when_asked_to(start: Start, server: ThreadServer) -> None:
    app = start(fallback=True)
    server.stop()
    assert call(app, "GET", "/world/worlds/2").json == {"name": "Mars"}
    assert call(app, "POST", "/world/worlds", POST, b'{"name": "Pluto"}').json == {"name": "Pluto"}
    assert [e["note"].partition(":")[0] for e in journal(app)] == ["peer down", "peer down"]


def test_what_the_peer_has_not_implemented_is_mocked(start: Start, peer: Peer) -> None:
    app = start()
    peer.says("501 Not Implemented", {})
    assert call(app, "GET", "/world/worlds/2").json == {"name": "Mars"}
    assert journal(app)[0]["note"] == "peer answered 501"


def test_the_view_of_a_gateway_behind_this_one_is_not_mixed_with_ours(start: Start, peer: Peer) -> None:
    peer.says("200 OK", {"title": "x"}, Beep_Mock_Violations="[]")
    assert violations(call(start(), "GET", "/world/worlds/1")) == ["body"]


def test_how_far_a_request_may_go_is_counted(start: Start, peer: Peer) -> None:
    app = start()
    seen: list[str] = []

    def listening(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ.get("HTTP_MAX_FORWARDS", ""))
        start_response("200 OK", [("Content-Length", "0")])
        return []

    server = ThreadServer(listening)
    with server:
        app.extensions["beep_mock"].services["world"].peer.port = int(server.url.rpartition(":")[2])
        call(app, "OPTIONS", "/world/worlds", {"Max-Forwards": "3"})
        call(app, "GET", "/world/worlds/1", {"Max-Forwards": "3"})
        call(app, "OPTIONS", "/world/worlds", {"Max-Forwards": "9" * 5000})
        reply = call(app, "OPTIONS", "/world/worlds", {"Max-Forwards": "0"})
    assert seen == ["2", "3", "9" * 5000]  # RFC 9110, section 7.6.2: for OPTIONS and TRACE only
    assert (reply.status, reply.header("Allow")) == (405, "POST")


@pytest.mark.parametrize(
    ("location", "seen"),
    [
        ("{peer}/worlds/9?a=b#c", "http://here:9000/world/worlds/9?a=b#c"),
        ("/worlds/9", "/world/worlds/9"),
        ("9", "9"),
        ("http://elsewhere.example/worlds/9", "http://elsewhere.example/worlds/9"),
        ("//[x", "//[x"),
        ("http://[::1", "http://[::1"),
        ("http://host:port/x", "http://host:port/x"),
    ],
)
def test_a_location_is_where_the_client_reaches_it(
    start: Start, peer: Peer, server: ThreadServer, location: str, seen: str
) -> None:
    peer.says("201 Created", {"name": "x"}, Location=location.replace("{peer}", server.url))
    reply = call(start(), "POST", "/world/worlds", {**POST, "Host": "here:9000"}, b'{"name": "x"}')
    assert reply.header("Location") == seen


@pytest.mark.parametrize(
    ("location", "seen"),
    [("/v1/x", "/x"), ("/v1/", "/"), ("/v1", "/"), ("/v1?a=b", "/?a=b"), ("/v10/x", "/v10/x"), ("/other", "/other")],
)
def test_a_location_loses_the_base_path_by_whole_segments(
    workspace: Workspace, peer: Peer, server: ThreadServer, location: str, seen: str
) -> None:
    app = create_app(workspace, real={"world": f"{server.url}/v1"})
    peer.says("201 Created", {"name": "x"}, Location=location)
    reply = call(app, "POST", "/worlds", {**POST, "Host": "world"}, b'{"name": "x"}')
    app.extensions["beep_mock"].close()
    assert reply.header("Location") == seen


def test_a_location_keeps_its_path_where_the_host_names_the_service(start: Start, peer: Peer) -> None:
    peer.says("201 Created", {"name": "x"}, Location="/worlds/9")
    assert (
        call(start(), "POST", "/worlds", {**POST, "Host": "world"}, b'{"name": "x"}').header("Location") == "/worlds/9"
    )


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("Link", "</v1/x?page=2>; rel=next", "</world/x?page=2>; rel=next"),
        ("Refresh", "5; url=/v1/x", "5; url=/world/x"),
        ("Set-Cookie", "a=1; Path=/v1", "a=1; Path=/world"),
        ("Set-Cookie", "a=1; Path=/", "a=1; Path=/world"),
    ],
)
def test_other_urls_of_an_answer_are_moved_as_a_location(
    workspace: Workspace, peer: Peer, server: ThreadServer, name: str, value: str, seen: str
) -> None:
    app = create_app(workspace, real={"world": f"{server.url}/v1"})
    peer.says("201 Created", {"name": "x"}, **{name: value})
    reply = call(app, "POST", "/world/worlds", POST, b'{"name": "x"}')
    app.extensions["beep_mock"].close()
    assert reply.header(name) == seen


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress)]
)
@pytest.mark.parametrize("errors", [True, False])
def test_a_packed_body_is_judged_as_the_mock_judges_it(
    start: Start, peer: Peer, coding: str, pack: Callable[[bytes], bytes], errors: bool
) -> None:
    app = start(errors=errors)
    packed = {**POST, "Content-Encoding": coding}
    peer.says("201 Created", {"name": "x"})
    reply = call(app, "POST", "/world/worlds", packed, pack(b'{"name": "x"}'))
    assert (reply.status, violations(reply), len(peer.asked)) == (201, [], 1)
    reply = call(app, "POST", "/world/worlds", packed, pack(b'{"name": 7}'))
    assert violations(reply)
    assert (reply.status, len(peer.asked)) == ((422, 1) if errors else (201, 2))


def test_what_cannot_be_unpacked_is_the_services_to_judge_or_refused(start: Start, peer: Peer) -> None:
    app = start(errors=True)
    peer.says("201 Created", {"name": "x"})
    assert call(app, "POST", "/world/worlds", {**POST, "Content-Encoding": "br"}, b"\x0b").status == 201
    reply = call(app, "POST", "/world/worlds", {**POST, "Content-Encoding": "gzip"}, b"no gzip")
    assert reply.status >= 400
    assert len(peer.asked) == 1


def test_a_body_beyond_bounds_is_refused(start: Start, peer: Peer) -> None:
    assert call(start(), "POST", "/world/worlds", {**POST, "Content-Length": str(11 * 2**20)}).status == 413
    assert peer.asked == []


def test_a_peer_that_is_ourselves_is_noticed(start: Start, server: ThreadServer, workspace: Workspace) -> None:
    app = start()
    server.app = lambda environ, start_response: app(
        {**environ, "PATH_INFO": f"/world{environ['PATH_INFO']}"}, start_response
    )
    assert call(app, "GET", "/world/worlds/1").json["code"] == "LOOP_DETECTED"


def test_head_is_passed_on(start: Start, peer: Peer) -> None:
    reply = call(start(), "HEAD", "/world/worlds/1")
    assert (reply.status, reply.body, reply.header("Content-Length"), violations(reply)) == (200, b"", "13", [])


def test_secrets_do_not_reach_the_journal(start: Start) -> None:
    app = start()
    call(app, "GET", "/world/worlds/1", {"Authorization": "Bearer secret"})
    assert "secret" not in json.dumps(journal(app))
