"""Answers that deviate, as tests look at them: the frames of an encoder, edited, and what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from mockserver.conversation import Failure, Reply, Request
from mockserver.events import Delta, End, events
from mockserver.protocols.base import Context, Deviation, Dialect
from mockserver.protocols.openai.chunk_edits import chunk_of


def frames_of(dialect: Dialect, reply: Reply, request: Request, context: Context) -> list[bytes]:
    """The frames of a stream as it is documented."""
    encoder = dialect.encoder(request, context)
    return [frame for event in events(reply) for frame in encoder.encode(event)]


def failing(
    dialect: Dialect, reply: Reply, request: Request, context: Context, pieces: int | None = None
) -> list[bytes]:
    """The frames of a stream that ends in an error, behind so many pieces of the reply or all of them."""
    encoder = dialect.encoder(request, context)
    frames: list[bytes] = []
    seen = 0
    for event in events(reply):
        if isinstance(event, End) or (isinstance(event, Delta) and seen == pieces):
            break
        frames += encoder.encode(event)
        seen += isinstance(event, Delta)
    return [*frames, *encoder.fail(Failure("overloaded", "Busy."))]


def edited(deviation: Deviation, frames: Iterable[bytes], body: Any = None) -> list[bytes]:
    """What is sent instead of `frames`. `body` is the same answer in JSON."""
    if deviation.informed:
        edit = deviation.informed(body)
    else:
        assert deviation.stream
        edit = deviation.stream()
    return [made for frame in frames for made in edit(frame)]


def told(frames: Iterable[bytes]) -> list[str]:
    """What each frame says: delta or text and finish of its choices in short, its data where it has none."""
    return [_told(frame) for frame in frames]


def _told(frame: bytes) -> str:
    assert frame.startswith(b"data: ")
    assert frame.endswith(b"\n\n")
    chunk = chunk_of(frame)
    choices = (chunk or {}).get("choices")
    if not choices:
        return frame.decode().removeprefix("data: ").rstrip()
    return " | ".join(_choice(choice) for choice in choices)


def _choice(choice: Any) -> str:
    said = orjson.dumps(choice.get("delta", choice.get("text"))).decode()
    number = f"{choice['index']}: " if choice["index"] else ""
    reason = choice.get("finish_reason")
    return number + said + ("" if reason is None else f" {reason!r}")
