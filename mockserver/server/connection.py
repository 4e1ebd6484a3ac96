"""A connection as such, below what HTTP frames: bytes written past it, closing, resetting."""

from __future__ import annotations

import socket
import struct

from aiohttp import web

_LINGER_NO_TIME = struct.pack("ii", 1, 0)
"""On, for no time: what is not sent yet is thrown away, and the peer is told by a reset."""


def write(request: web.Request, data: bytes) -> None:
    """Write bytes that HTTP does not frame."""
    if request.transport is not None:
        request.transport.write(data)


def close(request: web.Request) -> None:
    """Close the connection behind what was written."""
    if request.transport is not None:
        request.transport.close()


def reset(request: web.Request) -> None:
    """Reset the connection (TCP RST)."""
    transport = request.transport
    if transport is None:
        return
    connected = transport.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NO_TIME)
    transport.abort()
