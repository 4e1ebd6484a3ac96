"""An answer that was told before, kept as bytes with holes: what differs from one telling to the next is
filled in.

A template is made by telling the answer under a few contexts of its own, probes, which note each string that
they give. What is the same in all tellings is constant. What differs must be, byte for byte, letters of such
a string at a place that is the same in all; and another, real telling must come out just so. An answer of
which that is not true has no template. No I/O, no clock; nothing of a wire is known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import NoReturn, TypeAlias

from mockserver.draws import Draw, Draws, Token
from mockserver.protocols.base import ALPHANUMERIC, Context, Headers
from mockserver.steps import (
    CHUNK_END,
    AnyStep,
    Burst,
    Head,
    HeadShape,
    Ready,
    Send,
    Step,
    Timed,
    Timetable,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
    chunk_head,
    stretches,
)
from mockserver.values import dataclass

_PROBES = 5
"""So many letters of a drawn string tell it from all others, and where in it they stand."""

_ATTEMPTS = 3
"""So many sets of probes are tried: some may have a letter in common by chance."""

_LONGEST = 256 * 1024
"""Bytes of an answer; a longer one is not worth keeping."""

_WEIGHT_OF_STEP = 300
"""Bytes, about."""

_CHANGED = re.compile(rb"[^\0]+")


class NotAgainError(Exception):
    """The answer follows from more than the strings that a context gives."""


@dataclass(frozen=True, slots=True)
class Telling:
    """An answer as it is told once: its steps, and `name`, what it is kept under, where it is kept."""

    steps: Sequence[Step]
    name: str = ""


def _refuse(*_: object) -> NoReturn:
    raise NotAgainError


@dataclass(frozen=True, slots=True)
class _Probe(Context):
    """A context that notes what it gives, and gives nothing that is kept or drawn otherwise."""

    given: dict[Draw, str] = field(default_factory=dict)

    def token(self, label: str, length: int, alphabet: str = ALPHANUMERIC) -> str:
        made = Context.token(self, label, length, alphabet)
        self.given[Draw(Token(label, length, alphabet))] = made
        return made

    def derived(
        self, make: Callable[[str], str], label: str, length: int, alphabet: str = ALPHANUMERIC
    ) -> str:
        made = make(Context.token(self, label, length, alphabet))
        self.given[Draw(Token(label, length, alphabet), make)] = made
        return made

    def random(self, _label: str) -> NoReturn:
        raise NotAgainError


def _probe(context: Context, number: int, attempt: int) -> _Probe:
    """Real time differs in each, so that what follows from it is seen to differ."""
    return _Probe(
        identity=f"probe {attempt}.{number}".encode(),
        now=context.now,
        recall=_refuse,
        forget=_refuse,
        models=context.models,
        keep=_refuse,
        kept=_refuse,
        ask=_refuse,
        elapsed=context.elapsed + number,
        contract=context.contract,
        any_model=context.any_model,
    )


# ------------------------------------------------------------------------------------------ as text

_Written: TypeAlias = Callable[[bytes, int, int], AnyStep]
"""Makes a step of what stands between two places of the text of an answer."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One step as text: `same` is what all tellings must have in common of it."""

    same: object
    text: bytes
    write: _Written


def _lines(telling: Telling) -> Iterator[_Line]:
    """An answer step by step; its name is the last line."""
    chunked = False
    for is_send, group in groupby(telling.steps, lambda step: isinstance(step, Send)):
        if is_send:
            yield from _sent([step.data for step in group if isinstance(step, Send)], chunked=chunked)
            continue
        for step in group:
            match step:
                case Head(status=status, headers=headers, body=body, length=length):
                    chunked = body == "chunked"
                    shape = HeadShape(step)
                    yield _Line((status, _names(headers), body, length), _text(headers), _head(shape))
                case Whole(answer=answer):
                    length = len(answer.body)
                    shape = HeadShape(Head(answer.status, answer.headers, "length", length))
                    lines = _text(answer.headers)
                    same = (answer.status, _names(answer.headers), length)
                    yield _Line(same, lines + answer.body, _whole(shape, len(lines)))
                case Wait():
                    yield _Line(step, b"", _constant(step))
                case _:
                    raise NotAgainError
    yield _Line(None, telling.name.encode(), _constant(Wait(0)))


def _sent(pieces: Sequence[bytes], *, chunked: bool) -> Iterator[_Line]:
    if not chunked or not all(pieces):
        for piece in pieces:
            yield _Line(None, piece, lambda text, begin, end: Send(text[begin:end]))
        return
    sizes = tuple(map(len, pieces))
    framed = b"".join(part for piece in pieces for part in (chunk_head(len(piece)), piece, CHUNK_END))
    yield _Line(sizes, framed, lambda text, begin, end: Burst(sizes, text[begin:end]))


