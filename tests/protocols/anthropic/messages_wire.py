"""What the tests of the Messages wire share: requests read from a body, answers as JSON and as frames, and an
API that plays a list of replies to the official client.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.conversation import Failure, Http, JsonObject, Reply, Request
from mockserver.events import Chunker, events
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.anthropic.versions import BETAS_OF_MEMBERS
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.sse import read_events
from mockserver.text.tokens import split_tokens

NOW = 1_767_225_600
CONTEXT = Context(identity=b"test", now=NOW)
HI = [{"role": "user", "content": "Hi"}]
NEW, OLD = "2026-10-21", "2023-06-01"

WEATHER: dict[str, Any] = {"name": "get_weather", "input_schema": {"type": "object", "properties": {}}}


def post(body: Any, version: str = NEW, **headers: str) -> Http:
    """A POST of `body`, which is JSON or, as bytes, is sent as it is."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    sent = {"anthropic-version": version, "x-api-key": "k"} | _betas(body)
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Http("POST", "/anthropic/v1/messages", sent, body=content, key="k")


def _betas(body: Any) -> dict[str, str]:
    """The betas without which the API does not know members of `body`."""
    members = body if isinstance(body, dict) else {}
    needed = sorted(max(betas) for name, betas in BETAS_OF_MEMBERS.items() if name in members)
    return {"anthropic-beta": ",".join(needed)} if needed else {}


def body_of(**fields: Any) -> JsonObject:
    """A body that the API takes, with `fields` in it; a field that is ... is left out."""
    body = {"model": "claude-opus-5-5", "max_tokens": 4096, "messages": HI, **fields}
    return {name: value for name, value in body.items() if value is not ...}


def read(context: Context = CONTEXT, version: str = NEW, **fields: Any) -> Request | Failure:
    return MESSAGES.read(post(body_of(**fields), version), context)


def request(context: Context = CONTEXT, version: str = NEW, **fields: Any) -> Request:
    found = read(context, version, **fields)
    assert isinstance(found, Request), found
    return found


def refused(context: Context = CONTEXT, version: str = NEW, **fields: Any) -> str | None:
    """The sentence that refuses a body."""
    found = read(context, version, **fields)
    assert isinstance(found, Failure), found
    return found.message


def rendered(reply: Reply, context: Context = CONTEXT, **fields: Any) -> Any:
    """The JSON of a whole answer."""
    return orjson.loads(MESSAGES.render(reply, request(context, **fields), context).body)


def streamed(
    reply: Reply, chunk: Chunker = split_tokens, context: Context = CONTEXT, **fields: Any
) -> Answer:
    """A whole stream, as recorded."""
    encoder = MESSAGES.encoder(request(context, stream=True, **fields), context)
    body = b"".join(frame for event in events(reply, chunk) for frame in encoder.encode(event))
    return Answer(200, encoder.headers, body)


def event_list(reply: Reply, **fields: Any) -> list[Any]:
    """The JSON of all events but pings."""
    found = [orjson.loads(event.data) for event in read_events(streamed(reply, **fields).body)]
    return [event for event in found if event["type"] != "ping"]


class PlayedApi:
    """Answers requests with replies, one after the other, and keeps threads as a server would."""

    def __init__(self, *replies: Reply | Failure) -> None:
        self._replies = list(replies)
        self._kept: dict[str, Stored] = {}
        self.requests: list[Request] = []

    def answer(self, http: Http) -> Answer:
        context = Context(str(len(self.requests)).encode(), NOW, self._kept.get)
        asked = MESSAGES.read(http, context)
        if isinstance(asked, Failure):
            return MESSAGES.refuse(asked, http, context)
        self.requests.append(asked)
        reply = self._replies.pop(0)
        if isinstance(reply, Failure):
            return MESSAGES.refuse(reply, http, context)
        self._kept |= dict([kept] if (kept := MESSAGES.keep(reply, asked, context)) else [])
        return self._stream(reply, asked, context) if asked.stream else MESSAGES.render(reply, asked, context)

    def _stream(self, reply: Reply, asked: Request, context: Context) -> Answer:
        encoder = MESSAGES.encoder(asked, context)
        body = b"".join(frame for event in events(reply) for frame in encoder.encode(event))
        return Answer(200, encoder.headers, body)
