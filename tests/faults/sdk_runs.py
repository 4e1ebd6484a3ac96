"""The official Python SDKs, asked for an answer, and the class of the exception in which that ends.

Nothing that is told depends on the wording of a release: no messages, and of content only what is in it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx2
from anthropic import Anthropic
from faults.asking import ASKED, Case
from faults.sdk_content import (
    Outcome,
    of,
    take_candidates,
    take_chunk,
    take_completion,
    take_event,
    take_message,
    take_message_event,
    take_response,
    take_text,
)
from google import genai
from google.genai import types
from openai import OpenAI

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_FRESH = httpx2.Limits(max_keepalive_connections=0)
"""A connection for each request: none finds one that the last fault has left behind."""


Take = Callable[[Outcome, Any], None]
Ask = Callable[["Clients", Case, Outcome], None]


@dataclass(frozen=True, slots=True)
class Clients:
    """One client of each SDK. `patience` is after how many seconds without a byte they give up."""

    openai: OpenAI
    anthropic: Anthropic
    gemini: genai.Client
    origin: str
    patience: float

    @classmethod
    def to(cls, origin: str, patience: float) -> Clients:
        """Clients of the server there. They do not try again."""

        def http() -> httpx2.Client:
            return httpx2.Client(
                verify=_NO_TLS, limits=_FRESH, timeout=patience, follow_redirects=True, trust_env=False
            )

        settings: dict[str, Any] = {"api_key": "k", "max_retries": 0, "timeout": patience}
        options = types.HttpOptions(
            base_url=origin,
            httpx_client=http(),
            timeout=int(patience * 1000),
            client_args={"verify": _NO_TLS},
        )
        return cls(
            OpenAI(base_url=f"{origin}/v1", http_client=http(), **settings),
            Anthropic(base_url=f"{origin}/anthropic", http_client=http(), **settings),
            genai.Client(api_key="k", http_options=options),
            origin,
            patience,
        )

    def close(self) -> None:
        self.openai.close()
        self.anthropic.close()
        self.gemini.close()

    def run(self, ask: Ask, case: Case) -> Outcome:
        """What comes of asking."""
        outcome = Outcome()
        try:
            ask(self, case, outcome)
        except Exception as error:  # noqa: BLE001 - whichever it is, is what is looked for
            status = of(error, "status_code") or (of(error, "code") if "google" in _home(error) else None)
            outcome.error = f"{type(error).__name__} {status}" if status else type(error).__name__
        return outcome


def _home(error: Exception) -> str:
    return type(error).__module__


def _gather(outcome: Outcome, events: Iterable[Any], take: Take) -> None:
    outcome.events = 0
    for event in events:
        outcome.events += 1
        take(outcome, event)


def _take_nothing(outcome: Outcome, event: Any) -> None:
    """Events of a helper are only counted: it is asked in the end for what they come to."""


# --------------------------------------------------------------------------------------------- OpenAI


def _chat_stream(clients: Clients, case: Case, outcome: Outcome) -> None:
    events = clients.openai.chat.completions.create(
        model=case.model, stream=True, extra_headers=case.headers, **case.options
    )
    _gather(outcome, events, take_chunk)


def _chat_helper(clients: Clients, case: Case, outcome: Outcome) -> None:
    with clients.openai.chat.completions.stream(
        model=case.model, extra_headers=case.headers, **case.options
    ) as stream:
        _gather(outcome, stream, _take_nothing)
        take_completion(outcome, stream.get_final_completion())


def _chat_json(clients: Clients, case: Case, outcome: Outcome) -> None:
    take_completion(
        outcome,
        clients.openai.chat.completions.create(model=case.model, extra_headers=case.headers, **case.options),
    )


def _completions_stream(clients: Clients, case: Case, outcome: Outcome) -> None:
    events = clients.openai.completions.create(
        model=case.model, stream=True, extra_headers=case.headers, **case.options
    )
    _gather(outcome, events, take_text)


def _completions_json(clients: Clients, case: Case, outcome: Outcome) -> None:
    take_text(
        outcome,
        clients.openai.completions.create(model=case.model, extra_headers=case.headers, **case.options),
    )


def _responses_stream(clients: Clients, case: Case, outcome: Outcome) -> None:
    events = clients.openai.responses.create(
        model=case.model, stream=True, extra_headers=case.headers, **case.options
    )
    _gather(outcome, events, take_event)


def _responses_helper(clients: Clients, case: Case, outcome: Outcome) -> None:
    with clients.openai.responses.stream(
        model=case.model, extra_headers=case.headers, **case.options
    ) as stream:
        _gather(outcome, stream, _take_nothing)
        take_response(outcome, stream.get_final_response())


def _responses_json(clients: Clients, case: Case, outcome: Outcome) -> None:
    answer = clients.openai.responses.create(model=case.model, extra_headers=case.headers, **case.options)
    take_response(outcome, answer)


# ------------------------------------------------------------------------------------------ Anthropic


def _messages_stream(clients: Clients, case: Case, outcome: Outcome) -> None:
    events = clients.anthropic.messages.create(
        model=case.model, stream=True, extra_headers=case.headers, **case.options
    )
    _gather(outcome, events, take_message_event)


def _messages_helper(clients: Clients, case: Case, outcome: Outcome) -> None:
    with clients.anthropic.messages.stream(
        model=case.model, extra_headers=case.headers, **case.options
    ) as stream:
        _gather(outcome, stream, _take_nothing)
        take_message(outcome, stream.get_final_message())


def _messages_json(clients: Clients, case: Case, outcome: Outcome) -> None:
    answer = clients.anthropic.messages.create(model=case.model, extra_headers=case.headers, **case.options)
    take_message(outcome, answer)


# --------------------------------------------------------------------------------------------- Gemini


def _config(case: Case) -> types.GenerateContentConfig:
    asked = ASKED["gemini"]
    return types.GenerateContentConfig.model_validate(
        asked["generationConfig"]
        | {"tools": asked["tools"], "http_options": types.HttpOptions(headers=case.headers)}
    )


def _gemini_stream(clients: Clients, case: Case, outcome: Outcome) -> None:
    events = clients.gemini.models.generate_content_stream(
        model=case.model, contents="Hello!", config=_config(case)
    )
    _gather(outcome, events, take_candidates)


def _gemini_json(clients: Clients, case: Case, outcome: Outcome) -> None:
    take_candidates(
        outcome,
        clients.gemini.models.generate_content(model=case.model, contents="Hello!", config=_config(case)),
    )


def _gemini_async(clients: Clients, case: Case, outcome: Outcome) -> None:
    """The same over aiohttp, which is what the asynchronous SDK goes by where it is installed."""

    async def ask() -> None:
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            options = types.HttpOptions(
                base_url=clients.origin,
                timeout=int(clients.patience * 1000),
                aiohttp_client=session,
                client_args={"verify": _NO_TLS},
                async_client_args={"verify": _NO_TLS, "ssl": _NO_TLS},
            )
            models = genai.Client(api_key="k", http_options=options).aio.models
            asked: dict[str, Any] = {
                "model": case.model,
                "contents": "Hello!",
                "config": _config(case),
            }
            outcome.events = 0
            async for chunk in await models.generate_content_stream(**asked):
                outcome.events += 1
                take_candidates(outcome, chunk)

    asyncio.run(ask())


# -------------------------------------------------------------------------------------------- all of them

WAYS: dict[str, dict[str, tuple[bool, Ask]]] = {
    "openai.chat": {
        "stream": (True, _chat_stream),
        "helper": (True, _chat_helper),
        "JSON": (False, _chat_json),
    },
    "openai.responses": {
        "stream": (True, _responses_stream),
        "helper": (True, _responses_helper),
        "JSON": (False, _responses_json),
    },
    "openai.completions": {"stream": (True, _completions_stream), "JSON": (False, _completions_json)},
    "anthropic": {
        "stream": (True, _messages_stream),
        "helper": (True, _messages_helper),
        "JSON": (False, _messages_json),
    },
    "gemini": {
        "stream": (True, _gemini_stream),
        "async": (True, _gemini_async),
        "JSON": (False, _gemini_json),
    },
}
"""By wire, the ways in which its SDK is asked: each for a stream or not."""
