"""The sockets that workers listen on: bound by who supervises, and held as long as the server runs.

Each worker has a socket of its own at the same port (SO_REUSEPORT), among which the kernel spreads
connections evenly; with one socket for all, the worker that wakes first takes most of those that come
together. A socket outlives its worker: who connects meanwhile waits in it, and is answered by the next.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from typing import TypeAlias

from mockserver.server.serving import BACKLOG

Listeners: TypeAlias = tuple[socket.socket, ...]
"""Of one worker: one socket for each address of the host."""

_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""Of an address that a name has, and this machine has not: `localhost` may have one of IPv6."""


def listen(host: str, port: int, workers: int) -> list[Listeners]:
    """Listen at each address of the host, with sockets for so many workers; port 0 picks a free one. OSError
    if the address is not to be had.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    groups: list[Sequence[socket.socket]] = []
    missing: OSError | None = None
    for family, address in dict.fromkeys((each[0], each[4]) for each in found):
        try:
            groups.append(_group(family, (address[0], port, *address[2:]), workers))
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
            missing = error
        else:
            port = groups[0][0].getsockname()[1]
    if missing and not groups:
        raise missing
    return list(zip(*groups, strict=True))


def _group(family: int, address: tuple[object, ...], workers: int) -> list[socket.socket]:
    """One socket for each worker. The first must find the port free, or two servers would share it."""
    first = _bound(family, address, shared=False)
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    same = first.getsockname()
    group = [first, *(_bound(family, same, shared=True) for _ in range(workers - 1))]
    for each in group:
        each.listen(BACKLOG)
    return group


def _bound(family: int, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)  # noqa: FBT003 - the name of the method says it
    return bound
