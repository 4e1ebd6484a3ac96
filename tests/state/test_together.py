"""Two servers that share their state, asked by many clients at once."""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from balanced import ask, chat
from command import Server, Start
from patience import HANG, wait
from redis_server import RedisServer
from workers.crewed import kill, workers_of

SCENARIOS = """
scenario: counted
match: {user: count}
reply: "{{ attempt }}"
---
scenario: limited
match: {user: limited}
limits: 20 requests/h
reply: Yes.
---
scenario: slow
match: {user: slow}
reply: "{{ 'word ' * 300 }}"
pace: {gap: 200ms, chunk: word}
---
scenario: cancelled
match: {user: cancelled}
reply: one two three four five six seven eight nine ten eleven
pace: {gap: 500ms, chunk: word}
---
scenario: hello
match: {user: hello}
reply: Hello!
"""
"""A slow answer takes a minute."""
CHAT = "/v1/chat/completions"
_runs = itertools.count()


@pytest.fixture(scope="module")
def two(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("state") / "all.yaml"
    path.write_text(SCENARIOS)
    state = f"{redis.url}&prefix=two{next(_runs)}:"
    servers = [Server(str(path), "--state", state) for _ in range(2)]
    yield servers
    for server in servers:
        server.end()


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return f"key-{request.node.name}"


def at_once(servers: list[Server], times: int, one: Callable[[str], Any]) -> list[Any]:
    """What comes of asking so often at the same time, every server in turn."""
    urls = itertools.islice(itertools.cycle([server.url for server in servers]), times)
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, urls))


def content(answer: tuple[int, dict[str, str], str]) -> str:
    return str(json.loads(answer[2])["choices"][0]["message"]["content"])


def told(server: Server, key: str, query: str = "") -> list[dict[str, Any]]:
    _, _, text = ask(server.url, "GET", f"/_mock/requests?limit=1000{query}", key=key)
    return list(json.loads(text)["requests"])


def test_attempts_are_exact_under_parallel_retries(two: list[Server], key: str) -> None:
    answers = at_once(two, 64, lambda url: content(ask(url, "POST", CHAT, chat("count"), key)))

    assert sorted(map(int, answers)) == list(range(1, 65))


def test_a_limit_lets_exactly_as_many_through(two: list[Server], key: str) -> None:
    """Where time stands still whoever is refused has waited an hour, so that every 21st is."""
    statuses = at_once(two, 64, lambda url: ask(url, "POST", CHAT, chat("limited"), key)[0])

    assert Counter(statuses) == {200: 61, 429: 3}


def test_the_same_body_gets_another_id_each_time(two: list[Server], key: str) -> None:
    ids = at_once(two, 64, lambda url: json.loads(ask(url, "POST", CHAT, chat("hello"), key)[2])["id"])

    assert len(set(ids)) == 64


def test_the_journal_has_all_that_both_answered(two: list[Server], key: str) -> None:
    at_once(two, 64, lambda url: ask(url, "POST", CHAT, chat("count"), key))

    listed = [told(server, key) for server in two]

    assert listed[0] == listed[1]
    assert sorted(each["attempt"] for each in listed[0]) == list(range(1, 65))
    assert {each["outcome"] for each in listed[0]} == {"complete"}


def test_what_one_server_answered_another_tells_as_over_at_once(two: list[Server], key: str) -> None:
    outcomes = []
    for _ in range(50):
        ask(two[0].url, "POST", CHAT, chat("hello"), key)
        outcomes.append(told(two[1], key)[-1]["outcome"])

    assert Counter(outcomes) == {"complete": 50}


def test_scenarios_added_at_one_server_answer_at_the_other_at_once(two: list[Server], key: str) -> None:
    texts = []
    for number in range(20):
        first, second = two if number % 2 else reversed(two)
        own = f"scenario: own{number}\nmatch: {{user: 'own {number}!'}}\nreply: Mine {number}.\n"
        ask(first.url, "POST", "/_mock/scenarios", own, key, content_type="text/yaml")
        texts.append(content(ask(second.url, "POST", CHAT, chat(f"own {number}!"), key)))

    assert texts == [f"Mine {number}." for number in range(20)]
    assert ask(two[0].url, "GET", "/_mock/verify", key=key)[0] == 200


def test_scenarios_added_at_both_servers_at_once_are_all_kept(two: list[Server], key: str) -> None:
    numbers = itertools.count()

    def add(url: str) -> int:
        own = f"scenario: own{next(numbers)}\nreply: Mine.\n"
        return ask(url, "POST", "/_mock/scenarios", own, key, content_type="text/yaml")[0]

    assert at_once(two, 32, add) == [201] * 32
    own = json.loads(ask(two[0].url, "GET", "/_mock/scenarios", key=key)[2])["own"]
    assert sorted(each["name"] for each in own) == sorted(f"own{number}" for number in range(32))


