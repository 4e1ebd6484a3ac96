"""The pages that set up a key and tell what came of it, asked without a socket."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import orjson
from conftest import ToyClient

from mockserver.conversation import Http
from mockserver.playback.steps import plain
from mockserver.server.control_bodies import ControlError
from mockserver.server.pages import control_answer

SERVED = """
    scenario: hello
    match: {user: hello}
    reply: Hello!
    ---
    scenario: careful
    match: {user: careful}
    expect: {system: Be careful}
    reply: I am.
"""


def ask(
    mock: ToyClient, method: str, page: str, body: bytes = b"", *, sent: str = "k", **query: str
) -> tuple[int, Any]:
    content = {"content-type": query.pop("content", "application/json")}
    http = Http(method, f"/_mock/{page}", headers=content, query=query, body=body, key=sent)
    answer = control_answer(http, mock.service)
    return answer.status, orjson.loads(answer.body)


def refusal(mock: ToyClient, method: str, page: str, body: bytes = b"", **query: str) -> tuple[int, str]:
    status, told = ask(mock, method, page, body, **query)
    ControlError.model_validate(told)
    return status, told["error"]["message"]


def done(mock: ToyClient, say: str, key: str = "k", **more: Any) -> None:
    """Ask, and let the answer leave."""
    exchange = mock.exchange(say, key=key, **more)
    for step in plain(exchange.steps):
        exchange.entry.steps.note(step, 0.25)
    exchange.entry.status = 200
    exchange.entry.outcome = "complete"
    mock.journal.close(exchange.entry)


def listed(mock: ToyClient, member: str = "user", **query: str) -> list[Any]:
    status, told = ask(mock, "GET", "requests", b"", **query)
    assert status == 200, told
    return [each[member] for each in told["requests"]]


def post(mock: ToyClient, text: str, **query: str) -> tuple[int, Any]:
    return ask(mock, "POST", "scenarios", dedent(text).encode(), **{"content": "text/yaml", **query})
