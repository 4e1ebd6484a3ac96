"""Whatever the wire: who reads the stream by the standards gets the same events, each when it is due."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import brotli
from hypothesis import given
from hypothesis import strategies as st

from mockserver.playback.framing import framed
from mockserver.playback.steps import Head, Send, Step, Wait, Whole
from mockserver.protocols.base import Answer
from mockserver.scenario.delivery import Wire

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Event: TypeAlias = tuple[str, Any]

HEAD = Head(200, (("content-type", "text/event-stream"),))
DECODERS: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "": lambda: lambda data: data,
    "gzip": lambda: zlib.decompressobj(wbits=31).decompress,
    "deflate": lambda: zlib.decompressobj().decompress,
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstd.ZstdDecompressor().decompress,
}

# ------------------------------------------------------------------------------------- what is streamed

TEXTS = st.one_of(
    st.text('{}[],:"\\ \r\né🙂\u2028', max_size=9), st.text(st.characters(codec="utf-8"), max_size=9)
)
JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.integers(-9, 9), TEXTS),
    lambda values: st.one_of(st.lists(values, max_size=3), st.dictionaries(TEXTS, values, max_size=3)),
    max_leaves=8,
)


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    value = draw(st.dictionaries(TEXTS, JSON_VALUES, max_size=3))
    data = draw(
        st.sampled_from(
            [
                json.dumps(value, ensure_ascii=False, separators=(",", ":")),
                json.dumps(value),
                "[DONE]",
                "{no, JSON: \\",
                '{"broken": "}',
            ]
        )
    )
    event = draw(st.sampled_from(["", "event: ping" + end, ": said" + end, ": alone" + end + end]))
    space = draw(st.sampled_from(["", " "]))
    return f"{event}data:{space}{data}{end}{end}".encode()


@st.composite
def streams(draw: st.DrawFn) -> list[Step]:
    """Frames, some of them in two sends, and waits between them."""
    steps: list[Step] = [HEAD]
    due = draw(st.sampled_from([0, 0, 30]))
    if due:
        steps.insert(0, Wait(due))
    for frame in draw(st.lists(frames(), min_size=1, max_size=5)):
        cut = draw(st.one_of(st.just(0), st.integers(1, len(frame) - 4)))
        steps += [Send(part) for part in (frame[:cut], frame[cut:]) if part]
        if draw(st.booleans()):
            due += draw(st.sampled_from([1, 10, 25]))
            steps.append(Wait(due))
    return steps


WIRES = st.builds(
    Wire,
    write=st.one_of(st.sampled_from(["event", "whole"]), st.integers(1, 40)),
    split_characters=st.booleans(),
    newline=st.sampled_from([None, "lf", "crlf", "cr"]),
    comments=st.sampled_from([None, "hello", ""]),
    keep_alive=st.sampled_from([None, 2.0, 10.0]),
    event_ids=st.booleans(),
    retry=st.sampled_from([None, 3000]),
    bom=st.booleans(),
    last_blank_line=st.booleans(),
    padding=st.integers(0, 4),
    data_lines=st.integers(1, 5),
    encoding=st.sampled_from([None, "gzip", "deflate", "br", "zstd"]),
    body=st.sampled_from([None, "chunked", "length", "close"]),
    close=st.booleans(),
)

# --------------------------------------------------------------------------------- the client's side


@dataclass
class Reader:
    """Reads a stream as the standard says, byte by byte; an event that is not ended is not there."""

    events: list[Event] = field(default_factory=list)
    _line: bytes = b""
    _behind_cr: bool = False
    _started: bytes = b""
    _name: str = ""
    _data: list[str] = field(default_factory=list)

    def feed(self, data: bytes) -> None:
        if len(self._started) < 3:
            self._started += data
            if b"\xef\xbb\xbf".startswith(self._started[:3]) and len(self._started) < 3:
                return
            data = self._started.removeprefix(b"\xef\xbb\xbf")
            self._started += b"..."
        for byte in data:
            char = bytes([byte])
            if char == b"\n" and self._behind_cr:
                self._behind_cr = False
                continue
            self._behind_cr = char == b"\r"
            if char in b"\r\n":
                self._end_line(self._line.decode())
                self._line = b""
            else:
                self._line += char

    def _end_line(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif not line:
            if self._data:
                self.events.append((self._name, parsed("\n".join(self._data))))
            self._name, self._data = "", []


def parsed(data: str) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        # What is no JSON cannot be told from what is: the same but for white space.
        return "".join(data.split())


def received(steps: Iterable[Step]) -> list[tuple[float, Event]]:
    """The events, each with the second at which it was there."""
    due, reader, told = 0.0, Reader(), list[tuple[float, Event]]()
    decode = DECODERS[""]()
    for step in steps:
        match step:
            case Wait(until=until):
                due = max(due, until)
            case Head(headers=headers):
                decode = DECODERS[dict(headers).get("content-encoding", "")]()
            case Send(data=data):
                reader.feed(decode(data))
                told += [(due, event) for event in reader.events[len(told) :]]
            case _:
                raise AssertionError(step)
    return told


def played(steps: Iterable[Step], wire: Wire) -> Iterator[Step]:
    return framed(iter(list(steps)), wire, "gzip, deflate, br, zstd")


# --------------------------------------------------------------------------------------- properties


@given(streams(), WIRES)
def test_events_are_the_same_and_come_when_they_are_due(steps: list[Step], wire: Wire) -> None:
    expected, actual = received(steps), received(played(steps, wire))

    meant = expected if wire.last_blank_line else expected[:-1]
    assert [event for _, event in actual] == [event for _, event in meant]
    if wire.write != "whole":
        assert actual == meant


@given(streams(), WIRES)
def test_the_length_that_is_told_is_the_length_that_is_sent(steps: list[Step], wire: Wire) -> None:
    told = list(played(steps, replace(wire, body="length")))

    (head,) = [step for step in told if isinstance(step, Head)]
    assert head.length == sum(len(step.data) for step in told if isinstance(step, Send))


@given(streams(), WIRES)
def test_time_never_goes_back(steps: list[Step], wire: Wire) -> None:
    waits = [step.until for step in played(steps, wire) if isinstance(step, Wait)]

    assert waits == sorted(waits)


@given(JSON_VALUES, WIRES)
def test_json_is_the_same(value: Any, wire: Wire) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    answer = Answer(200, (("content-type", "application/json"),), body)

    steps = list(played([Whole(answer)], wire))

    first = steps[0]
    assert isinstance(first, Head | Whole)
    headers = dict(first.headers if isinstance(first, Head) else first.answer.headers)
    data = first.answer.body if isinstance(first, Whole) else b""
    data += b"".join(step.data for step in steps if isinstance(step, Send))
    decoded = DECODERS[headers.get("content-encoding", "")]()(data)
    assert decoded == (b"\xef\xbb\xbf" if wire.bom else b"") + body


@given(st.lists(st.binary(max_size=30), max_size=6), WIRES)
def test_no_bytes_are_too_odd(pieces: list[bytes], wire: Wire) -> None:
    steps: list[Step] = [HEAD, *map(Send, pieces)]
    marks = bytes(sorted(set(b"".join(pieces)) - set(b"\r\n")))

    sent = b"".join(
        step.data for step in played(steps, replace(wire, encoding=None)) if isinstance(step, Send)
    )

    assert set(marks) <= set(sent)
