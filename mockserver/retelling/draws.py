"""The strings of an answer that are its own, made again and again: tokens, what is derived from them, and the
time. They come out as `mockserver.protocols.drawing` makes them. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

from mockserver.protocols.drawing import drawing

_SHORT = 3
"""Letters of a token of which there are so few that what is derived from them is kept."""

_KEPT = 8_192
"""For all answers together."""


class Token(NamedTuple):
    """How a context is asked for a token."""

    label: str
    length: int
    alphabet: str


class Draw(NamedTuple):
    """How a context is asked for a string: a token, or what is derived from it."""

    token: Token
    make: Callable[[str], str] | None = None


class Second(NamedTuple):
    """How the second is written that an answer is told in, by its number since 1970."""

    write: Callable[[int], str]


@lru_cache(maxsize=64)
def _rfc_3339(second: int) -> str:
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, OverflowError, ValueError):  # there is no such year
        return ""


SECONDS = (Second(str), Second(_rfc_3339))

Own: TypeAlias = Draw | Second
"""A string that stands in one answer alone, or in those of one second."""


class Draws:
    """What makes strings, each once. `listed` tells in which order they come."""

    def __init__(self, wanted: Iterable[Own]) -> None:
        asked = tuple(wanted)
        draws = [own for own in asked if isinstance(own, Draw)]
        seconds = [own for own in SECONDS if own in asked]
        tokens = tuple(dict.fromkeys(draw.token for draw in draws))
        derived = {draw: draw.make for draw in draws if draw.make}
        self.listed: tuple[Own, ...] = (*map(Draw, tokens), *derived, *seconds)
        self._written = tuple(_writing(second.write) for second in seconds)
        self._drawn = drawing(tokens)
        self._derived = tuple(
            (_deriving(make, draw.token.length), tokens.index(draw.token)) for draw, make in derived.items()
        )

    def draw(self, identity: bytes, now: float) -> list[bytes]:
        """The strings of this identity, at that time."""
        made = self._drawn(identity)
        made += [derive(made[at]) for derive, at in self._derived]
        made += [written(now) for written in self._written]
        return made


def _deriving(make: Callable[[str], str], length: int) -> Callable[[bytes], bytes]:
    """What derives a string from a token of this length."""
    return partial(_derived_once if length <= _SHORT else _derived, make)


def _derived(make: Callable[[str], str], token: bytes) -> bytes:
    return make(token.decode()).encode()


_derived_once = lru_cache(maxsize=_KEPT)(_derived)


def _writing(write: Callable[[int], str]) -> Callable[[float], bytes]:
    """What writes the second of a moment. Mostly it is always the same moment."""

    @lru_cache(maxsize=1)
    def written(now: float) -> bytes:
        return write(int(now)).encode()

    return written
