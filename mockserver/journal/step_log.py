"""The steps of an answer that were done, as plain numbers: there may be thousands of each answer, and ten
thousand answers are kept. No clock, no I/O.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, overload

from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    Hold,
    Reset,
    Send,
    SendBare,
    Timetable,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
)
from mockserver.values import dataclass

StepKind = Literal["wait", "head", "send", "whole", "bare", "reset", "disconnect", "hold"]


@dataclass(frozen=True, slots=True)
class StepTime:
    """A step of an answer: when it was due and when it was done, in seconds since the request came in, and
    how many bytes of the body it wrote, or of what went past HTTP.
    """

    due: float
    done: float
    size: int
    kind: StepKind


class StepLog(Sequence[StepTime]):
    """The steps of one answer that were done, in their order. It is filled while the answer is on its way.

    Kept as plain numbers, since there may be thousands: when each was due and when it was done, and its size
    and kind in one. Of what keeps to a timetable, only when it was done.
    """

    __slots__ = ("_due", "_numbers", "_timed")

    def __init__(self) -> None:
        self._numbers = array("d")
        self._due = 0.0
        self._timed: _Timed | None = None

    @classmethod
    def of(cls, steps: Iterable[StepTime]) -> StepLog:
        """A log that tells these steps."""
        log = cls()
        for step in steps:
            told = step.size * _CODED + _KINDS_BY_CODE.index(step.kind)
            log._numbers.extend((step.due, step.done, told))
        return log

    def note(self, step: AnyStep, done: float) -> None:
        """Note a step that was done at that second. It was due when what is waited for before it was."""
        self.note_all((step,), done)

    def note_all(self, steps: Iterable[AnyStep], done: float) -> None:
        """Note steps that were done in the same moment."""
        due, numbers = self._due, list[float]()
        for step in steps:  # by type and not by `match`, which would cost as much as all the rest
            if type(step) is Send:
                numbers.extend((due, done, len(step.data) * _CODED + _SEND))
            elif type(step) is Wait:
                due = step.until
                numbers.extend((due, done, _WAIT))
            elif type(step) is Burst:
                for size in step.sizes:
                    numbers.extend((due, done, size * _CODED + _SEND))
            else:
                numbers.extend((due, done, _size(step) * _CODED + _CODES[type(step)]))
        self._due = due
        self._numbers.fromlist(numbers)

    def keep_to(self, timetable: Timetable) -> array[float]:
        """The steps that are done next are those of a timetable. When each part of it was done is to be
        appended to what is returned, in seconds, until other steps are noted.
        """
        self._numbers, done = self._told(), array("d")
        self._timed = _Timed(timetable, len(self._numbers), done)
        self._due = timetable.dues[len(timetable) - 1]
        return done

    @property
    def weight(self) -> int:
        """In bytes. Steps by a timetable count as others do: it may be that nobody else keeps it."""
        return len(self) * _NUMBERS * self._numbers.itemsize

    def __len__(self) -> int:
        return len(self._numbers) // _NUMBERS + (len(self._timed) if self._timed else 0)

    @overload
    def __getitem__(self, at: int) -> StepTime: ...

    @overload
    def __getitem__(self, at: slice) -> list[StepTime]: ...

    def __getitem__(self, at: int | slice) -> StepTime | list[StepTime]:
        numbers = self._told()
        if isinstance(at, slice):
            return [_step(numbers, number) for number in range(*at.indices(len(numbers) // _NUMBERS))]
        return _step(numbers, range(len(numbers) // _NUMBERS)[at])

    def __iter__(self) -> Iterator[StepTime]:
        numbers = self._told()
        return (_step(numbers, number) for number in range(len(numbers) // _NUMBERS))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} steps>"

    def _told(self) -> array[float]:
        """The numbers of all steps. Not to be changed."""
        if self._timed is None:
            return self._numbers
        before = self._timed.before
        return self._numbers[:before] + self._timed.numbers() + self._numbers[before:]


@dataclass(frozen=True, slots=True)
class _Timed:
    """What was done by a timetable: its first parts, one for each of `done`. `before` counts numbers."""

    timetable: Timetable
    before: int
    done: array[float]

    def __len__(self) -> int:
        """How many steps that were: a wait for each part, and its pieces."""
        return len(self.done) + self.timetable.pieces[len(self.done)]

    def numbers(self) -> array[float]:
        """The same as those of steps that were noted."""
        numbers = list[float]()
        for due, sizes, done in zip(self.timetable.dues, self.timetable.sizes, self.done, strict=False):
            numbers.extend((due, done, _WAIT))
            for size in sizes:
                numbers.extend((due, done, size * _CODED + _SEND))
        return array("d", numbers)


def _step(numbers: array[float], number: int) -> StepTime:
    due, done, told = numbers[number * _NUMBERS : (number + 1) * _NUMBERS]
    size, kind = divmod(int(told), _CODED)
    return StepTime(due, done, size, _KINDS_BY_CODE[kind])


_KINDS: Mapping[type[AnyStep], StepKind] = {
    Wait: "wait",
    Head: "head",
    WrittenHead: "head",
    Send: "send",
    Whole: "whole",
    WrittenWhole: "whole",
    SendBare: "bare",
    Reset: "reset",
    Disconnect: "disconnect",
    Hold: "hold",
}
_CODES = {step: code for code, step in enumerate(_KINDS)}
_KINDS_BY_CODE = tuple(_KINDS.values())
_SEND, _WAIT = _CODES[Send], _CODES[Wait]
_CODED = len(_KINDS)
_NUMBERS = 3


def _size(step: AnyStep) -> int:
    match step:
        case SendBare(data=data) | WrittenWhole(body=data):
            return len(data)
        case Whole(answer=answer):
            return len(answer.body)
        case _:
            return 0
