"""Content codings of HTTP: which of them a client takes, and bodies compressed piece by piece.

Each piece can be decoded as soon as it has come; the same pieces give the same bytes. The libraries for what
zlib cannot do are loaded when they are first used.
"""

from __future__ import annotations

import re
import sys
import zlib
from typing import Literal, Protocol, TypeAlias

Coding: TypeAlias = Literal["gzip", "deflate", "br", "zstd"]

_GZIP = 16 + zlib.MAX_WBITS
_ZERO = re.compile(r"q\s*=\s*0(\.0*)?")
_ALIASES = {"x-gzip": "gzip"}


class Compressor(Protocol):
    """Compresses one body. `finish` gives what stands behind the last piece."""

    def add(self, piece: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


def compressor(coding: Coding) -> Compressor:
    match coding:
        case "gzip":
            return _Zlib(_GZIP)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstandard()


def accepts(accept_encoding: str, coding: Coding) -> bool:
    """Whether a client that sends this `accept-encoding` takes `coding`: RFC 9110, section 12.5.3. One that
    sends none is not taken at its word: it could read anything.
    """
    wanted: dict[str, bool] = {}
    for item in accept_encoding.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        wanted[_ALIASES.get(name, name)] = not any(map(_ZERO.fullmatch, parameters))
    return wanted.get(coding, wanted.get("*", False))


class _Zlib:
    def __init__(self, window: int) -> None:
        self._stream = zlib.compressobj(wbits=window)  # a gzip header made here holds no time

    def add(self, piece: bytes) -> bytes:
        return self._stream.compress(piece) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._stream.flush()


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Compressor(quality=5)  # the default is for files, and many times as slow

    def add(self, piece: bytes) -> bytes:
        compressed: bytes = self._stream.process(piece) + self._stream.flush()
        return compressed

    def finish(self) -> bytes:
        rest: bytes = self._stream.finish()
        return rest


class _Zstandard:
    def __init__(self) -> None:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd

        self._stream = zstd.ZstdCompressor()

    def add(self, piece: bytes) -> bytes:
        return self._stream.compress(piece, self._stream.FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self._stream.flush()
