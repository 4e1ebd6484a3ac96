"""Two deviations in one stream: neither spoils what the other knows of the answer, in whatever order."""

from __future__ import annotations

import orjson
import pytest
from faults.wires import Wires

from mockserver.protocols.sse import read_events


def told(wire: str, *faults: str) -> list[str]:
    """The data of the events of a stream with these faults."""
    model = "+".join(["mock-everything", *faults])
    return [event.data for event in read_events(Wires().answer(wire, model).body)]


@pytest.mark.parametrize("moved", ["phantom-text-block", "block-index-from-one", "block-index-constant"])
def test_each_call_has_its_own_input_where_blocks_are_numbered_otherwise(moved: str) -> None:
    blocks = [
        orjson.loads(data).get("content_block", {})
        for data in told("anthropic", moved, "tool-input-in-start")
    ]
    cities = [block["input"]["city"] for block in blocks if block.get("type") == "tool_use"]
    assert cities == ["Paris", "東京"]


@pytest.mark.parametrize("edited", ["snake-case", "finish-missing"])
def test_the_end_is_found_whatever_is_edited_of_it(edited: str) -> None:
    data = told("gemini", edited, "done-marker")
    assert data.index("[DONE]") == len(data) - 1
