"""A response is written for a long body as for any other, though its tools are written once for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from protocols.openai.responses_wire import CONTEXT, CUSTOM, frames, request

from mockserver.conversation import Json, Reply, Text
from mockserver.protocols import long_bodies
from mockserver.protocols.openai.headers import pretty_json
from mockserver.protocols.openai.responses import DIALECT

HELLO = Reply((Text("Hello"),))
SAID: list[Json] = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well?"}]
FUNCTION = {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {"a\n": {}}}}
TOOLS = {
    "none": None,
    "an empty list": [],
    "some": [FUNCTION, {**CUSTOM, "description": "Line\nby line.\u2028"}, {"type": "web_search"}],
}

WRITES = "mockserver.protocols.openai.responses.response.pretty_json"


@contextmanager
def long_from(size: float) -> Iterator[None]:
    with patch.multiple(long_bodies, LONG=size, _ALIKE=8):
        yield


def written(**fields: Any) -> tuple[bytes, bytes]:
    """The answer in JSON, and as a stream."""
    return DIALECT.render(HELLO, request(**fields), CONTEXT).body, frames(HELLO, **fields)


@pytest.mark.parametrize("tools", TOOLS.values(), ids=TOOLS.keys())
def test_tools_are_written_as_for_a_short_body_whatever_came_before(tools: Json) -> None:
    for said in (SAID[:1], SAID, [*SAID, *SAID]):
        with long_from(float("inf")):
            expected = written(input=said, tools=tools)
        with long_from(0):
            assert written(input=said, tools=tools) == expected


def test_other_tools_behind_the_same_conversation_are_written_as_they_are() -> None:
    for name in ("a", "b"):
        tools = [{**FUNCTION, "name": name}]
        with long_from(float("inf")):
            expected = written(input=SAID, tools=tools)
        with long_from(0):
            assert written(input=SAID, tools=tools) == expected


def test_the_tools_of_bodies_that_begin_alike_are_written_once() -> None:
    tools = [FUNCTION]
    with long_from(0), patch(WRITES, wraps=pretty_json) as pretty:
        for said in (SAID[:1], SAID, [*SAID, *SAID]):
            DIALECT.render(HELLO, request(input=said, tools=tools), CONTEXT)

    assert pretty.call_count == 1
