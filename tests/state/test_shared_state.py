"""What only a shared state does: take back what could not be answered, wait, and be read anywhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
import toy
from patience import HANG
from places import OnRedis, on_redis
from redis_server import RedisServer

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http, Text
from mockserver.history.fidelity import followed
from mockserver.protocols.base import Stored
from mockserver.state.interface import StateLostError
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Address, mark, read_address
from mockserver.state.shared.contents import digest
from mockserver.state.shared.link import Link
from mockserver.state.shared.workers import Workers

_prefixes = count()
COUNTER = ("busy", 0, b"said")


@pytest.fixture
def place(redis: RedisServer) -> Iterator[OnRedis]:
    with on_redis(redis.url, f"shared{next(_prefixes)}:") as place:
        yield place


def count_and_fail(place: OnRedis) -> None:
    """A request that counts an attempt, and then cannot be answered."""

    def fail() -> None:
        place.state.count("k", COUNTER, 1)
        raise StateLostError

    with pytest.raises(StateLostError):
        place.do(fail)


def test_an_attempt_that_could_not_be_answered_was_none(place: OnRedis) -> None:
    place.do(place.state.count, "k", COUNTER, 1)

    count_and_fail(place)

    assert place.do(place.state.count, "k", COUNTER, 1) == 2


def test_an_attempt_behind_which_others_have_counted_is_not_taken_back(place: OnRedis) -> None:
    """One number is left out then; none is given twice."""

    def fail_while_another_counts() -> None:
        place.state.count("k", COUNTER, 1)
        errands.wait(place.state.run(lambda: place.state.count("k", COUNTER, 1)))
        raise StateLostError

    with pytest.raises(StateLostError):
        place.do(fail_while_another_counts)

    assert place.do(place.state.count, "k", COUNTER, 1) == 3


async def test_nobody_waits_for_a_redis_that_is_greeted_and_may_be_lost_still(redis: RedisServer) -> None:
    greeted = asyncio.Event()

    async def greet(link: Link) -> None:
        await link.ask_first([("PING",)])
        greeted.set()
        await asyncio.Event().wait()

    link = Link(redis.url.partition("?")[0], 30, greet)
    running = asyncio.create_task(link.run())
    await asyncio.wait_for(greeted.wait(), HANG)

    with pytest.raises(StateLostError):
        link.ask([("PING",)])

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_what_is_not_run_as_an_errand_cannot_wait(place: OnRedis) -> None:
    with pytest.raises(RuntimeError, match="errand"):
        place.state.seen("k", b"body")


def test_what_waits_is_told_what_went_wrong(place: OnRedis) -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        place.do(lambda: errands.wait(fail()))


def test_who_is_connected_hears_what_others_ask_it(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not is taken for dead, and what it knows of an exchange would not be told."""
    listen = Workers._listen  # noqa: SLF001 - it is slow for once

    async def slowly(self: Workers) -> None:
        await asyncio.sleep(0.2)
        await listen(self)

    monkeypatch.setattr(Workers, "_listen", slowly)
    with on_redis(redis.url, f"shared{next(_prefixes)}:") as place:
        worker = place.state._asking.name(f"w:{place.state._asking.worker}")  # noqa: SLF001 - its channel
        heard_by = redis.ask("PUBSUB", "NUMSUB", worker)

    assert heard_by.endswith(b"\r\n:1\r\n")


def test_a_worker_that_dies_before_it_has_answered_is_not_waited_for(
    place: OnRedis, redis: RedisServer
) -> None:
    asked = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with on_redis(redis.url, place.state._asking.address.prefix) as doomed:  # noqa: SLF001 - the same
            workers = doomed.state._workers  # noqa: SLF001 - it answers no more
            workers._heard[workers._own] = lambda _: asked.set()  # noqa: SLF001 - as above
            doomed.do(doomed.journal.open, Http("POST", "/", key="k"), "toy")
            reading = pool.submit(place.do, place.journal.entries)
            assert asked.wait(HANG)

        (entry,) = reading.result(HANG / 2)  # Redis may take that long, and the worker as long again

    assert entry.outcome == "open"


def test_nothing_is_kept_without_an_end(place: OnRedis, redis: RedisServer) -> None:
    """All that a request leaves behind is forgotten when nobody uses it."""

    def ask() -> None:
        place.state.seen("k", b"body")
        place.state.count("k", COUNTER, 1)
        place.state.alter("k", pinned="hello")
        place.state.ledger("k").account([], None).admit(0)
        place.state.keep("k", "resp_1", Stored(), 1)
        entry = place.journal.open(Http("POST", "/", key="k"), "toy")
        place.state.memory("k").remember(followed([], "", mark), (Text("Hi"),), entry.delivery.is_whole)
        entry.outcome = "complete"
        place.journal.close(entry)

    place.do(ask)

    prefix = place.state._asking.name("")  # noqa: SLF001 - nobody else asks
    names = [
        line for line in redis.ask("KEYS", f"{prefix}*").decode().splitlines() if line.startswith(prefix)
    ]
    endless = [name for name in names if redis.ask("PTTL", name).startswith(b":-1")]
    assert (len(names) > 20, endless) == (True, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://h:1/2", Address("redis://h:1/2")),
        ("redis://h?prefix=a:&ttl=60", Address("redis://h", "a:", 60)),
        ("redis://h?timeout=2.5&ttl=60", Address("redis://h", ttl=60, timeout=2.5)),
        ("rediss://u:p@h/0?ssl_cert_reqs=none", Address("rediss://u:p@h/0?ssl_cert_reqs=none")),
    ],
)
def test_an_address_says_where_under_which_names_and_how_long(text: str, expected: Address) -> None:
    assert read_address(text) == expected


SCENARIO = """scenario: s
match: {user: /a(?P<b>.)/i}
reply: ["{{ b }}", {tool_call: f, arguments: {x: "{{ b }}"}}]
"""


def digest_of(text: str) -> str:
    (scenario,) = parse_scenarios(text, "s.yaml", (toy.VENDOR,))
    return digest(scenario)


def test_scenarios_that_say_the_same_are_one_wherever_they_stand() -> None:
    assert digest_of(SCENARIO) == digest_of(f"# a comment\n\n{SCENARIO}")


@pytest.mark.parametrize(
    ("said", "instead"), [("/i", "/"), ("{{ b }}", "{{ b }}!"), ("x:", "y:"), (" f,", " g,")]
)
def test_scenarios_that_say_something_else_are_others(said: str, instead: str) -> None:
    assert digest_of(SCENARIO) != digest_of(SCENARIO.replace(said, instead, 1))


def test_places_in_conversations_have_the_same_number_in_every_process() -> None:
    assert mark((mark("system"), "user", "Hello")) == -7954158491288549040
