"""Ports for servers that have to be told one.

The system gives none of these out by itself. So nobody takes one between the moment in which it was free and
that in which the server listens, or while a server is down that comes back; and who connects to one while
nobody listens is not connected to itself.
"""

from __future__ import annotations

import os
import socket
from itertools import count

_FIRST, _EACH, _WORKERS = 20_000, 3_000, 4
"""Linux gives out those from 32,768 on. So many are for each process that tests side by side with others."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
_numbers = count(os.getppid() * 37)


def free_port(*hosts: str) -> int:
    """One that nobody has at these addresses, and that nobody here is given again."""
    return next(port for port in map(_port, _numbers) if all(_is_free(host, port) for host in hosts))


def _port(number: int) -> int:
    return _FIRST + _worker * _EACH + number % _EACH


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as bound:
        try:
            bound.bind((host, port))
        except OSError:
            return False
    return True
