"""An answer that was told before, kept as bytes with holes: what differs from one telling to the next is
filled in.

A template is made by telling the answer under a few contexts of its own, probes, which note each string that
they give. What is the same in all tellings is constant. What differs must be, byte for byte, letters of such
a string at a place that is the same in all, or the time in seconds; and another, real telling must come out
just so. An answer of which that is not true has no template. No I/O, no clock; nothing of a wire is known
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import NamedTuple, NoReturn, TypeAlias

from mockserver.history.fidelity import Parts
from mockserver.playback.steps import (
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
    plain,
    retimed,
    stretches,
)
from mockserver.playback.tempo import PACE, Gauge, Score
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.drawing import ALPHANUMERIC, Identified
from mockserver.retelling.draws import SECONDS, Draw, Draws, Own, Token
from mockserver.retelling.holes import Hole, NotAgainError, holes_in
from mockserver.retelling.own_strings import own_strings, with_strings, without_strings
from mockserver.values import dataclass

_PROBES = 5
"""So many letters of a drawn string tell it from all others, and where in it they stand."""

SPAN = 3_600
"""Seconds for which a template holds. Whatever follows from the time within them is seen to differ."""

_ATTEMPTS = 3
"""So many sets of probes are tried: some may have a letter in common by chance."""

_LONGEST = 256 * 1024
"""Bytes of an answer; a longer one is not worth keeping."""

_WEIGHT_OF_STEP = 300
"""Bytes, about."""


@dataclass(frozen=True, slots=True)
class Telling:
    """An answer as it is told once: its steps, and `name`, what it is kept under, where it is kept. `said` is
    what a client hands back of it; None where that is not told.
    """

    steps: Sequence[Step]
    name: str = ""
    said: Parts | None = ()


def _agreed(tellings: Sequence[Telling]) -> Sequence[Telling]:
    """The same tellings; without what was said, where that differs in more than the strings of its own."""
    said = [telling.said for telling in tellings]
    bare = [None if one is None or own_strings(one) is None else without_strings(one) for one in said]
    if None not in bare and all(repr(one) == repr(bare[0]) for one in bare):
        return tellings
    return [replace(telling, said=None) for telling in tellings]


def _refuse(*_: object) -> NoReturn:
    raise NotAgainError


@dataclass(frozen=True, slots=True)
class _Probe(Context):
    """A context that notes what it gives, and gives nothing that is kept or drawn otherwise."""

    given: dict[Own, str] = field(default_factory=dict)
    gauges: list[Gauge] = field(default_factory=list)

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

    def random(self, label: str) -> Gauge:
        if label != PACE or self.gauges:
            raise NotAgainError
        self.gauges.append(Gauge(0))
        return self.gauges[0]


def _probe(context: Context, number: int, attempt: int, span: int) -> _Probe:
    """Real time differs in each, so that what follows from it is seen to differ. So does what time it is for
    clients, over the whole `span`, if there is any, and within a second.
    """
    share = number / (_PROBES - 1)
    now = context.now // 1 + span * share + share * 0.99 if span else context.now
    return _Probe(
        identity=f"probe {attempt}.{number}".encode(),
        given={second: second.write(int(now)) for second in SECONDS} if span else {},
        now=now,
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
    for text in (telling.name, *(own_strings(telling.said or ()) or ())):
        yield _Line(None, text.encode(), _constant(Wait(0)))


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


class _Besides(NamedTuple):
    """What of an answer is not in its text: what its waits follow from, and what is handed back of it."""

    score: Score | None
    said: Parts | None


class Template:
    """How an answer is told again, from `since` to `until`: later it may tell something else. `said` is what
    is handed back of one telling; None where that is not told.
    """

    def __init__(
        self,
        text: bytes,
        holes: Sequence[Hole],
        lines: Sequence[_Line],
        span: tuple[float, float],
        besides: _Besides,
    ) -> None:
        self._since, self._until = span
        self._score, said = besides
        self._draws = Draws(hole.draw for hole in holes)
        slices = tuple(dict.fromkeys(hole.filling for hole in holes if not hole.is_whole))
        numbers: dict[object, int] = {
            filling: at for at, filling in enumerate((*self._draws.listed, *slices))
        }
        self._slices = tuple((numbers[draw], begin, end) for draw, begin, end in slices)
        self._around = _around(text, holes)
        begins = len(numbers)
        order = [begins]
        for at, hole in enumerate(holes, begins + 1):
            order += (numbers[hole.draw if hole.is_whole else hole.filling], at)
        self._in_order = _picking(order)
        ends = list(accumulate(len(line.text) for line in lines))
        places = tuple(pairwise([0, *ends]))
        own = len(places) - len(own_strings(said or ()) or ())
        *steps, self._name = places[:own]
        self.is_named = self._name[0] < self._name[1]
        self._own, self.said = places[own:], said
        written = tuple((line.write, *place) for line, place in zip(lines, steps, strict=False))
        self._steps = tuple(_in_stretches(written, text))
        self._at_once = _at_once([write(text, begin, end) for write, begin, end in self._steps])

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return sum(map(len, self._around)) + _WEIGHT_OF_STEP * len(self._steps)

    def holds(self, now: float) -> bool:
        """Whether the answer can be told at that time."""
        return self._since <= now <= self._until

    def tell(self, identity: bytes, now: float) -> tuple[Iterator[AnyStep] | Ready, str, Parts | None]:
        """The steps of the answer of this identity at that time, its name, and what is handed back of it."""
        text = self.text(identity, now)
        begin, end = self._name
        name, said = text[begin:end].decode(), self.said
        if said and self._own:
            said = with_strings(said, iter([text[begin:end].decode() for begin, end in self._own]))
        if self._at_once:
            return self._at_once(text), name, said
        steps = (write(text, begin, end) for write, begin, end in self._steps)
        if self._score:
            return retimed(steps, self._score.drawn(Identified(identity).random(PACE))), name, said
        return steps, name, said

    def text(self, identity: bytes, now: float) -> bytes:
        """The whole answer in one: the texts of its steps, its name, and strings that are handed back."""
        made = self._draws.draw(identity, now)
        for number, begin, end in self._slices:
            made.append(made[number][begin:end])
        made += self._around
        return b"".join(self._in_order(made))


def template_of(tell: Callable[[Context], Telling], context: Context) -> Template | None:
    """The template of what `tell` tells, if it has one; `context` is a real one. Where the answer tells more
    of the time than seconds, it holds for that very moment.
    """
    return _template_over(SPAN, tell, context) or _template_over(0, tell, context)


def _template_over(span: int, tell: Callable[[Context], Telling], context: Context) -> Template | None:
    """The one that holds for so many seconds."""
    now = context.now
    since, until = (now // 1, now // 1 + span) if span else (now, now)
    try:
        for attempt in range(_ATTEMPTS):
            probes = [_probe(context, number, attempt, span) for number in range(_PROBES)]
            told = _agreed([tell(probe) for probe in probes])
            tellings = [list(_lines(telling)) for telling in told]
            if found := _found(tellings, [probe.given for probe in probes]):
                besides = _Besides(_score(tellings[0], probes[0]), told[0].said)
                template = Template(*found, (since, until), besides)
                return template if _is_right(template, tell, context) else None
    except NotAgainError:
        pass
    return None


def _is_right(template: Template, tell: Callable[[Context], Telling], context: Context) -> bool:
    """Whether it tells what is told."""
    steps, name, said = template.tell(context.identity, context.now)
    wanted = tell(context)
    if said is not None and _exact(said) != _exact(wanted.said):
        return False
    return (list(plain(steps)), name) == (list(wanted.steps), wanted.name)


def _exact(said: Parts | None) -> tuple[str, Sequence[str] | None]:
    """So that true is not 1, as it is to Python; and with signatures, which make no calls unequal."""
    return repr(said), own_strings(said or ())


def _found(
    tellings: Sequence[Sequence[_Line]], given: Sequence[Mapping[Own, str]]
) -> tuple[bytes, Sequence[Hole], Sequence[_Line]] | None:
    """One of these tellings, and where its holes are. None if these probes cannot tell."""
    first = [(line.same, len(line.text)) for line in tellings[0]]
    if any([(line.same, len(line.text)) for line in lines] != first for lines in tellings):
        raise NotAgainError
    texts = [b"".join(line.text for line in lines) for lines in tellings]
    if len(texts[0]) > _LONGEST or any(probe.keys() != given[0].keys() for probe in given):
        raise NotAgainError
    drawn = {draw: [probe[draw].encode() for probe in given] for draw in given[0]}
    holes = holes_in(texts, {draw: made for draw, made in drawn.items() if made[0]})
    return None if holes is None else (texts[0], holes, tellings[0])


def _score(lines: Sequence[_Line], probe: _Probe) -> Score | None:
    """What the waits of this telling follow from, where they are drawn."""
    score = probe.gauges[0].score if probe.gauges else None
    if score and not {line.same.until for line in lines if isinstance(line.same, Wait)} <= {*score.dues}:
        raise NotAgainError
    return score


def _picking(places: Sequence[int]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    """What picks the items at these places."""
    if len(places) < 2:  # noqa: PLR2004 - one alone would come without a tuple
        return lambda items: [items[place] for place in places]
    return itemgetter(*places)


def _around(text: bytes, holes: Sequence[Hole]) -> list[bytes]:
    """What stands before the holes, and behind the last."""
    begins = [0, *(hole.end for hole in holes)]
    ends = [*(hole.at for hole in holes), len(text)]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
