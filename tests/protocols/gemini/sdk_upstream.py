"""An upstream for the official SDK, without sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
from google import genai
from google.genai import types
from protocols.gemini.gemini_wire import CONTEXT, DIALECT

from mockserver.conversation import Failure, Http, Reply, Request
from mockserver.events import events
from mockserver.protocols.base import Answer, Dialect, Stream
from mockserver.protocols.gemini import VENDOR
from mockserver.routing import Found, Router

MODEL = "gemini-3.6-flash"


class Upstream:
    """Answers the SDK's requests with the next of `replies`, and keeps what it was asked."""

    def __init__(self, *replies: Reply | Failure, cut_by: Failure | None = None) -> None:
        self._replies = iter(replies)
        self._cut_by = cut_by
        self._router = Router((VENDOR,))
        self.https: list[Http] = []
        self.requests: list[Request] = []
        transport = httpx2.MockTransport(self._answer)
        options = types.HttpOptions(
            base_url="http://mock",
            httpx_client=httpx2.Client(transport=transport),
            httpx_async_client=httpx2.AsyncClient(transport=transport),  # unused; spares the SDK making one
        )
        self.client = genai.Client(api_key="k", http_options=options)

    def _answer(self, sent: httpx2.Request) -> httpx2.Response:
        http = Http(
            sent.method, sent.url.path, dict(sent.headers), dict(sent.url.params), sent.read(), key="k"
        )
        self.https.append(http)
        answer = self._serve(http)
        return httpx2.Response(answer.status, headers=list(answer.headers), content=answer.body)

    def _serve(self, http: Http) -> Answer:
        found = self._router.find(http)
        assert isinstance(found, Found), http
        if callable(found.route.serve):
            answer = found.route.serve(found.http, CONTEXT)
            assert not isinstance(answer, Stream)
            return VENDOR.refuse(answer, http, CONTEXT) if isinstance(answer, Failure) else answer
        return self._converse(found.route.serve, found.http)

    def _converse(self, dialect: Dialect, http: Http) -> Answer:
        request = dialect.read(http, CONTEXT)
        if isinstance(request, Failure):
            return dialect.refuse(request, http, CONTEXT)
        self.requests.append(request)
        reply = next(self._replies)
        if isinstance(reply, Failure):
            return dialect.refuse(reply, http, CONTEXT)
        if not request.stream:
            return dialect.render(reply, request, CONTEXT)
        encoder = dialect.encoder(request, CONTEXT)
        frames = [frame for event in events(reply) for frame in encoder.encode(event)]
        if self._cut_by:
            frames = [*frames[:1], *DIALECT.encoder(request, CONTEXT).fail(self._cut_by)]
        return Answer(200, encoder.headers, b"".join(frames))

    def ask(self, contents: Any = "Hello!", config: Any = None) -> types.GenerateContentResponse:
        return self.client.models.generate_content(model=MODEL, contents=contents, config=config)

    def stream(self, contents: Any = "Hello!", config: Any = None) -> Iterator[types.GenerateContentResponse]:
        return self.client.models.generate_content_stream(model=MODEL, contents=contents, config=config)
