"""A pace as it is played: when each piece of an answer is due, and how streamed text is cut into pieces.

Values in, seconds and pieces out. Nothing here waits or knows what time it is; what is drawn comes from the
generators of the request, so the same request is always played the same. Deadlines are absolute within the
exchange, so that waits do not drift.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from mockserver.events import Delta
from mockserver.scenario.delivery import Pace
from mockserver.tokens import split_tokens

_LOGNORMAL_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Tempo:
    """A pace for one request. `random` gives a generator for a label, in the same state whenever it is asked;
    `speed` divides every wait, 0 skips them all.
    """

    pace: Pace
    random: Callable[[str], Random]
    speed: float = 1.0

    @property
    def waits(self) -> bool:
        return self.speed > 0 and bool(self.pace.first or self.pace.gap)

    def begin(self) -> Deadlines:
        """The deadlines of an answer, the same whenever they are asked for."""
        return Deadlines(self)

    def cut(self, text: str) -> Sequence[str]:
        """The pieces in which a text is streamed, the same whenever they are asked for."""
        match self.pace.chunk:
            case "word":
                return split_tokens(text)
            case "char":
                return _in_pieces_of(1, text)
            case int(size):
                return _in_pieces_of(size, text)
            case tuple(pieces):
                return pieces if "".join(pieces) == text else split_tokens(text)


class Deadlines:
    """When the parts of one answer are due, in seconds since the request came in; all at 0 where nothing
    waits. `first` is for what comes first, be it the head. They never turn back.
    """

    def __init__(self, tempo: Tempo) -> None:
        self._pace = tempo.pace
        self._random = tempo.random("pace")
        self._speed = tempo.speed if tempo.waits else float("inf")
        self._due = self._spread(tempo.pace.first)
        self._begun = False
        self.first = self._due / self._speed

    def due(self, delta: Delta | None = None) -> float:  # noqa: ARG002 - for rates in tokens and characters
        """When the next piece is due: this delta, or a frame of which nothing is known. To be asked once for
        each, in order.
        """
        if self._begun:
            self._due += self._spread(self._pace.gap)
        self._begun = True
        return self._due / self._speed

    def _spread(self, wait: float) -> float:
        """A wait with its jitter, never negative."""
        match self._pace.jitter:
            case "lognormal":
                # This mu keeps the mean of the waits at what the script says.
                return wait * self._random.lognormvariate(-(_LOGNORMAL_SPREAD**2) / 2, _LOGNORMAL_SPREAD)
            case width:
                return max(0.0, wait + self._random.uniform(-width, width)) if wait else 0.0


def _in_pieces_of(size: int, text: str) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
