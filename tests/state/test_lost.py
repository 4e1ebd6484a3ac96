"""A Redis that is lost: what needs it is refused at once, the rest goes on, and nothing of it is wrong."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from balanced import ask, chat
from command import Server, Start
from patience import wait
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
_TRIES = 5
"""How often is tried what has to be quick. The machine is not busy each time."""


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


def until_shared(*servers: Server) -> None:
    """Wait until these share their state again."""
    wait(lambda: {health(server)["state"] for server in servers} == {"shared"})


def seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
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
    took, refused = [], []
    for _ in range(_TRIES):
        mortal.kill()
        began = time.monotonic()
        refused.append(ask(two[0].url, "POST", path, body, KEY, anthropic_version="2023-06-01"))
        took.append(time.monotonic() - began)
        mortal.start()
        until_shared(two[0])

    assert [status for status, _, _ in refused] == [503] * _TRIES
    assert min(took) < _AT_ONCE
    assert all("cannot be reached" in json.loads(text)[where[0]][where[1]] for _, _, text in refused)


def test_a_redis_that_does_not_answer_holds_up_nobody_for_longer(
    mortal: RedisServer, start: Start, tmp_path: Path
) -> None:
    """Who asks first waits for as long as Redis may take, and nobody after that."""
    (tmp_path / "all.yaml").write_text(SCENARIOS)
    server = start(str(tmp_path), "--state", mortal.impatient_url)
    statuses: list[int] = []
    firsts, others = [], []
    for _ in range(_TRIES):
        until_shared(server)
        mortal.freeze()
        firsts.append(seconds(lambda: statuses.append(post(server, "count")[0])))
        time.sleep(0.2)  # the server greets it again, and waits for what it says to that
        others.append(seconds(lambda: statuses.append(post(server, "count")[0])))
        mortal.thaw()

    assert statuses == [503] * 2 * _TRIES
    assert min(firsts) < 2 * _AT_ONCE
    assert min(others) < 0.2
    until_shared(server)
    assert post(server, "count")[0] == 200


def test_a_redis_that_may_take_longer_is_waited_for(mortal: RedisServer, two: list[Server]) -> None:
    mortal.freeze()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(post, two[0], "count")
        time.sleep(2 * _AT_ONCE)
        mortal.thaw()

        assert asked.result() == (200, "1")


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

    took = []
    for _ in range(_TRIES):
        mortal.kill()
        assert [post(server, "count")[0] for server in two] == [503] * 2
        mortal.start()
        took.append(seconds(lambda: until_shared(*two)))

    assert min(took) < 2 * _AT_ONCE
    assert [post(server, "count")[1] for server in two] == ["3", "4"]
    assert [post(server, "mine")[1] for server in two] == ["Mine.", "Mine."]


def test_what_was_answered_meanwhile_is_in_the_journal_when_redis_is_back(
    mortal: RedisServer, two: list[Server]
) -> None:
    post(two[0], "hello")
    mortal.kill()
    statuses = [post(server, say)[0] for server in two for say in ("hello", "count")]
    mortal.start()
    until_shared(*two)

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
    server = start(str(path), "--state", mortal.impatient_url)

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
    wait(lambda: [health(server)["state"] for server in two] == ["lost"] * 2)
    mortal.forget()
    mortal.start()
    until_shared(*two)

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

    def wait_for_more(status: int, count: int) -> None:
        wanted = answered(status) + count
        wait(lambda: answered(status) >= wanted)

    def answered(status: int) -> int:
        return sum(each == status for each, _ in answers)

    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(load, server) for server in itertools.islice(itertools.cycle(two), 8)]
        try:
            wait_for_more(200, 100)
            mortal.kill()
            wait_for_more(503, 100)
            mortal.start()
            wait_for_more(200, 100)
        finally:
            stop.set()
        assert [each.result() for each in loads] == [None] * 8
    until_shared(*two)

    listed = told(two[0])
    given = [int(said) for status, said in answers if status == 200]
    assert len(set(given)) == len(given)
    assert {each["outcome"] for each in listed} == {"complete"}
    assert Counter(each["status"] for each in listed) == Counter(status for status, _ in answers)
