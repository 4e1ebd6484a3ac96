"""Wires that limit what they answer: how each is asked, and a client that reads what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, header_lookup
from mockserver.quotas import parse_limit
from mockserver.service import Service
from mockserver.settings import Settings

USER = [{"role": "user", "content": "Hi"}]
SCRIPT = "reply: Hello!\nusage: {input: 30, output: 12}\n"


@dataclass(frozen=True)
class Wire:
    """How a protocol is asked."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    stream: dict[str, Any] = field(default_factory=lambda: {"stream": True})


CHAT = Wire("/v1/chat/completions", {"model": "gpt-4o", "messages": USER})
RESPONSES = Wire("/v1/responses", {"model": "gpt-4o", "input": "Hi"})
COMPLETIONS = Wire("/v1/completions", {"model": "davinci-002", "prompt": "Hi"})
MESSAGES = Wire(
    "/anthropic/v1/messages",
    {"model": "claude-sonnet-4-6", "max_tokens": 99, "messages": USER},
    {"anthropic-version": "2023-06-01"},
)
GEMINI = Wire("/v1beta/models/gemini-2.5-pro:generateContent", {"contents": [{"parts": [{"text": "Hi"}]}]})
EMBEDDINGS = Wire("/v1/embeddings", {"model": "text-embedding-3-small", "input": "one two three four"})
GEMINI_EMBEDDING = Wire(
    "/v1beta/models/gemini-embedding-001:embedContent",
    {"content": {"parts": [{"text": "one two three four"}]}},
)
WIRES = {
    "openai.chat": CHAT,
    "openai.responses": RESPONSES,
    "openai.completions": COMPLETIONS,
    "anthropic": MESSAGES,
    "gemini": GEMINI,
}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
openai_wires = pytest.mark.parametrize("wire", [CHAT, RESPONSES, COMPLETIONS], ids=list(WIRES)[:3])


class Client:
    """Talks to a service that limits as it is told."""

    def __init__(self, *limits: str, script: str = SCRIPT, **settings: Any) -> None:
        chosen = Settings(limits=tuple(map(parse_limit, limits)), **settings)
        engine = Engine(parse_scenarios(script, "limited.yaml", VENDORS))
        self.service = Service(VENDORS, engine, Journal(), chosen)

    def ask(self, wire: Wire, key: str = "k", elapsed: float = 0, **more: Any) -> Answer:
        body = orjson.dumps(wire.body | more)
        http = Http("POST", wire.path, headers=wire.headers, body=body, key=key)
        return gathered(self.service.respond(http, elapsed=elapsed).steps)

    def get(self, path: str) -> Answer:
        return gathered(self.service.respond(Http("GET", path, headers=MESSAGES.headers, key="k")).steps)

    def statuses(self, wire: Wire, times: int, **more: Any) -> list[int]:
        return [self.ask(wire, **more).status for _ in range(times)]


def told(answer: Answer, prefix: str) -> dict[str, str]:
    """The headers that begin so, without that."""
    lookup = header_lookup(answer.headers)
    return {name.removeprefix(prefix): value for name, value in lookup.items() if name.startswith(prefix)}


def openai_told(answer: Answer) -> dict[str, str]:
    return told(answer, "x-ratelimit-")


def anthropic_told(answer: Answer) -> dict[str, str]:
    return told(answer, "anthropic-ratelimit-")
