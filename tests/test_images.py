"""Drawn pictures: valid files of the asked dimensions."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from fractions import Fraction

import pytest

from mockserver.conversation import ImageRequest
from mockserver.images import draw, image_part, pixels


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk, lengths and checksums checked."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        yield kind, data
        at += length + 12


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 3), (7, 5), (256, 256), (1360, 765)])
def test_a_picture_is_a_whole_png_file(width: int, height: int) -> None:
    png = draw(width, height)

    kinds = [kind for kind, _ in chunks(png)]
    content = dict(chunks(png))
    rows = zlib.decompress(content[b"IDAT"])
    row = 1 + (width + 1) // 2
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert kinds == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", content[b"IHDR"]) == (width, height, 4, 3, 0, 0, 0)
    assert len(content[b"PLTE"]) == 16 * 3
    assert len(rows) == row * height
    assert set(rows[::row]) == {0}


def test_a_picture_shades_from_top_to_bottom() -> None:
    rows = zlib.decompress(dict(chunks(draw(2, 16)))[b"IDAT"])

    assert list(rows[1::2]) == [shade * 17 for shade in range(16)]


def test_the_same_size_is_the_same_picture() -> None:
    draw.cache_clear()
    first = draw(64, 64)
    draw.cache_clear()

    assert draw(64, 64) == first


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, -1), (9000, 5)])
def test_a_size_that_cannot_be_drawn_is_said(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="each side must be 1 to 8192"):
        draw(width, height)


@pytest.mark.parametrize(
    ("aspect_ratio", "size", "expected"),
    [
        ("", "", (1024, 1024)),
        ("1:1", "1K", (1024, 1024)),
        ("1:1", "2K", (2048, 2048)),
        ("1:1", "4K", (4096, 4096)),
        ("1:1", "2k", (2048, 2048)),
        ("16:9", "", (1360, 765)),
        ("16:9", "512", (688, 387)),
        ("9:16", "2K", (1539, 2736)),
        ("32:18", "", (1360, 765)),
        ("", "1024x1536", (1024, 1536)),
        ("2:3", "1024x1536", (1024, 1536)),
        ("16:9", "1024x1024", (1360, 765)),
        ("", "auto", (1024, 1024)),
        ("square", "huge", (1024, 1024)),
        ("0:5", "0x7", (1024, 1024)),
        ("1000:1", "", (1024, 1024)),
        ("", "999999x3", (8192, 1)),
    ],
)
def test_ratio_and_size_become_pixels(aspect_ratio: str, size: str, expected: tuple[int, int]) -> None:
    assert pixels(ImageRequest(aspect_ratio, size)) == expected


@pytest.mark.parametrize("size", ["", "512", "1K", "2K", "4K"])
@pytest.mark.parametrize("ratio", ["1:1", "2:3", "3:4", "4:5", "9:16", "16:9", "21:9", "1:4", "8:1"])
def test_the_asked_ratio_is_kept(ratio: str, size: str) -> None:
    across, down = map(int, ratio.split(":"))

    width, height = pixels(ImageRequest(ratio, size))

    assert Fraction(width, height) == Fraction(across, down)


def test_even_a_large_picture_is_small_in_bytes() -> None:
    part = image_part(ImageRequest("16:9", "4K"))

    assert len(part.data) < 20_000


def test_the_part_holds_the_drawn_picture() -> None:
    part = image_part(ImageRequest("3:2", "512"))

    assert part.media_type == "image/png"
    assert b64decode(part.data) == draw(*pixels(ImageRequest("3:2", "512")))
