from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any, cast

import pytest

from beep_mock.contracts.model import Contract, SecurityScheme
from beep_mock.contracts.security import carries_credentials, check, secret_keys
from tests.support.declared import operation

BASIC = SecurityScheme("basic", "http", scheme="basic")
BEARER = SecurityScheme("bearer", "http", scheme="bearer")
DIGEST = SecurityScheme("digest", "http", scheme="digest")
HOBA = SecurityScheme("hoba", "http", scheme="hoba")
OAUTH = SecurityScheme("oauth", "oauth2")
OPENID = SecurityScheme("openid", "openIdConnect")
MUTUAL = SecurityScheme("mutual", "mutualTLS")
HEADER = SecurityScheme("header", "apiKey", location="header", parameter="X-Api-Key")
QUERY = SecurityScheme("query", "apiKey", location="query", parameter="api key")
COOKIE = SecurityScheme("cookie", "apiKey", location="cookie", parameter="session")


def ok(security: tuple[tuple[SecurityScheme, ...], ...], environ: dict[str, str], query: str = "") -> bool:
    met, challenge = check(operation("/worlds", security=security), environ, query)
    assert met == (challenge == "")
    return met


def basic(pair: bytes) -> str:
    return b64encode(pair).decode()


@pytest.mark.parametrize(
    ("scheme", "authorization", "met"),
    [
        (BEARER, "Bearer abc.DEF-1_2~3+4/5==", True),
        (BEARER, "bearer abc", True),
        (BEARER, "BEARER  abc", True),
        (BEARER, "Bearer", False),
        (BEARER, "Bearer ", False),
        (BEARER, "Bearer ==", False),
        (BEARER, "Bearer a b", False),
        (BEARER, "Bearer a=b", False),
        (BEARER, "Bearerabc", False),
        (BEARER, "Basic abc", False),
        (BEARER, "", False),
        (OAUTH, "Bearer abc", True),
        (OPENID, "Bearer abc", True),
        (OPENID, "Token abc", False),
        (BASIC, "Basic " + basic(b"user:password"), True),
        (BASIC, "basic " + basic(b"user:pass:word"), True),
        (BASIC, "Basic " + basic(b":"), True),
        (BASIC, "Basic " + basic("us\u00e9r:p".encode()), True),
        (BASIC, "Basic " + basic(b"user"), False),
        (BASIC, "Basic " + basic(b"user:\n"), False),
        (BASIC, "Basic dXNlcjpw!", False),
        (BASIC, "Basic dXNlcjp", False),
        (BASIC, "Basic \u00e9", False),
        (BASIC, "Basic", False),
        (DIGEST, 'Digest username="a"', True),
        (DIGEST, "Digest", False),
        (HOBA, "hoba result=x", True),
        (MUTUAL, "", True),
    ],
)
def test_credentials_must_be_there_in_their_form(scheme: SecurityScheme, authorization: str, met: bool) -> None:
    assert ok(((scheme,),), {"HTTP_AUTHORIZATION": authorization} if authorization else {}) is met


@pytest.mark.parametrize(
    ("scheme", "environ", "query", "met"),
    [
        (HEADER, {"HTTP_X_API_KEY": "k"}, "", True),
        (HEADER, {"HTTP_X_API_KEY": ""}, "", False),
        (HEADER, {}, "X-Api-Key=k", False),
        (QUERY, {}, "a=1&api+key=k", True),
        (QUERY, {}, "api%20key=k", True),
        (QUERY, {}, "api+key=", False),
        (QUERY, {}, "", False),
        (COOKIE, {"HTTP_COOKIE": "a=1; session=s"}, "", True),
        (COOKIE, {"HTTP_COOKIE": "sessions=s"}, "", False),
        (COOKIE, {"HTTP_COOKIE": "session="}, "", False),
        (COOKIE, {}, "", False),
    ],
)
def test_api_keys_travel_in_header_query_or_cookie(
    scheme: SecurityScheme, environ: dict[str, str], query: str, met: bool
) -> None:
    assert ok(((scheme,),), environ, query) is met


def test_alternatives_are_or_and_schemes_within_one_are_and() -> None:
    either = ((HEADER, BEARER), (COOKIE,))
    assert not ok(either, {"HTTP_X_API_KEY": "k"})
    assert ok(either, {"HTTP_X_API_KEY": "k", "HTTP_AUTHORIZATION": "Bearer t"})
    assert ok(either, {"HTTP_COOKIE": "session=s"})
    assert ok(((HEADER,), ()), {})
    assert ok((), {})


@pytest.mark.parametrize(
    ("security", "challenge"),
    [
        (((BASIC,),), 'Basic realm="*"'),
        (((BEARER,), (OAUTH,), (OPENID,)), 'Bearer realm="*"'),
        (((HEADER,),), 'ApiKey realm="*", in="header", name="X-Api-Key"'),
        (((HOBA,),), 'Hoba realm="*"'),
        (((BASIC, OAUTH),), 'Basic realm="*", Bearer realm="*"'),
        (((BEARER, MUTUAL), (COOKIE,)), 'Bearer realm="*"'),  # one that is registered says enough
    ],
)
def test_the_challenge_names_what_is_missing(security: Any, challenge: str) -> None:
    assert check(operation("/worlds", security=security), {}, "") == (False, challenge)


def test_a_digest_challenge_has_the_nonce_it_must_have() -> None:
    _, challenge = check(operation("/worlds", security=((DIGEST,),)), {}, "")
    assert challenge.startswith("Digest ")
    assert 'nonce="' in challenge


def test_secrets_are_the_credentials_and_the_declared_keys() -> None:
    operations = {"a": operation("/a", security=((HEADER, QUERY), (COOKIE,))), "b": operation("/b")}
    always = {"HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_PROXY_AUTHORIZATION"}
    contract = cast("Contract", SimpleNamespace(operations=operations, webhooks={}, security_schemes=()))
    assert secret_keys(contract) == {*always, "HTTP_X_API_KEY", "query:api key", "cookie:session"}
    contract = cast("Contract", SimpleNamespace(operations={}, webhooks={}, security_schemes=(HEADER, COOKIE)))
    assert secret_keys(contract) == {*always, "HTTP_X_API_KEY", "cookie:session"}


@pytest.mark.parametrize(
    ("environ", "met"),
    [
        ({"HTTP_AUTHORIZATION": "Bearer abc", "HTTP_X_API_KEY": "k"}, True),
        ({"HTTP_AUTHORIZATION": "Basic " + basic(b"a:b"), "HTTP_X_API_KEY": "k"}, True),
        ({"HTTP_AUTHORIZATION": "Bearer abc"}, False),
        ({"HTTP_AUTHORIZATION": "Digest a", "HTTP_X_API_KEY": "k"}, False),
        ({"HTTP_X_API_KEY": "k"}, False),
    ],
)
def test_of_two_kinds_of_credentials_for_one_header_one_is_enough(environ: dict[str, str], *, met: bool) -> None:
    assert ok(((HEADER, BASIC, OAUTH),), environ) is met


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("theme", False),
        ("session", True),
        ("PHPSESSID", True),
        ("connect.sid", True),
        ("auth_token", True),
        ("lang", False),
    ],
)
def test_a_plain_cookie_is_no_credential(name: str, hidden: bool) -> None:
    assert carries_credentials(("cookie", name), frozenset()) is hidden
    assert carries_credentials(("cookie", name), frozenset({f"cookie:{name}"}))
