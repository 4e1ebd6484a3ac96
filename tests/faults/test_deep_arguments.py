"""Arguments that are nested deeper than orjson writes: their faults are told as their answers are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from faults.wires import Wires

_DEEP = "[" * 300 + "]" * 300
_SCENARIO = f"""
scenario: deep
match: by-name
reply: [{{tool_call: dig, arguments: '{{"down": {_DEEP}}}'}}]
"""


@pytest.mark.parametrize(
    ("wire", "fault"),
    [
        ("openai.chat", "call-arguments-object"),
        ("openai.responses", "call-arguments-object"),
        ("anthropic", "model-missing"),
        ("gemini", "model-missing"),
    ],
)
def test_an_answer_with_deep_arguments_deviates(wire: str, fault: str) -> None:
    answer = Wires(_SCENARIO).answer(wire, f"mock-deep+{fault}", stream=False)
    assert answer.status == 200
    assert _DEEP in _compact(json.loads(answer.body))


def test_an_answer_with_deep_arguments_is_printed_as_it_was() -> None:
    right = Wires(_SCENARIO).answer("gemini", "mock-deep", stream=False).body.decode()
    asked = {"x-mock-fault": "role-missing"}
    wrong = Wires(_SCENARIO).answer("gemini", "mock-deep", stream=False, headers=asked)
    assert wrong.body.decode() == right.replace(',\n        "role": "model"', "")


@pytest.mark.parametrize(
    ("wire", "fault"),
    [
        ("openai.chat", "call-arguments-object"),
        ("openai.responses", "call-arguments-object"),
        ("anthropic", "call-arguments-object"),
        ("gemini", "model-missing"),
    ],
)
def test_a_stream_with_deep_arguments_deviates(wire: str, fault: str) -> None:
    assert _DEEP in Wires(_SCENARIO).answer(wire, f"mock-deep+{fault}").body.decode()


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
