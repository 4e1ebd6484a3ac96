"""A connection as such, below what HTTP frames: bytes as they are, closing, resetting."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

_LINGER_NO_TIME = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""On, for no time: what is not sent yet is thrown away, and the peer is told by a reset."""


def is_lost(request: web.BaseRequest) -> bool:
    """Whether the client is gone, or the connection was closed from here."""
    return request.transport is None or request.transport.is_closing()


def write_at_once(transport: asyncio.WriteTransport) -> None:
    """Let nothing gather in front of the socket: what it does not take stops the writer until it does."""
    transport.set_write_buffer_limits(high=0)


def write(request: web.BaseRequest, data: bytes) -> None:
    """Write bytes, as they are. ClientConnectionResetError if nobody is there any more."""
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ClientConnectionResetError("Cannot write to closing transport")
    transport.write(data)


def close(request: web.BaseRequest) -> None:
    """Close the connection behind what was written."""
    if request.transport is not None:
        request.transport.close()


def reset(request: web.BaseRequest) -> None:
    """Reset the connection (TCP RST)."""
    transport = request.transport
    if transport is None:
        return
    connected = transport.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NO_TIME)
    transport.abort()
