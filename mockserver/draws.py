"""The strings of an answer that are its own, drawn again and again: tokens, and what is derived from them.
They come out as `mockserver.protocols.base` makes them. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from mockserver.protocols.base import drawing, keyed

_SHORT = 3
"""Letters of a token of which there are so few that what is derived from them is kept."""

_KEPT = 4_096


class Token(NamedTuple):
    """How a context is asked for a token."""

    label: str
    length: int
    alphabet: str


class Draw(NamedTuple):
    """How a context is asked for a string: a token, or what is derived from it."""

    token: Token
    make: Callable[[str], str] | None = None


class Draws:
    """What draws strings, each once. `listed` tells in which order they come."""

    def __init__(self, wanted: Iterable[Draw]) -> None:
        draws = tuple(wanted)
        tokens = tuple(dict.fromkeys(draw.token for draw in draws))
        derived = {draw: draw.make for draw in draws if draw.make}
        self.listed = (*map(Draw, tokens), *derived)
        self._drawn = tuple(drawing(*token) for token in tokens)
        self._derived = tuple(
            (_deriving(make, draw.token.length), tokens.index(draw.token)) for draw, make in derived.items()
        )

    def draw(self, identity: bytes) -> list[bytes]:
        """The strings of this identity."""
        own = keyed(identity)
        made = [drawn(own) for drawn in self._drawn]
        made += [derive(made[at]) for derive, at in self._derived]
        return made


def _deriving(make: Callable[[str], str], length: int) -> Callable[[bytes], bytes]:
    """What derives a string from a token of this length."""

    def derive(token: bytes) -> bytes:
        return make(token.decode()).encode()

    return lru_cache(_KEPT)(derive) if length <= _SHORT else derive
