"""The dialect as a whole: what it carries, and verbatim frames."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.protocols.anthropic import MESSAGES


def test_the_wire_has_no_place_for_images() -> None:
    assert "image" not in MESSAGES.carries


@pytest.mark.parametrize(
    ("data", "frame"),
    [
        ({"type": "message_stop"}, b'event: message_stop\ndata: {"type":"message_stop"}\n\n'),
        ({"type": "ping"}, b'event: ping\ndata: {"type": "ping"}\n\n'),
        ('{"type": "message_stop" }', b'event: message_stop\ndata: {"type": "message_stop" }\n\n'),
        ({"no": "type"}, b'data: {"no":"type"}\n\n'),
        ({"type": 1}, b'data: {"type":1}\n\n'),
        ("[DONE]", b"data: [DONE]\n\n"),
        ("two\nlines", b"data: two\ndata: lines\n\n"),
        (None, b"data: null\n\n"),
    ],
)
def test_a_verbatim_event_is_named_by_its_type(data: Any, frame: bytes) -> None:
    assert MESSAGES.frame(data) == frame
