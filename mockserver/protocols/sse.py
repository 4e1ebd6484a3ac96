"""Server-sent events as bytes: frames out, and a recorded stream in. Which fields and which line ending a
wire uses is the dialect's choice.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    data: str
    event: str = ""


def data_frame(data: bytes) -> bytes:
    """`data: …` and a blank line; `data` is one line."""
    return b"data: " + data + b"\n\n"


def named_frame(event: str, data: bytes) -> bytes:
    """`event: …`, `data: …` and a blank line; `data` is one line."""
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


def read_events(body: bytes) -> Iterator[ServerSentEvent]:
    """The events of a whole recorded stream; comments and events without data are passed over. What is no
    UTF-8 is replaced, as the standard has it.
    """
    event, data = "", list[str]()
    # splitlines() would also cut at U+2028 and U+0085, which are legal inside JSON strings.
    for line in [*body.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if not line:
            if data:
                yield ServerSentEvent("\n".join(data), event)
            event, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            event = value
