"""Connections that come while much is being answered, and the port that they come to."""

from __future__ import annotations

import asyncio
import select
import socket

import pytest
from aiohttp import web
from ports import free_port
from server.stepped import LOOPS

from mockserver.assembly import build_service
from mockserver.server import serving
from mockserver.server.app import create_app
from mockserver.settings import Settings

NEW = 96
TRIES = 5
"""The kernel may be late to hand over what was sent, while the loop turns on."""
QUESTION = b"GET /_mock/health HTTP/1.1\r\nhost: here\r\n\r\n"


def app() -> web.Application:
    return create_app(build_service((), Settings()), log=False)


def port_of(origin: str) -> int:
    return int(origin.rsplit(":", 1)[1])


async def turns_until_all_are_answered() -> int:
    """How many turns of the loop it takes until all who came in one moment are answered."""
    async with serving.listening(app(), "127.0.0.1", 0, grace=0) as origin:
        clients = [socket.create_connection(("127.0.0.1", port_of(origin))) for _ in range(NEW)]
        for client in clients:
            client.sendall(QUESTION)
        turns = 0
        while len(select.select(clients, [], [], 0)[0]) < NEW and turns < 10 * NEW:
            await asyncio.sleep(0)
            turns += 1
        for client in clients:
            client.close()
    return turns


@pytest.mark.parametrize("loop", LOOPS)
def test_who_is_new_does_not_wait_a_turn_for_each_that_is_new(loop: str) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        turns = min(runner.run(turns_until_all_are_answered()) for _ in range(TRIES))

    assert turns < NEW / 2


async def listen_twice() -> None:
    port = free_port("127.0.0.1")
    async with serving.listening(app(), "127.0.0.1", port, grace=0):
        with pytest.raises(OSError, match="in use"):
            async with serving.listening(app(), "127.0.0.1", port):
                pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    async with serving.listening(app(), "127.0.0.1", port, grace=0):
        pass


@pytest.mark.parametrize("loop", LOOPS)
def test_a_port_is_taken_as_long_as_somebody_listens(loop: str) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(listen_twice())


async def listen_on(bound: socket.socket) -> str:
    async with serving.listening(app(), "127.0.0.1", 0, grace=0, bound=[bound]) as origin:
        with socket.create_connection(("127.0.0.1", port_of(origin))) as client:
            client.sendall(QUESTION)
            await asyncio.to_thread(client.recv, 1)
    return origin


@pytest.mark.parametrize("loop", LOOPS)
def test_a_socket_that_is_bound_already_is_listened_on(loop: str) -> None:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    port = bound.getsockname()[1]

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        origin = runner.run(listen_on(bound))

    assert port_of(origin) == port
