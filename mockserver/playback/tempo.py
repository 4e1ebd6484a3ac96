"""A pace as it is played: when each piece of an answer is due, and how streamed text is cut into pieces.

Values in, seconds and pieces out. Nothing here waits or knows what time it is; what is drawn comes from the
generators of the request, so the same request is always played the same. Deadlines are absolute within the
exchange, so that waits do not drift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import repeat
from random import Random
from typing import Any

from mockserver.events import Delta
from mockserver.scenario.delivery import (
    Delay,
    Lognormal,
    Normal,
    Pace,
    PerCharacter,
    PerToken,
    Replay,
    Sample,
    Sizes,
    Uniform,
)
from mockserver.scenario.durations import LONGEST
from mockserver.text.characters import split_characters
from mockserver.text.tokens import split_tokens, split_words
from mockserver.values import dataclass

_LOGNORMAL_SPREAD = 0.6
PACE = "pace"
"""What the waits of an answer are drawn under."""

_DRAWN = (Uniform, Normal, Lognormal, Sample)
_NEVER_DRAWN_FROM = Random(0)  # noqa: S311 - stands where nothing is drawn
_LONGEST_KEPT = 16
"""Only a run of the like of spaces is longer than this, and it goes on from its end as from its beginning."""


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

    @property
    def draws(self) -> bool:
        """Whether waits are drawn."""
        drawn = any(isinstance(wait, _DRAWN) for wait in (self.pace.first, self.pace.gap))
        return self.waits and (drawn or bool(self.pace.jitter))

    def begin(self) -> Deadlines:
        """The deadlines of an answer, the same whenever they are asked for."""
        return Deadlines(self)

    def cut(self, text: str) -> Sequence[str]:
        """The pieces in which a text is streamed, the same whenever they are asked for. Unless they are
        listed, none of them ends inside a character.
        """
        match self.pace.chunk:
            case "word":
                return split_words(text)
            case "char":
                return split_characters(text)
            case int(size):
                return list(_in_pieces_of(repeat(size), text))
            case Sizes(least, most):
                # The text is part of the label, so that the parts of a reply are cut each in its own way.
                random = self.random(f"chunk {text!r}")
                sizes = (random.randint(least, most) for _ in repeat(None))
                return list(_in_pieces_of(sizes, text))
            case tuple(pieces):
                return pieces if "".join(pieces) == text else split_words(text)


def _in_pieces_of(sizes: Iterator[int], text: str) -> Iterator[str]:
    characters, at = split_characters(text), 0
    while at < len(characters):
        size = next(sizes)
        yield "".join(characters[at : at + size])
        at += size


class Deadlines:
    """When the parts of one answer are due, in seconds since the request came in; all at 0 where nothing
    waits. `first` is for what comes first, be it the head. They never turn back.
    """

    def __init__(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self._pace = tempo.pace
        self._speed = tempo.speed
        self._waits = tempo.waits
        self._random = tempo.random(PACE) if tempo.draws else _NEVER_DRAWN_FROM
        self._due = self._spread(self._drawn(tempo.pace.first)) if self._waits else 0.0
        self._pieces = 0
        self._text = _Told()
        self.first = self._now
        self._score = self._random.begin(tempo, self.first) if isinstance(self._random, Gauge) else None

    def due(self, delta: Delta | None = None) -> float:
        """When the next piece is due: this delta, or a frame of which nothing is known. To be asked once for
        each, in order.
        """
        if not self._waits:
            return 0.0
        gap = self._gap(delta)
        due = self.due_after(gap)
        self._pieces += 1
        if self._score:
            self._score.note(gap, due)
        return due

    def due_after(self, gap: Delay) -> float:
        """When the next piece is due, after such a wait."""
        wait = self._drawn(gap)
        self._due += self._spread(wait) if wait else 0.0
        return self._now

    @property
    def _now(self) -> float:
        return self._due / self._speed if self._waits else 0.0

    def _gap(self, delta: Delta | None) -> Delay:
        """The wait before a piece. The first is there at once, or its first token or character is."""
        match self._pace.gap:
            case PerToken(seconds):
                return seconds * self._text.grown(delta, split_tokens)
            case PerCharacter(seconds):
                return seconds * self._text.grown(delta, split_characters)
            case _ if not self._pieces:
                return 0.0
            case Replay(waits):
                return waits[(self._pieces - 1) % len(waits)]
            case delay:
                return delay

    def _spread(self, wait: float) -> float:
        """A wait with its jitter, never negative."""
        match self._pace.jitter:
            case "lognormal":
                # This mu keeps the mean of the waits at what the script says.
                return wait * self._random.lognormvariate(-(_LOGNORMAL_SPREAD**2) / 2, _LOGNORMAL_SPREAD)
            case width:
                return max(0.0, wait + self._random.uniform(-width, width)) if wait and width else wait

    def _drawn(self, delay: Delay) -> float:
        """One wait: never negative, and no longer than a script may say."""
        match delay:
            case float():
                return delay
            case Uniform(least, most):
                return self._random.uniform(least, most)
            case Normal(mean, deviation):
                return min(max(0.0, self._random.normalvariate(mean, deviation)), LONGEST)
            case Lognormal(median, sigma):
                return min(median * self._random.lognormvariate(0, sigma), LONGEST)
            case Sample(waits):
                return self._random.choice(waits)


@dataclass(slots=True)
class Score:
    """What the deadlines of an answer were made of: the wait before each piece, as it is before it is drawn,
    and when each was due; the very first is that of the answer.
    """

    pace: Pace
    speed: float
    dues: list[float]
    gaps: list[Delay] = field(default_factory=list)

    def note(self, gap: Delay, due: float) -> None:
        self.gaps.append(gap)
        self.dues.append(due)

    def drawn(self, random: Random) -> Mapping[float, float]:
        """When each piece is due instead where the waits are drawn from that generator, by when it was."""
        deadlines = Tempo(self.pace, lambda _: random, self.speed).begin()
        return dict(zip(self.dues, (deadlines.first, *map(deadlines.due_after, self.gaps)), strict=True))


class Gauge(Random):
    """Stands in for what waits are drawn from, to see how they are: each that may be drawn is waited for."""

    score: Score | None = None

    def begin(self, tempo: Tempo, first: float) -> Score:
        self.score = Score(tempo.pace, tempo.speed, [first])
        return self.score

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)

    def normalvariate(self, mu: float = 0.0, sigma: float = 1.0) -> float:  # noqa: ARG002 - as random has it
        return 1.0

    def lognormvariate(self, mu: float, sigma: float) -> float:  # noqa: ARG002 - as random has it
        return 1.0

    def choice(self, seq: Any) -> Any:
        return max(seq)


class _Told:
    """What of a reply has been told, in tokens or characters. One that a piece ends inside of counts as told:
    it must have been there.
    """

    def __init__(self) -> None:
        self._part = -1
        self._last = ""
        self._begun = False

    def grown(self, delta: Delta | None, split: Callable[[str], Sequence[str]]) -> int:
        """By how many this piece goes on, not counting the very first of them. An unknown one counts as 1."""
        new = 1 if delta is None else self._more(delta, split)
        counted = new if self._begun else max(0, new - 1)
        self._begun = self._begun or new > 0
        return counted

    def _more(self, delta: Delta, split: Callable[[str], Sequence[str]]) -> int:
        if delta.index != self._part:
            self._part, self._last = delta.index, ""
        pieces = split(self._last + delta.text)
        known = 1 if self._last else 0
        last = pieces[-1] if pieces else ""
        self._last = last if len(last) <= _LONGEST_KEPT else last[-2:]
        return len(pieces) - known
