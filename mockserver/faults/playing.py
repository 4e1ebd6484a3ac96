"""An answer with what goes wrong in it: the steps of a stream, or of an answer in one piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import orjson

from mockserver.conversation import Failure, Json, JsonObject, json_text
from mockserver.events import Event
from mockserver.faults.acts import Item, acted, closing, garbled
from mockserver.faults.drawing import Drawn
from mockserver.faults.points import BEHIND_HEAD, Course, Extent, Verbatim, placed
from mockserver.playback.framing import framed, is_broken_off
from mockserver.playback.replies import encoded
from mockserver.playback.steps import Head, Send, Step, Wait, Whole
from mockserver.protocols.base import Answer, Deviation, Encoder, FrameEdit, Headers
from mockserver.scenario.delivery import (
    Act,
    AtByte,
    AtEnd,
    AtStart,
    Bare,
    Cut,
    Disconnect,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    Garble,
    Hang,
    Insert,
    KeepOpen,
    Reset,
    Rewrite,
    Stall,
    Swap,
)
from mockserver.values import dataclass

_BEFORE_THE_HEAD = Reset | Disconnect | Hang | Stall | Bare
_OF_EVENTS = Garble | Drop | Duplicate | Swap | Extra | Fail
"""Acts on events, or that are one."""


class DeviatingEncoder:
    """An encoder whose frames are as the wire deviates. `as_json` gives the body of the same answer in one
    piece, for deviations that must know it; these come first, since it tells of frames that are not edited.
    """

    def __init__(
        self, encoder: Encoder, deviations: Iterable[Deviation], as_json: Callable[[], JsonObject]
    ) -> None:
        self._encoder = encoder
        ordered = sorted(deviations, key=lambda deviation: deviation.informed is None)
        self._edits = [edit for deviation in ordered if (edit := _editor(deviation, as_json))]

    @property
    def headers(self) -> Headers:
        return self._encoder.headers

    def encode(self, event: Event) -> Iterable[bytes]:
        return self._edited(self._encoder.encode(event))

    def fail(self, failure: Failure) -> Iterable[bytes]:
        return self._edited(self._encoder.fail(failure))

    def extra(self) -> bytes:
        return b"".join(self._edited([self._encoder.extra()]))

    def _edited(self, frames: Iterable[bytes]) -> Iterable[bytes]:
        for edit in self._edits:
            frames = [sent for frame in frames for sent in edit(frame)]
        return frames


def _editor(deviation: Deviation, as_json: Callable[[], JsonObject]) -> FrameEdit | None:
    if deviation.stream is not None:
        return deviation.stream()
    return deviation.informed(as_json()) if deviation.informed is not None else None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one answer is delivered: what goes wrong, by whose frames, at what speed, for which client.
    `accepted` is the `accept-encoding` of the client.
    """

    drawn: Drawn
    encoder: Encoder
    speed: float = 1.0
    accepted: str = ""

    # -------------------------------------------------------------------------------------- a stream

    def stream(self, timed: Iterable[Wait | Event], course: Course) -> Iterator[Step]:
        """The steps of a reply that is streamed, from its events and waits."""
        items: Iterator[Item] = encoded(placed(timed, self.drawn.points(course)), self.encoder)
        return self._stream(items, course)

    def frames(self, steps: Iterable[Step], extent: Verbatim) -> Iterator[Step]:
        """The steps of a stream of verbatim frames: a fault stands behind so many of them, or a share."""
        return self._stream(_among_frames(steps, extent, self.drawn.faults), extent)

    def _stream(self, items: Iterable[Item], extent: Extent) -> Iterator[Step]:
        items = _behind_bytes(items, [fault for fault in self.drawn.faults if _counts_events(fault)])
        opened = _opened(_with_head(items, self.drawn.rewrites), self.drawn.faults, extent)
        at_end = [act for act in self.drawn.at(AtEnd) if not isinstance(act, KeepOpen)]
        keep_open = [fault.act for fault in self.drawn.faults if isinstance(fault.act, KeepOpen)]
        steps = self._acted(chain(opened, closing(at_end), keep_open))
        return self._written(_as_long_as_told(steps))

    def _acted(self, items: Iterable[Item]) -> Iterator[Step]:
        return acted(items, self.encoder, self.speed)

    def _written(self, steps: Iterator[Step]) -> Iterator[Step]:
        """The steps as they are framed, with what goes wrong at bytes of the body."""
        steps = framed(steps, self.drawn.wire, self.accepted, speed=self.speed)
        faults = [fault for fault in self.drawn.faults if not _counts_events(fault)]
        at_bytes = [(fault.at.offset, fault.act) for fault in faults if isinstance(fault.at, AtByte)]
        return _as_long_as_told(self._acted(_at_bytes(steps, at_bytes))) if at_bytes else steps

    # ---------------------------------------------------------------------------- an answer in one piece

    def whole(self, steps: Iterable[Step], extent: Extent) -> Iterator[Step]:
        """An answer in one piece. What stands inside of the reply stands as far into the body."""
        return self._written(self._acted(self._struck(steps, extent)))

    def _struck(self, steps: Iterable[Step], extent: Extent) -> Iterator[Item]:
        for step in steps:
            if isinstance(step, Whole):
                yield from (act for act in self.drawn.at(AtStart) if isinstance(act, _BEFORE_THE_HEAD))
                yield from self._in_pieces(rewritten(step.answer, self.drawn.deviations), extent)
            else:
                yield step

    def _in_pieces(self, answer: Answer, extent: Extent) -> Iterator[Item]:
        """The answer; where acts stand inside of it, as a head that tells its length, and pieces of the body
        between them.
        """
        answer = _other_head(answer, self.drawn.rewrites)
        if any(isinstance(fault.act, Garble) for fault in self.drawn.faults):
            answer = replace(answer, body=garbled(answer.body))
        offsets = _offsets(self.drawn, extent, len(answer.body))
        answer, points = _changed(answer, sorted(offsets, key=lambda point: point[0]))
        if not points:
            yield Whole(answer)
            return
        never_ends = any(isinstance(act, KeepOpen) for _, act in points)
        yield Head(answer.status, answer.headers, "chunked" if never_ends else "length", len(answer.body))
        end = len(answer.body)
        yield from _split(answer.body, [(offset, act) for offset, act in points if offset < end])
        yield from closing(act for offset, act in points if offset >= end)


