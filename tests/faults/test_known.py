"""On which answers a fault with a name can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest
from toy import ToyDialect

from mockserver.conversation import Reply, Text, Thinking, ToolCall
from mockserver.faults.known import KnownFault
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.scenario.delivery import AtStart, Fail, Fault


def unchanged() -> FrameEdit:
    return lambda frame: (frame,)


class Deviating(ToyDialect):
    """A wire with deviations of its own."""

    name = "toy.wire"
    deviations: Mapping[str, Deviation] = {
        "both": Deviation(stream=unchanged, whole=lambda body: body),
        "streamed": Deviation(informed=lambda body: unchanged()),
        "whole": Deviation(whole=lambda body: body),
    }


WIRE = Deviating()
REPLY = Reply((Thinking("hm"), Text("Hi"), ToolCall("f", {})))


def known(name: str = "x", **said: Any) -> KnownFault:
    return KnownFault(name, "It goes wrong.", "Copes.", **said)


def shows(fault: KnownFault) -> tuple[bool, bool]:
    """Whether it shows in a stream, and in one piece."""
    return fault.shows(WIRE, stream=True), fault.shows(WIRE, stream=False)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (known(), (True, True)),
        (known(shows_in="stream"), (True, False)),
        (known(shows_in="json"), (False, True)),
        (known(wires=("toy",)), (True, True)),
        (known(wires=("toy.wire",)), (True, True)),
        (known(wires=("toy.other", "openai")), (False, False)),
        (known("both", deviates=True), (True, True)),
        (known("streamed", deviates=True), (True, False)),
        (known("whole", deviates=True), (False, True)),
        (known("unheard-of", deviates=True), (False, False)),
        (known("whole", deviates=True, faults=(Fault(Fail("overloaded"), AtStart()),)), (True, True)),
        (known("streamed", deviates=True, faults=(Fault(Fail("overloaded"), AtStart()),)), (False, False)),
    ],
)
def test_a_fault_shows_where_its_wire_has_something_to_show(
    fault: KnownFault, expected: tuple[bool, bool]
) -> None:
    assert shows(fault) == expected


def obstacle(fault: KnownFault, reply: Reply | None = REPLY, *, stream: bool = True) -> str:
    return fault.obstacle(WIRE, reply, stream=stream)


@pytest.mark.parametrize(
    ("fault", "stream", "reason"),
    [
        (known(wires=("openai",)), True, "The fault 'x' is not one of toy.wire."),
        (known("unheard-of", deviates=True), True, "The fault 'unheard-of' is not one of toy.wire."),
        (
            known(shows_in="stream"),
            False,
            "The fault 'x' shows in a stream of toy.wire, and this answer is in one piece.",
        ),
        (
            known("whole", deviates=True),
            True,
            "The fault 'whole' shows in an answer in one piece of toy.wire, and this answer is a stream.",
        ),
        (known(), True, ""),
        (known(needs="tool_call"), False, ""),
    ],
)
def test_why_a_fault_cannot_show_is_told_in_a_sentence(
    fault: KnownFault, reason: str, *, stream: bool
) -> None:
    assert obstacle(fault, stream=stream) == reason


@pytest.mark.parametrize("kind", ["text", "thinking", "tool_call"])
@pytest.mark.parametrize("reply", [None, Reply(()), Reply((Thinking("opaque", redacted=True), Text("")))])
def test_a_fault_in_a_part_needs_one_that_streams(
    kind: Literal["text", "thinking", "tool_call"], reply: Reply | None
) -> None:
    fault = known(needs=kind)

    assert obstacle(fault) == ""
    assert obstacle(fault, reply) == f"The fault 'x' needs a {kind} in the reply, and this reply has none."
