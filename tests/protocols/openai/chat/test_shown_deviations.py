"""Which streams of Chat Completions show a deviation, and what none of them touches."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.chat_deviating import CALL, CUT_TEXT, HELLO, THOUGHT, USAGE, deviant, healthy
from protocols.openai.deviating import edited

from mockserver.conversation import Refusal, Reply, ToolCall, Usage
from mockserver.protocols.openai.chat.deviations import DEVIATIONS

ALWAYS = frozenset(
    {
        "camel-case",
        "choices-null",
        "content-null",
        "delta-null",
        "done-missing",
        "finish-empty",
        "finish-missing",
        "finish-null",
        "finish-with-last-delta",
        "id-changes",
        "model-missing",
        "preamble-without-choices",
        "role-missing",
        "role-repeated",
        "usage-repeated",
        "usage-unasked",
    }
)
"""What any stream shows."""

OF_CALLS = frozenset(
    {
        "call-arguments-object",
        "call-id-missing",
        "call-type-missing",
        "finish-stop-for-tools",
        "gemini-compat",
        "tool-arguments-first",
        "tool-head-null",
        "tool-head-repeated",
        "tool-index-from-one",
        "tool-index-missing",
        "tool-index-repeated",
    }
)

SHOWN: list[tuple[str, Reply, dict[str, Any], frozenset[str]]] = [
    ("nothing", Reply(()), {}, ALWAYS),
    ("text", HELLO, {}, ALWAYS | {"content-parts", "empty-delta"}),
    ("reasoning", THOUGHT, {}, ALWAYS | {"content-parts", "empty-delta", "reasoning-renamed"}),
    ("a refusal", Reply((Refusal("No."),)), {}, ALWAYS | {"empty-delta"}),
    ("a call", CALL, {}, ALWAYS | OF_CALLS | {"empty-delta"}),
    (
        "a call without arguments",
        Reply((ToolCall("now", {}, "call_1"),), "tool_calls"),
        {},
        ALWAYS | OF_CALLS | {"empty-delta", "tool-name-split", "call-arguments-empty"},
    ),
    ("a truncated text", CUT_TEXT, {}, ALWAYS | {"content-parts", "empty-delta", "finish-lies"}),
    (
        "usage",
        HELLO,
        USAGE,
        (ALWAYS - {"usage-unasked"})
        | {
            "content-parts",
            "empty-delta",
            "usage-missing",
            "usage-null",
            "usage-zero",
            "usage-without-choices",
        },
    ),
    (
        "usage of two choices",
        Reply((Refusal("No."),), usage=Usage(1, 1)),
        {"n": 2, **USAGE},
        (ALWAYS - {"usage-unasked"})
        | {"empty-delta", "usage-missing", "usage-null", "usage-zero", "usage-without-choices"},
    ),
]


@pytest.mark.parametrize("name", sorted(DEVIATIONS))
@pytest.mark.parametrize(
    ("reply", "members", "shown"), [case[1:] for case in SHOWN], ids=[case[0] for case in SHOWN]
)
def test_a_stream_that_has_nothing_to_show_keeps_its_bytes(
    reply: Reply, members: dict[str, Any], shown: frozenset[str], name: str
) -> None:
    changes = deviant(name, reply, **members) != healthy(reply, **members)

    assert changes == (name in shown)


ODD = [
    b"data: [DONE]\n\n",
    b": a comment\n\n",
    b"event: ping\ndata: {}\n\n",
    b"data: {broken\n\n",
    b"data: [1]\n\n",
    b'data: {"choices":"none","id":5,"usage":"free"}\n\n',
    b'data: {"choices":[3,{"index":"a","delta":"b","finish_reason":7}]}\n\n',
    b'data: {"choices":[{"delta":{"tool_calls":[{"function":null},4],"content":[]}}]}\n\n',
    b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":8}}]}}]}\n\n',
    b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":9}}]}}]}\n\n',
    b'data: {"error":"text"}\n\n',
]
"""What a verbatim stream may hold."""


@pytest.mark.parametrize("name", sorted(DEVIATIONS))
def test_frames_that_this_server_does_not_write_are_edited_without_an_error(name: str) -> None:
    made = edited(DEVIATIONS[name], ODD, {"usage": None})

    kept = {frame for frame in ODD[1:5] if frame in made}
    assert kept == set(ODD[1:5])
    assert ODD[-1] in made


@pytest.mark.parametrize("name", sorted(name for name, one in DEVIATIONS.items() if one.whole))
def test_a_body_that_is_no_completion_is_left_as_it_is(name: str) -> None:
    edit = DEVIATIONS[name].whole
    assert edit

    assert edit({"error": {"message": "Busy."}}) == {"error": {"message": "Busy."}}