def test_keys_are_isolated(two: list[Server], key: str) -> None:
    numbers = itertools.count()

    def one(url: str) -> str:
        return content(ask(url, "POST", CHAT, chat("count"), f"{key}-{next(numbers)}"))

    assert at_once(two, 32, one) == ["1"] * 32
    assert told(two[0], key) == []
    ask(two[0].url, "POST", "/_mock/scenarios", "reply: Mine.\n", f"{key}-a", content_type="text/yaml")
    assert content(ask(two[1].url, "POST", CHAT, chat("hello"), f"{key}-b")) == "Hello!"


def test_chained_responses_are_found_by_the_other_server(two: list[Server], key: str) -> None:
    previous, texts = None, []
    for number in range(6):
        body = {"model": "gpt-5.5", "input": f"hello {number}", "previous_response_id": previous}
        status, _, text = ask(two[number % 2].url, "POST", "/v1/responses", body, key)
        texts.append(status)
        previous = json.loads(text)["id"]

    assert texts == [200] * 6
    assert len(told(two[0], key)[-1]["messages"]) == 11


def test_a_response_that_is_cancelled_at_one_server_says_no_more_at_the_other(
    two: list[Server], key: str
) -> None:
    body = {"model": "gpt-5.5", "input": "cancelled", "background": True, "stream": True}
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(f"{two[0].url}/v1/responses", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=HANG) as stream:
        lines = b""
        while b"output_text.delta" not in lines:
            lines += stream.readline()
        name = lines.partition(b'"id":"')[2].partition(b'"')[0].decode()
        status, _, text = ask(two[1].url, "POST", f"/v1/responses/{name}/cancel", key=key)
        lines += stream.read()

    assert (status, json.loads(text)["status"]) == (200, "cancelled")
    assert lines.count(b"event: response.output_text.delta") < 11
    assert b"response.completed" not in lines


def test_a_request_that_is_waited_for_at_one_server_is_told_when_the_other_answers(
    two: list[Server], key: str
) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(told, two[0], key, "&wait=60&outcome=complete")
        at_once(two[1:], 1, lambda url: ask(url, "POST", CHAT, chat("hello"), key))

        (found,) = waiting.result(HANG)

    assert found["user"] == "hello"


def test_events_of_one_server_are_told_by_the_other(two: list[Server], key: str) -> None:
    request = urllib.request.Request(f"{two[0].url}/_mock/events?key={key}")
    with urllib.request.urlopen(request, timeout=HANG) as events:
        assert events.readline().startswith(b":")
        events.readline()
        ask(two[1].url, "POST", CHAT, chat("hello"), key)
        lines = b""
        while b"event: over" not in lines:
            lines += events.readline()

    assert b"id: " in lines


def test_a_server_that_dies_in_the_middle_of_a_stream_leaves_its_exchange_open(
    redis: RedisServer, start: Start, tmp_path: Path, key: str
) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(SCENARIOS)
    state = f"{redis.url}&prefix=dies{next(_runs)}:"
    doomed, other = (start(str(path), "--state", state) for _ in range(2))
    for _ in range(5):
        ask(doomed.url, "POST", CHAT, chat("hello"), key)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    body = json.dumps(chat("slow", stream=True)).encode()
    with urllib.request.urlopen(
        urllib.request.Request(doomed.url + CHAT, body, headers), timeout=HANG
    ) as stream:
        stream.readline()
        doomed.process.kill()
        doomed.process.wait()

    listed = told(other, key)

    assert [each["outcome"] for each in listed] == ["complete"] * 5 + ["open"]
    assert content(ask(other.url, "POST", CHAT, chat("count"), key)) == "1"


def test_a_worker_that_dies_under_load_takes_no_answered_exchange_with_it(
    redis: RedisServer, start: Start, tmp_path: Path, key: str
) -> None:
    """No attempt is given twice; one may be counted that nobody has got."""
    path = tmp_path / "all.yaml"
    path.write_text(SCENARIOS)
    server = start(str(path), "--state", f"{redis.url}&prefix=crew{next(_runs)}:", "--workers", "2")
    given, cut = list[int](), list[Exception]()

    def load() -> None:
        for _ in range(100):
            try:
                given.append(int(content(ask(server.url, "POST", CHAT, chat("count"), key))))
            except (OSError, HTTPException) as error:
                cut.append(error)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(load)
        wait(lambda: len(given) > 100)
        kill(workers_of(server)[0])

    outcomes = {each["attempt"]: each["outcome"] for each in told(server, key, "&since=0")}
    assert len(set(given)) == len(given)
    assert set(given) <= set(outcomes)
    assert Counter(outcomes.values())["open"] <= len(cut) + 8
