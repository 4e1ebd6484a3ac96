"""How the body of an answer is put on the wire, as steps: write by write, its lines, its coding, its length.

Content is not this module's business: what a client decodes is what it would have decoded without. Steps are
pulled ahead where something can only be known then, which costs no time: only the edge waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from mockserver.playback.content_coding import Coding, accepts, compressor
from mockserver.playback.event_lines import LINE_ENDS, EventLines, comment, line_end, without_blank_line
from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, Step, Wait, Whole
from mockserver.protocols.base import Answer, Headers, header_lookup
from mockserver.scenario.delivery import Wire
from mockserver.values import dataclass

_NATIVE = Wire()
_BOM = b"\xef\xbb\xbf"
_KEEP_ALIVE = "keep-alive"
_EVENT_STREAM = "text/event-stream"
_INSIDE_A_CHARACTER = re.compile(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])")


def framed(steps: Iterator[Step], wire: Wire, accepted: str, *, speed: float = 1.0) -> Iterator[Step]:
    """The steps of an answer as `wire` puts them. `accepted` is the client's `accept-encoding`; `speed`
    divides every wait.
    """
    if wire == _NATIVE:
        return steps
    silence = wire.keep_alive / speed if wire.keep_alive and speed else None
    return _Framing(wire, accepted, silence).framed(steps)


@dataclass(frozen=True, slots=True)
class _Framing:
    """One answer being framed. `silence`: for how many seconds a stream of events may be silent."""

    wire: Wire
    accepted: str
    silence: float | None

    def framed(self, steps: Iterator[Step]) -> Iterator[Step]:
        due = waited = 0.0
        for step in steps:
            match step:
                case Wait(until=until):
                    due = max(due, until)
                case Whole(answer=answer):
                    yield from _waits(due)
                    yield from self._whole(answer, steps)
                case Head():
                    yield from self._stream(step, steps, due, waited)
                case _:
                    yield from _waits(due)
                    waited = due
                    yield step

    def _whole(self, answer: Answer, behind: Iterator[Step]) -> Iterator[Step]:
        """An answer that was whole: in pieces only where the wire cannot be told otherwise. What of it is
        for streams of events leaves it alone.
        """
        coding = self._coding(answer.headers) if answer.body else None
        headers = self._headers(answer.headers, coding)
        sent = [Send(answer.body)] if answer.body else []
        wire = self.wire
        if sent and (
            wire.split_characters or isinstance(wire.write, int) or wire.body in {"chunked", "close"}
        ):
            head = Head(answer.status, headers, wire.body or "length")
            yield from _measured(head, self._bytes(chain(sent, behind), coding))
        else:
            body = b"".join(step.data for step in self._bytes(iter(sent), coding) if isinstance(step, Send))
            yield Whole(replace(answer, headers=headers, body=body))

    def _stream(self, head: Head, steps: Iterator[Step], due: float, waited: float) -> Iterator[Step]:
        """A stream whose head is `due`; until the second `waited` there was no place for it."""
        coding = self._coding(head.headers)
        measures = head.body == "length"
        if measures:  # what is true of a body is to be true of what becomes of it
            steps = iter(found := list(steps))
            measures = is_broken_off(found) or _length(found) == head.length
        if _is_event_stream(head.headers):
            sent = due
            if self.silence and due > waited + self.silence:
                # What tells that it is alive needs the head before it.
                steps = chain((Wait(due),), steps)
                sent, due = waited, waited + self.silence
            steps = self._events(steps, sent)
        body = self._bytes(steps, coding)
        head = replace(head, headers=self._headers(head.headers, coding))
        yield from _waits(due)
        if self.wire.body is None and not measures:
            yield head
            yield from body
        else:
            yield from _measured(replace(head, body=self.wire.body or head.body), body)

    def _coding(self, headers: Headers) -> Coding | None:
        coding = self.wire.encoding
        if coding is None or "content-encoding" in header_lookup(headers):
            return None
        return coding if accepts(self.accepted, coding) else None

    def _headers(self, headers: Headers, coding: Coding | None) -> Headers:
        added = list(headers)
        if self.wire.encoding:
            added.append(("vary", "accept-encoding"))
        if coding:
            added.append(("content-encoding", coding))
        if self.wire.close:
            added.append(("connection", "close"))
        return tuple(added)

    def _events(self, steps: Iterator[Step], sent: float) -> Iterator[Step]:
        """The body of a stream of events, its lines as the wire has them, and a comment wherever nothing
        would be sent for too long. `sent`: the second from which the silence counts.
        """
        lines = EventLines(self.wire)
        alive = Send(b"")
        if self.silence:
            steps, own_end = _with_line_end(steps)
            end = LINE_ENDS.get(self.wire.newline, own_end)
            alive = Send(comment(_KEEP_ALIVE, end) + end)
        due = sent
        if not self.wire.last_blank_line:
            steps = _without_last_blank_line(steps)
        for step in steps:
            match step:
                case Send(data=data):
                    sent = due
                    yield Send(lines.rewritten(data))
                case Wait(until=until):
                    while self.silence and lines.at_boundary and sent + self.silence < until:
                        sent += self.silence
                        yield Wait(sent)
                        yield alive
                    due = max(due, until)
                    yield step
                case _:
                    yield step

    def _bytes(self, steps: Iterator[Step], coding: Coding | None) -> Iterator[Step]:
        """The body as bytes: what stands before it, how it is coded, how it is cut into writes. Characters
        are not to be seen in what is coded, so they are split before it.
        """
        if self.wire.bom:
            steps = _with_bom(steps)
        if coding:
            steps = _split_inside_characters(steps) if self.wire.split_characters else steps
            return self._written(_coded(steps, coding))
        steps = self._written(steps)
        return _split_inside_characters(steps) if self.wire.split_characters else steps

    def _written(self, steps: Iterator[Step]) -> Iterator[Step]:
        match self.wire.write:
            case "event":
                return steps
            case "whole":
                return _in_one_write(steps)
            case size:
                return _in_writes_of(size, steps)


def _waits(due: float) -> Iterable[Step]:
    return (Wait(due),) if due > 0 else ()


def _is_event_stream(headers: Headers) -> bool:
    return header_lookup(headers).get("content-type", "").lower().startswith(_EVENT_STREAM)


def _with_line_end(steps: Iterator[Step]) -> tuple[Iterator[Step], bytes]:
    """The steps, and how the lines of the events in them end by themselves."""
    pulled: list[Step] = []
    for step in steps:
        pulled.append(step)
        if isinstance(step, Send) and (end := line_end(step.data)):
            return chain(pulled, steps), end
    return iter(pulled), b"\n"


def _without_last_blank_line(steps: Iterator[Step]) -> Iterator[Step]:
    """Every write waits here for the next one, not for its time: steps are pulled ahead."""
    held: list[Step] = []
    for step in steps:
        if isinstance(step, Send) and step.data:
            yield from held
            held = []
        held.append(step)
    match held:
        case [Send(data=data), *behind]:
            yield Send(without_blank_line(data))
            yield from behind
        case _:
            yield from held


def _with_bom(steps: Iterator[Step]) -> Iterator[Step]:
    first = True
    for step in steps:
        if first and isinstance(step, Send):
            first = False
            yield Send(_BOM + step.data)
        else:
            yield step


def _split_inside_characters(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        match step:
            case Send(data=data):
                yield from map(Send, _INSIDE_A_CHARACTER.split(data))
            case _:
                yield step


def _coded(steps: Iterator[Step], coding: Coding) -> Iterator[Step]:
    """Each write compressed so far that it can be decoded at once. A body that does not end has no end of
    its coding either.
    """
    stream = compressor(coding)
    for step in steps:
        match step:
            case Send(data=data):
                yield Send(stream.add(data))
            case Disconnect(behind_body=True):
                yield Send(stream.finish())
                yield step
                return
            case Reset() | Disconnect() | Hold():
                yield step
                return
            case _:
                yield step
    yield Send(stream.finish())


def _in_one_write(steps: Iterator[Step]) -> Iterator[Step]:
    """All of the body at once, when the last of it is due; before what breaks it off, what there is."""
    gathered: list[bytes] = []
    for step in steps:
        if isinstance(step, Send):
            gathered.append(step.data)
            continue
        if gathered and not isinstance(step, Wait):
            yield Send(b"".join(gathered))
            gathered = []
        yield step
    if gathered:
        yield Send(b"".join(gathered))


def _in_writes_of(size: int, steps: Iterator[Step]) -> Iterator[Step]:
    """Writes of so many bytes, wherever that cuts. What is due is sent before a wait."""
    rest = b""
    for step in steps:
        if isinstance(step, Send):
            data = rest + step.data
            whole = len(data) - len(data) % size
            yield from (Send(data[at : at + size]) for at in range(0, whole, size))
            rest = data[whole:]
            continue
        if rest:
            yield Send(rest)
            rest = b""
        yield step
    if rest:
        yield Send(rest)


def _measured(head: Head, body: Iterator[Step]) -> Iterator[Step]:
    """Head and body, with the length where the head tells one. A body that is broken off is told to be
    longer than it is: its client must see that something is missing.
    """
    if head.body == "length":
        steps = list(body)
        head, body = replace(head, length=_length(steps) + is_broken_off(steps)), iter(steps)
    yield head
    yield from body


def _length(steps: Iterable[Step]) -> int:
    """How many bytes of the body are sent."""
    return sum(len(step.data) for step in steps if isinstance(step, Send))


def is_broken_off(steps: Iterable[Step]) -> bool:
    """Whether something of the body is missing at the end of the steps."""
    return any(
        isinstance(step, Reset | Hold) or (isinstance(step, Disconnect) and not step.behind_body)
        for step in steps
    )
