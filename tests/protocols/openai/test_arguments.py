"""The arguments of tool calls that a client sends back."""

from __future__ import annotations

import orjson
import pytest

from mockserver.protocols.openai.arguments import arguments_of


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", "ls -l", '{"a":' * 250 + "1" + "}" * 250])
def test_what_is_no_object_stays_text(text: str) -> None:
    assert arguments_of(text) == text


def test_many_objects_side_by_side_are_not_deep() -> None:
    rows = {"rows": [{"n": n} for n in range(500)]}

    assert arguments_of(orjson.dumps(rows).decode()) == rows
