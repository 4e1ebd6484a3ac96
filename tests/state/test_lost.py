"""A Redis that is lost: what needs it is refused at once, the rest goes on, and nothing of it is wrong."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from balanced import ask, chat
from command import Server, Start
from redis_server import RedisServer

SCENARIOS = """
scenario: counted
match: {user: count}
reply: "{{ attempt }}"
---
scenario: hello
match: {user: hello}
reply: Hello!
"""
CHAT = "/v1/chat/completions"
KEY = "k"
_AT_ONCE = 1.0


@pytest.fixture
def mortal() -> Iterator[RedisServer]:
    """A Redis of this test alone."""
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture
def two(mortal: RedisServer, start: Start, tmp_path: Path) -> list[Server]:
    path = tmp_path / "all.yaml"
    path.write_text(SCENARIOS)
    return [start(str(path), "--state", mortal.url) for _ in range(2)]


def post(server: Server, say: str, key: str = KEY) -> tuple[int, str]:
    """The status, and what is said."""
    status, _, text = ask(server.url, "POST", CHAT, chat(say), key)
    told = json.loads(text)
    return status, str(
        told["choices"][0]["message"]["content"] if status == 200 else told["error"]["message"]
    )


def health(server: Server) -> dict[str, Any]:
    return dict(json.loads(server.get("/_mock/health")))


def told(server: Server) -> list[dict[str, Any]]:
    """All that is in the journal."""
    listed: list[dict[str, Any]] = []
    since = 0
    while True:
        _, _, text = ask(server.url, "GET", f"/_mock/requests?limit=1000&since={since}", key=KEY)
        page = json.loads(text)
        listed += page["requests"]
        if since == page["latest"]:
            return listed
        since = page["latest"]


def until_shared(server: Server) -> float:
    """The seconds until a server shares its state again."""
    began = time.monotonic()
    while health(server)["state"] != "shared":
        assert time.monotonic() - began < 10
        time.sleep(0.01)
    return time.monotonic() - began


def test_what_needs_no_shared_state_goes_on(mortal: RedisServer, two: list[Server]) -> None:
    assert post(two[0], "hello") == (200, "Hello!")

    mortal.kill()

    assert [post(server, "hello") for server in two * 3] == [(200, "Hello!")] * 6
    assert ask(two[0].url, "GET", "/v1/models")[0] == 200


def test_what_is_answered_alone_has_an_id_that_no_other_answer_has(
    mortal: RedisServer, two: list[Server]
) -> None:
    def id_of(server: Server) -> str:
        return str(json.loads(ask(server.url, "POST", CHAT, chat("hello"), KEY)[2])["id"])

    ids = [id_of(server) for server in two * 3]
    mortal.kill()
    ids += [id_of(server) for server in two * 3]

    assert len(set(ids)) == 12


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        (CHAT, chat("count"), ("error", "message")),
        ("/v1/responses", {"model": "gpt-5.5", "input": "count"}, ("error", "message")),
        (
            "/anthropic/v1/messages",
            {
                "model": "claude-sonnet-4-6",
                "max_tokens": 9,
                "messages": [{"role": "user", "content": "count"}],
            },
            ("error", "message"),
        ),
        (
            "/v1beta/models/gemini-2.5-flash:generateContent",
            {"contents": [{"role": "user", "parts": [{"text": "count"}]}]},
            ("error", "message"),
        ),
    ],
    ids=["chat", "responses", "anthropic", "gemini"],
)
def test_what_needs_shared_state_is_refused_by_the_wire_within_a_second(
    mortal: RedisServer, two: list[Server], path: str, body: dict[str, Any], where: tuple[str, str]
) -> None:
    mortal.kill()

    began = time.monotonic()
    status, _, text = ask(two[0].url, "POST", path, body, KEY, anthropic_version="2023-06-01")

    assert (status, time.monotonic() - began < _AT_ONCE) == (503, True)
    assert "cannot be reached" in json.loads(text)[where[0]][where[1]]


def test_a_redis_that_does_not_answer_holds_up_nobody_for_longer(
    mortal: RedisServer, two: list[Server]
) -> None:
    seconds, statuses = [], []
    mortal.freeze()

    for _ in range(3):
        began = time.monotonic()
        statuses.append(post(two[0], "count")[0])
        seconds.append(time.monotonic() - began)

    mortal.thaw()
    assert statuses == [503] * 3
    assert seconds[0] < 2 * _AT_ONCE
    assert max(seconds[1:]) < _AT_ONCE / 2
    until_shared(two[0])
    assert post(two[0], "count")[0] == 200


def test_health_tells_that_state_is_lost(mortal: RedisServer, two: list[Server]) -> None:
    before = health(two[0])
    mortal.kill()
    post(two[0], "hello")

    lost = health(two[0])

    assert (before["status"], before["state"]) == ("ok", "shared")
    assert (lost["status"], lost["state"]) == ("degraded", "lost")


def test_all_is_as_it_was_when_redis_is_back(mortal: RedisServer, two: list[Server]) -> None:
    own = "scenario: own\nmatch: {user: mine}\nreply: Mine.\n"
    ask(two[0].url, "POST", "/_mock/scenarios", own, KEY, content_type="text/yaml")
    assert [post(server, "count")[1] for server in two] == ["1", "2"]

    mortal.kill()
    refused = post(two[0], "count")[0]
    mortal.start()
    seconds = [until_shared(server) for server in two]

    assert refused == 503
    assert max(seconds) < 2
    assert [post(server, "count")[1] for server in two] == ["3", "4"]
    assert [post(server, "mine")[1] for server in two] == ["Mine.", "Mine."]


def test_what_was_answered_meanwhile_is_in_the_journal_when_redis_is_back(
    mortal: RedisServer, two: list[Server]
) -> None:
    post(two[0], "hello")
    mortal.kill()
    statuses = [post(server, say)[0] for server in two for say in ("hello", "count")]
    mortal.start()
    for server in two:
        until_shared(server)

    listed = told(two[1])

    assert statuses == [200, 503, 200, 503]
    assert Counter((each["status"], each["outcome"]) for each in listed) == {
        (200, "complete"): 3,
        (503, "complete"): 2,
    }


def test_a_key_that_has_something_set_up_is_not_served_as_if_it_had_not(
    mortal: RedisServer, two: list[Server]
) -> None:
    """The server that has never seen what was set up refuses, the one that has goes on."""
    own = "scenario: own\nmatch: {user: hello}\nreply: Mine.\n"
    ask(two[0].url, "POST", "/_mock/scenarios", own, KEY, content_type="text/yaml")
    assert post(two[0], "hello") == (200, "Mine.")
    post(two[1], "hello", "another key")

    mortal.kill()

    assert post(two[0], "hello") == (200, "Mine.")
    assert post(two[1], "hello")[0] == 503


def test_a_server_that_has_never_seen_its_redis_waits_for_it(
    mortal: RedisServer, start: Start, tmp_path: Path
) -> None:
    """It cannot know what keys have set up."""
    path = tmp_path / "all.yaml"
    path.write_text(SCENARIOS)
    mortal.kill()
    server = start(str(path), "--state", mortal.url)

    before = post(server, "hello")[0]
    mortal.start()
    until_shared(server)

    assert (before, post(server, "hello")) == (503, (200, "Hello!"))


def test_a_redis_that_has_forgotten_all_begins_anew(mortal: RedisServer, two: list[Server]) -> None:
    own = "scenario: own\nmatch: {user: hello}\nreply: Mine.\n"
    ask(two[0].url, "POST", "/_mock/scenarios", own, KEY, content_type="text/yaml")
    assert [post(server, "hello")[1] for server in two] == ["Mine."] * 2
    post(two[0], "count")

    mortal.kill()
    mortal.forget()
    mortal.start()
    for server in two:
        until_shared(server)

    assert [post(server, "hello")[1] for server in two] == ["Hello!"] * 2
    assert post(two[0], "count")[1] == "1"
    assert "has lost what it kept" in two[0].logged


def test_a_redis_that_dies_under_load_takes_no_answered_exchange_with_it(
    mortal: RedisServer, two: list[Server]
) -> None:
    """No attempt is given twice, and every answer that a client has got is in the journal."""
    stop, answers = threading.Event(), list[tuple[int, str]]()

    def load(server: Server) -> None:
        while not stop.is_set():
            answers.append(post(server, "count"))

    with ThreadPoolExecutor(8) as pool:
        for server in itertools.islice(itertools.cycle(two), 8):
            pool.submit(load, server)
        time.sleep(1)
        mortal.kill()
        time.sleep(0.5)
        mortal.start()
        time.sleep(1.5)
        stop.set()
    for server in two:
        until_shared(server)

    listed = told(two[0])
    given = [int(said) for status, said in answers if status == 200]
    assert {status for status, _ in answers} == {200, 503}
    assert len(set(given)) == len(given)
    assert {each["outcome"] for each in listed} == {"complete"}
    assert Counter(each["status"] for each in listed) == Counter(status for status, _ in answers)
