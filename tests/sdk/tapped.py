"""What passes over a client's wire, noted as it comes, for tests that look closer than an SDK shows.

No vendor is known here. An answer is noted when its headers are there and grows while the client reads it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2

# Loading the certificates of this machine for each client takes longer than most tests; no test uses TLS.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(slots=True)
class Received:
    """One answer as it came. It is not `complete` where the client left before the end."""

    request: httpx2.Request
    status: int
    headers: httpx2.Headers
    body: bytes = b""
    complete: bool = False


class _TappedStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that notes what is read of it."""

    def __init__(self, stream: Any, answer: Received) -> None:
        self._stream = stream
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._answer.body += piece
            yield piece
        self._answer.complete = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._answer.body += piece
            yield piece
        self._answer.complete = True

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


def _tap(response: httpx2.Response, request: httpx2.Request, received: list[Received]) -> httpx2.Response:
    answer = Received(request, response.status_code, response.headers)
    received.append(answer)
    response.stream = _TappedStream(response.stream, answer)
    return response


class TappedTransport(httpx2.HTTPTransport):
    """Real sockets; every answer is added to `received`."""

    def __init__(self, received: list[Received]) -> None:
        super().__init__(verify=_NO_TLS)
        self._received = received

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return _tap(super().handle_request(request), request, self._received)


class AsyncTappedTransport(httpx2.AsyncHTTPTransport):
    """The same for asynchronous clients."""

    def __init__(self, received: list[Received]) -> None:
        super().__init__(verify=_NO_TLS)
        self._received = received

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return _tap(await super().handle_async_request(request), request, self._received)
