"""Answers of the toy wire in which something goes wrong, from a scenario to the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import ToyClient

from mockserver.playback.steps import Head, Send, Step, Whole

Client = Callable[..., ToyClient]
STREAM = 'begin\n<text>\n"Hello"\n" there"\n</text>\nend stop 1+2\n'
JSON = "<text>Hello there</text>\nstop 1+2\n"


def scenario(*faults: str, outcome: str = "reply: Hello there", more: str = "") -> str:
    return f"scenario: s\n{outcome}\nusage: {{input: 1, output: 2}}\nfaults: [{', '.join(faults)}]\n{more}"


def played(client: Client, *faults: str, stream: bool = True, speed: float = 1, **said: Any) -> list[Step]:
    return client(scenario(*faults, **said), speed=speed).steps(stream=stream)


def ends_of(steps: list[Step]) -> list[Step]:
    """The steps that are no content."""
    return [step for step in steps if not isinstance(step, Head | Send | Whole)]


def told_length(steps: list[Step]) -> int | None:
    match steps[0]:
        case Whole(answer=answer):
            return len(answer.body)
        case Head(body="length", length=length):
            return length
        case _:
            return None
