"""Sockets for several workers at one port."""

from __future__ import annotations

import select
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from patience import HANG

from mockserver.workers.listeners import Listeners, listen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several workers need Linux")


@contextmanager
def listening(host: str, workers: int, port: int = 0) -> Iterator[list[Listeners]]:
    found = listen(host, port, workers)
    try:
        yield found
    finally:
        for each in found:
            for listener in each:
                listener.close()


def port_of(listeners: Listeners) -> int:
    return int(listeners[0].getsockname()[1])


def test_all_listen_at_one_port_that_was_free() -> None:
    with listening("127.0.0.1", 3) as found:
        ports = {each.getsockname()[1] for listeners in found for each in listeners}

    assert len(found) == 3
    assert len(ports) == 1
    assert 0 not in ports


@pytest.mark.parametrize("host", ["localhost", "", "127.0.0.1"])
def test_each_worker_listens_at_every_address_of_the_host(host: str) -> None:
    with listening(host, 2) as (first, second):
        assert [each.getsockname() for each in first] == [each.getsockname() for each in second]
        assert len({each.getsockname()[1] for each in first}) == 1
        with socket.create_connection(("127.0.0.1", port_of(first))):
            pass


def test_connections_are_spread_over_all() -> None:
    with listening("127.0.0.1", 2) as found:
        clients = [socket.create_connection(("127.0.0.1", port_of(found[0]))) for _ in range(64)]
        taken = _take([listener for (listener,) in found], 64)
        for client in clients:
            client.close()

    assert min(taken.values()) > 10


def _take(listeners: list[socket.socket], count: int) -> Counter[socket.socket]:
    """How many of so many connections each has got."""
    taken = Counter(dict.fromkeys(listeners, 0))
    while taken.total() < count:
        ready = select.select(listeners, [], [], HANG)[0]
        assert ready, taken
        for listener in ready:
            listener.accept()[0].close()
            taken[listener] += 1
    return taken


def test_a_port_that_another_server_has_is_not_shared_with_it() -> None:
    with listening("127.0.0.1", 2) as found, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", port_of(found[0]), 2)


def test_an_address_that_this_machine_does_not_have_is_refused() -> None:
    with pytest.raises(OSError, match="assign"):
        listen("192.0.2.1", 0, 2)
