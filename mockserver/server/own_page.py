"""A page of the server's own: what it is, and how it answers and refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeAlias

import orjson

from mockserver.conversation import Http, Json, JsonObject, json_text
from mockserver.protocols.base import Answer
from mockserver.scenario.problems import did_you_mean
from mockserver.service import Service
from mockserver.values import dataclass

ANY_KEY = "*"
"""Where a page tells of requests: those with any key."""

_JSON = (("content-type", "application/json"),)
_NO_KEY = "This is about the requests with one key. Send the key as they send it, or as `?key=`."

Page: TypeAlias = Callable[[Http, Service], Answer]
"""Answers at once, in the serving loop."""

Events: TypeAlias = AsyncGenerator[bytes, None]
"""The events of a stream, as they come."""

LaterPage: TypeAlias = Callable[[Http, Service, asyncio.Event], Awaitable[Answer | Events]]
"""Answers later, or with events as they come, while nothing else waits for it; until the server stops, which
the event tells.
"""


class PageError(Exception):
    """Ends a page: what is wrong with what it was asked, and what else the answer tells."""

    def __init__(self, status: int, message: str, **more: Json) -> None:
        super().__init__(message)
        self.answer = error_page(status, message, **more)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """`open` tells that a page is the same for every key, and for everyone. `later` stands instead of `page`
    where somebody can wait.
    """

    method: str
    path: str
    page: Page
    open: bool = False
    later: LaterPage | None = None


def json_page(value: Json, status: int = 200) -> Answer:
    return Answer(status, _JSON, json_text(value).encode(errors="replace"))


def error_page(status: int, message: str, **more: Json) -> Answer:
    """A refusal by a page of the server's own."""
    return json_page({"error": {"message": message}, **more}, status)


# ------------------------------------------------------------------------------------ what is asked of it


def key_of(http: Http, service: Service) -> str:
    """The key whose requests are meant, or any. PageError if none is sent, and one is needed."""
    key = meant_key(http)
    if not key and service.settings.auth != "off":
        raise PageError(400, _NO_KEY)
    return key


def meant_key(http: Http) -> str:
    """The key in the query, which says that another is meant than the one that is sent."""
    return http.query.get("key", "").strip() or http.key


def one_key(http: Http, service: Service) -> str:
    """The same, where it cannot be any."""
    key = key_of(http, service)
    if key == ANY_KEY:
        raise PageError(400, _NO_KEY)
    return key


def read_query(http: Http, known: tuple[str, ...]) -> dict[str, str]:
    """The parameters of the query, without the key. PageError for one that is not known."""
    for name in http.query:
        if name not in {*known, "key"}:
            raise PageError(400, f"There is no parameter {name!r}: {did_you_mean(name, (*known, 'key'))}")
    return {name: value for name, value in http.query.items() if name != "key"}


def read_object(http: Http, example: str) -> JsonObject:
    """The body, which must be a JSON object."""
    try:
        value = orjson.loads(http.body)
    except orjson.JSONDecodeError as error:
        raise PageError(400, f"The body is not JSON: {error}. Send {example}.") from None
    if not isinstance(value, dict):
        raise PageError(400, f"The body is a JSON object, such as {example}.")
    return value
