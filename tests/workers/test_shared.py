"""Workers that share their state on a Redis: what counts is counted for all, and outlives each of them."""

from __future__ import annotations

import json
import signal
import sys
import urllib.error
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from itertools import count
from pathlib import Path

import pytest
from command import Server, Start
from patience import wait
from redis_server import RedisServer
from workers.crewed import MANY, ids, kill, workers_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several workers need Linux")

THREADS = 16
COUNTED = """
match: {user: again}
attempts: [{error: overloaded}, {error: rate_limit}, "Attempt {{ attempt }}."]
---
scenario: other
reply: Hello.
"""


_runs = count()


@pytest.fixture
def server(start: Start, redis: RedisServer, tmp_path: Path) -> Server:
    (tmp_path / "counted.yaml").write_text(COUNTED)
    state = f"{redis.url}&prefix=workers{next(_runs)}:"
    return start(str(tmp_path), "--workers", "2", "--state", state)


def status(server: Server, say: str) -> int:
    try:
        server.chat(say)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    return 200


def test_nothing_is_refused_and_no_worker_keeps_anything_for_itself(server: Server) -> None:
    health = json.loads(server.get("/_mock/health"))

    assert health["workers"] == {"wanted": 2, "alive": 2}
    assert "for itself" not in server.logged


def test_attempts_are_counted_once_however_many_come_at_once(server: Server) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        found = Counter(threads.map(lambda _: status(server, "again"), range(4 * THREADS)))

    assert found == {503: 1, 429: 1, 200: 4 * THREADS - 2}


def test_the_same_body_gets_another_id_each_time(server: Server) -> None:
    assert len(ids(server)) == MANY


def test_all_is_answered_with_the_same_bytes_as_by_one_process(
    server: Server, start: Start, tmp_path: Path
) -> None:
    one = start(str(tmp_path))
    says = [f"Hello {number % 4}!" for number in range(MANY)]

    assert [server.chat(say) for say in says] == [one.chat(say) for say in says]


def test_what_was_counted_outlives_a_worker_and_a_reload(server: Server, tmp_path: Path) -> None:
    assert status(server, "again") == 503
    (tmp_path / "more.yaml").write_text("match: by-name\nreply: More.")
    server.process.send_signal(signal.SIGHUP)
    wait(lambda: "Changed: more." in server.logged)
    for process in workers_of(server):
        kill(process)

    assert [status(server, "again") for _ in range(2)] == [429, 200]


def test_when_a_worker_dies_under_load_the_journal_has_all_answers_and_no_two_are_the_same(
    server: Server,
) -> None:
    """How those ended that the worker was telling nobody knows: they stay open."""
    answered: list[object] = []

    def ask(_: int) -> None:
        with suppress(OSError, HTTPException):  # of the worker that has died
            answered.append(server.chat("Hello!")["id"])

    with ThreadPoolExecutor(THREADS) as threads:
        asked = [threads.submit(ask, number) for number in range(300)]
        wait(lambda: len(answered) > 100)
        kill(workers_of(server)[0])
    assert all(each.done() for each in asked)

    told = json.loads(server.get("/_mock/requests?key=*&limit=1000"))["requests"]
    unknown = [each for each in told if each["outcome"] != "complete"]
    assert len(answered) > 250
    assert len(set(answered)) == len(answered)
    assert len(told) >= len(answered)
    assert len(unknown) <= THREADS
