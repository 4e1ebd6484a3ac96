"""Content codings: who takes which, and pieces that can be read as they come."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any, get_args

import brotli
import pytest

from mockserver.playback.content_coding import Coding, accepts, compressor

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECES = (b'data: {"text":"Hello"}\n\n', b"data: \xc3\xa9\n\n", b"data: [DONE]\n\n")

DECODERS: dict[Coding, Callable[[], Callable[[bytes], Any]]] = {
    "gzip": lambda: zlib.decompressobj(wbits=31).decompress,
    "deflate": lambda: zlib.decompressobj().decompress,
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstd.ZstdDecompressor().decompress,
}


@pytest.mark.parametrize("coding", get_args(Coding))
def test_each_piece_can_be_decoded_as_soon_as_it_has_come(coding: Coding) -> None:
    decode, stream = DECODERS[coding](), compressor(coding)

    decoded = [decode(stream.add(piece)) for piece in PIECES]

    assert decoded == list(PIECES)
    assert decode(stream.finish()) == b""


@pytest.mark.parametrize("coding", get_args(Coding))
def test_an_empty_body_is_a_body(coding: Coding) -> None:
    assert DECODERS[coding]()(compressor(coding).finish()) == b""


@pytest.mark.parametrize("coding", get_args(Coding))
def test_the_same_pieces_give_the_same_bytes(coding: Coding) -> None:
    first, second = compressor(coding), compressor(coding)

    assert [first.add(piece) for piece in PIECES] == [second.add(piece) for piece in PIECES]


def test_a_gzip_header_holds_no_time() -> None:
    assert compressor("gzip").add(b"x")[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize(
    ("accept_encoding", "coding", "accepted"),
    [
        ("gzip, deflate, br, zstd", "zstd", True),
        ("gzip, deflate", "br", False),
        ("", "gzip", False),
        ("identity", "gzip", False),
        ("GZIP", "gzip", True),
        ("x-gzip", "gzip", True),
        ("br;q=0.1", "br", True),
        ("br;q=0, gzip", "br", False),
        ("br; q=0.000", "br", False),
        ("br;Q = 0", "br", False),
        ("*", "br", True),
        ("*;q=0", "br", False),
        ("*, br;q=0", "br", False),
        ("*;q=0, br", "br", True),
        ("gzip;q=1.0,*;q=0.5", "zstd", True),
        (",;=,q=0", "gzip", False),
    ],
)
def test_a_client_gets_the_codings_it_takes(accept_encoding: str, coding: Coding, accepted: bool) -> None:
    assert accepts(accept_encoding, coding) is accepted
