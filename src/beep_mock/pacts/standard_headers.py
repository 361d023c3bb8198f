"""Headers that the HTTP field registry defines: a contract need not declare them for a pact to use them."""

from __future__ import annotations

__all__ = ["REQUEST_HEADERS", "RESPONSE_HEADERS"]

_REQUEST = """
    accept accept-charset accept-datetime accept-encoding accept-language authorization cache-control connection
    content-encoding content-length content-md5 content-type cookie date expect forwarded from host if-match
    if-modified-since if-none-match if-range if-unmodified-since max-forwards origin pragma prefer proxy-authorization
    range referer te traceparent tracestate upgrade user-agent via warning
"""
_RESPONSE = """
    accept-patch accept-post accept-ranges access-control-allow-origin age allow alt-svc cache-control connection
    content-disposition content-encoding content-language content-length content-location content-md5 content-range
    date etag expires last-modified link location pragma preference-applied proxy-authenticate refresh retry-after
    server set-cookie status strict-transport-security trailer transfer-encoding upgrade vary via warning
    www-authenticate x-frame-options
"""
REQUEST_HEADERS = frozenset(_REQUEST.split())
RESPONSE_HEADERS = frozenset(_RESPONSE.split())
