"""Two equal sessions with all that the APIs keep give equal bytes: stored, queued, cached, tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from mockserver.assembly import builtin_folder, load_scenarios, parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer
from mockserver.service import Service
from mockserver.settings import FIXED_NOW, Settings

RETRIED = """
scenario: retried
match: {user: try}
attempts: [{error: rate_limit}, {error: overloaded}, "Done at attempt {{ attempt }}."]
"""
USER = [{"role": "user", "content": "Hello!"}]
CLAUDE = {"anthropic-version": "2023-06-01", "x-api-key": "k"}


@dataclass
class Session:
    """A client that asks one thing after the other and keeps every byte it gets."""

    seed: str = "0"
    key: str = "k"
    told: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        scenarios = (*parse_scenarios(RETRIED, "test.yaml"), *load_scenarios([builtin_folder()]))
        engine = Engine(scenarios, seed=self.seed)
        self.service = Service(VENDORS, engine, Journal(), Settings(seed=self.seed, speed=0))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer as JSON; None where it is none, as a stream is."""
        path, _, asked = path.partition("?")
        query = dict(pair.split("=") for pair in asked.split("&")) if asked else {}
        content = b"" if body is None else orjson.dumps(body)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        http = Http(method, path, headers, query, content, key=self.key)
        moment = len(self.told)
        exchange = self.service.respond(http, FIXED_NOW + moment, float(moment))
        answer = gathered(exchange.steps)
        exchange.entry.outcome = "complete"
        self.told.append(answer)
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            return None

    def play(self) -> Session:
        self.responses()
        self.conversations()
        self.stored_completions()
        self.threads()
        self.batches()
        self.caches()
        self.retries()
        return self

    def responses(self) -> None:
        first = self.ask("POST", "/v1/responses", {"model": "gpt-5.5", "input": "Hello!"})
        later = {"model": "gpt-5.5", "input": "And?", "previous_response_id": first["id"], "background": True}
        queued = self.ask("POST", "/v1/responses", later)
        for path in (first["id"], queued["id"], f"{queued['id']}?stream=true&starting_after=1"):
            self.ask("GET", f"/v1/responses/{path}")
        self.ask("GET", f"/v1/responses/{queued['id']}/input_items?limit=1")
        self.ask("POST", f"/v1/responses/{queued['id']}/cancel")
        self.ask("DELETE", f"/v1/responses/{first['id']}")
        self.ask("POST", "/v1/responses", later)

    def conversations(self) -> None:
        kept = self.ask("POST", "/v1/conversations", {"items": [{"type": "message", **USER[0]}]})
        self.ask("POST", "/v1/responses", {"model": "gpt-5.5", "input": "And?", "conversation": kept["id"]})
        listed = self.ask("GET", f"/v1/conversations/{kept['id']}/items")
        self.ask("DELETE", f"/v1/conversations/{kept['id']}/items/{listed['data'][0]['id']}")
        self.ask("DELETE", f"/v1/conversations/{kept['id']}")

    def stored_completions(self) -> None:
        kept = self.ask("POST", "/v1/chat/completions", {"model": "gpt-5.5", "messages": USER, "store": True})
        self.ask("POST", f"/v1/chat/completions/{kept['id']}", {"metadata": {"a": "b"}})
        self.ask("GET", "/v1/chat/completions")
        self.ask("GET", f"/v1/chat/completions/{kept['id']}/messages")
        self.ask("DELETE", f"/v1/chat/completions/{kept['id']}")

    def threads(self) -> None:
        body = {"model": "claude-opus-4-6", "max_tokens": 99, "messages": USER, "thread": {"type": "create"}}
        first = self.ask("POST", "/anthropic/v1/messages", body, **self.claude("message-threads-2026-08-12"))
        thread = {"type": "continue", "previous_message_id": first.get("id", "none")}
        later = body | {"thread": thread}
        self.ask("POST", "/anthropic/v1/messages", later, **self.claude("message-threads-2026-08-12"))

    def batches(self) -> None:
        params = {"model": "claude-opus-4-6", "max_tokens": 99, "messages": USER}
        body = {"requests": [{"custom_id": name, "params": params} for name in ("a", "b")]}
        batch = self.ask("POST", "/anthropic/v1/messages/batches", body, **self.claude())
        self.ask("POST", f"/anthropic/v1/messages/batches/{batch['id']}/cancel", **self.claude())
        batch = self.ask("POST", "/anthropic/v1/messages/batches", body, **self.claude())
        for path in ("", f"/{batch['id']}", f"/{batch['id']}/results"):
            self.ask("GET", f"/anthropic/v1/messages/batches{path}", **self.claude())

    def caches(self) -> None:
        contents = [{"role": "user", "parts": [{"text": "word " * 5000}]}]
        cache = self.ask(
            "POST", "/v1beta/cachedContents", {"model": "models/gemini-3-flash", "contents": contents}
        )
        self.ask("PATCH", f"/v1beta/{cache['name']}?updateMask=ttl", {"ttl": "60s"})
        asked = {"contents": [{"parts": [{"text": "Hello!"}]}], "cachedContent": cache["name"]}
        self.ask("POST", "/v1beta/models/gemini-3-flash:generateContent", asked)
        self.ask("GET", "/v1beta/cachedContents")
        self.ask("DELETE", f"/v1beta/{cache['name']}")

    def retries(self) -> None:
        body = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "try"}]}
        for _ in range(4):
            self.ask("POST", "/v1/chat/completions", body)

    @staticmethod
    def claude(beta: str = "") -> dict[str, str]:
        return {**CLAUDE, **({"anthropic-beta": beta} if beta else {})}


FIRST = Session().play()


def test_nothing_is_refused_but_what_is_meant_to_be() -> None:
    """A response that was deleted, and two attempts that are scripted: the rest goes on from what is kept."""
    refused = [answer.status for answer in FIRST.told if answer.status >= 400]

    assert refused == [400, 429, 503]


def test_two_equal_sessions_give_equal_bytes() -> None:
    assert Session().play().told == FIRST.told


def test_another_seed_gives_other_ids() -> None:
    other = Session(seed="1").play()

    assert [answer.status for answer in other.told] == [answer.status for answer in FIRST.told]
    assert other.told != FIRST.told


def test_a_session_of_another_key_does_not_change_the_bytes() -> None:
    session = Session()
    session.key = "other"
    session.play()
    session.key, session.told = "k", []

    assert session.play().told == FIRST.told
