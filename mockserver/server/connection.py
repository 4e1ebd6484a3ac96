"""A connection as such, below what HTTP frames: bytes as they are, closing, resetting. One is None where the
client was gone before anybody asked for it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys

from aiohttp.client_exceptions import ClientConnectionResetError

_LINGER_NO_TIME = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""On, for no time: what is not sent yet is thrown away, and the peer is told by a reset."""


def is_lost(transport: asyncio.Transport | None) -> bool:
    """Whether the client is gone, or the connection was closed from here."""
    return transport is None or transport.is_closing()


def write_at_once(transport: asyncio.WriteTransport) -> None:
    """Let nothing gather in front of the socket: what it does not take stops the writer until it does."""
    transport.set_write_buffer_limits(high=0)


def write(transport: asyncio.Transport | None, data: bytes) -> None:
    """Write bytes, as they are. ClientConnectionResetError if nobody is there any more."""
    if transport is None or transport.is_closing():
        raise ClientConnectionResetError("Cannot write to closing transport")
    transport.write(data)


def close(transport: asyncio.Transport | None) -> None:
    """Close the connection behind what was written."""
    if transport is not None:
        transport.close()


def reset(transport: asyncio.Transport | None) -> None:
    """Reset the connection (TCP RST)."""
    if transport is None:
        return
    connected = transport.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NO_TIME)
    transport.abort()
