"""The steps of an answer: values for the edge to perform, in order. Nothing here waits, sends or has a clock.

An answer is one `Whole`, or a `Head` and what follows it; waits stand between. Deadlines are seconds since
the request came in, absolute within the exchange. A body ends when the steps do, unless one of the last
three says otherwise; behind those comes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, zip_longest
from math import inf
from operator import lt
from typing import Literal, TypeAlias

from mockserver.protocols.base import Answer, Headers
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due before `until`, in seconds since the request came in."""

    until: float


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole answer at once."""

    answer: Answer


BodyEnd = Literal["chunked", "length", "close"]


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer whose body follows in pieces. `body` is how HTTP tells where it ends:
    chunked, by a Content-Length of `length` bytes (be it true or not), or by closing the connection.
    """

    status: int
    headers: Headers
    body: BodyEnd = "chunked"
    length: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes of the body, in one write."""

    data: bytes


@dataclass(frozen=True, slots=True)
class SendBare:
    """Bytes that HTTP does not frame, in one write."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset, be anything sent or not."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The connection is closed where the answer stands; `behind_body` tells that nothing of it is missing."""

    behind_body: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing more is sent; the connection stays open until the client leaves or the server stops."""


Step: TypeAlias = Wait | Whole | Head | Send | SendBare | Reset | Disconnect | Hold


# An answer that was told before is told again in fewer words: its bytes are written out already.


@dataclass(frozen=True, slots=True, eq=False)
class HeadShape:
    """What the heads of one answer have in common, however often it is told. `sample` is one of them: of its
    values only those that say how the body ends are the same in all.
    """

    sample: Head


@dataclass(frozen=True, slots=True)
class WrittenHead:
    """A head whose headers are written out as HTTP has them, each with its line end."""

    shape: HeadShape
    lines: bytes

    @property
    def plain(self) -> Head:
        pairs = (line.partition(": ") for line in self.lines.decode().split("\r\n")[:-1])
        return replace(self.shape.sample, headers=tuple((name, value) for name, _, value in pairs))


@dataclass(frozen=True, slots=True)
class WrittenWhole:
    """The whole answer at once, its head written out."""

    head: WrittenHead
    body: bytes

    @property
    def plain(self) -> Whole:
        head = self.head.plain
        return Whole(Answer(head.status, head.headers, self.body))


@dataclass(frozen=True, slots=True)
class Burst:
    """Pieces of the body that are due at the same moment: as many `Send`s, all in one write. `chunked` is how
    HTTP has them in chunks, `sizes` how many bytes each of them is.
    """

    sizes: tuple[int, ...]
    chunked: bytes

    @property
    def plain(self) -> Iterator[Send]:
        at = 0
        for size in self.sizes:
            at += len(chunk_head(size))
            yield Send(self.chunked[at : at + size])
            at += size + len(CHUNK_END)


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """When the parts of a stretch of a body are due, one after the other, and how they stand in its text: the
    same however often the answer is told. Each part is a `Wait` and a `Burst`, and `dues` and `sizes` are
    what those have; infinity stands behind the last of the dues. `places` is where each part begins in the
    text, and `pieces` how many come before it; behind the last stands where it ends, and how many there are.
    """

    dues: tuple[float, ...]
    sizes: tuple[tuple[int, ...], ...]
    places: tuple[int, ...]
    pieces: tuple[int, ...]

    @classmethod
    def of(cls, stretch: Sequence[AnyStep], begin: int = 0) -> Timetable:
        """The timetable of a stretch, whose text begins there."""
        waits = [step for step in stretch if isinstance(step, Wait)]
        bursts = [step for step in stretch if isinstance(step, Burst)]
        seen = {burst.sizes: burst.sizes for burst in bursts}
        return cls(
            dues=(*(wait.until for wait in waits), inf),
            sizes=tuple(seen[burst.sizes] for burst in bursts),
            places=tuple(accumulate((len(burst.chunked) for burst in bursts), initial=begin)),
            pieces=tuple(accumulate((len(burst.sizes) for burst in bursts), initial=0)),
        )

    def __len__(self) -> int:
        """How many parts there are."""
        return len(self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """A stretch of a body in chunks: its parts in one `text`, where the timetable says."""

    timetable: Timetable
    text: bytes

    @property
    def plain(self) -> Iterator[Step]:
        table = self.timetable
        for at, sizes in enumerate(table.sizes):
            yield Wait(table.dues[at])
            yield from Burst(sizes, self.text[table.places[at] : table.places[at + 1]]).plain


def stretches(steps: Sequence[AnyStep]) -> Iterator[tuple[int, int]]:
    """Where stretches begin and end in these steps. The last part that is due in a row is of none: what comes
    behind it leaves along with it.
    """
    at = 0
    while at < len(steps):
        end = at
        while all(map(isinstance, steps[end : end + 3], (Wait, Burst, Wait))) and end + 3 < len(steps):
            end += 2
        if end > at:
            yield at, end
        at = end + 1


def retimed(steps: Iterable[AnyStep], moments: Mapping[float, float]) -> Iterator[AnyStep]:
    """The steps, due when `moments` say instead. What is not due later than what comes before it is not
    waited for.
    """
    waited = 0.0
    for step in steps:
        if isinstance(step, Timed):
            dues = [moments[due] for due in step.timetable.dues[:-1]]
            if all(map(lt, (waited, *dues), dues)):
                waited = dues[-1]
                yield Timed(replace(step.timetable, dues=(*dues, inf)), step.text)
                continue
        for each in step.plain if isinstance(step, Timed) else (step,):
            if not isinstance(each, Wait):
                yield each
            elif moments[each.until] > waited:
                waited = moments[each.until]
                yield Wait(waited)


CHUNK_END = b"\r\n"


def chunk_head(size: int) -> bytes:
    """What stands before a piece of that size where the body is chunked."""
    return b"%x\r\n" % size


AnyStep: TypeAlias = Step | WrittenHead | WrittenWhole | Burst | Timed
"""What an edge must be able to perform."""

Ready: TypeAlias = tuple[WrittenWhole] | tuple[WrittenHead, Burst]
"""All of an answer that is due at once: nothing has to be waited for, and nothing is made on the way."""


def plain(steps: Iterable[AnyStep]) -> Iterator[Step]:
    """The same steps, with nothing written out."""
    for step in steps:
        match step:
            case WrittenHead() | WrittenWhole():
                yield step.plain
            case Burst() | Timed():
                yield from step.plain
            case _:
                yield step


def gathered(steps: Iterable[AnyStep]) -> Answer:
    """The answer that steps give, without their waits."""
    status, body = 200, list[bytes]()
    headers: Headers = ()
    for step in plain(steps):
        match step:
            case Whole(answer=answer):
                return answer
            case Head(status=status, headers=headers):
                pass
            case Send(data=data):
                body.append(data)
            case Wait() | SendBare() | Reset() | Disconnect() | Hold():
                pass
    return Answer(status, headers, b"".join(body))


def same_body(one: Iterable[Step], other: Iterable[Step]) -> bool:
    """Whether two answers have the same body, be it cut into the same writes or not. Neither is taken further
    than to where they differ.
    """
    left = right = b""
    for mine, yours in zip_longest(_written(one), _written(other), fillvalue=b""):
        left, right = left + mine, right + yours
        common = min(len(left), len(right))
        if left[:common] != right[:common]:
            return False
        left, right = left[common:], right[common:]
    return left == right


def _written(steps: Iterable[Step]) -> Iterator[bytes]:
    for step in steps:
        match step:
            case Whole(answer=answer):
                yield answer.body
            case Send(data=data):
                yield data
            case _:
                pass