def _head(shape: HeadShape) -> _Written:
    return lambda text, begin, end: WrittenHead(shape, text[begin:end])


def _whole(shape: HeadShape, length: int) -> _Written:
    return lambda text, begin, end: WrittenWhole(
        WrittenHead(shape, text[begin : begin + length]), text[begin + length : end]
    )


def _constant(step: Wait) -> _Written:
    return lambda *_: step


def _at_once(steps: Sequence[AnyStep]) -> Callable[[bytes], Ready] | None:
    """How an answer in such steps is made of its text, where all of it is due at once."""
    match steps:
        case [WrittenWhole(head=WrittenHead(shape=shape, lines=lines), body=body)]:
            begin, end = len(lines), len(lines) + len(body)
            return lambda text: (WrittenWhole(WrittenHead(shape, text[:begin]), text[begin:end]),)
        case [WrittenHead(shape=shape, lines=lines), Burst(sizes=sizes, chunked=chunked)]:
            begin, end = len(lines), len(lines) + len(chunked)
            return lambda text: (WrittenHead(shape, text[:begin]), Burst(sizes, text[begin:end]))
        case _:
            return None


_Placed: TypeAlias = tuple[_Written, int, int]
"""What makes a step, and where that stands in the text."""


def _in_stretches(placed: Sequence[_Placed], text: bytes) -> Iterator[_Placed]:
    """The same steps, those of a stretch in one."""
    steps, done = [write(text, begin, end) for write, begin, end in placed], 0
    for first, last in stretches(steps):
        begin, end = placed[first][1], placed[last - 1][2]
        yield from placed[done:first]
        yield _timed(Timetable.of(steps[first:last], begin)), begin, end
        done = last
    yield from placed[done:]


def _timed(timetable: Timetable) -> _Written:
    return lambda text, *_: Timed(timetable, text)


def _names(headers: Headers) -> tuple[str, ...]:
    return tuple(name for name, _ in headers)


def _text(headers: Headers) -> bytes:
    if any(not f"{name}{value}".isprintable() for name, value in headers):
        raise NotAgainError  # the edge refuses it
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode()


# --------------------------------------------------------------------------------------- the template


class Template:
    """How an answer is told again. `now` is when it holds: the same answer later tells another time."""

    def __init__(self, text: bytes, holes: Sequence[_Hole], lines: Sequence[_Line], now: float) -> None:
        self.now = now
        self._draws = Draws(hole.draw for hole in holes)
        slices = tuple(dict.fromkeys(hole.filling for hole in holes if not hole.is_whole))
        numbers: dict[object, int] = {
            filling: at for at, filling in enumerate((*self._draws.listed, *slices))
        }
        self._slices = tuple((numbers[draw], begin, end) for draw, begin, end in slices)
        self._fill = _picking([numbers[hole.draw if hole.is_whole else hole.filling] for hole in holes])
        self._parts = _cut(text, holes)
        ends = list(accumulate(len(line.text) for line in lines))
        *steps, (self._name_at, self._end) = pairwise([0, *ends])
        written = tuple((line.write, *place) for line, place in zip(lines, steps, strict=False))
        self._steps = tuple(_in_stretches(written, text))
        self._at_once = _at_once([write(text, begin, end) for write, begin, end in self._steps])

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return sum(map(len, self._parts)) + _WEIGHT_OF_STEP * len(self._steps)

    def tell(self, identity: bytes) -> tuple[Iterator[AnyStep] | Ready, str]:
        """The steps of the answer of this identity, and its name."""
        text = self.text(identity)
        name = text[self._name_at : self._end].decode()
        if self._at_once:
            return self._at_once(text), name
        return (write(text, begin, end) for write, begin, end in self._steps), name

    def text(self, identity: bytes) -> bytes:
        """The whole answer in one: the texts of its steps, and its name."""
        made = self._draws.draw(identity)
        made += [made[number][begin:end] for number, begin, end in self._slices]
        parts = self._parts.copy()
        parts[1::2] = self._fill(made)
        return b"".join(parts)


def template_of(tell: Callable[[Context], Telling], context: Context) -> Template | None:
    """The template of what `tell` tells, if it has one; `context` is a real one."""
    try:
        for attempt in range(_ATTEMPTS):
            probes = [_probe(context, number, attempt) for number in range(_PROBES)]
            tellings = [list(_lines(tell(probe))) for probe in probes]
            if found := _template(tellings, [probe.given for probe in probes], context.now):
                wanted = b"".join(line.text for line in _lines(tell(context)))
                return found if found.text(context.identity) == wanted else None
    except NotAgainError:
        pass
    return None