# ----------------------------------------------------------------------------------------------- streams


def _among_frames(steps: Iterable[Step], extent: Verbatim, faults: Sequence[Fault]) -> Iterator[Item]:
    """The steps, with the act of each fault behind as many frames as it says."""
    shares = [(extent.share(fault.at), fault.act) for fault in faults]
    points = [(round(share * extent.frames), act) for share, act in shares if share is not None]
    sent = 0
    for step in steps:
        yield step
        if isinstance(step, Send):
            sent += 1
            yield from (act for number, act in points if number == sent)


def _opened(items: Iterable[Item], faults: Sequence[Fault], extent: Extent) -> Iterator[Item]:
    """The items, with the acts at the start: some before the head, the others where the body begins."""
    early = [fault.act for fault in faults if _is_before_head(fault)]
    behind = [fault.act for fault in faults if not _is_before_head(fault) and _is_behind_head(fault, extent)]
    for item in items:
        if isinstance(item, Head):
            yield from early
            yield item
            yield from behind
        else:
            yield item


def _is_before_head(fault: Fault) -> bool:
    return isinstance(fault.at, AtStart) and isinstance(fault.act, _BEFORE_THE_HEAD)


def _is_behind_head(fault: Fault, extent: Extent) -> bool:
    """Whether a fault stands before anything of the reply was told."""
    match extent:
        case _ if isinstance(fault.at, AtStart):
            return True
        case Course():
            return extent.point(fault.at) == BEHIND_HEAD
        case Verbatim(frames=frames):
            share = extent.share(fault.at)
            return share is not None and not round(share * frames)


def _counts_events(fault: Fault) -> bool:
    """Whether a fault stands at a byte, but acts on whole events: on those that begin behind it."""
    return isinstance(fault.at, AtByte) and isinstance(fault.act, _OF_EVENTS)


def _behind_bytes(items: Iterable[Item], faults: Sequence[Fault]) -> Iterator[Item]:
    """The items, with the acts on events behind the one in which their byte is."""
    left = [(fault.at.offset, fault.act) for fault in faults if isinstance(fault.at, AtByte)]
    sent = 0
    for item in items:
        yield item
        if isinstance(item, Send | Head):
            sent += len(item.data) if isinstance(item, Send) else 0
            yield from (act for offset, act in left if offset <= sent)
            left = [(offset, act) for offset, act in left if offset > sent]


def _with_head(items: Iterable[Item], changes: Sequence[Rewrite]) -> Iterator[Item]:
    """The items with another head; where a body is given, that alone instead of the rest."""
    body = next((change.body for change in changes if change.body is not None), None)
    for item in items:
        if not isinstance(item, Head) or not changes:
            yield item
            continue
        answer = _other_head(Answer(item.status, item.headers, b""), changes)
        if body is not None:
            yield Head(answer.status, answer.headers, "length", len(body))
            yield Send(body)
            return
        yield replace(item, status=answer.status, headers=answer.headers)


