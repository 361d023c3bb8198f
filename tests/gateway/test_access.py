from __future__ import annotations

import pytest

from beep_mock.gateway.access import Access


def refused(access: Access, host: str | None, origin: str | None = None) -> bool:
    environ = {"HTTP_HOST": host, "HTTP_ORIGIN": origin}
    return bool(access.refusal({k: v for k, v in environ.items() if v is not None}))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:9000",
        "LOCALHOST",
        "127.0.0.1:80",
        "127.8.8.8",
        "[::1]:9000",
        "world.localhost",
        "world",
        None,
    ],
)
def test_this_machine_and_its_services_are_known(host: str | None) -> None:
    assert not refused(Access(["127.0.0.1", "world"]), host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:9000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.7",
        "",
        "[",
        "a@b",
    ],
)
def test_other_hosts_are_refused(host: str) -> None:
    assert refused(Access(["127.0.0.1", "world"]), host)


def test_a_server_for_the_network_is_asked_by_any_address_but_not_by_any_name() -> None:
    access = Access(["0.0.0.0"])  # noqa: S104
    assert not refused(access, "192.168.1.5:9000")
    assert refused(access, "evil.example")


def test_a_server_for_the_network_knows_a_name_that_is_allowed_and_none_that_only_ends_like_it() -> None:
    access = Access(["0.0.0.0", "Mocks.example"])  # noqa: S104
    assert not refused(access, "mocks.example:9000", "http://mocks.example:9000")
    assert refused(access, "evil.mocks.example")
    assert refused(access, "mocks.example:9000", "http://evil.example")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:3000", "http://localhost:9000"])
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert refused(Access(), "127.0.0.1:9000", origin)


def test_the_own_origin_is_welcome() -> None:
    assert not refused(Access(), "127.0.0.1:9000", "http://127.0.0.1:9000")


def test_a_callback_is_refused_as_anybody_may_have_caused_it() -> None:
    assert Access().refusal({"HTTP_HOST": "localhost", "HTTP_BEEP_MOCK_CALLBACK": "1"})


def test_an_origin_that_is_no_url_is_foreign() -> None:
    assert refused(Access(), "localhost", "http://[")


@pytest.mark.parametrize(
    "host", ["x@127.0.0.1", "127.0.0.1:80@evil.example", "evil.example\\@127.0.0.1", "127.0.0.1\\.evil.example", "a b",
             "127.0.0.1/x", "127.0.0.1#.evil.example", "127.0.0.1?x", "[::1", "127.0.0.1:80:80"]
)  # fmt: skip
def test_a_host_is_a_name_and_a_port_and_nothing_else(host: str) -> None:
    assert Access().refusal({"HTTP_HOST": host})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:9000", "localhost", "shop.localhost:1", "[::1]", "[::1]:80", "LOCALHOST."]
)
def test_the_hosts_of_this_machine_are_known(host: str) -> None:
    assert not Access().refusal({"HTTP_HOST": host})