def _template(
    tellings: Sequence[Sequence[_Line]], given: Sequence[Mapping[Draw, str]], now: float
) -> Template | None:
    first = [(line.same, len(line.text)) for line in tellings[0]]
    if any([(line.same, len(line.text)) for line in lines] != first for lines in tellings):
        raise NotAgainError
    texts = [b"".join(line.text for line in lines) for lines in tellings]
    if len(texts[0]) > _LONGEST or any(probe.keys() != given[0].keys() for probe in given):
        raise NotAgainError
    drawn = {draw: [probe[draw].encode() for probe in given] for draw in given[0]}
    holes = _holes(texts, {draw: made for draw, made in drawn.items() if made[0]})
    return None if holes is None else Template(texts[0], holes, tellings[0], now)


@dataclass(frozen=True, slots=True)
class _Hole:
    """Where a drawn string stands in the text, or `length` letters of it from `start` on."""

    at: int
    length: int
    draw: Draw
    start: int = 0

    @property
    def end(self) -> int:
        return self.at + self.length

    @property
    def is_whole(self) -> bool:
        """Whether all of the string stands there."""
        return self.draw.make is not None or self.length == self.draw.token.length

    @property
    def filling(self) -> tuple[Draw, int, int]:
        """The letters that stand there."""
        return self.draw, self.start, self.start + self.length


def _holes(texts: Sequence[bytes], drawn: Mapping[Draw, Sequence[bytes]]) -> list[_Hole] | None:
    """Where strings stand that were drawn, and parts of them. None if these probes cannot tell."""
    letters = _letters(drawn)
    if letters is None:
        return None
    holes = _apart(_whole_strings(texts, drawn))
    known = bytearray(len(texts[0]))
    for hole in holes:
        known[hole.at : hole.at + hole.length] = b"\1" * hole.length
    for change in _CHANGED.finditer(_difference(texts)):
        at = change.start()
        while at < change.end():
            if not known[at]:
                holes.append(_slice(texts, at, change.end(), letters))
                at += holes[-1].length - 1
            at += 1
    return sorted(holes, key=lambda hole: hole.at)


def _apart(holes: Iterable[_Hole]) -> list[_Hole]:
    """The longest of those that overlap."""
    chosen: list[_Hole] = []
    for hole in sorted(holes, key=lambda hole: -hole.length):
        if all(hole.end <= other.at or other.end <= hole.at for other in chosen):
            chosen.append(hole)
    return chosen


def _difference(texts: Sequence[bytes]) -> bytes:
    """Zero where all texts are the same."""
    first, *others = (int.from_bytes(text) for text in texts)
    differing = 0
    for other in others:
        differing |= first ^ other
    return differing.to_bytes(len(texts[0]))


def _whole_strings(texts: Sequence[bytes], drawn: Mapping[Draw, Sequence[bytes]]) -> Iterator[_Hole]:
    """Where drawn strings stand as a whole."""
    for draw, made in drawn.items():
        length = len(made[0])
        if any(len(other) != length for other in made):
            continue
        for found in re.finditer(re.escape(made[0]), texts[0]):
            at = found.start()
            if all(text.startswith(other, at) for text, other in zip(texts, made, strict=True)):
                yield _Hole(at, length, draw)


_Letters: TypeAlias = Mapping[tuple[int, ...], tuple[Draw, int] | None]
"""What letter of which drawn string has these values in the probes; None where several have."""


def _letters(drawn: Mapping[Draw, Sequence[bytes]]) -> _Letters | None:
    """None where a letter is the same in all probes: nobody would see it where it stands."""
    letters: dict[tuple[int, ...], tuple[Draw, int] | None] = {}
    for draw, made in drawn.items():
        if draw.make:
            continue
        for at, column in enumerate(zip(*made, strict=True)):
            if len(set(column)) == 1:
                return None
            letters[column] = None if column in letters else (draw, at)
    return letters


def _slice(texts: Sequence[bytes], at: int, end: int, letters: _Letters) -> _Hole:
    """The part of a drawn string that begins there. What differs there may be more than one."""
    columns = zip(*(text[at:end] for text in texts), strict=True)
    found = [letters.get(column) for column in columns]
    if found[0] is None:
        raise NotAgainError
    draw, start = found[0]
    length = _common(found, ((draw, start + more) for more in range(end - at)))
    return _Hole(at, length, draw, start)


def _common(found: Iterable[object], wanted: Iterable[object]) -> int:
    """How many items two rows have in common before they part."""
    length = 0
    for one, other in zip(found, wanted, strict=False):
        if one != other:
            break
        length += 1
    return length


def _picking(places: Sequence[int]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    """What picks the items at these places."""
    if len(places) < 2:  # noqa: PLR2004 - one alone would come without a tuple
        return lambda items: [items[place] for place in places]
    return itemgetter(*places)


def _cut(text: bytes, holes: Sequence[_Hole]) -> list[bytes]:
    """What stands around the holes, each of which has an empty place of its own."""
    parts: list[bytes] = []
    at = 0
    for hole in holes:
        parts += [text[at : hole.at], b""]
        at = hole.end
    return [*parts, text[at:]]