def _at_bytes(steps: Iterable[Step], points: Sequence[tuple[int, Act]]) -> Iterator[Item]:
    """The steps, with the acts where their bytes are."""
    points = sorted(points, key=lambda point: point[0])
    sent = 0
    for step in chain.from_iterable(map(_opened_up, steps)):
        if not isinstance(step, Send):
            yield step
            continue
        inside = [(offset - sent, act) for offset, act in points if sent <= offset < sent + len(step.data)]
        yield from _split(step.data, inside)
        sent += len(step.data)
    yield from (act for offset, act in points if offset == sent)


def _opened_up(step: Step) -> Iterator[Step]:
    """An answer in one piece as its head and its body."""
    if not isinstance(step, Whole):
        yield step
        return
    answer = step.answer
    yield Head(answer.status, answer.headers, "length", len(answer.body))
    if answer.body:
        yield Send(answer.body)


def _as_long_as_told(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps; a head that tells the length tells the one that is sent, unless the body breaks off: then it
    is told as long as it was to be.
    """
    for step in steps:
        if isinstance(step, Head) and step.body == "length":
            body = list(steps)
            sent = sum(len(one.data) for one in body if isinstance(one, Send))
            yield replace(step, length=max(sent, step.length) if is_broken_off(body) else sent)
            yield from body
        else:
            yield step


def _split(data: bytes, points: Iterable[tuple[int, Act]]) -> Iterator[Item]:
    """The data in pieces, with acts between them."""
    begin = 0
    for offset, act in points:
        if offset > begin:
            yield Send(data[begin:offset])
            begin = offset
        yield act
    if begin < len(data):
        yield Send(data[begin:])


# --------------------------------------------------------------------------------- answers in one piece


def _offsets(drawn: Drawn, extent: Extent, length: int) -> Iterator[tuple[int, Act]]:
    """The acts on the body of an answer in one piece, each with how many bytes come before it."""
    for fault in drawn.faults:
        match fault.at, fault.act:
            case _, Rewrite() | Fail() | Garble() | Drop() | Duplicate() | Swap() | Extra():
                pass  # they are no matter of the body, or of its place
            case AtStart(), _:
                if not isinstance(fault.act, _BEFORE_THE_HEAD):
                    yield 0, fault.act
            case AtEnd(), _:
                yield length, fault.act
            case AtByte(), _:
                pass  # they stand at bytes of what is written
            case _:
                share = extent.share(fault.at)
                if share is not None:
                    yield round(share * length), fault.act


def _changed(answer: Answer, points: Sequence[tuple[int, Act]]) -> tuple[Answer, list[tuple[int, Act]]]:
    """The answer with what only changes its body, and the points that are left."""
    body, left = answer.body, list[tuple[int, Act]]()
    for offset, act in reversed(points):
        match act:
            case Cut():
                body, left = body[:offset], []
            case Insert(data=data):
                body = body[:offset] + data + body[offset:]
                left = [(at + len(data), one) for at, one in left]
            case _:
                left = [(offset, act), *left]
    return replace(answer, body=body), left


def _other_head(answer: Answer, changes: Sequence[Rewrite]) -> Answer:
    """The answer with another status, other headers or another body."""
    for change in changes:
        answer = replace(
            answer,
            status=change.status or answer.status,
            headers=_other_headers(answer.headers, dict(change.headers)),
            body=answer.body if change.body is None else change.body,
        )
    return answer


def _other_headers(headers: Headers, others: Mapping[str, str | None]) -> Headers:
    replaced = {name.lower() for name in others}
    added = ((name, value) for name, value in others.items() if value is not None)
    return (*added, *(header for header in headers if header[0].lower() not in replaced))


def rewritten(answer: Answer, deviations: Sequence[Deviation]) -> Answer:
    """The answer, its JSON as the wire deviates, printed as it was. What is no object has nothing to depart
    from: a page, a stream in one piece, an error in an array.
    """
    edits = [deviation.whole for deviation in deviations if deviation.whole is not None]
    body = _object(answer.body) if edits else None
    if body is None:
        return answer
    told: Json = body
    for edit in edits:
        told = edit(told) if isinstance(told, dict) else told
    return replace(answer, body=_printed_like(answer.body, told))


def _object(body: bytes) -> JsonObject | None:
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _printed_like(before: bytes, value: Json) -> bytes:
    end = b"\n" if before.endswith(b"\n") else b""
    if not before.startswith((b"{\n", b"[\n")):
        return json_text(value).encode() + end
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2) + end
    except orjson.JSONEncodeError:  # it reads deeper nesting than it writes
        return json.dumps(value, ensure_ascii=False, indent=2).encode() + end
