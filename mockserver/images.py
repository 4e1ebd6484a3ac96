"""Small drawn pictures, always the same for the same size: what a model that makes images answers.

Drawing only; who asked, and on which wire, is not known here. Standard library only.

How an asked aspect ratio and size become pixels (`pixels`), keeping the ratio exactly:

| size                      | pixels                                                          |
|---------------------------|-----------------------------------------------------------------|
| `""`, `auto`, `1K`        | about as many as 1024 x 1024: `1:1` 1024 x 1024, `16:9` 1360 x 765 |
| `512`, `2K`, `4K`         | the same for 512, 2048, 4096: `16:9` 688 x 387, 2736 x 1539, 5456 x 3069 |
| `1024x1536`               | exactly these; without an aspect ratio, or when it agrees       |
| `1024x1024` with `16:9`   | about as many as 1024 x 1024, in the asked ratio                |

Anything else counts as not asked for; no side is longer than `LONGEST`.
"""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64encode
from functools import lru_cache
from math import gcd, sqrt

from mockserver.conversation import Image, ImageRequest

LONGEST = 8192
"""The longest side drawn; a picture of this size is still only some tens of kilobytes."""

_SIDES = {"512": 512, "512PX": 512, "0.5K": 512, "1K": 1024, "2K": 2048, "4K": 4096}
_SIDE = 1024
_WIDEST = 16
"""The narrowest format drawn is 1:16; beyond it the ratio counts as not asked for."""

_SHADES = 16
_TOP, _BOTTOM = (64, 96, 200), (250, 190, 120)


def image_part(request: ImageRequest) -> Image:
    """The picture that answers `request`, as a part of a reply."""
    return _image_part(*pixels(request))


@lru_cache(maxsize=32)
def _image_part(width: int, height: int) -> Image:
    return Image("image/png", b64encode(draw(width, height)).decode())


def pixels(request: ImageRequest) -> tuple[int, int]:
    """Width and height in pixels, by the table at the top of this module."""
    exact = _pair(request.size, r"(\d{1,6})[xX](\d{1,6})")
    ratio = _ratio(request.aspect_ratio)
    if exact and (ratio is None or exact[0] * ratio[1] == exact[1] * ratio[0]):
        return _within(*exact)
    side = sqrt(exact[0] * exact[1]) if exact else _SIDES.get(request.size.strip().upper(), _SIDE)
    across, down = ratio or (1, 1)
    scale = round(side / sqrt(across * down))
    scale = max(1, min(scale, LONGEST // max(across, down)))
    return across * scale, down * scale


def _pair(text: str, pattern: str) -> tuple[int, int] | None:
    found = re.fullmatch(pattern, text.strip(), re.ASCII)
    pair = (int(found[1]), int(found[2])) if found else (0, 0)
    return pair if min(pair) > 0 else None


def _ratio(text: str) -> tuple[int, int] | None:
    """An aspect ratio in lowest terms."""
    pair = _pair(text, r"(\d{1,4}):(\d{1,4})")
    if pair is None or max(pair) > _WIDEST * min(pair):
        return None
    divisor = gcd(*pair)
    return pair[0] // divisor, pair[1] // divisor


def _within(width: int, height: int) -> tuple[int, int]:
    shrink = max(1.0, max(width, height) / LONGEST)
    return max(1, int(width / shrink)), max(1, int(height / shrink))


@lru_cache(maxsize=32)
def draw(width: int, height: int) -> bytes:
    """A PNG file of these dimensions: bands of colour from a cool top to a warm bottom."""
    if not (1 <= width <= LONGEST and 1 <= height <= LONGEST):
        raise ValueError(f"cannot draw {width} x {height} pixels; each side must be 1 to {LONGEST}")
    # Four bits a pixel into a palette, not RGB: an eighth or less of the bytes to deflate for a 4K picture.
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", _palette()),
            _chunk(b"IDAT", _deflated_rows(width, height)),
            _chunk(b"IEND", b""),
        ),
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette() -> bytes:
    steps = range(_SHADES)
    return bytes(
        round(top + (bottom - top) * step / (_SHADES - 1))
        for step in steps
        for top, bottom in zip(_TOP, _BOTTOM, strict=True)
    )


def _deflated_rows(width: int, height: int) -> bytes:
    """The rows, each after its filter byte (0: none); the picture is deflated band by band."""
    deflate = zlib.compressobj(9)
    packed: list[bytes] = []
    for shade in range(_SHADES):
        rows = (shade + 1) * height // _SHADES - shade * height // _SHADES
        row = b"\0" + bytes([shade * 17]) * ((width + 1) // 2)
        packed.append(deflate.compress(row * rows))
    packed.append(deflate.flush())
    return b"".join(packed)
