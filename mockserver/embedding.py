"""A text as a vector, always the same for the same text: the sum of the directions of its words.

No model: each word has a direction of its own that follows from its letters, so texts that share words are
nearer to each other than texts that do not. The whole text adds a little, so that no two texts have the same
vector. Fewer dimensions are the first ones of more, as with models that can be shortened. Whole numbers are
summed, so the result is the same on every machine. Standard library only; no vendor is known here.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from hashlib import shake_256
from sys import byteorder

# Scripts that put no space between words: each letter counts as a word.
_LETTER = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[^\W_{_LETTER}]+|[{_LETTER}]")

_WEIGHT = 4
"""How much more a word counts than the text as a whole."""

_LANE = 4
"""Bytes a component takes while sums are made: room for 16 million words."""

_LARGEST = 255


def unit_vector(text: str, dimensions: int) -> list[float]:
    """The vector of `text`, of length one."""
    words = Counter(_WORD.findall(text.casefold()))
    lanes = _direction(f"text:{text}", dimensions)
    for word, times in words.items():
        lanes += _direction(word, dimensions) * (_WEIGHT * times)
    total = 1 + _WEIGHT * words.total()
    sums = memoryview(lanes.to_bytes(dimensions * _LANE, byteorder)).cast("I")
    in_order = sums if byteorder == "little" else reversed(sums)
    centred = [2 * component - _LARGEST * total for component in in_order]
    length = math.sqrt(sum(component * component for component in centred))
    if not length:
        return [1.0, *[0.0] * (dimensions - 1)]
    return [component / length for component in centred]


@lru_cache(maxsize=256)
def _direction(word: str, dimensions: int) -> int:
    """The direction of a word as one large number, a lane for each component: such numbers add up quickly."""
    lanes = bytearray(dimensions * _LANE)
    lanes[::_LANE] = shake_256(word.encode(errors="surrogatepass")).digest(dimensions)
    return int.from_bytes(lanes, "little")
