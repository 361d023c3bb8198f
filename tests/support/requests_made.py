"""A grammar of bytes that are nearly requests."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

__all__ = ["PATHS", "requests"]

_METHODS = st.sampled_from(
    [b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE", b"QUERY", b"get", b"", b"G\0T"]
)
PATHS = (b"/worlds/", b"/worlds", b"/trees")
_OURS = (b"/-/journal", b"/-/control/openapi/", b"/-/docs/", b"/", b"*", b"")
_SPECIAL = st.sampled_from(
    [
        b"%00",
        b"%2F",
        b"%",
        b"%FF",
        b"[a]",
        b"[",
        b"]=",
        b"&",
        b"=",
        b";",
        b",",
        b"..",
        b"\xff",
        b"\0",
        b"\r",
        b" ",
        b"#",
        b"1",
        b"-1",
        b"9" * 400,
        b"a" * 3000,
        b"?",
        b"/",
        b"\\",
        b"{",
        b"}",
        b"'",
        b'"',
        b"<",
        b"$",
        b"|",
        b"~1",
        b"*",
        b"__code=404",
        b"+",
    ]
)
_TEXT = st.lists(_SPECIAL | st.binary(max_size=6), max_size=6).map(b"".join)
_NAMES = st.sampled_from(
    [
        b"Host",
        b"Accept",
        b"Prefer",
        b"Content-Type",
        b"Content-Length",
        b"Transfer-Encoding",
        b"Content-Encoding",
        b"Cookie",
        b"Expect",
        b"Connection",
        b"Upgrade",
        b"Origin",
        b"Authorization",
        b"X-Token",
        b"Access-Control-Request-Method",
        b"Referer",
        b"X_Token",
    ]
)
_VALUES = _TEXT | st.sampled_from(
    [
        b"*/*",
        b"a/b;q=2",
        b"code=404",
        b'example="',
        b"dynamic=true",
        b"application/json",
        b"application/xml",
        b"multipart/form-data",
        b"close",
        b"text/plain; charset=\xff",
        b"application/x-www-form-urlencoded",
        b"chunked",
        b"gzip",
        b"100-continue",
        b"0",
        b"5",
        b"-5",
        b"null",
        b"GET",
    ]
)
_BODIES = _TEXT | st.sampled_from(
    [
        b"{}",
        b'{"name":1e999}',
        b"[" * 300,
        b'{"name":"\\ud800"}',
        b"<a>" * 300,
        b"<a b='",
        b"2\r\n{}\r\n0\r\n\r\n",
        b"--b\r\n\r\n",
        b"a=b&c[d]=%",
    ]
)


@st.composite
def requests(draw: st.DrawFn, paths: Sequence[bytes] = PATHS) -> bytes:
    """Bytes that are nearly a request, sometimes one, for one of ``paths`` or one of ours."""
    target = (
        draw(st.sampled_from([*paths, *paths, *_OURS])) + draw(_TEXT) + draw(st.sampled_from([b"", b"?"])) + draw(_TEXT)
    )
    version = draw(st.sampled_from([b"HTTP/1.1"] * 8 + [b"HTTP/1.0", b"HTTP/2", b"", b"\xff"]))
    fields = draw(st.lists(st.tuples(_NAMES, _VALUES), max_size=6))
    body = draw(_BODIES)
    head = b"%b %b %b\r\n" % (draw(_METHODS), target, version)
    if draw(st.integers(0, 3)):
        head += b"Host: 127.0.0.1\r\nConnection: close\r\n"
    if draw(st.booleans()):
        head += b"Content-Length: %d\r\n" % len(body)
    return head + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n" + body
