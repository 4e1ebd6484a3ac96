"""A request of aiohttp as a value; its body, and what the client expects before it sends that."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aiohttp import web
from aiohttp.http import HttpVersion11
from aiohttp.typedefs import RawHeaders
from yarl import URL

from mockserver.conversation import Failure, Http
from mockserver.protocols.credentials import find_key
from mockserver.server.heads import Asked

_SHORT = 256
"""Bytes of a header that is kept for the next request that has it too."""


def value_of(request: web.BaseRequest, body: bytes = b"") -> Http:
    origin = f"{request.scheme}://{request.host}"
    return as_value(request.method, request.rel_url, request.raw_headers, origin, body)


def as_value(method: str, url: URL, raw_headers: RawHeaders, origin: str, body: bytes) -> Http:
    headers = _headers(raw_headers)
    query = _joined((name, _text(value)) for name, value in url.query.items()) if url.raw_query_string else {}
    return Http(
        method="GET" if method == "HEAD" else method,
        path=path_of(url),
        headers=headers,
        query=query,
        body=body,
        key=find_key(headers, query),
        origin=_text(origin),
    )


def path_of(url: URL) -> str:
    return _text(url.path)


def asked_of(request: web.BaseRequest) -> Asked:
    """What of a request its answer depends on."""
    return as_asked(request.method, request.version < HttpVersion11, request.keep_alive)


@lru_cache(maxsize=64)
def as_asked(method: str, is_old: bool, keeps_alive: bool) -> Asked:  # noqa: FBT001 - cached by position
    return Asked(method, is_old, keeps_alive)


async def body_of(request: web.BaseRequest) -> bytes | Failure:
    """The body, or why it cannot be read."""
    content = request.content
    try:
        if not content.is_eof():
            return await request.read()
        body: bytes = content.read_nowait()  # it came with the head, as most do
    except web.HTTPRequestEntityTooLarge:
        return Failure("too_large")
    except web.RequestPayloadError:  # a body that its own headers misdescribe
        content.feed_eof()  # what is left of it cannot be read past,
        request.protocol.close()  # so the connection ends with this answer
        return Failure("malformed_json")
    return body if len(body) <= request.client_max_size else Failure("too_large")


async def bid_continue(request: web.BaseRequest) -> None:
    """Let a client send the body that it waits with. HTTPExpectationFailed for what else it expects."""
    expected = request.headers.get("expect", "")
    if not expected or request.version != HttpVersion11:
        return
    if expected.lower() != "100-continue":
        raise web.HTTPExpectationFailed(text=f"Unknown Expect: {expected}")
    if request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _headers(raw_headers: RawHeaders) -> dict[str, str]:
    """As `_joined`. What most requests say is kept once for all of them; what is no UTF-8 is replaced."""
    found: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        is_short = len(raw_value) <= _SHORT
        name, value = _name(raw_name), _value(raw_value) if is_short else raw_value.decode(errors="replace")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


@lru_cache(maxsize=1024)
def _name(name: bytes) -> str:
    return name.decode(errors="replace").lower()


@lru_cache(maxsize=4096)
def _value(value: bytes) -> str:
    return value.decode(errors="replace")


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values by name; those of a repeated name joined with commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _text(value: str) -> str:
    """What a client sent, as text: bytes that are no UTF-8 reach us as lone surrogates."""
    return value if value.isascii() else value.encode(errors="surrogateescape").decode(errors="replace")
