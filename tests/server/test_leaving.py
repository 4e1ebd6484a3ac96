"""Clients that leave in the middle of an answer: what they held is free at once, and the journal tells how
far they got. A thousand of them, in waves, on both loops.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from aiohttp.web_protocol import RequestHandler
from patience import HANG
from server.stepped import OK, RawClient, Stepped, timed, within_time

from mockserver.playback.steps import AnyStep, Hold, Send, Wait
from mockserver.server.app import IN_FLIGHT
from mockserver.server.performing import Performance
from mockserver.server.stretch import Stretch

WAVE = 100
WAVES = 10
EVENTS = 7


def held(server: Stepped) -> dict[str, int]:
    """What the server has in use now."""
    gc.collect()
    objects = [type(thing) for thing in gc.get_objects()]
    descriptors = Path("/proc/self/fd") if sys.platform == "linux" else Path("/dev/fd")
    return {
        "tasks": server.call(lambda: len(asyncio.all_tasks())),
        "answers": len(server.app[IN_FLIGHT]) + objects.count(Performance) + objects.count(Stretch),
        "connections": sum(issubclass(kind, RequestHandler) for kind in objects),
        "descriptors": len(os.listdir(descriptors)),  # noqa: PTH208 - only their number is wanted
    }


def held_no_more_than(before: dict[str, int], server: Stepped) -> dict[str, int]:
    """What the server has in use, once it is no more than before, or much later."""
    now = held(server)
    for _ in within_time(HANG):
        if all(now[name] <= before[name] for name in before):
            break
        now = held(server)
    return now


def steps_of(number: int) -> Iterator[AnyStep]:
    """A few paced events, as many as the number says, and then a wait without an end; or the connection is
    held open. Every other has all but that in one stretch.
    """
    yield OK
    last = number % EVENTS + 1
    events = [(at * 0.002, f"event {at} of {last}\n".encode()) for at in range(1, last + 1)]
    if number % 2:
        yield timed(*((due, [event]) for due, event in events), *[(3600.0, [b"never"])] * (number % 3))
    else:
        yield from (step for due, event in events for step in (Wait(due), Send(event)))
    yield Wait(3600) if number % 5 else Hold()
    yield Send(b"never")


def read_to_last(client: RawClient) -> None:
    """Read until the last event that there is: `event 3 of 3`."""
    got = b""
    while not re.search(rb"event (\d) of \1\n", got):
        got += client.read_until(b"\n")


def wave_leaves(server: Stepped, size: int = WAVE) -> None:
    """Clients come, see as many events as there are for them, and leave."""
    clients = [RawClient(server.port) for _ in range(size)]
    for client in clients:
        client.ask()
    for client in clients:
        read_to_last(client)
    for client in clients:
        client.close()


def all_left(server: Stepped, clients: int) -> bool:
    entries = server.entries(clients)
    return len(entries) == clients and {entry.outcome for entry in entries} == {"left"}


def test_what_a_thousand_clients_held_that_left_is_free_at_once(
    server: Stepped, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "mockserver.access")  # lines that pytest keeps are no leak
    numbers = count()
    server.performs_each(lambda: steps_of(next(numbers)))
    before, blocks = held(server), 0

    for _ in range(WAVES):
        wave_leaves(server)
        assert all_left(server, WAVE)
        server.call(lambda: server.service.journal.clear(""))
        blocks = blocks or sys.getallocatedblocks()  # of memory; the first wave fills caches
    after = held_no_more_than(before, server)

    assert all(after[name] <= before[name] for name in before), (before, after)
    assert sys.getallocatedblocks() - blocks < 10 * WAVE  # fewer than one for each client


def test_the_journal_tells_after_which_event_each_client_left(server: Stepped) -> None:
    numbers = count()
    server.performs_each(lambda: steps_of(next(numbers)))

    wave_leaves(server)

    assert all_left(server, WAVE)
    sent = [entry.delivery.sent for entry in server.entries(WAVE)]
    assert sorted(sent) == sorted(number % EVENTS + 1 for number in range(WAVE))
    assert all(
        sum(step.kind == "send" for step in entry.steps) == entry.delivery.sent
        for entry in server.entries(WAVE)
    )


def test_a_client_that_reads_no_more_holds_up_what_is_sent_and_is_free_when_it_leaves(
    server: Stepped,
) -> None:
    before = held(server)
    server.performs(OK, *[Send(b"x" * 100_000)] * 1000)
    clients = [RawClient(server.port) for _ in range(20)]
    for client in clients:
        client.ask().read_until(b"\r\n\r\n")
    sent = settled(server)

    for client in clients:
        client.close()

    assert all_left(server, 20)
    assert max(sent) < 1000
    assert [entry.delivery.sent for entry in server.entries(20)] == sent
    after = held_no_more_than(before, server)
    assert all(after[name] <= before[name] for name in before), (before, after)


def settled(server: Stepped) -> list[int]:
    """How many events each client was sent, once that grows no more."""
    seen: list[list[int]] = []
    for _ in within_time(HANG):
        seen.append(server.call(lambda: [entry.delivery.sent for entry in server.service.journal.entries()]))
        if len(seen) > 40 and seen[-1] == seen[-40] and len(seen[-1]) == 20:
            break
    return seen[-1]


@pytest.mark.parametrize("how", ["closes", "resets"])
def test_a_client_may_leave_in_any_way(server: Stepped, raw: RawClient, how: str) -> None:
    server.performs(OK, Send(b"one"), Wait(3600), Send(b"two"))
    raw.ask().read_until(b"one")
    if how == "resets":
        raw.reset_on_close()

    raw.close()

    assert (server.entry.outcome, server.entry.delivery.sent) == ("left", 1)
