"""A service with every real wire, and the smallest request to each that shows all of a reply."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import orjson

from mockserver.assembly import builtin_folder, load_scenarios, parse_scenarios
from mockserver.conversation import Http, JsonObject
from mockserver.engine import Engine
from mockserver.journal.entries import Entry, Journal
from mockserver.playback.steps import Step, gathered, plain
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, Dialect
from mockserver.service import Service
from mockserver.settings import Settings

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for vendor in VENDORS for dialect in vendor.dialects}
_MESSAGES = [{"role": "user", "content": "hi"}]
_CONTENTS = [{"role": "user", "parts": [{"text": "hi"}]}]
_REQUESTS: Mapping[str, tuple[str, JsonObject]] = {
    "openai.chat": ("/v1/chat/completions", {"messages": _MESSAGES}),
    "openai.responses": ("/v1/responses", {"input": "hi", "reasoning": {"summary": "auto"}}),
    "openai.completions": ("/v1/completions", {"prompt": "hi", "max_tokens": 4096}),
    "anthropic": ("/anthropic/v1/messages", {"messages": _MESSAGES, "max_tokens": 4096}),
    "gemini": (
        "/v1beta/models/{model}:{verb}",
        {"contents": _CONTENTS, "generationConfig": {"thinkingConfig": {"includeThoughts": True}}},
    ),
}
BUILTIN = load_scenarios([builtin_folder()])


def request_to(
    wire: str,
    model: str,
    *,
    stream: bool,
    key: str = "k",
    headers: Mapping[str, str] = {},
    array: bool = False,
    **members: Any,
) -> Http:
    """The smallest request, with more `headers` and more `members` of its body. Only Gemini has streams in
    an `array`.
    """
    path, body = _REQUESTS[wire]
    body = body | members
    query: dict[str, str] = {}
    if wire == "gemini":
        path = path.format(model=model, verb="streamGenerateContent" if stream else "generateContent")
        query = {"alt": "sse"} if stream and not array else {}
    else:
        body = {**body, "model": model, "stream": stream}
    sent = {"content-type": "application/json", "anthropic-version": "2023-06-01", **headers}
    return Http("POST", path, sent, query, orjson.dumps(body), key=key)


class Wires:
    """A service without a socket; `scenarios` is YAML, the built-in ones are there by name."""

    def __init__(self, scenarios: str = "", **settings: Any) -> None:
        loaded = parse_scenarios(dedent(scenarios), "test.yaml") if scenarios else ()
        self.settings = Settings(**settings)
        self.engine = Engine(loaded, BUILTIN, seed=self.settings.seed)
        self.journal = Journal()
        self.service = Service(VENDORS, self.engine, self.journal, self.settings)

    def steps(self, wire: str, model: str = "m", *, stream: bool = True, **asked: Any) -> list[Step]:
        asked_for = request_to(wire, model, stream=stream, **asked)
        return list(plain(self.service.respond(asked_for).steps))

    def answer(self, wire: str, model: str = "m", *, stream: bool = True, **asked: Any) -> Answer:
        return gathered(self.steps(wire, model, stream=stream, **asked))

    @property
    def entry(self) -> Entry:
        return self.journal.entries()[-1]
