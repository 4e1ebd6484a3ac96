"""Steps, and what framing makes of them."""

from __future__ import annotations

from typing import Any

from mockserver.playback.framing import framed
from mockserver.playback.steps import Head, Send, Step
from mockserver.protocols.base import Answer
from mockserver.scenario.delivery import Wire

EVENTS = Head(200, (("content-type", "text/event-stream; charset=utf-8"),))
ARRAY = Head(200, (("content-type", "application/json"),))
ONE, TWO = Send(b'data: {"a":"1"}\n\n'), Send(b'data: {"a":[2,"x"]}\n\n')
DONE = Send(b"data: [DONE]\n\n")
JSON = Answer(200, (("content-type", "application/json"),), '{"text": "é"}'.encode())


def steps_of(wire: Wire, *steps: Step, accepted: str = "", speed: float = 1.0) -> list[Step]:
    return list(framed(iter(steps), wire, accepted, speed=speed))


def writes(wire: Wire, *steps: Step, **more: Any) -> list[bytes]:
    return [step.data for step in steps_of(wire, *steps, **more) if isinstance(step, Send)]
