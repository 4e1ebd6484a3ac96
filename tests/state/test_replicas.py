"""Several processes that share their state on Redis, asked as one server: by whichever comes next."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from balanced import Balanced, chat
from command import Server, Start
from redis_server import RedisServer

SCENARIOS = """
scenario: retried
match: {user: try}
attempts: [{error: rate_limit}, {error: overloaded}, "Done at attempt {{ attempt }}."]
---
scenario: limited
match: {user: limited}
limits: 20 requests/h
reply: Yes.
---
scenario: weather
match: {user: weather}
turns:
  - reply: [{tool_call: get_weather, arguments: {city: Paris}}]
  - expect: {tool_result: get_weather}
    reply: Sunny.
---
scenario: hello
match: {user: hello}
reply: Hello! How can I help you today?
"""
_runs = itertools.count()


@pytest.fixture
def scenarios(tmp_path: Path) -> str:
    path = tmp_path / "all.yaml"
    path.write_text(SCENARIOS)
    return str(path)


def replicas(redis: RedisServer, start: Start, scenarios: str) -> list[Server]:
    """Two servers of one worker each, as on two hosts."""
    state = f"{redis.url}&prefix=run{next(_runs)}:"
    return [start(scenarios, "--state", state, "--speed", "0") for _ in range(2)]


def workers(redis: RedisServer, start: Start, scenarios: str) -> list[Server]:
    """One server of two workers."""
    state = f"{redis.url}&prefix=run{next(_runs)}:"
    return [start(scenarios, "--state", state, "--speed", "0", "--workers", "2")]


# ------------------------------------------------------------------------------------------ one session


def play(client: Balanced) -> None:
    """All that servers keep for a client, once."""
    ask = client.ask
    for _ in range(4):
        ask("POST", "/v1/chat/completions", chat("try"))
    for _ in range(2):
        ask("POST", "/v1/chat/completions", chat("hello", stream=True))
    first = ask("POST", "/v1/responses", {"model": "gpt-5.5", "input": "hello"})
    later = {"model": "gpt-5.5", "input": "And?", "previous_response_id": first["id"], "background": True}
    queued = ask("POST", "/v1/responses", later)
    ask("GET", f"/v1/responses/{queued['id']}/input_items?limit=1")
    ask("GET", f"/v1/responses/{queued['id']}?stream=true&starting_after=1")
    kept = ask("POST", "/v1/conversations", {"items": [{"type": "message", "role": "user", "content": "x"}]})
    ask("POST", "/v1/responses", {"model": "gpt-5.5", "input": "And?", "conversation": kept["id"]})
    ask("GET", f"/v1/conversations/{kept['id']}/items")
    ask("DELETE", f"/v1/conversations/{kept['id']}")
    ask("GET", f"/v1/conversations/{kept['id']}")
    stored = ask("POST", "/v1/chat/completions", {**chat("hello"), "store": True})
    ask("POST", f"/v1/chat/completions/{stored['id']}", {"metadata": {"a": "b"}})
    ask("GET", "/v1/chat/completions")
    _play_anthropic(client)
    cached = ask(
        "POST",
        "/v1beta/cachedContents",
        {
            "model": "models/gemini-2.5-flash",
            "contents": [{"role": "user", "parts": [{"text": "ab " * 9000}]}],
        },
    )
    ask("GET", "/v1beta/cachedContents")
    asked = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}], "cachedContent": cached["name"]}
    ask("POST", "/v1beta/models/gemini-2.5-flash:generateContent", asked)
    _play_history(client)
    _play_own(client)


def _play_anthropic(client: Balanced) -> None:
    version = {"anthropic_version": "2023-06-01"}
    message = {
        "model": "claude-sonnet-4-6",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "hello"}],
    }
    batch = client.ask(
        "POST",
        "/anthropic/v1/messages/batches",
        {"requests": [{"custom_id": str(each), "params": message} for each in range(3)]},
        **version,
    )
    client.ask("GET", f"/anthropic/v1/messages/batches/{batch['id']}", **version)
    client.ask("GET", f"/anthropic/v1/messages/batches/{batch['id']}/results", **version)
    client.ask("GET", "/anthropic/v1/messages/batches", **version)
    client.ask("POST", "/anthropic/v1/messages", message, **version)


def _play_history(client: Balanced) -> None:
    """A turn that comes back altered is noted, whoever has said it."""
    said = client.ask("POST", "/v1/chat/completions", chat("hello"))["choices"][0]["message"]["content"]
    for came in (said, said.upper()):
        messages = [
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": came},
            {"role": "user", "content": "hello"},
        ]
        client.ask("POST", "/v1/chat/completions", {"model": "gpt-5.5", "messages": messages})


def _play_own(client: Balanced) -> None:
    """What a key sets up, and what is told of all that it asked."""
    own = "scenario: own\nmatch: {user: own}\nreply: Mine.\n"
    client.ask("POST", "/_mock/scenarios", own, content_type="text/yaml")
    client.ask("POST", "/v1/chat/completions", chat("own"))
    client.ask("PUT", "/_mock/settings", {"unmatched": "error", "faults": ["drop"]})
    client.ask("GET", "/_mock/settings")
    client.ask("POST", "/v1/chat/completions", chat("nothing fits this"))
    client.ask("PUT", "/_mock/settings", {"faults": None})
    client.ask("POST", "/_mock/play", {"scenario": "hello"})
    client.ask("POST", "/v1/chat/completions", chat("anything"))
    client.ask("GET", "/_mock/scenarios")
    client.ask("DELETE", "/_mock/scenarios?name=own")
    client.ask("GET", "/_mock/verify")
    client.ask("GET", "/_mock/requests?limit=1000")
    client.ask("POST", "/_mock/reset")
    client.ask("GET", "/_mock/requests")
    client.ask("POST", "/v1/chat/completions", chat("try"))


@pytest.fixture
def alone(start: Start, scenarios: str) -> list[tuple[int, dict[str, str], str]]:
    """What one process without shared state answers to the session."""
    client = Balanced([start(scenarios, "--speed", "0")])
    play(client)
    return client.told


@pytest.mark.parametrize("several", [replicas, workers])
def test_a_session_gets_the_same_bytes_from_several_as_from_one_process(
    several: Callable[[RedisServer, Start, str], list[Server]],
    redis: RedisServer,
    start: Start,
    scenarios: str,
    alone: list[tuple[int, dict[str, str], str]],
) -> None:
    client = Balanced(several(redis, start, scenarios))

    play(client)

    assert len(alone) > 40
    for at, (told, expected) in enumerate(zip(client.told, alone, strict=True)):
        assert told == expected, f"answer {at}"
